"""What takes an action back, and what then must never come: neither a late end nor a late retry."""

from datetime import timedelta

import pytest

from bot.domain.cases import CaseKind, CaseState
from bot.domain.ids import MemberId
from bot.services.errors import UnavailableError
from bot.services.moderating.by_hand import HandAction
from tests.builders import CHANNEL, COMMUNITY
from tests.unit.moderation.world import BUSY, PLACE, ModeratedWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FORBIDDEN = UnavailableError("Discord refused", retryable=False, ambiguous=False)


async def test_a_ban_for_ever_outlasts_the_temporary_one_before_it() -> None:
    world = ModeratedWorld()
    await world.act(CaseKind.BAN, until=world.clock.now() + DAY)
    world.clock.advance(HOUR)
    await world.act(CaseKind.BAN)
    world.clock.advance(DAY)
    await world.end_what_is_due()
    assert world.actions.done == [(CaseKind.BAN, 1), (CaseKind.BAN, 2)]
    assert not (await world.case(1)).is_running
    assert (await world.case(2)).is_running


@pytest.mark.parametrize(
    ("kind", "undoing", "place"),
    [
        (CaseKind.LOCK, CaseKind.UNLOCK, PLACE),
        (CaseKind.BAN, CaseKind.UNBAN, None),
        (CaseKind.TIMEOUT, CaseKind.UNTIMEOUT, None),
        (CaseKind.TIMEOUT, CaseKind.TIMEOUT, None),
        (CaseKind.SLOWMODE, CaseKind.SLOWMODE, PLACE),
    ],
)
async def test_what_was_taken_back_before_it_was_done_is_not_done_later(
    kind: CaseKind, undoing: CaseKind, place: object
) -> None:
    world = ModeratedWorld()
    about = {"place": place} if place else {}
    world.actions.refused[kind] = BUSY
    first = await world.act(kind, until=world.clock.now() + 5 * HOUR, **about)
    assert first.state is CaseState.PENDING
    world.actions.refused.clear()
    if kind is undoing:  # the one before is still tried: somebody gives the same order by hand
        await record_by_hand(world, kind, **about)
    else:
        await world.act(undoing, **about)
    before = list(world.actions.done)
    world.clock.advance(HOUR)
    await world.sender.send_due()
    assert world.actions.done == before
    after = await world.case(first.number)
    assert (after.state, after.problem) == (CaseState.FAILED, "taken back before it was done")


@pytest.mark.parametrize(
    ("kind", "undoing", "place"),
    [(CaseKind.LOCK, CaseKind.UNLOCK, PLACE), (CaseKind.BAN, CaseKind.UNBAN, None)],
)
async def test_an_end_that_had_to_wait_ends_nothing_that_was_ordered_anew(
    kind: CaseKind, undoing: CaseKind, place: object
) -> None:
    world = ModeratedWorld()
    await world.hear_reviews()
    about = {"place": place} if place else {}
    was = {"previous": {"allow": 0, "deny": 0}} if place else {}
    await world.act(kind, until=world.clock.now() + HOUR, details=was, **about)
    world.clock.advance(HOUR)
    world.actions.refused[undoing] = BUSY
    await world.end_what_is_due()
    world.actions.refused.clear()
    again = {"previous": {"allow": 0, "deny": 2048}} if place else {}
    anew = await world.act(kind, details=again, **about)
    world.clock.advance(HOUR)
    await world.sender.send_due()
    assert world.actions.done == [(kind, 1), (kind, anew.number)]
    assert (await world.case(anew.number)).is_running
    assert (await world.case(anew.number)).details.get("previous") == was.get("previous")
    assert world.answers.said == []


async def record_by_hand(world: ModeratedWorld, kind: CaseKind, place: object = None) -> None:
    world.clock.advance(timedelta(seconds=1))
    target = None if place else MemberId(200)
    done = HandAction(
        entry=1,
        at=world.clock.now(),
        community=COMMUNITY,
        kind=kind,
        by=MemberId(301),
        by_name="Noor",
        target=target,
        place=PLACE if place else None,
    )
    assert await world.by_hand.record(done) is not None


async def test_the_end_of_a_slowmode_is_carried_out() -> None:
    world = ModeratedWorld()
    await world.act(CaseKind.SLOWMODE, place=PLACE, until=world.clock.now() + HOUR)
    world.clock.advance(HOUR)
    await world.end_what_is_due()
    assert world.actions.done == [(CaseKind.SLOWMODE, 1), (CaseKind.SLOWMODE, 2)]


async def test_an_unban_that_is_read_back_ends_no_ban_that_came_after_it() -> None:
    world = ModeratedWorld()
    unbanned_at = world.clock.now()
    world.clock.advance(HOUR)
    await world.act(CaseKind.BAN, until=world.clock.now() + 7 * DAY)
    unban = HandAction(
        entry=1,
        at=unbanned_at,
        community=COMMUNITY,
        kind=CaseKind.UNBAN,
        by=None,
        by_name="",
        target=MemberId(200),
    )
    await world.by_hand.record(unban)
    assert (await world.case(1)).is_running


async def test_a_lock_whose_end_failed_can_be_opened_and_moderators_hear_of_it() -> None:
    world = ModeratedWorld()
    await world.hear_reviews()
    was = {"allow": 0, "deny": 2048}
    until = world.clock.now() + HOUR
    await world.act(CaseKind.LOCK, place=PLACE, until=until, details={"previous": was})
    world.clock.advance(HOUR)
    world.actions.refused[CaseKind.UNLOCK] = FORBIDDEN
    await world.end_what_is_due()
    await world.end_what_is_due()
    assert [case.kind for case in await world.all()] == [CaseKind.LOCK, CaseKind.UNLOCK]
    (said,) = world.answers.said
    assert said.channel == CHANNEL
    assert "Discord refused" in str(said.content["text"])
    world.actions.refused.clear()
    opened = await world.act(CaseKind.UNLOCK, place=PLACE)
    assert opened.state is CaseState.DONE
    assert opened.details["previous"] == was
