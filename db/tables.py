"""The tables, as SQLModel classes; rows are not domain objects and do not validate.

Knows names, types and constraints only; the stores turn rows into domain values. No annotations
from `__future__` and no relationships here: SQLModel resolves annotations when a class is made.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    column,
)
from sqlmodel import Field, SQLModel, col

from bot.domain.factchecks import Status
from bot.domain.matches import Stance
from bot.domain.notes import Helpfulness, NoteState
from bot.domain.outbox import DeliveryState
from bot.domain.policy import Mode, Outcome
from db.types import Document, SafeText, Snowflake

# Batch migrations can only drop what has a name; set before the first table is made.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


def one_of(name: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """Return the check that stands in for an enum type, which PostgreSQL could not extend."""
    return CheckConstraint(column(name).in_([value.value for value in values]), name=name)


class FactCheckRow(SQLModel, table=True):
    """The head of a fact-check: which revision is the newest; changed by compare-and-set."""

    __tablename__: ClassVar[Any] = "fact_check"
    __table_args__ = (one_of("status", Status),)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    slug: str = Field(sa_type=SafeText, primary_key=True)
    revision: int
    status: str = Field(sa_type=SafeText)


class FactCheckRevisionRow(SQLModel, table=True):
    """One revision with the whole record; never changed."""

    __tablename__: ClassVar[Any] = "fact_check_revision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "slug"],
            ["fact_check.community_id", "fact_check.slug"],
            ondelete="CASCADE",
        ),
    )

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    slug: str = Field(sa_type=SafeText, primary_key=True)
    revision: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=Document)
    by_member_id: int | None = Field(sa_type=Snowflake, default=None)
    reason: str = Field(sa_type=SafeText)
    at: datetime


class ExampleRow(SQLModel, table=True):
    """An example or counter-example that a moderator added."""

    __tablename__: ClassVar[Any] = "example"
    __table_args__ = (UniqueConstraint("community_id", "slug", "text_digest"),)

    number: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    )
    community_id: int = Field(sa_type=Snowflake)
    slug: str = Field(sa_type=SafeText)
    text: str = Field(sa_type=SafeText)
    text_digest: str = Field(sa_type=SafeText)
    """SHA-256 of the text: PostgreSQL indexes no value above 2,704 bytes."""
    raises: bool
    stance: str = Field(sa_type=SafeText)
    by_member_id: int = Field(sa_type=Snowflake)
    at: datetime


class WatchRow(SQLModel, table=True):
    """A watched place."""

    __tablename__: ClassVar[Any] = "watch"
    __table_args__ = (one_of("mode", Mode),)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    place_id: int = Field(sa_type=Snowflake, primary_key=True)
    mode: str = Field(sa_type=SafeText)
    added_by_id: int | None = Field(sa_type=Snowflake, default=None)
    added_at: datetime


class PostRow(SQLModel, table=True):
    """A post's ids and times, never its text; empty but for `deleted_at` where only that is known.

    A deletion can arrive before the post itself, so all that the post tells is optional.
    """

    __tablename__: ClassVar[Any] = "post"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    channel_id: int | None = Field(sa_type=Snowflake, default=None)
    parent_id: int | None = Field(sa_type=Snowflake, default=None)
    author_id: int | None = Field(sa_type=Snowflake, default=None)
    by_person: bool | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


class NoteRow(SQLModel, table=True):
    """A note, without the post's text."""

    __tablename__: ClassVar[Any] = "note"
    __table_args__ = (one_of("stance", Stance), one_of("state", NoteState))

    note_id: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    place_id: int = Field(sa_type=Snowflake)
    channel_id: int = Field(sa_type=Snowflake)
    post_id: int = Field(sa_type=Snowflake)
    slug: str = Field(sa_type=SafeText)
    revision: int
    probability: float
    stance: str = Field(sa_type=SafeText)
    span_start: int
    span_end: int
    threshold: float
    matcher: str = Field(sa_type=SafeText)
    created_at: datetime
    state: str = Field(sa_type=SafeText)
    message_id: int | None = Field(sa_type=Snowflake, default=None)


