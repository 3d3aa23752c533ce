"""How notes are shown now, and what was corrected, in the tables `note_shown` and `correction`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import col

from bot.domain.corrections import Correction, CorrectionKind, NoteShape
from bot.domain.ids import CommunityId, NoteId, Slug
from bot.domain.notes import Note, NoteState
from bot.services.ports.corrections import Showing
from db.correction_tables import CorrectionRow, NoteShownRow
from db.stores.notes import note_of
from db.tables import NoteRow
from db.work import Work


def _revision() -> ColumnElement[int]:
    return func.coalesce(col(NoteShownRow.revision), col(NoteRow.revision))


def _shape() -> ColumnElement[str]:
    return func.coalesce(col(NoteShownRow.shape), NoteShape.FULL.value)


class SqlCorrectionStore:
    """Implements `CorrectionStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def showing(
        self, community: CommunityId | None = None, slug: Slug | None = None
    ) -> Sequence[Showing]:
        """Return the distinct ways in which posted notes are shown, everywhere or as asked."""
        columns = (col(NoteRow.community_id), col(NoteRow.slug), _revision(), _shape())
        statement: Select[Any] = _posted(select(*columns)).distinct()
        if community is not None:
            statement = statement.where(col(NoteRow.community_id) == community)
        if slug is not None:
            statement = statement.where(col(NoteRow.slug) == slug)
        found = [
            Showing(community=CommunityId(c), slug=Slug(s), revision=r, shape=NoteShape(shape))
            for c, s, r, shape in await self._work.tuples(statement)
        ]
        return sorted(found, key=lambda s: (s.community, s.slug, s.revision, s.shape))

    async def notes(
        self, showing: Showing, *, after: NoteId | None = None, limit: int = 200
    ) -> Sequence[Note]:
        """Return posted notes that are shown in this way, by id, after the one given."""
        statement = _posted(select(NoteRow)).where(
            col(NoteRow.community_id) == showing.community,
            col(NoteRow.slug) == showing.slug,
            _revision() == showing.revision,
            _shape() == showing.shape.value,
        )
        if after is not None:
            statement = statement.where(col(NoteRow.note_id) > after)
        rows = await self._work.rows(statement.order_by(col(NoteRow.note_id)).limit(limit))
        return [note_of(row) for row in rows]

    async def shown(self, note: NoteId) -> tuple[int, NoteShape] | None:
        """Return revision and shape in which a note is shown, None where it is as attached."""
        row = await self._work.first(select(NoteShownRow).where(col(NoteShownRow.note_id) == note))
        return None if row is None else (row.revision, NoteShape(row.shape))

    async def record_shown(
        self, note: NoteId, revision: int, shape: NoteShape, at: datetime
    ) -> None:
        """Record how a note is shown now."""
        await self._work.upsert(
            NoteShownRow,
            {"note_id": note, "revision": revision, "shape": shape.value, "at": at},
            key=["note_id"],
            change=lambda _, new: {name: new[name] for name in ("revision", "shape", "at")},
        )

    async def add(self, correction: Correction) -> None:
        """Add a correction; for the same revision and kind, its notes are added up."""
        await self._work.upsert(
            CorrectionRow,
            {
                "community_id": correction.community,
                "slug": correction.slug,
                "to_revision": correction.to_revision,
                "kind": correction.kind.value,
                "from_revision": correction.from_revision,
                "notes": correction.notes,
                "at": correction.at,
            },
            key=["community_id", "slug", "to_revision", "kind"],
            change=lambda old, new: {
                "notes": old["notes"] + new["notes"],
                "from_revision": case(
                    (new["from_revision"] < old["from_revision"], new["from_revision"]),
                    else_=old["from_revision"],
                ),
            },
        )

    async def between(
        self, community: CommunityId, since: datetime, until: datetime
    ) -> Sequence[Correction]:
        """Return a community's corrections from `since` on and before `until`, oldest first."""
        rows = await self._work.rows(
            select(CorrectionRow)
            .where(
                col(CorrectionRow.community_id) == community,
                col(CorrectionRow.at) >= since,
                col(CorrectionRow.at) < until,
            )
            .order_by(
                col(CorrectionRow.at),
                col(CorrectionRow.slug),
                col(CorrectionRow.to_revision),
                col(CorrectionRow.kind),
            )
        )
        return [_correction(row) for row in rows]


def _posted(statement: Any) -> Any:
    """Join each posted note with how it is shown, where that is recorded."""
    return (
        statement.select_from(NoteRow)
        .outerjoin(NoteShownRow, col(NoteShownRow.note_id) == col(NoteRow.note_id))
        .where(col(NoteRow.state) == NoteState.POSTED.value)
    )


def _correction(row: CorrectionRow) -> Correction:
    return Correction(
        community=CommunityId(row.community_id),
        slug=Slug(row.slug),
        from_revision=row.from_revision,
        to_revision=row.to_revision,
        kind=CorrectionKind(row.kind),
        notes=row.notes,
        at=row.at,
    )
