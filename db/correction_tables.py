"""The tables about corrections: how each note is shown now, and what was corrected.

Knows names, types and constraints only, as `db.tables` does.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel, col

from bot.domain.corrections import CorrectionKind, NoteShape
from bot.domain.notes import NoteState
from db.tables import NoteRow, one_of, partial
from db.types import SafeText, Snowflake


class NoteShownRow(SQLModel, table=True):
    """How a note's message is shown, once that is not as it was attached any more."""

    __tablename__: ClassVar[Any] = "note_shown"
    __table_args__ = (
        one_of("shape", NoteShape),
        ForeignKeyConstraint(["note_id"], ["note.note_id"], ondelete="CASCADE"),
    )

    note_id: str = Field(sa_type=SafeText, primary_key=True)
    revision: int
    shape: str = Field(sa_type=SafeText)
    at: datetime


class CorrectionRow(SQLModel, table=True):
    """What happened to a fact-check that had live notes, and how many were touched."""

    __tablename__: ClassVar[Any] = "correction"
    __table_args__ = (one_of("kind", CorrectionKind),)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    slug: str = Field(sa_type=SafeText, primary_key=True)
    to_revision: int = Field(primary_key=True)
    kind: str = Field(sa_type=SafeText, primary_key=True)
    from_revision: int
    notes: int
    at: datetime


Index(None, col(CorrectionRow.community_id), col(CorrectionRow.at))
partial(
    col(NoteRow.community_id),
    col(NoteRow.slug),
    where=col(NoteRow.state) == NoteState.POSTED.value,
)
