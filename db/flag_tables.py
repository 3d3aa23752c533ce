"""The tables about flags and the cards that gather them.

Knows names, types and constraints only, as `db.tables` does; no text of a post is in any of them.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from bot.domain.flags import CardSource, CardState
from db.tables import one_of, partial
from db.types import Document, SafeText, Snowflake


class FlagCardRow(SQLModel, table=True):
    """What moderators are asked about, and how they decided."""

    __tablename__: ClassVar[Any] = "flag_card"
    __table_args__ = (
        one_of("source", CardSource),
        one_of("state", CardState),
        UniqueConstraint("community_id", "subject", "generation"),
    )

    card_id: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    source: str = Field(sa_type=SafeText)
    subject: str = Field(sa_type=SafeText)
    generation: int
    review_place_id: int = Field(sa_type=Snowflake)
    place_id: int = Field(sa_type=Snowflake)
    channel_id: int = Field(sa_type=Snowflake)
    post_id: int | None = Field(sa_type=Snowflake, default=None)
    author_id: int = Field(sa_type=Snowflake)
    created_at: datetime
    state: str = Field(sa_type=SafeText)
    decided_by_id: int | None = Field(sa_type=Snowflake, default=None)
    decided_at: datetime | None = None
    put_off_by_id: int | None = Field(sa_type=Snowflake, default=None)
    put_off_until: datetime | None = None
    post_deleted: bool
    urgent: bool
    case_number: int | None = None
    message_id: int | None = Field(sa_type=Snowflake, default=None)
    details: dict[str, Any] = Field(sa_type=Document)


class FlagRow(SQLModel, table=True):
    """One member's report on one post, in their words for the moderators."""

    __tablename__: ClassVar[Any] = "flag"
    __table_args__ = (ForeignKeyConstraint(["card_id"], ["flag_card.card_id"], ondelete="CASCADE"),)

    channel_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    card_id: str = Field(sa_type=SafeText)
    community_id: int = Field(sa_type=Snowflake)
    reason: str = Field(sa_type=SafeText)
    text: str = Field(sa_type=SafeText)
    weight: float
    at: datetime


_OPEN = col(FlagCardRow.state) == CardState.OPEN.value
partial(col(FlagCardRow.community_id), col(FlagCardRow.created_at), where=_OPEN)
partial(col(FlagCardRow.channel_id), col(FlagCardRow.post_id), where=_OPEN)
Index(None, col(FlagRow.card_id))
Index(None, col(FlagRow.community_id), col(FlagRow.member_id), col(FlagRow.at))
