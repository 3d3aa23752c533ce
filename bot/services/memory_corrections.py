"""Corrections in memory; see `CorrectionStore`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.corrections import Correction, CorrectionKind, NoteShape
from bot.domain.ids import CommunityId, NoteId, Slug
from bot.domain.notes import Note, NoteState
from bot.services.memory_table import View
from bot.services.ports.corrections import Showing
from bot.services.storable import require_storable

Key = tuple[CommunityId, Slug, int, CorrectionKind]


class InMemoryCorrectionStore:
    """Implements `CorrectionStore`."""

    def __init__(
        self,
        notes: View[NoteId, Note],
        shown: View[NoteId, tuple[int, NoteShape, datetime]],
        corrections: View[Key, Correction],
    ) -> None:
        self._notes = notes
        self._shown = shown
        self._corrections = corrections

    async def showing(
        self, community: CommunityId | None = None, slug: Slug | None = None
    ) -> Sequence[Showing]:
        """Return the distinct ways in which posted notes are shown, everywhere or as asked."""
        require_storable((community, slug))
        found = {
            self._showing(note)
            for note in self._notes.rows()
            if note.state is NoteState.POSTED
            and community in (None, note.community)
            and slug in (None, note.slug)
        }
        return sorted(found, key=lambda s: (s.community, s.slug, s.revision, s.shape))

    async def notes(
        self, showing: Showing, *, after: NoteId | None = None, limit: int = 200
    ) -> Sequence[Note]:
        """Return posted notes that are shown in this way, by id, after the one given."""
        require_storable((showing.community, showing.slug))
        found = [
            note
            for note in self._notes.rows()
            if note.state is NoteState.POSTED
            and self._showing(note) == showing
            and (after is None or note.id > after)
        ]
        return sorted(found, key=lambda note: note.id)[:limit]

    async def shown(self, note: NoteId) -> tuple[int, NoteShape] | None:
        """Return revision and shape in which a note is shown, None where it is as attached."""
        found = self._shown.get(note)
        return None if found is None else found[:2]

    async def record_shown(
        self, note: NoteId, revision: int, shape: NoteShape, at: datetime
    ) -> None:
        """Record how a note is shown now."""
        self._shown.put(note, (revision, shape, at))

    async def add(self, correction: Correction) -> None:
        """Add a correction; for the same revision and kind, its notes are added up."""
        self._corrections.require_writable()
        c = correction
        key = (c.community, c.slug, c.to_revision, c.kind)
        known = self._corrections.get(key)
        if known is not None:
            first = min(known.from_revision, c.from_revision)
            c = replace(known, notes=known.notes + c.notes, from_revision=first)
        self._corrections.put(key, c)

    async def between(
        self, community: CommunityId, since: datetime, until: datetime
    ) -> Sequence[Correction]:
        """Return a community's corrections from `since` on and before `until`, oldest first."""
        require_storable((community, since, until))
        found = [
            c
            for c in self._corrections.rows()
            if c.community == community and since <= c.at < until
        ]
        return sorted(found, key=lambda c: (c.at, c.slug, c.to_revision, c.kind))

    def _showing(self, note: Note) -> Showing:
        shown = self._shown.get(note.id)
        revision, shape = shown[:2] if shown else (note.revision, NoteShape.FULL)
        return Showing(community=note.community, slug=note.slug, revision=revision, shape=shape)
