"""What every `NoteStore` and `JudgementStore` promises."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Stance
from bot.domain.notes import Helpfulness, Note, NoteState, Rating
from bot.domain.policy import Outcome, Reason
from bot.services.errors import NotFoundError
from bot.services.ports import Database
from tests.builders import ASIA, CHANNEL, COMMUNITY, FORUM, NOON
from tests.contract.records import MINUTE, POST, build_judgement, build_note

OTHER = CommunityId(70_000_000_000_000_002)
THREAD = PlaceId(70_000_000_000_000_900)
MESSAGE = PostId(70_000_000_000_005_000)
ALICE = MemberId(1)
BOB = MemberId(2)


async def add(database: Database, *notes: Note) -> None:
    async with database.writing() as stores:
        for note in notes:
            assert await stores.notes.add(note)


async def state(database: Database, note: Note) -> tuple[NoteState, PostId | None]:
    async with database.reading() as stores:
        found = await stores.notes.get(note.id)
    assert found is not None
    return found.state, found.message


async def test_a_note_comes_back_as_it_was(database: Database) -> None:
    note = build_note(probability=1 / 3, span=(7, 90), stance=Stance.ASK, message=MESSAGE)
    await add(database, note)
    async with database.reading() as stores:
        assert await stores.notes.get(note.id) == note
        assert await stores.notes.get(NoteId("unknown")) is None


async def test_a_note_is_added_once_whoever_is_faster(database: Database) -> None:
    async def attempt(number: int) -> bool:
        async with database.writing() as stores:
            return await stores.notes.add(build_note(matcher=f"m-{number}"))

    won = await asyncio.gather(*(attempt(number) for number in range(12)))
    assert sum(won) == 1
    async with database.reading() as stores:
        found = await stores.notes.get(build_note().id)
    assert found is not None
    assert found.matcher == f"m-{won.index(True)}"


async def test_notes_are_found_by_the_post_they_are_on(database: Database) -> None:
    second = build_note(slug=Slug("b"), created_at=NOON + MINUTE)
    first = build_note(slug=Slug("a"))
    await add(database, second, first, build_note(1))
    async with database.reading() as stores:
        assert await stores.notes.by_post(CHANNEL, POST) == [first, second]
        assert await stores.notes.by_post(FORUM, POST) == []


async def test_a_note_is_found_by_its_own_message(database: Database) -> None:
    note = build_note()
    await add(database, note, build_note(1))
    async with database.writing() as stores:
        assert await stores.notes.by_message(CHANNEL, MESSAGE) is None
        await stores.notes.set_state(note.id, NoteState.POSTED, message=MESSAGE)
    async with database.reading() as stores:
        found = await stores.notes.by_message(CHANNEL, MESSAGE)
        assert found is not None
        assert found.id == note.id
        assert await stores.notes.by_message(FORUM, MESSAGE) is None


async def test_withdrawn_notes_are_found_by_their_messages(database: Database) -> None:
    notes = [build_note(number, message=PostId(MESSAGE + number)) for number in range(3)]
    elsewhere = build_note(3, channel=FORUM, message=MESSAGE, state=NoteState.WITHDRAWN)
    await add(database, *notes, elsewhere)
    async with database.writing() as stores:
        for note in notes[1:]:
            await stores.notes.set_state(note.id, NoteState.WITHDRAWN)
    async with database.reading() as stores:
        found = await stores.notes.withdrawn_among(CHANNEL, {MESSAGE, PostId(MESSAGE + 2)})
        assert [note.id for note in found] == [notes[2].id]
        assert await stores.notes.withdrawn_among(CHANNEL, []) == []


async def test_live_notes_are_those_in_a_place_and_its_threads(database: Database) -> None:
    in_thread = build_note(0, channel=THREAD, place=FORUM)
    in_forum = build_note(1, channel=FORUM, place=FORUM, state=NoteState.POSTED)
    withdrawn = build_note(2, channel=FORUM, place=FORUM, state=NoteState.WITHDRAWN)
    failed = build_note(3, channel=THREAD, place=FORUM, state=NoteState.FAILED)
    elsewhere = build_note(4)
    await add(database, elsewhere, failed, withdrawn, in_forum, in_thread)
    async with database.reading() as stores:
        assert await stores.notes.live_in(FORUM) == [in_thread, in_forum]
        assert await stores.notes.live_in(THREAD) == [in_thread]
        assert await stores.notes.live_in(CHANNEL) == [elsewhere]


async def test_the_message_is_kept_when_a_note_moves_on(database: Database) -> None:
    note = build_note()
    await add(database, note)
    async with database.writing() as stores:
        await stores.notes.set_state(note.id, NoteState.POSTED, message=MESSAGE)
        await stores.notes.set_state(note.id, NoteState.WITHDRAWN)
        await stores.notes.set_state(NoteId("unknown"), NoteState.POSTED)
    assert await state(database, note) == (NoteState.WITHDRAWN, MESSAGE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NoteState.WITHDRAWN, NoteState.POSTED),
        (NoteState.WITHDRAWN, NoteState.PENDING),
        (NoteState.FAILED, NoteState.POSTED),
        (NoteState.POSTED, NoteState.PENDING),
        (NoteState.POSTED, NoteState.FAILED),
    ],
)
async def test_nothing_leads_a_note_back(
    database: Database, before: NoteState, after: NoteState
) -> None:
    note = build_note(state=before)
    await add(database, note)
    async with database.writing() as stores:
        await stores.notes.set_state(note.id, after, message=MESSAGE)
    assert await state(database, note) == (before, MESSAGE)


async def test_the_cooldown_of_a_place_counts_from_its_last_note(database: Database) -> None:
    await add(
        database,
        build_note(0, channel=THREAD, place=FORUM),
        build_note(2, channel=FORUM, place=FORUM, state=NoteState.WITHDRAWN),
        build_note(3, channel=FORUM, place=FORUM, state=NoteState.FAILED),
        build_note(4),
    )
    async with database.reading() as stores:
        assert await stores.notes.last_in_place(FORUM) == NOON + 2 * MINUTE
        assert await stores.notes.last_in_place(THREAD) is None
        assert await stores.notes.last_in_place(CHANNEL) == NOON + 4 * MINUTE


async def test_a_thread_remembers_each_fact_check(database: Database) -> None:
    await add(
        database,
        build_note(0, channel=THREAD, place=FORUM),
        build_note(1, channel=THREAD, place=FORUM, state=NoteState.FAILED),
        build_note(2, channel=THREAD, place=FORUM, slug=Slug("other")),
    )
    async with database.reading() as stores:
        assert await stores.notes.last_on_claim(THREAD, ASIA) == NOON
        assert await stores.notes.last_on_claim(FORUM, ASIA) is None
        assert await stores.notes.last_on_claim(THREAD, Slug("unknown")) is None


async def test_notes_are_counted_by_state_from_a_moment_on(database: Database) -> None:
    await add(
        database,
        build_note(0, created_at=NOON - MINUTE),
        build_note(1),
        build_note(2, state=NoteState.POSTED),
        build_note(3, state=NoteState.POSTED),
        build_note(4, state=NoteState.FAILED, community=OTHER),
    )
    async with database.reading() as stores:
        assert await stores.notes.count(COMMUNITY, NOON) == {
            NoteState.PENDING: 1,
            NoteState.POSTED: 2,
            NoteState.WITHDRAWN: 0,
            NoteState.FAILED: 0,
        }


async def test_a_member_has_one_rating_and_can_change_it(database: Database) -> None:
    note = build_note()
    await add(database, note, build_note(1))

    async def rate(member: MemberId, value: Helpfulness, at: timedelta) -> Helpfulness | None:
        async with database.writing() as stores:
            return await stores.notes.rate(
                Rating(note=note.id, member=member, value=value, at=NOON + at)
            )

    assert await rate(ALICE, Helpfulness.HELPFUL, MINUTE) is None
    assert await rate(BOB, Helpfulness.NOT_HELPFUL, MINUTE) is None
    assert await rate(ALICE, Helpfulness.SOMEWHAT, 2 * MINUTE) is Helpfulness.HELPFUL
    assert await rate(ALICE, Helpfulness.SOMEWHAT, 3 * MINUTE) is Helpfulness.SOMEWHAT
    async with database.reading() as stores:
        assert await stores.notes.tally(note.id) == {
            Helpfulness.HELPFUL: 0,
            Helpfulness.SOMEWHAT: 1,
            Helpfulness.NOT_HELPFUL: 1,
        }
        assert sum((await stores.notes.tally(build_note(1).id)).values()) == 0


async def test_ratings_pressed_at_once_replace_each_other_one_by_one(database: Database) -> None:
    note = build_note()
    await add(database, note)

    async def press(value: Helpfulness) -> Helpfulness | None:
        async with database.writing() as stores:
            return await stores.notes.rate(Rating(note=note.id, member=ALICE, value=value, at=NOON))

    replaced = await asyncio.gather(*(press(value) for value in list(Helpfulness) * 4))
    assert replaced.count(None) == 1
    async with database.reading() as stores:
        assert sum((await stores.notes.tally(note.id)).values()) == 1


async def test_a_note_that_does_not_exist_cannot_be_rated(database: Database) -> None:
    rating = Rating(note=NoteId("unknown"), member=ALICE, value=Helpfulness.HELPFUL, at=NOON)
    async with database.writing() as stores:
        with pytest.raises(NotFoundError):
            await stores.notes.rate(rating)


async def test_a_judgement_is_replaced_only_by_another_decision(database: Database) -> None:
    first = build_judgement()
    async with database.writing() as stores:
        judgements = stores.judgements
        assert await judgements.add(first)
        assert not await judgements.add(first)
        assert not await judgements.add(build_judgement(at=NOON + MINUTE))
        assert await judgements.add(build_judgement(slug=Slug("other")))
        assert await judgements.add(build_judgement(channel=FORUM))
        for change in (
            {"outcome": Outcome.SUGGEST},
            {"outcome": Outcome.SUGGEST, "reason": Reason.UNSURE},
            {"outcome": Outcome.SUGGEST, "reason": Reason.UNSURE, "probability": 0.7},
            {
                "outcome": Outcome.SUGGEST,
                "reason": Reason.UNSURE,
                "probability": 0.7,
                "stance": Stance.DENY,
            },
        ):
            assert await judgements.add(build_judgement(**change))
            assert not await judgements.add(build_judgement(**change))
    async with database.reading() as stores:
        assert await stores.judgements.count(COMMUNITY, NOON) == {
            Outcome.ATTACH: 2,
            Outcome.SUGGEST: 1,
            Outcome.NONE: 0,
        }


async def test_judgements_are_counted_from_a_moment_on(database: Database) -> None:
    async with database.writing() as stores:
        await stores.judgements.add(build_judgement(at=NOON - MINUTE))
        await stores.judgements.add(build_judgement(post=PostId(1)))
        await stores.judgements.add(build_judgement(post=PostId(2), community=OTHER))
    async with database.reading() as stores:
        assert sum((await stores.judgements.count(COMMUNITY, NOON)).values()) == 1
        assert sum((await stores.judgements.count(OTHER, NOON)).values()) == 1
