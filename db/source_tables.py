"""The table of cited pages and what is known of them.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from bot.domain.sources import SourceHealth
from db.tables import one_of
from db.types import SafeText


class SourceStateRow(SQLModel, table=True):
    """What is known of one address; keyed by its digest, for addresses can be long."""

    __tablename__: ClassVar[Any] = "source_state"
    __table_args__ = (one_of("health", SourceHealth),)

    url_digest: str = Field(sa_type=SafeText, primary_key=True)
    """SHA-256 of the address: PostgreSQL indexes no value above 2,704 bytes."""
    url: str = Field(sa_type=SafeText)
    health: str = Field(sa_type=SafeText)
    said: str = Field(sa_type=SafeText)
    moved_to: str = Field(sa_type=SafeText)
    failures: int
    failing_since_at: datetime | None = None
    checked_at: datetime
    due_at: datetime
