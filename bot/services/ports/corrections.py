"""How notes are shown now, and what was corrected, as the use cases keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.corrections import Correction, NoteShape
from bot.domain.ids import CommunityId, NoteId, Slug
from bot.domain.notes import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Posted notes on one fact-check that are all shown in the same way."""

    community: CommunityId
    slug: Slug
    revision: int
    shape: NoteShape


class CorrectionStore(Protocol):
    """How posted notes are shown; a note that was never touched is shown as it was attached."""

    async def showing(
        self, community: CommunityId | None = None, slug: Slug | None = None
    ) -> Sequence[Showing]:
        """Return the distinct ways in which posted notes are shown, everywhere or as asked."""
        ...

    async def notes(
        self, showing: Showing, *, after: NoteId | None = None, limit: int = 200
    ) -> Sequence[Note]:
        """Return posted notes that are shown in this way, by id, after the one given."""
        ...

    async def shown(self, note: NoteId) -> tuple[int, NoteShape] | None:
        """Return revision and shape in which a note is shown, None where it is as attached."""
        ...

    async def record_shown(
        self, note: NoteId, revision: int, shape: NoteShape, at: datetime
    ) -> None:
        """Record how a note is shown now."""
        ...

    async def add(self, correction: Correction) -> None:
        """Add a correction; for the same revision and kind, its notes are added up."""
        ...

    async def between(
        self, community: CommunityId, since: datetime, until: datetime
    ) -> Sequence[Correction]:
        """Return a community's corrections from `since` on and before `until`, oldest first."""
        ...
