"""Who may flag what, which card gathers it, and what becomes urgent; in memory."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from gettext import NullTranslations
from typing import Any

import pytest

from bot.domain.flags import (
    LONGEST_TEXT,
    PUT_OFF,
    QUIET_AFTER_DECISION,
    CardState,
    FlagCard,
    FlagReason,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.outbox import DeliveryKind
from bot.domain.rules import NoteRules
from bot.domain.wording import AS_WRITTEN, speaking
from bot.services.errors import UserFacingError
from bot.services.flagging.cards import Excerpts
from bot.services.flagging.executions import Execution, ExecutionService
from bot.services.flagging.flagging import LOCKED_BECAUSE, FlaggedPost, FlagService
from bot.services.flagging.rules import FlagRules, FlagRuleService
from bot.services.memory import InMemoryDatabase
from bot.services.ports import Stores
from tests.builders import CHANNEL, COMMUNITY, FORUM
from tests.contract.test_flags import MIKA, MODERATOR, SOL, STAFF, build_card
from tests.fakes import FakeClock

POST = PostId(70_000_000_000_001_000)
MINUTE = timedelta(minutes=1)


def build_post(number: int = 0, **changes: Any) -> FlaggedPost:
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "place": CHANNEL,
        "channel": CHANNEL,
        "post": PostId(POST + number),
        "author": MIKA,
    }
    return FlaggedPost(**(values | changes))


@dataclass
class Desk:
    """The services of flags, without a platform."""

    database: InMemoryDatabase
    clock: FakeClock
    taking: FlagService
    rules: FlagRuleService
    executions: ExecutionService
    excerpts: Excerpts

    async def flag(
        self,
        number: int = 0,
        member: MemberId = SOL,
        reason: FlagReason = FlagReason.SPAM,
        text: str = "",
        **changes: Any,
    ) -> FlagCard:
        return await self.taking.flag(build_post(number, **changes), member, reason, text)

    async def decide(self, card: FlagCard, state: CardState) -> None:
        async with self.database.writing() as stores:
            await stores.flags.decide(card.id, state, by=MODERATOR, at=self.clock.now())

    async def kinds(self) -> list[DeliveryKind]:
        async with self.database.reading() as stores:
            return [d.kind for d in await stores.outbox.due(self.clock.now())]

    async def weights(self, card: FlagCard) -> list[float]:
        async with self.database.reading() as stores:
            return [flag.weight for flag in await stores.flags.flags(card.id)]


async def newcomers(stores: Stores, community: CommunityId, member: MemberId) -> float:
    return 1.0


class Shouting(NullTranslations):
    """A language in capitals."""

    def gettext(self, message: str) -> str:
        return message.upper()


def nobody() -> None:
    """Stand in for waking the sender: there is none."""


@pytest.fixture
async def desk() -> Desk:
    """A community with a review channel."""
    database, clock, excerpts = InMemoryDatabase(), FakeClock(), Excerpts()
    async with database.writing() as stores:
        await stores.rules.put(NoteRules(community=COMMUNITY, review_place=STAFF))
    return Desk(
        database,
        clock,
        FlagService(database, clock, wake_sender=nobody, trust=newcomers),
        FlagRuleService(database),
        ExecutionService(database, clock, excerpts, wake_sender=nobody),
        excerpts,
    )


async def refusal(attempt: Awaitable[object]) -> str:
    with pytest.raises(UserFacingError) as caught:
        await attempt
    return str(caught.value)


async def test_trust_is_read_before_anything_is_written(desk: Desk) -> None:
    asked = 0

    async def trust(stores: Stores, community: CommunityId, member: MemberId) -> float:
        nonlocal asked
        asked += 1
        with pytest.raises(RuntimeError):
            await stores.settings.put("name", "value")
        return 2.0

    taking = FlagService(desk.database, desk.clock, wake_sender=nobody, trust=trust)
    card = await taking.flag(build_post(), SOL, FlagReason.SPAM, "")
    assert (asked, await desk.weights(card)) == (1, [2.0])


async def test_flags_on_one_post_gather_on_one_card(desk: Desk) -> None:
    first = await desk.flag()
    second = await desk.flag(member=MODERATOR, reason=FlagReason.OFF_TOPIC)
    assert first.id == second.id
    assert await desk.weights(first) == [1.0, 1.0]
    assert await desk.kinds() == [DeliveryKind.FLAG_CARD, DeliveryKind.UPDATE_FLAG_CARD]


async def test_a_member_flags_a_post_once_and_never_their_own_or_ours(desk: Desk) -> None:
    await desk.flag()
    desk.clock.advance(MINUTE)
    assert "already" in await refusal(desk.flag())
    assert "your own post" in await refusal(desk.flag(1, member=MIKA))
    assert "message of mine" in await refusal(desk.flag(2, is_ours=True))


async def test_the_limits_say_when_the_next_flag_is_taken(desk: Desk) -> None:
    await desk.flag(0)
    assert "You can flag again <t:" in await refusal(desk.flag(1))
    for number in (1, 2):
        desk.clock.advance(timedelta(seconds=5))
        await desk.flag(number)
    desk.clock.advance(timedelta(seconds=5))
    assert "flagged a lot" in await refusal(desk.flag(3))
    await desk.flag(3, member=MODERATOR)
    desk.clock.advance(timedelta(minutes=5))
    await desk.flag(3)


async def test_words_that_do_not_fit_leave_nothing_behind(desk: Desk) -> None:
    long, other = "**@everyone** " * 150, FlagReason.SOMETHING_ELSE
    assert "1,000 characters" in await refusal(desk.flag(text=long))
    assert "in a few words" in await refusal(desk.flag(reason=other, text=" "))
    assert "NUL" in await refusal(desk.flag(text="a\x00b"))
    assert await desk.kinds() == []
    card = await desk.flag(reason=other, text="x" * LONGEST_TEXT)
    assert card.is_open


async def test_without_a_review_channel_the_member_is_told_so(desk: Desk) -> None:
    async with desk.database.writing() as stores:
        await stores.rules.put(NoteRules(community=COMMUNITY))
    assert "`/watch review`" in await refusal(desk.flag())


async def test_a_decided_post_rests_for_a_day_and_then_gets_a_new_card(desk: Desk) -> None:
    card = await desk.flag()
    await desk.decide(card, CardState.DISAGREED)
    assert "just looked" in await refusal(desk.flag(member=MODERATOR))
    desk.clock.advance(QUIET_AFTER_DECISION)
    again = await desk.flag(member=MODERATOR)
    assert (again.generation, again.id == card.id) == (1, False)


async def test_a_new_flag_ends_that_a_card_was_put_off(desk: Desk) -> None:
    card = await desk.flag()
    async with desk.database.writing() as stores:
        until = desk.clock.now() + PUT_OFF
        await stores.flags.put(replace(card, put_off_by=MODERATOR, put_off_until=until))
    assert await desk.taking.waiting(COMMUNITY) == ()
    await desk.flag(member=MODERATOR)
    assert [each.id for each in await desk.taking.waiting(COMMUNITY)] == [card.id]


async def test_nothing_is_urgent_until_the_community_says_so(desk: Desk) -> None:
    thread = PlaceId(POST)
    opening: dict[str, Any] = {"channel": thread, "place": FORUM, "opens_thread": True}
    for member in (SOL, MODERATOR, MemberId(5)):
        await desk.flag(member=member, **opening)
    assert DeliveryKind.FLAG_ALERT not in await desk.kinds()
    assert DeliveryKind.MODERATE not in await desk.kinds()

    await desk.rules.change(COMMUNITY, urgent_weight=2, lock_threads=True)
    card = await desk.flag(member=MemberId(6), **opening)
    await desk.flag(member=MemberId(7), **opening)
    assert card.urgent
    kinds = await desk.kinds()
    assert kinds.count(DeliveryKind.FLAG_ALERT) == 1
    assert kinds.count(DeliveryKind.MODERATE) == 1
    async with desk.database.reading() as stores:
        lock = await stores.cases.get(COMMUNITY, 1)
    assert lock is not None
    assert (lock.kind, lock.place, lock.by) == ("lock", thread, None)
    assert lock.details == {"previous": {"locked": False}}


async def test_a_lock_gives_its_reason_in_the_language_of_the_server(desk: Desk) -> None:
    await desk.rules.change(COMMUNITY, urgent_weight=1, lock_threads=True)
    with speaking(AS_WRITTEN, public=Shouting()):
        await desk.flag(channel=PlaceId(POST), place=FORUM, opens_thread=True)
    async with desk.database.reading() as stores:
        lock = await stores.cases.get(COMMUNITY, 1)
    assert lock is not None
    assert lock.reason == LOCKED_BECAUSE.upper()


async def test_an_urgent_flag_elsewhere_locks_nothing(desk: Desk) -> None:
    await desk.rules.change(COMMUNITY, urgent_weight=1, lock_threads=True)
    assert (await desk.flag()).urgent
    assert DeliveryKind.MODERATE not in await desk.kinds()


async def test_settings_are_bounded_and_zero_switches_all_off(desk: Desk) -> None:
    change = desk.rules.change
    assert "from which weight" in await refusal(change(COMMUNITY, lock_threads=True))
    assert "from 1 to 100" in await refusal(change(COMMUNITY, urgent_weight=0.5))
    assert "from 1 to 100" in await refusal(change(COMMUNITY, urgent_weight=float("nan")))
    await change(COMMUNITY, urgent_weight=3, lock_threads=True)
    assert await change(COMMUNITY, urgent_weight=0) == FlagRules()


async def test_a_deleted_post_is_marked_on_its_open_card_only(desk: Desk) -> None:
    card = await desk.flag()
    decided = await desk.flag(1, member=MODERATOR)
    await desk.decide(decided, CardState.IGNORED)
    await desk.taking.post_deleted(CHANNEL, POST, PostId(POST + 1), PostId(1))
    assert (await desk.taking.card(card.id)).post_deleted
    assert not (await desk.taking.card(decided.id)).post_deleted


def build_execution(action: str = "block", **changes: Any) -> Execution:
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "rule": 7,
        "rule_name": "No coins",
        "action": action,
        "member": MIKA,
        "member_name": "Mika",
        "channel": CHANNEL,
        "place": CHANNEL,
        "post": None,
        "content": "buy the secret coins",
    }
    return Execution(**(values | changes))


async def test_the_actions_of_an_execution_are_counted_apart_and_its_words_are_not_stored(
    desk: Desk,
) -> None:
    for action in ("block", "alert", "block"):
        card = await desk.executions.record(build_execution(action))
    assert card is not None
    assert card.details["actions"] == {"block": 2, "alert": 1}
    assert desk.excerpts.of(card.id) == "buy the secret coins"
    async with desk.database.reading() as stores:
        stored = [*await stores.flags.waiting(COMMUNITY, desk.clock.now())]
        due = [*await stores.outbox.due(desk.clock.now())]
    assert "secret" not in str(stored) + str(due)
    await desk.decide(card, CardState.IGNORED)
    again = await desk.executions.record(build_execution())
    assert again is not None
    assert again.id != card.id


async def test_a_timeout_of_automod_is_one_case_also_without_a_review_channel(desk: Desk) -> None:
    async with desk.database.writing() as stores:
        await stores.rules.put(NoteRules(community=COMMUNITY))
    hour = timedelta(hours=1)
    for _ in range(2):
        assert await desk.executions.record(build_execution("timeout", timeout=hour)) is None
    desk.clock.advance(hour)
    await desk.executions.record(build_execution("timeout", timeout=hour))
    async with desk.database.reading() as stores:
        assert await stores.cases.count(COMMUNITY) == 2


def test_only_the_newest_hundred_words_are_kept_in_memory() -> None:
    excerpts = Excerpts()
    cards = [build_card(number).id for number in range(101)]
    for card in cards:
        excerpts.keep(card, "words")
    assert (excerpts.of(cards[0]), excerpts.of(cards[1])) == ("", "words")
