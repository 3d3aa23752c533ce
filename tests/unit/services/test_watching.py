"""What happens to a post, from its text to what is written down."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.notes import NoteState, derive_note_id
from bot.domain.outbox import DeliveryKind
from bot.domain.policy import Decision, Mode, Outcome, Reason
from bot.domain.posts import Post
from tests.builders import (
    ASIA,
    CHANNEL,
    COMMUNITY,
    FORUM,
    build_fact_check,
    build_post,
    build_where,
)
from tests.unit.services.conftest import Stage

CLAIM = "Honestly, Asia embraces AI art instead of resisting it"
GETTY = "I heard that Getty won its lawsuit"
POST = build_post(CLAIM)


def what(decision: Decision) -> tuple[Outcome, Reason]:
    return decision.outcome, decision.reason


def later_post(text: str, number: int, **changes: Any) -> Post:
    return build_post(text, id=PostId(POST.id + number), **changes)


async def test_a_claim_gets_a_note_and_a_delivery(stage: Stage) -> None:
    decision = await stage.watching.consider(POST)
    assert what(decision) == (Outcome.ATTACH, Reason.CONFIDENT)
    async with stage.database.reading() as stores:
        (note,) = await stores.notes.by_post(CHANNEL, POST.id)
        (delivery,) = await stores.outbox.due(stage.clock.now())
    assert note.state is NoteState.PENDING
    assert (note.slug, note.revision, note.span) == (ASIA, 1, (10, 54))
    assert delivery.key == note.id == derive_note_id(CHANNEL, POST.id, ASIA)
    assert delivery.reply_to == POST.id


async def test_the_same_post_is_judged_once(stage: Stage) -> None:
    await stage.watching.consider(POST)
    assert what(await stage.watching.consider(POST)) == (Outcome.NONE, Reason.ALREADY_JUDGED)
    async with stage.database.reading() as stores:
        assert len(await stores.outbox.due(stage.clock.now())) == 1


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (build_post(CLAIM, by_person=False), Reason.NOT_A_PERSON),
        (build_post(CLAIM, where=build_where(channel=PlaceId(9))), Reason.NOT_WATCHED),
        (build_post("Good morning, everybody here"), Reason.NO_MATCH),
    ],
)
async def test_what_is_not_for_the_bot_leaves_no_trace(
    stage: Stage, post: Post, reason: Reason
) -> None:
    assert what(await stage.watching.consider(post)) == (Outcome.NONE, reason)
    async with stage.database.reading() as stores:
        counts = await stores.judgements.count(COMMUNITY, stage.clock.now() - timedelta(1))
        assert not any(counts.values())
        assert not await stores.outbox.due(stage.clock.now())


async def test_a_post_that_raises_a_claim_a_little_waits_for_no_writer(stage: Stage) -> None:
    little = build_post(f"{CLAIM} p=0.5")
    async with asyncio.timeout(5), stage.database.writing():
        decision = await asyncio.create_task(stage.watching.consider(little))
    assert what(decision) == (Outcome.NONE, Reason.UNLIKELY)


async def test_members_who_opted_out_get_no_note(stage: Stage) -> None:
    async with stage.database.writing() as stores:
        await stores.members.set_opted_out(COMMUNITY, POST.author, True, stage.clock.now())
    assert what(await stage.watching.consider(POST)) == (Outcome.NONE, Reason.OPTED_OUT)


async def test_a_thread_inherits_from_its_forum(stage: Stage) -> None:
    await stage.places.watch(COMMUNITY, FORUM, Mode.SUGGEST, by=None)
    where = build_where(channel=PlaceId(77), parent=FORUM, is_thread=True)
    decision = await stage.watching.consider(build_post(CLAIM, where=where))
    assert what(decision) == (Outcome.SUGGEST, Reason.SUGGEST_MODE)
    await stage.places.watch(COMMUNITY, PlaceId(77), Mode.AUTO, by=None)
    assert (await stage.watching.consider(build_post(CLAIM, where=where))).outcome is Outcome.ATTACH


async def test_a_place_rests_for_five_minutes_after_a_note(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.clock.advance(timedelta(minutes=4))
    other = later_post(GETTY, 1)
    assert what(await stage.watching.consider(other)) == (Outcome.NONE, Reason.PLACE_COOLDOWN)
    stage.clock.advance(timedelta(minutes=1))
    assert (await stage.watching.consider(later_post(GETTY, 2))).outcome is Outcome.ATTACH


async def test_a_thread_gets_a_fact_check_once_in_thirty_days(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.clock.advance(timedelta(days=29))
    again = later_post(CLAIM, 1)
    assert what(await stage.watching.consider(again)) == (Outcome.NONE, Reason.ALREADY_IN_THREAD)
    async with stage.database.reading() as stores:
        counts = await stores.judgements.count(COMMUNITY, stage.clock.now() - timedelta(days=30))
    assert (counts[Outcome.ATTACH], counts[Outcome.NONE]) == (1, 1), "its return is counted"


async def test_a_deleted_post_takes_its_waiting_note_along(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.watching.forget_posts(CHANNEL, [POST.id])
    await stage.sender.send_due()
    assert stage.publisher.notes == []


async def test_a_deleted_post_takes_its_posted_note_along(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.sender.send_due()
    assert len(stage.publisher.notes) == 1
    await stage.watching.forget_posts(CHANNEL, [POST.id])
    await stage.sender.send_due()
    assert stage.publisher.notes == []


async def test_an_edit_that_drops_the_claim_takes_the_note_back(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.sender.send_due()
    await stage.watching.reconsider(build_post("Never mind, I was wrong about that"))
    await stage.sender.send_due()
    assert stage.publisher.notes == []


async def test_an_edit_that_keeps_the_claim_keeps_the_one_note(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.sender.send_due()
    await stage.watching.reconsider(build_post(CLAIM + "!"))
    await stage.sender.send_due()
    assert len(stage.publisher.notes) == 1


async def test_an_edit_that_brings_a_claim_gets_a_note(stage: Stage) -> None:
    await stage.watching.consider(build_post("Good morning, everybody here"))
    await stage.watching.reconsider(POST)
    await stage.sender.send_due()
    assert stage.publisher.notes == [derive_note_id(CHANNEL, POST.id, ASIA)]


async def test_a_note_taken_back_by_an_edit_does_not_flicker(stage: Stage) -> None:
    for text in (CLAIM, "Never mind, all of you", CLAIM, "Never mind, all of you", CLAIM):
        await stage.watching.reconsider(build_post(text))
        await stage.sender.send_due()
    assert stage.publisher.notes == []
    assert stage.publisher.sends == 1


async def test_a_moderator_who_deletes_the_note_withdraws_it(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.sender.send_due()
    (message,) = stage.publisher.messages
    await stage.watching.forget_posts(CHANNEL, [message])
    async with stage.database.reading() as stores:
        note = await stores.notes.get(derive_note_id(CHANNEL, POST.id, ASIA))
    assert note is not None
    assert note.state is NoteState.WITHDRAWN


async def test_a_deleted_place_ends_its_notes_without_a_request(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.watching.forget_place(CHANNEL)
    assert await stage.sender.send_due() == 0


async def test_whoever_mentions_the_bot_gets_an_answer(stage: Stage) -> None:
    nothing = build_post("<@1> what about cats?", asks_bot=True, author=MemberId(7))
    await stage.watching.consider(nothing)
    async with stage.database.reading() as stores:
        (delivery,) = await stores.outbox.due(stage.clock.now())
    assert delivery.kind is DeliveryKind.ANSWER
    await stage.sender.send_due()
    assert "No fact-check in the library" in stage.publisher.notes[0]


async def test_whoever_mentions_the_bot_is_answered_where_nothing_is_watched(
    stage: Stage,
) -> None:
    where = build_where(channel=PlaceId(9))
    post = build_post(f"<@1> is it true that {CLAIM} p=0.7", asks_bot=True, where=where)
    assert what(await stage.watching.consider(post)) == (Outcome.ATTACH, Reason.ASKED)


async def test_a_paused_fact_check_is_not_attached(stage: Stage) -> None:
    reader = await stage.library.reader(COMMUNITY)
    assert reader.read(CLAIM).best is not None
    await stage.install(build_fact_check(status="paused", revision=2))
    assert what(await stage.watching.consider(POST)) == (Outcome.NONE, Reason.NOT_PUBLISHED)


async def test_a_failed_transaction_leaves_nothing(stage: Stage) -> None:
    async def fail_halfway() -> None:
        async with stage.database.writing() as stores:
            await stores.members.set_opted_out(COMMUNITY, POST.author, True, stage.clock.now())
            raise RuntimeError("in between")

    with pytest.raises(RuntimeError, match="in between"):
        await fail_halfway()
    assert (await stage.watching.consider(POST)).outcome is Outcome.ATTACH
