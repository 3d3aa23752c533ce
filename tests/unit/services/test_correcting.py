"""A changed fact-check changes every live note: once each, whatever comes in between."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.corrections import CorrectionKind, NoteShape
from bot.domain.factchecks import FactCheck, Status
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId
from bot.domain.notes import Note, NoteState
from bot.domain.outbox import DeliveryState
from bot.domain.policy import Mode
from bot.services.correcting import CALM, collapse_of
from bot.services.errors import UnavailableError
from bot.services.ports import Stores
from bot.services.stale_notes import stale_notes
from tests.builders import ASIA, CHANNEL, COMMUNITY, NOON, build_fact_check, build_post, build_where
from tests.unit.services.conftest import OTHER, Stage

MODERATOR = MemberId(9)
ELSEWHERE = CommunityId(70_000_000_000_000_009)
DAY = timedelta(days=1)


async def attached(stage: Stage, number: int = 0, **where: Any) -> Note:
    """Let a post raise the claim in a channel of its own; return its posted note."""
    place = PlaceId(CHANNEL + number)
    where = {"channel": place} | where
    community = where.get("community", COMMUNITY)
    await stage.places.watch(community, place, Mode.AUTO, by=None)
    post = build_post(
        build_fact_check().claim, id=PostId(1_000 + number), where=build_where(**where)
    )
    decision = await stage.watching.consider(post)
    await stage.sender.send_due()
    async with stage.database.reading() as stores:
        (note,) = await stores.notes.by_post(place, post.id)
    assert note.state is NoteState.POSTED, decision
    return note


async def change(stage: Stage, reason: str = "more is known", **changes: Any) -> FactCheck:
    old = await stage.library.get(COMMUNITY, ASIA)
    new = old.revised(**changes)
    await stage.library.change(COMMUNITY, new, by=MODERATOR, reason=reason)
    return new


async def stage_record(stores: Stores) -> FactCheck:
    found = await stores.library.get(COMMUNITY, ASIA)
    assert found is not None
    return found


async def test_an_edit_updates_every_live_note_once(stage: Stage) -> None:
    notes = [await attached(stage, number) for number in range(3)]
    await change(stage, summary="Surveys were repeated.", verdict=None)
    await stage.sender.send_due()
    await stage.correcting.run()
    await stage.sender.send_due()
    assert sorted(stage.publisher.updated) == sorted((note.id, 2) for note in notes)
    form = stage.publisher.forms[notes[0].id]
    assert (form.shape, form.changed, form.changed_at) == (
        NoteShape.FULL,
        ("finding", "summary"),
        NOON,
    )


async def test_pausing_collapses_and_resuming_brings_the_note_back_as_it_was(stage: Stage) -> None:
    note = await attached(stage)
    await change(stage, "a source was withdrawn", status=Status.PAUSED)
    await stage.sender.send_due()
    form = stage.publisher.forms[note.id]
    assert (form.shape, form.reason) == (NoteShape.PAUSED, "a source was withdrawn")
    await change(stage, "it is back", status=Status.PUBLISHED)
    await stage.sender.send_due()
    form = stage.publisher.forms[note.id]
    assert (form.shape, form.changed, form.changed_at) == (NoteShape.FULL, (), None)


async def test_the_reason_is_the_one_with_which_the_pause_began(stage: Stage) -> None:
    note = await attached(stage)
    await change(stage, "a source was withdrawn", status=Status.PAUSED)
    await change(stage, "better wording", claim="Asia embraces AI art.")
    await stage.sender.send_due()
    assert stage.publisher.forms[note.id].reason == "a source was withdrawn"
    assert stage.publisher.updated == [(note.id, 3)]


async def test_a_change_that_no_reader_can_see_edits_nothing(stage: Stage) -> None:
    note = await attached(stage)
    await change(stage, topics=("asia",), variants=("in Asia they love it",))
    assert await stage.sender.send_due() == 0
    async with stage.database.reading() as stores:
        assert await stores.corrections.shown(note.id) == (2, NoteShape.FULL)
        assert await stores.corrections.between(COMMUNITY, NOON - DAY, NOON + DAY) == []


async def test_a_check_past_its_review_says_so_without_anybody_changing_it(stage: Stage) -> None:
    await change(stage, review_by=date(2026, 12, 1))
    note = await attached(stage)
    assert await stage.correcting.run() == 0
    stage.clock.advance(9 * DAY)
    assert await stage.correcting.run() == 1
    await stage.sender.send_due()
    assert stage.publisher.forms[note.id].shape is NoteShape.EXPIRED
    assert await stage.correcting.run() == 0


async def test_only_the_newest_of_several_edits_is_sent(stage: Stage) -> None:
    note = await attached(stage)
    for number in range(4):
        await change(stage, summary=f"Version {number}.")
    await stage.sender.send_due()
    assert stage.publisher.updated == [(note.id, 5)]


async def test_an_edit_that_was_overtaken_while_it_waited_is_not_sent(stage: Stage) -> None:
    note = await attached(stage)
    await change(stage, summary="First.")
    async with stage.database.reading() as stores:
        (first,) = await stores.outbox.due(stage.clock.now())
    async with stage.database.writing() as stores:
        second = (await stage_record(stores)).revised(summary="Second.")
        await stores.library.put(COMMUNITY, second, by=None, reason="test", at=NOON)
    await stage.sender.send_due()
    assert stage.publisher.updated == []
    await stage.correcting.run()
    await stage.sender.send_due()
    assert stage.publisher.updated == [(note.id, 3)]
    async with stage.database.reading() as stores:
        delivery = await stores.outbox.get(first.key)
    assert delivery is not None
    assert delivery.state is DeliveryState.DONE


async def test_an_archived_thread_is_waited_for_longer_than_a_day(stage: Stage) -> None:
    note = await attached(stage)

    def archived() -> None:
        raise UnavailableError("archived", retryable=True, patient=True)

    stage.publisher.before = archived
    await change(stage, summary="More is known.")
    for _ in range(20):
        await stage.sender.send_due()
        stage.clock.advance(DAY)
    stage.publisher.before = lambda: None
    await stage.sender.send_due()
    assert stage.publisher.updated == [(note.id, 2)]


async def test_an_edit_is_made_at_once_when_its_thread_is_opened_again(stage: Stage) -> None:
    note = await attached(stage)

    def archived() -> None:
        raise UnavailableError("archived", retryable=True, patient=True)

    stage.publisher.before = archived
    await change(stage, summary="More is known.")
    await stage.sender.send_due()
    stage.publisher.before = lambda: None
    assert await stage.sender.send_due() == 0
    await stage.correcting.reachable_again(note.channel)
    await stage.sender.send_due()
    assert stage.publisher.updated == [(note.id, 2)]


async def test_an_edit_is_made_soon_after_the_bot_may_see_its_channel_again(stage: Stage) -> None:
    note = await attached(stage)

    def closed() -> None:
        raise UnavailableError("Discord refused (50001)", retryable=True, patient=True)

    stage.publisher.before = closed
    await change(stage, summary="More is known.")
    await stage.sender.send_due()
    async with stage.database.reading() as stores:
        (stale,) = await stale_notes(stores, note.community)
    assert stale.again_at is not None
    assert stale.problem == "Discord refused (50001)"
    stage.publisher.before = lambda: None
    await stage.correcting.access_changed(note.community, lambda place: place != note.channel)
    stage.clock.advance(CALM)
    assert await stage.sender.send_due() == 0
    for _ in range(3):
        await stage.correcting.access_changed(note.community, lambda place: place == note.channel)
    stage.clock.advance(CALM)
    await stage.sender.send_due()
    assert stage.publisher.updated == [(note.id, 2)]
    async with stage.database.reading() as stores:
        assert await stale_notes(stores, note.community) == []


async def test_a_change_of_the_starter_library_travels_unless_a_community_has_its_own(
    stage: Stage,
) -> None:
    here = await attached(stage)
    there = await attached(stage, 50, community=ELSEWHERE)
    await change(stage, summary="Our own words.")
    await stage.sender.send_due()
    starter = [build_fact_check(summary="The starter's new words."), OTHER]
    await stage.library.install(starter, reason="update")
    await stage.correcting.run()
    await stage.sender.send_due()
    assert stage.publisher.updated == [(here.id, 2), (there.id, 2)]


async def test_what_was_corrected_is_kept_for_the_digest(stage: Stage) -> None:
    for number in range(2):
        await attached(stage, number)
    await change(stage, status=Status.PAUSED)
    stage.clock.advance(timedelta(minutes=1))
    await change(stage, status=Status.PUBLISHED, summary="Mended.")
    found = await stage.correcting.corrections(COMMUNITY, NOON, NOON + DAY)
    assert [(c.kind, c.from_revision, c.to_revision, c.notes) for c in found] == [
        (CorrectionKind.PAUSED, 1, 2, 2),
        (CorrectionKind.EDITED, 1, 3, 2),
    ]
    await stage.sender.send_due()
    await change(stage, status=Status.RETIRED)
    found = await stage.correcting.corrections(COMMUNITY, NOON, NOON + DAY)
    assert found[-1].kind is CorrectionKind.RETIRED
    assert found[-1].from_revision == 3


async def test_a_note_that_was_found_not_helpful_collapses_and_stays_so(stage: Stage) -> None:
    note = await attached(stage)
    async with stage.database.writing() as stores:
        await stores.outbox.add(collapse_of(note, "members found it beside the point", now=NOON))
    await stage.sender.send_due()
    form = stage.publisher.forms[note.id]
    assert (form.shape, form.reason) == (
        NoteShape.WITHDRAWN,
        "members found it beside the point",
    )
    await change(stage, summary="More is known.")
    assert await stage.sender.send_due() == 0


class Killed(BaseException):
    """Ends an attempt as a kill of the process would: nothing after it runs."""


@pytest.mark.parametrize("crash", ["before", "after"])
async def test_an_edit_whose_process_dies_is_made_good(stage: Stage, crash: str) -> None:
    note = await attached(stage)

    def die() -> None:
        raise Killed

    setattr(stage.publisher, crash, die)
    await change(stage, summary="More is known.")
    with pytest.raises((Killed, BaseExceptionGroup)):
        await stage.sender.send_due()
    setattr(stage.publisher, crash, lambda: None)
    await stage.sender.heal(stage.clock.now() + timedelta(minutes=3))
    async with stage.database.reading() as stores:
        assert await stores.corrections.shown(NoteId(note.id)) == (2, NoteShape.FULL)
    assert set(stage.publisher.updated) == {(note.id, 2)}
