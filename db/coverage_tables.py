"""The table about what was read of each place, and where something may have been missed.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel, col

from db.like_tables import LikedPostRow
from db.tables import partial
from db.types import Snowflake


class CoverageRow(SQLModel, table=True):
    """One place: known without a break until then, but for an open gap."""

    __tablename__: ClassVar[Any] = "coverage"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    place_id: int = Field(sa_type=Snowflake, primary_key=True)
    complete_until: datetime
    gap_since_at: datetime | None = None
    gap_until: datetime | None = None
    readable: bool


# Posts to look up: a reaction came before anything else was known of them.
partial(
    col(LikedPostRow.community_id),
    col(LikedPostRow.by_person),
    where=col(LikedPostRow.by_person).is_(None),
)
