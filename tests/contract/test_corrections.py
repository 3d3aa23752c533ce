"""What every `CorrectionStore` promises, and the outbox as far as corrections need it."""

from datetime import timedelta
from typing import Any

from bot.domain.corrections import Correction, CorrectionKind, NoteShape
from bot.domain.ids import CommunityId, PostId, Slug
from bot.domain.notes import Note, NoteState
from bot.domain.outbox import DeliveryKind, DeliveryState
from bot.services.ports import Database, Showing
from tests.builders import ASIA, CHANNEL, COMMUNITY, NOON
from tests.contract.records import MINUTE, build_delivery, build_note

OTHER = CommunityId(70_000_000_000_000_002)
FULL = Showing(community=COMMUNITY, slug=ASIA, revision=1, shape=NoteShape.FULL)


def build_correction(**changes: Any) -> Correction:
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "slug": ASIA,
        "from_revision": 1,
        "to_revision": 2,
        "kind": CorrectionKind.EDITED,
        "notes": 3,
        "at": NOON,
    }
    return Correction(**(values | changes))


async def add_posted(database: Database, *notes: Note) -> None:
    async with database.writing() as stores:
        for note in notes:
            await stores.notes.add(note)
            await stores.notes.set_state(note.id, NoteState.POSTED, message=PostId(note.post + 1))


async def test_a_posted_note_is_shown_as_it_was_attached_until_that_is_recorded(
    database: Database,
) -> None:
    note, pending = build_note(), build_note(1)
    await add_posted(database, note)
    async with database.writing() as stores:
        await stores.notes.add(pending)
        assert await stores.corrections.shown(note.id) is None
        assert await stores.corrections.showing() == [FULL]
        for revision in (2, 3):
            await stores.corrections.record_shown(note.id, revision, NoteShape.PAUSED, NOON)
    paused = Showing(community=COMMUNITY, slug=ASIA, revision=3, shape=NoteShape.PAUSED)
    async with database.reading() as stores:
        assert await stores.corrections.shown(note.id) == (3, NoteShape.PAUSED)
        assert await stores.corrections.showing() == [paused]
        assert await stores.corrections.notes(FULL) == []
        assert [n.id for n in await stores.corrections.notes(paused)] == [note.id]


async def test_a_withdrawn_note_is_not_shown(database: Database) -> None:
    note = build_note()
    await add_posted(database, note)
    async with database.writing() as stores:
        await stores.notes.set_state(note.id, NoteState.WITHDRAWN)
        assert await stores.corrections.showing() == []
        assert await stores.corrections.notes(FULL) == []


async def test_what_is_shown_can_be_asked_for_one_fact_check_and_community(
    database: Database,
) -> None:
    here, there = build_note(), build_note(1, community=OTHER)
    await add_posted(database, here, there, build_note(2, slug=Slug("steam")))
    async with database.reading() as stores:
        assert len(await stores.corrections.showing()) == 3
        assert len(await stores.corrections.showing(None, ASIA)) == 2
        assert await stores.corrections.showing(COMMUNITY, ASIA) == [FULL]
        assert [n.id for n in await stores.corrections.notes(FULL)] == [here.id]


async def test_notes_come_in_batches_by_id(database: Database) -> None:
    notes = [build_note(number) for number in range(5)]
    await add_posted(database, *notes)
    async with database.reading() as stores:
        first = await stores.corrections.notes(FULL, limit=3)
        rest = await stores.corrections.notes(FULL, after=first[-1].id, limit=3)
    assert [n.id for n in (*first, *rest)] == sorted(note.id for note in notes)


async def test_a_correction_of_the_same_revision_and_kind_is_added_up(database: Database) -> None:
    paused = build_correction(kind=CorrectionKind.PAUSED, at=NOON + MINUTE)
    async with database.writing() as stores:
        await stores.corrections.add(build_correction(from_revision=2))
        await stores.corrections.add(build_correction(notes=4, at=NOON + MINUTE))
        await stores.corrections.add(paused)
        await stores.corrections.add(build_correction(community=OTHER))
    async with database.reading() as stores:
        found = await stores.corrections.between(COMMUNITY, NOON, NOON + 2 * MINUTE)
        assert found == [build_correction(notes=7), paused]
        assert await stores.corrections.between(COMMUNITY, NOON, NOON + MINUTE) == found[:1]


async def test_waiting_edits_of_a_note_are_cancelled_by_kind(database: Database) -> None:
    note = build_note().id
    edit = build_delivery(key="edit", note=note, kind=DeliveryKind.UPDATE_NOTE)
    attach = build_delivery(key="attach", note=note)
    async with database.writing() as stores:
        for delivery in (edit, attach):
            await stores.outbox.add(delivery)
        assert await stores.outbox.cancel(note, "newer", kind=DeliveryKind.UPDATE_NOTE)
    async with database.reading() as stores:
        found = [await stores.outbox.get(key) for key in ("edit", "attach")]
    assert [d.state for d in found if d] == [DeliveryState.FAILED, DeliveryState.WAITING]


async def test_edits_in_a_channel_are_hastened(database: Database) -> None:
    later = NOON + timedelta(days=1)
    edit = build_delivery(key="edit", kind=DeliveryKind.UPDATE_NOTE, due_at=later)
    attach = build_delivery(key="attach", due_at=later)
    async with database.writing() as stores:
        for delivery in (edit, attach):
            await stores.outbox.add(delivery)
        assert await stores.outbox.hasten(CHANNEL, DeliveryKind.UPDATE_NOTE, NOON) == 1
        assert await stores.outbox.hasten(CHANNEL, DeliveryKind.UPDATE_NOTE, NOON) == 0
    async with database.reading() as stores:
        assert [d.key for d in await stores.outbox.due(NOON)] == ["edit"]
