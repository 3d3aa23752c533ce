"""What every store for flags and their cards promises."""

from dataclasses import replace
from typing import Any

from bot.domain.flags import (
    DECISIONS_CONSIDERED,
    PUT_OFF,
    CardSource,
    CardState,
    Flag,
    FlagCard,
    FlagReason,
    FlagRecord,
    derive_card_id,
    subject_of_post,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.waiting import Queue
from bot.services.ports import Database
from tests.builders import CHANNEL, COMMUNITY, NOON
from tests.contract.records import MINUTE, POST

OTHER = CommunityId(70_000_000_000_000_002)
STAFF = PlaceId(70_000_000_000_000_900)
MODERATOR = MemberId(70_000_000_000_000_300)
MIKA = MemberId(70_000_000_000_000_200)
SOL = MemberId(70_000_000_000_000_201)


def build_card(number: int = 0, generation: int = 0, **changes: Any) -> FlagCard:
    post = PostId(POST + number)
    subject = subject_of_post(CHANNEL, post)
    values: dict[str, Any] = {
        "id": derive_card_id(COMMUNITY, subject, generation),
        "community": COMMUNITY,
        "source": CardSource.MEMBERS,
        "subject": subject,
        "generation": generation,
        "review_place": STAFF,
        "place": CHANNEL,
        "channel": CHANNEL,
        "post": post,
        "author": MIKA,
        "created_at": NOON + number * MINUTE,
    }
    return FlagCard(**(values | changes))


def build_flag(card: FlagCard, member: MemberId = SOL, **changes: Any) -> Flag:
    values: dict[str, Any] = {
        "card": card.id,
        "community": card.community,
        "channel": card.channel,
        "post": card.post,
        "member": member,
        "reason": FlagReason.SPAM,
        "text": "the same everywhere",
        "weight": 1.25,
        "at": card.created_at,
    }
    return Flag(**(values | changes))


async def test_a_card_is_opened_once_and_decided_once(database: Database) -> None:
    card = build_card(details={"rule": 7, "actions": {"block": 2}})
    async with database.writing() as stores:
        assert await stores.flags.open(card)
        assert not await stores.flags.open(build_card(author=SOL))
        assert await stores.flags.get(card.id) == card
        await stores.flags.set_message(card.id, PostId(5))
    at = NOON + MINUTE
    async with database.writing() as stores:
        assert await stores.flags.decide(card.id, CardState.AGREED, by=MODERATOR, at=at, case=3)
        assert not await stores.flags.decide(card.id, CardState.IGNORED, by=SOL, at=at)
    decided = replace(
        card,
        state=CardState.AGREED,
        decided_by=MODERATOR,
        decided_at=at,
        case=3,
        message=PostId(5),
    )
    async with database.reading() as stores:
        assert await stores.flags.get(card.id) == decided


async def test_marks_never_undo_a_decision(database: Database) -> None:
    card = build_card()
    async with database.writing() as stores:
        await stores.flags.open(card)
        await stores.flags.decide(card.id, CardState.IGNORED, by=MODERATOR, at=NOON)
        await stores.flags.put(replace(card, post_deleted=True, urgent=True))
    async with database.reading() as stores:
        found = await stores.flags.get(card.id)
    assert found is not None
    assert (found.state, found.post_deleted, found.urgent) == (CardState.IGNORED, True, True)


async def test_the_newest_card_of_a_subject_is_found(database: Database) -> None:
    first, second = build_card(), build_card(generation=1)
    async with database.writing() as stores:
        assert await stores.flags.newest(COMMUNITY, first.subject) is None
        await stores.flags.open(second)
        await stores.flags.open(first)
        assert await stores.flags.newest(COMMUNITY, first.subject) == second
        assert await stores.flags.newest(OTHER, first.subject) is None


async def test_what_waits_is_open_and_not_put_off_with_the_urgent_first(
    database: Database,
) -> None:
    cards = [build_card(number) for number in range(4)]
    urgent = replace(cards[2], urgent=True)
    put_off = replace(cards[1], put_off_by=MODERATOR, put_off_until=NOON + PUT_OFF)
    async with database.writing() as stores:
        for card in (cards[0], put_off, urgent, cards[3]):
            await stores.flags.open(card)
        await stores.flags.decide(cards[3].id, CardState.DISAGREED, by=MODERATOR, at=NOON)
    async with database.reading() as stores:
        found = await stores.flags.waiting(COMMUNITY, NOON)
        assert [card.id for card in found] == [cards[2].id, cards[0].id]
        assert await stores.flags.queue(COMMUNITY, NOON) == Queue(2, cards[0].created_at)
        assert await stores.flags.queue(COMMUNITY, NOON + PUT_OFF) == Queue(3, cards[0].created_at)
        assert await stores.flags.queue(OTHER, NOON) == Queue()
        assert [c.id for c in await stores.flags.on_post(CHANNEL, POST)] == [cards[0].id]
        assert await stores.flags.on_post(CHANNEL, PostId(POST + 3)) == []


async def test_a_member_flags_a_post_once(database: Database) -> None:
    card = build_card()
    flag = build_flag(card)
    async with database.writing() as stores:
        await stores.flags.open(card)
        assert not await stores.flags.has_flagged(CHANNEL, POST, SOL)
        assert await stores.flags.add(flag)
        assert not await stores.flags.add(build_flag(card, reason=FlagReason.OFF_TOPIC))
        later = build_flag(card, MODERATOR, at=NOON + MINUTE)
        assert await stores.flags.add(later)
        assert await stores.flags.flags(card.id) == [flag, later]
        assert await stores.flags.has_flagged(CHANNEL, POST, SOL)
        assert await stores.flags.times(COMMUNITY, SOL, NOON) == [NOON]
        assert await stores.flags.times(COMMUNITY, SOL, NOON + MINUTE) == []


async def test_a_record_counts_the_newest_hundred_that_others_judged(
    database: Database,
) -> None:
    async with database.writing() as stores:
        for number in range(DECISIONS_CONSIDERED + 5):
            card = build_card(number)
            await stores.flags.open(card)
            await stores.flags.add(build_flag(card))
            state = CardState.DISAGREED if number < 10 else CardState.AGREED
            await stores.flags.decide(card.id, state, by=MODERATOR, at=NOON)
        uncounted = ((CardState.IGNORED, MODERATOR), (CardState.AGREED, SOL), None)
        for number, decision in enumerate(uncounted, start=200):
            card = build_card(number)
            await stores.flags.open(card)
            await stores.flags.add(build_flag(card))
            if decision is not None:
                await stores.flags.decide(card.id, decision[0], by=decision[1], at=NOON)
    async with database.reading() as stores:
        assert await stores.flags.record(COMMUNITY, SOL) == FlagRecord(agreed=95, disagreed=5)
        assert await stores.flags.record(OTHER, SOL) == FlagRecord()
