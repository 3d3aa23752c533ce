"""The tables about cases, their numbers, and the audit of commands.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from bot.domain.cases import CaseKind, CaseState
from db.tables import one_of, partial
from db.types import Document, SafeText, Snowflake


class CaseRow(SQLModel, table=True):
    """One case, with its notes; "case" alone is a word of SQL."""

    __tablename__: ClassVar[Any] = "moderation_case"
    __table_args__ = (
        one_of("kind", CaseKind),
        one_of("state", CaseState),
        UniqueConstraint("community_id", "origin"),
    )

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    number: int = Field(primary_key=True)
    kind: str = Field(sa_type=SafeText)
    state: str = Field(sa_type=SafeText)
    created_at: datetime
    target_id: int | None = Field(sa_type=Snowflake, default=None)
    target_name: str = Field(sa_type=SafeText)
    place_id: int | None = Field(sa_type=Snowflake, default=None)
    by_id: int | None = Field(sa_type=Snowflake, default=None)
    by_name: str = Field(sa_type=SafeText)
    reason: str = Field(sa_type=SafeText)
    points: int
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    origin: str | None = Field(sa_type=SafeText, default=None)
    details: dict[str, Any] = Field(sa_type=Document)
    problem: str = Field(sa_type=SafeText)
    notes: dict[str, Any] = Field(sa_type=Document)
    """`{"notes": [...]}`: what was added, oldest first."""


class CaseCounterRow(SQLModel, table=True):
    """The highest number that a community has given; its lock is what keeps numbers apart."""

    __tablename__: ClassVar[Any] = "case_counter"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    last: int


class AuditEntryRow(SQLModel, table=True):
    """Who used a command or button that changes things, and how it ended."""

    __tablename__: ClassVar[Any] = "audit_entry"

    number: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    )
    community_id: int = Field(sa_type=Snowflake)
    member_id: int = Field(sa_type=Snowflake)
    member_name: str = Field(sa_type=SafeText)
    command: str = Field(sa_type=SafeText)
    outcome: str = Field(sa_type=SafeText)
    at: datetime


Index(None, col(CaseRow.community_id), col(CaseRow.target_id), col(CaseRow.number))
partial(
    col(CaseRow.ends_at),
    where=col(CaseRow.ends_at).is_not(None) & col(CaseRow.ended_at).is_(None),
)
partial(col(CaseRow.community_id), where=col(CaseRow.state) == CaseState.PENDING.value)
Index(None, col(AuditEntryRow.community_id), col(AuditEntryRow.number))
