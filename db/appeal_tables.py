"""The table about appeals; operational data of moderation, as cases are.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col

from bot.domain.appeals import AppealState
from bot.domain.cases import CaseKind
from db.tables import one_of, partial
from db.types import Document, SafeText, Snowflake


class AppealRow(SQLModel, table=True):
    """One appeal with all that was said in it; it names its case by kind and moment."""

    __tablename__: ClassVar[Any] = "appeal"
    __table_args__ = (one_of("case_kind", CaseKind), one_of("state", AppealState))

    appeal_id: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    case_kind: str = Field(sa_type=SafeText)
    case_at: datetime
    member_id: int = Field(sa_type=Snowflake)
    state: str = Field(sa_type=SafeText)
    opened_at: datetime
    card_place_id: int = Field(sa_type=Snowflake)
    message_id: int | None = Field(sa_type=Snowflake, default=None)
    told: bool | None = None
    said: dict[str, Any] = Field(sa_type=Document)
    """`{"said": [...]}`: what was said, oldest first."""


Index(None, col(AppealRow.community_id), col(AppealRow.member_id))
partial(
    col(AppealRow.community_id),
    col(AppealRow.opened_at),
    where=col(AppealRow.state).in_([AppealState.OPEN.value, AppealState.ASKED.value]),
)
