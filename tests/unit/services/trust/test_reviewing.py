"""What moderators decide on cards: once, and with consequences."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.events import HistoryRead
from bot.domain.factchecks import Status
from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.notes import NoteState, derive_note_id
from bot.domain.policy import Mode, Outcome, Reason
from bot.domain.reviews import Label, ReviewId, ReviewKind, ReviewState
from bot.domain.rules import EVERYWHERE
from bot.services.errors import ConflictError, InvalidInputError, NotFoundError
from tests.builders import (
    ASIA,
    CHANNEL,
    COMMUNITY,
    FORUM,
    build_fact_check,
    build_post,
    build_where,
)
from tests.contract.records import build_note
from tests.unit.services.trust.conftest import AUTHOR, CLAIM, MODERATOR, Court


async def test_a_suggestion_becomes_one_card_without_the_posts_words(court: Court) -> None:
    decision = await court.say()
    assert decision.outcome is Outcome.SUGGEST
    (card,) = court.cards()
    assert (card.slug, card.state, card.reason) == (ASIA, ReviewState.OPEN, Reason.SUGGEST_MODE)
    assert CLAIM not in repr(card)
    assert court.publisher.notes == []


async def test_without_a_review_channel_a_suggestion_is_only_counted(court: Court) -> None:
    await court.rules.review_in(COMMUNITY, None)
    assert (await court.say()).outcome is Outcome.SUGGEST
    assert court.cards() == []


async def test_a_claim_that_comes_back_while_its_card_is_open_asks_nobody_again(
    court: Court,
) -> None:
    await court.say()
    await court.say()
    assert len(court.cards()) == 1


async def test_attach_attaches_the_note_and_labels_the_match(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    await court.reviewing.attach(card.id, by=MODERATOR)
    await court.settle()
    note = await court.noted()
    assert (note.state, note.post) == (NoteState.POSTED, card.post)
    (shown,) = court.cards()
    assert (shown.state, shown.decided_by, shown.note) == (ReviewState.ATTACHED, MODERATOR, note.id)
    async with court.database.reading() as stores:
        assert (await stores.labels.precision(COMMUNITY, ASIA)).right == 1


async def test_of_ten_moderators_at_once_one_decides(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    presses = [
        court.reviewing.attach(card.id, by=MemberId(number))
        if number % 2
        else court.reviewing.not_this_claim(card.id, by=MemberId(number))
        for number in range(10)
    ]
    answers = await asyncio.gather(*presses, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, ConflictError)]
    assert len(refused) == len(answers) - 1
    await court.settle()
    assert court.publisher.sends <= 1


async def test_a_second_moderator_is_told_who_decided(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    await court.reviewing.not_this_claim(card.id, by=MODERATOR)
    with pytest.raises(ConflictError, match=rf"not this claim.* by <@{MODERATOR}>"):
        await court.reviewing.attach(card.id, by=MemberId(7))
    assert court.publisher.notes == []


async def test_a_moderators_note_is_another_than_one_that_was_taken_back(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    taken_back = derive_note_id(card.channel, card.post, card.slug)
    async with court.database.writing() as stores:
        await stores.notes.add(build_note(id=taken_back, post=card.post, channel=card.channel))
        await stores.notes.set_state(taken_back, NoteState.WITHDRAWN)
    await court.reviewing.attach(card.id, by=MODERATOR)
    await court.settle()
    again = derive_note_id(card.channel, card.post, card.slug, generation=1)
    assert court.publisher.notes == [again]


async def test_a_card_is_outdated_when_its_post_goes(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    await court.watching.forget_posts(CHANNEL, [card.post])
    await court.settle()
    (shown,) = court.cards()
    assert shown.state is ReviewState.OUTDATED
    with pytest.raises(ConflictError, match="nothing left to decide"):
        await court.reviewing.attach(card.id, by=MODERATOR)


THREAD = build_where(channel=PlaceId(CHANNEL + 1), parent=CHANNEL, is_thread=True)


@pytest.mark.parametrize("gone", [CHANNEL, THREAD.channel])
async def test_a_card_is_outdated_when_its_thread_or_channel_goes(
    court: Court, gone: PlaceId
) -> None:
    await court.say(where=THREAD)
    await court.watching.forget_place(gone)
    await court.settle()
    (shown,) = court.cards()
    assert shown.state is ReviewState.OUTDATED


async def test_a_card_is_outdated_when_its_post_was_deleted_while_nobody_listened(
    court: Court,
) -> None:
    await court.say()
    (card,) = court.cards()
    later = build_post("chat", id=PostId(card.post + 1))
    for since, state in ((later.id, ReviewState.OPEN), (card.post, ReviewState.OUTDATED)):
        await court.watching.compare(
            HistoryRead(community=COMMUNITY, channel=CHANNEL, posts=[later], reaches_back_to=since)
        )
        await court.settle()
        assert court.cards()[0].state is state


async def test_a_card_is_outdated_when_its_post_drops_the_claim(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    await court.watching.reconsider(build_post("Never mind, all of you", id=card.post))
    await court.settle()
    assert court.cards()[0].state is ReviewState.OUTDATED


async def test_a_paused_fact_check_is_not_attached_from_a_card(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    paused = build_fact_check(status=Status.PAUSED, revision=2)
    await court.library.change(COMMUNITY, paused, by=MODERATOR, reason="wait")
    with pytest.raises(InvalidInputError, match="paused at present"):
        await court.reviewing.attach(card.id, by=MODERATOR)


async def test_an_unknown_card_is_said_to_be_unknown(court: Court) -> None:
    with pytest.raises(NotFoundError, match="not known"):
        await court.reviewing.attach(ReviewId("A" * 22), by=MODERATOR)


# Earned autonomy


async def label(court: Court, right: int, wrong: int = 0) -> None:
    async with court.database.writing() as stores:
        for number in range(right + wrong):
            await stores.labels.put(
                Label(
                    community=COMMUNITY,
                    channel=CHANNEL,
                    post=PostId(10**6 + court._posts * 1000 + number),
                    slug=ASIA,
                    right=number < right,
                    by=MODERATOR,
                    at=court.clock.now(),
                )
            )


async def test_a_fact_check_suggests_until_it_has_earned_to_attach(open_court: Court) -> None:
    await open_court.rules.earn(COMMUNITY, earned=True)
    before = await open_court.say()
    assert (before.outcome, before.reason) == (Outcome.SUGGEST, Reason.EARNING)
    await label(open_court, right=35)
    assert (await open_court.say(hours=1)).outcome is Outcome.ATTACH


async def test_a_fact_check_falls_back_by_itself_when_its_note_was_wrong(
    open_court: Court,
) -> None:
    await open_court.rules.earn(COMMUNITY, earned=True)
    await label(open_court, right=35)
    await open_court.say()
    await open_court.reviewing.dispute((await open_court.noted()).id, by=MODERATOR)
    after = await open_court.say(hours=24 * 31)
    assert (after.outcome, after.reason) == (Outcome.SUGGEST, Reason.EARNING)


# Appeals


async def test_the_author_can_ask_for_a_review_once(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    await open_court.reviewing.appeal(note.id, by=AUTHOR)
    with pytest.raises(ConflictError, match="asked for a review"):
        await open_court.reviewing.appeal(note.id, by=AUTHOR)
    await open_court.settle()
    (card,) = open_court.cards(ReviewKind.APPEAL)
    await open_court.reviewing.not_this_claim(card.id, by=MODERATOR)
    await open_court.settle()
    assert open_court.publisher.notes == []


async def test_nobody_else_can_ask_for_a_review(open_court: Court) -> None:
    await open_court.say()
    with pytest.raises(InvalidInputError, match="Only the author"):
        await open_court.reviewing.appeal((await open_court.noted()).id, by=MemberId(7))


async def test_a_note_that_is_kept_stays(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    await open_court.reviewing.appeal(note.id, by=AUTHOR)
    await open_court.settle()
    (card,) = open_court.cards(ReviewKind.APPEAL)
    await open_court.reviewing.keep(card.id, by=MODERATOR)
    await open_court.settle()
    assert open_court.publisher.notes == [note.id]
    assert open_court.cards(ReviewKind.APPEAL)[0].state is ReviewState.KEPT


# The circuit breaker


async def wrong_notes(court: Court, number: int) -> None:
    for _ in range(number):
        court.clock.advance(timedelta(minutes=6))
        court._posts += 1
        where = build_where(channel=PlaceId(CHANNEL + court._posts), parent=CHANNEL, is_thread=True)
        post = build_post(CLAIM, id=PostId(1_000 + court._posts), where=where)
        await court.watching.consider(post)
        async with court.database.reading() as stores:
            (note,) = await stores.notes.by_post(where.channel, post.id)
        await court.settle()
        await court.reviewing.dispute(note.id, by=MODERATOR)
        await court.settle()


async def test_three_wrong_notes_pause_the_place_and_moderators_can_resume(
    open_court: Court,
) -> None:
    await wrong_notes(open_court, 3)
    (card,) = open_court.cards(ReviewKind.BREAKER)
    paused = await open_court.say(hours=1)
    assert (paused.outcome, paused.reason) == (Outcome.SUGGEST, Reason.PAUSED)
    await open_court.reviewing.resume(card.id, by=MODERATOR)
    assert (await open_court.say(hours=1)).outcome is Outcome.ATTACH


async def test_after_a_pause_the_breaker_counts_anew(open_court: Court) -> None:
    await wrong_notes(open_court, 3)
    await open_court.rules.resume(COMMUNITY, CHANNEL, by=MODERATOR)
    await wrong_notes(open_court, 2)
    assert await open_court.rules.pauses(COMMUNITY) == []
    await wrong_notes(open_court, 1)
    (pause,) = await open_court.rules.pauses(COMMUNITY)
    assert (pause.place, pause.by) == (CHANNEL, None)


async def test_notes_of_deleted_posts_never_pause(open_court: Court) -> None:
    for _ in range(4):
        await open_court.say(hours=24 * 31)
        note = await open_court.noted()
        await open_court.watching.forget_posts(CHANNEL, [note.post])
    assert await open_court.rules.pauses(COMMUNITY) == []


async def test_a_pause_everywhere_holds_in_every_place(open_court: Court) -> None:
    await open_court.places.watch(COMMUNITY, FORUM, Mode.AUTO, by=None)
    await open_court.rules.pause(COMMUNITY, EVERYWHERE, by=MODERATOR)
    where = build_where(channel=PlaceId(77), parent=FORUM, is_thread=True)
    assert (await open_court.say(where=where)).reason is Reason.PAUSED
    await open_court.rules.resume(COMMUNITY, EVERYWHERE, by=MODERATOR)
    with pytest.raises(NotFoundError, match="not paused"):
        await open_court.rules.resume(COMMUNITY, EVERYWHERE, by=MODERATOR)