class RatingRow(SQLModel, table=True):
    """One member's rating of one note."""

    __tablename__: ClassVar[Any] = "rating"
    __table_args__ = (
        one_of("value", Helpfulness),
        ForeignKeyConstraint(["note_id"], ["note.note_id"], ondelete="CASCADE"),
    )

    note_id: str = Field(sa_type=SafeText, primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    value: str = Field(sa_type=SafeText)
    at: datetime


class JudgementRow(SQLModel, table=True):
    """What was decided about one post for one fact-check.

    `reason` carries no check: rules come and go, and old judgements keep the rule that decided.
    """

    __tablename__: ClassVar[Any] = "judgement"
    __table_args__ = (one_of("outcome", Outcome), one_of("stance", Stance))

    channel_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    slug: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    outcome: str = Field(sa_type=SafeText)
    reason: str = Field(sa_type=SafeText)
    probability: float
    stance: str = Field(sa_type=SafeText)
    at: datetime


class DeliveryRow(SQLModel, table=True):
    """A row of the outbox; numbers are never used again, so their order is that of adding.

    `kind` carries no check: every feature adds kinds, and a check costs SQLite a copy of the table.
    """

    __tablename__: ClassVar[Any] = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        one_of("state", DeliveryState),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
    )
    key: str = Field(sa_type=SafeText)
    kind: str = Field(sa_type=SafeText)
    community_id: int = Field(sa_type=Snowflake)
    channel_id: int = Field(sa_type=Snowflake)
    note_id: str | None = Field(sa_type=SafeText, default=None)
    reply_to_id: int | None = Field(sa_type=Snowflake, default=None)
    content: dict[str, Any] = Field(sa_type=Document)
    state: str = Field(sa_type=SafeText)
    attempts: int
    created_at: datetime
    due_at: datetime
    first_attempt_at: datetime | None = None
    owner: str = Field(sa_type=SafeText)
    lease_until: datetime | None = None
    message_id: int | None = Field(sa_type=Snowflake, default=None)
    problem: str = Field(sa_type=SafeText)


class MemberRow(SQLModel, table=True):
    """A member's own choices in one community."""

    __tablename__: ClassVar[Any] = "member"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    opted_out: bool
    changed_at: datetime


class LeaseRow(SQLModel, table=True):
    """A named lease."""

    __tablename__: ClassVar[Any] = "lease"

    name: str = Field(sa_type=SafeText, primary_key=True)
    owner: str = Field(sa_type=SafeText)
    until: datetime


class SettingRow(SQLModel, table=True):
    """A small fact by name."""

    __tablename__: ClassVar[Any] = "setting"

    name: str = Field(sa_type=SafeText, primary_key=True)
    value: str = Field(sa_type=SafeText)


def partial(*columns: Any, where: Any) -> None:
    """Index only the rows that are asked for; named by table and columns like the others."""
    Index(None, *columns, sqlite_where=where, postgresql_where=where)


partial(
    col(PostRow.community_id),
    col(PostRow.created_at),
    where=col(PostRow.deleted_at).is_(None),
)
Index(None, col(PostRow.community_id), col(PostRow.channel_id))
# For what is worked out about one member, and for a member who wants to be forgotten.
partial(
    col(PostRow.community_id),
    col(PostRow.author_id),
    col(PostRow.created_at),
    where=col(PostRow.author_id).is_not(None),
)
partial(
    col(PostRow.community_id), col(PostRow.parent_id), where=col(PostRow.parent_id).is_not(None)
)
Index(None, col(NoteRow.channel_id), col(NoteRow.post_id))
Index(None, col(NoteRow.channel_id), col(NoteRow.slug), col(NoteRow.created_at))
Index(None, col(NoteRow.place_id), col(NoteRow.created_at))
Index(None, col(NoteRow.community_id), col(NoteRow.created_at))
partial(
    col(NoteRow.channel_id), col(NoteRow.message_id), where=col(NoteRow.message_id).is_not(None)
)
Index(None, col(JudgementRow.community_id), col(JudgementRow.at))
Index(None, col(DeliveryRow.state), col(DeliveryRow.number))
