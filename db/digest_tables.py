"""The tables about digests: what communities want, and the ledger of what was made.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col

from bot.domain.digest_runs import Audience, RunState
from bot.domain.periods import Cadence, Weekday
from db.tables import PostRow, RatingRow, one_of, partial
from db.types import Document, SafeText, Snowflake


class DigestPlanRow(SQLModel, table=True):
    """When and where a community wants its digest."""

    __tablename__: ClassVar[Any] = "digest_plan"
    __table_args__ = (one_of("cadence", Cadence), one_of("weekday", Weekday))

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    cadence: str = Field(sa_type=SafeText)
    weekday: str = Field(sa_type=SafeText)
    hour: int
    zone: str = Field(sa_type=SafeText)
    since_at: datetime
    scheduled_at: datetime | None = None
    channel_id: int | None = Field(sa_type=Snowflake, default=None)
    moderators_channel_id: int | None = Field(sa_type=Snowflake, default=None)
    names_in_archive: bool


class DigestRunRow(SQLModel, table=True):
    """One digest; its key makes a second one for the same period impossible."""

    __tablename__: ClassVar[Any] = "digest_run"
    __table_args__ = (one_of("audience", Audience), one_of("state", RunState))

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    audience: str = Field(sa_type=SafeText, primary_key=True)
    period_key: str = Field(sa_type=SafeText, primary_key=True)
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    state: str = Field(sa_type=SafeText)
    channel_id: int | None = Field(sa_type=Snowflake, default=None)
    owner: str = Field(sa_type=SafeText)
    lease_until: datetime | None = None
    attempt: int
    edition: int
    generation: int
    content: dict[str, Any] = Field(sa_type=Document)
    parts: int
    messages: dict[str, Any] = Field(sa_type=Document)
    problem: str = Field(sa_type=SafeText)
    retry_at: datetime | None = None


Index(None, col(DigestRunRow.community_id), col(DigestRunRow.ends_at))
partial(
    col(DigestRunRow.state),
    col(DigestRunRow.retry_at),
    where=col(DigestRunRow.state).in_([RunState.PENDING.value, RunState.BLOCKED.value]),
)
# How much was said in a busy place, and by how many, is answered from the index alone.
partial(
    col(PostRow.community_id),
    col(PostRow.channel_id),
    col(PostRow.created_at),
    col(PostRow.author_id),
    where=col(PostRow.deleted_at).is_(None) & col(PostRow.by_person).is_(True),
)
Index(None, col(RatingRow.at))
