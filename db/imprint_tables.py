"""The table of what is kept of posts that moderators judged: no text, no member, no post.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col

from bot.domain.matches import Stance
from db.tables import one_of
from db.types import SafeText, Snowflake


class ImprintRow(SQLModel, table=True):
    """One judged post, as far as its like can be recognised by it."""

    __tablename__: ClassVar[Any] = "imprint"
    __table_args__ = (one_of("stance", Stance),)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    key: str = Field(sa_type=SafeText, primary_key=True)
    """A digest of the post's and the fact-check's names, so that a judgement can be taken back."""
    slug: str = Field(sa_type=SafeText)
    raises: bool
    stance: str = Field(sa_type=SafeText)
    signs: str = Field(sa_type=SafeText)
    """128 signs, as hexadecimal digits."""
    form: int
    kept_on: date
    """A day and no moment, which would point at one judgement among the labels."""


Index(None, col(ImprintRow.community_id), col(ImprintRow.kept_on))
