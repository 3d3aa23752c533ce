"""A digest is posted once, at its time or a little later, and trouble waits until it is over."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.digest_runs import BUILD_LEASE, Audience, RunState
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.outbox import LEASE
from bot.domain.periods import Cadence, Weekday
from bot.services.deliveries import LOOK_BACK
from bot.services.errors import ConflictError, GoneError, InvalidInputError, UnavailableError
from tests.builders import CHANNEL, COMMUNITY
from tests.unit.digests.conftest import (
    DIGESTS,
    ELSEWHERE,
    MODERATORS,
    MONDAY,
    WEEK,
    Stage,
    build_other,
    build_stage,
)

FIRST_OF_DECEMBER = MONDAY + timedelta(days=8)
OTHER = CommunityId(70_000_000_000_000_002)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def refuse(*channels: PlaceId) -> "Refusal":
    return Refusal(set(channels))


class Refusal:
    """Refuses to post in some channels, for want of a permission."""

    def __init__(self, channels: set[PlaceId]) -> None:
        self.channels = channels
        self.asked = 0

    def __call__(self, channel: PlaceId) -> None:
        if channel in self.channels:
            self.asked += 1
            raise UnavailableError("Discord refused (50013)", retryable=False)


async def test_a_digest_is_posted_when_the_week_has_ended_and_only_then(stage: Stage) -> None:
    await stage.tick()
    assert not stage.publisher.posted
    await stage.tick(MONDAY - stage.clock.now() - MINUTE)
    assert not stage.publisher.posted
    await stage.tick(MINUTE)
    ((channel, page, _),) = stage.publisher.posted
    assert channel == DIGESTS
    assert page.title == "Weekly digest · 16–23 Nov 2026"
    run = await stage.run_of()
    assert (run.state, len(run.messages)) == (RunState.DONE, 1)
    for _ in range(3):
        await stage.tick(MINUTE)
    assert len(stage.publisher.posted) == 1


async def test_a_week_without_anything_is_skipped_and_the_history_says_so(stage: Stage) -> None:
    await stage.tick(MONDAY - stage.clock.now())
    await stage.tick(WEEK)
    assert len(stage.publisher.posted) == 1
    newest, oldest = await stage.digests.history(COMMUNITY)
    assert (newest.state, newest.problem) == (RunState.SKIPPED, "nothing happened")
    assert oldest.state is RunState.DONE


@pytest.mark.parametrize(("late", "posted"), [(timedelta(hours=71), 1), (timedelta(days=4), 0)])
async def test_a_missed_digest_is_made_up_for_within_three_days(
    stage: Stage, late: timedelta, posted: int
) -> None:
    await stage.tick(MONDAY - stage.clock.now() + late)
    assert len(stage.publisher.posted) == posted
    if posted:
        assert "posted late" in stage.publisher.posted[0][1].footer
    else:
        assert (await stage.run_of()).state is RunState.SKIPPED


async def test_of_several_missed_digests_only_the_newest_is_posted(stage: Stage) -> None:
    await stage.digests.set_schedule(COMMUNITY, cadence=Cadence.DAILY)
    await stage.happen(0.1)
    stage.clock.advance(timedelta(days=2, hours=20))
    await stage.happen(0.9)
    await stage.tick()
    assert len(stage.publisher.posted) == 1
    states = [run.state for run in await stage.digests.history(COMMUNITY)]
    assert states[0] is RunState.DONE
    assert set(states[1:]) == {RunState.SKIPPED}


async def test_two_processes_racing_for_a_digest_post_it_once(stage: Stage) -> None:
    stage.clock.advance(MONDAY - stage.clock.now())
    other, other_sender = build_other(stage, "test:2:b")
    await asyncio.gather(*(service.runner.run() for service in (stage.digests, other) * 3))
    await asyncio.gather(stage.sender.send_due(), other_sender.send_due())
    assert len(stage.publisher.posted) == 1


async def claimed_by(owner: str, stage: Stage) -> None:
    """Let the week end, and a process begin its digest that is never heard of again."""
    stage.clock.advance(MONDAY - stage.clock.now())
    await stage.digests.runner._note_due(await stage.digests.plan(COMMUNITY))
    now = stage.clock.now()
    async with stage.database.writing() as stores:
        (run,) = await stores.digests.claimable(now)
        assert await stores.digests.claim(run, owner=owner, until=now + BUILD_LEASE, now=now)


async def test_a_process_that_is_silent_while_building_is_replaced_when_its_lease_ends(
    stage: Stage,
) -> None:
    await claimed_by("elsewhere:2:b", stage)
    await stage.tick(MINUTE)
    assert not stage.publisher.posted
    await stage.tick(BUILD_LEASE)
    assert len(stage.publisher.posted) == 1


async def test_a_process_that_is_known_to_have_died_while_building_is_replaced_at_once(
    stage: Stage,
) -> None:
    await claimed_by("test:2:b", stage)
    heirs = [build_other(stage, f"test:{n}:c", dead=("test:2:b",)) for n in (3, 4)]
    await asyncio.gather(*(service.runner.run() for service, _ in heirs))
    await asyncio.gather(*(sender.send_due() for _, sender in heirs))
    assert len(stage.publisher.posted) == 1
    assert (await stage.run_of()).attempt == 2


async def test_a_message_whose_answer_was_lost_is_found_again(stage: Stage) -> None:
    def lose(_: PlaceId) -> None:
        raise UnavailableError("no answer", retryable=True, ambiguous=True)

    stage.publisher.after = lose
    await stage.tick(MONDAY - stage.clock.now())
    stage.publisher.after = lambda _: None
    stage.publisher.by_nonce.clear()
    await stage.tick(timedelta(minutes=3))
    assert len(stage.publisher.posted) == 1
    assert (await stage.run_of()).state is RunState.DONE


async def test_a_sender_that_dies_after_posting_leads_to_no_second_message(stage: Stage) -> None:
    stage.clock.advance(MONDAY - stage.clock.now())
    await stage.digests.runner.run()
    async with stage.database.writing() as stores:
        (delivery,) = await stores.outbox.due(stage.clock.now())
        now = stage.clock.now()
        await stores.outbox.claim(delivery.key, owner="dead", until=now + LEASE, now=now)
    await stage.sender._handlers[delivery.kind].act(delivery)
    stage.publisher.by_nonce.clear()
    stage.clock.advance(LEASE)
    await stage.sender.heal(stage.clock.now())
    assert len(stage.publisher.posted) == 1
    assert (await stage.run_of()).state is RunState.DONE


async def test_a_refused_digest_is_kept_told_of_once_and_posted_later(stage: Stage) -> None:
    await stage.digests.set_channels(COMMUNITY, members=DIGESTS, moderators=MODERATORS)
    refusal = stage.publisher.before = refuse(DIGESTS)
    await stage.tick(MONDAY - stage.clock.now())
    run = await stage.run_of()
    assert (run.state, run.problem) == (RunState.BLOCKED, "Discord refused (50013)")
    for _ in range(5):
        await stage.tick(30 * MINUTE)
    assert refusal.asked == 3
    assert len(stage.answers.messages) == 1
    (told,) = stage.answers.messages.values()
    assert f"<#{DIGESTS}>" in told
    refusal.channels.clear()
    await stage.tick(HOUR)
    assert [channel for channel, _, _ in stage.publisher.posted].count(DIGESTS) == 1
    assert (await stage.run_of()).state is RunState.DONE


async def test_a_digest_that_is_begun_anew_is_looked_for_since_the_last_attempt_first(
    stage: Stage,
) -> None:
    refusal = stage.publisher.before = refuse(DIGESTS)
    await stage.tick(MONDAY - stage.clock.now())
    begun = stage.clock.now()
    for _ in range(3):
        await stage.tick(HOUR)
    assert refusal.asked == 4
    assert stage.publisher.searched[-2:] == [begun + 2 * HOUR - LOOK_BACK, begun - LOOK_BACK]
    refusal.channels.clear()
    await stage.tick(HOUR)
    assert len(stage.publisher.posted) == 1


async def test_another_channel_takes_a_refused_digest_at_once(stage: Stage) -> None:
    def gone(channel: PlaceId) -> None:
        if channel == DIGESTS:
            raise GoneError("Discord no longer has the target (10003)")

    stage.publisher.before = gone
    await stage.tick(MONDAY - stage.clock.now())
    assert (await stage.run_of()).state is RunState.BLOCKED
    await stage.digests.set_channels(COMMUNITY, members=ELSEWHERE, moderators=None)
    await stage.tick()
    assert [channel for channel, _, _ in stage.publisher.posted] == [ELSEWHERE]


async def test_a_digest_that_is_refused_for_a_week_is_given_up(stage: Stage) -> None:
    stage.publisher.before = refuse(DIGESTS)
    await stage.tick(MONDAY - stage.clock.now())
    await stage.tick(WEEK + HOUR)
    assert (await stage.run_of()).state is RunState.FAILED


async def test_a_digest_that_was_given_up_can_still_be_posted_by_hand(stage: Stage) -> None:
    await stage.digests.set_schedule(COMMUNITY, cadence=Cadence.MONTHLY)
    refusal = stage.publisher.before = refuse(DIGESTS)
    await stage.tick(FIRST_OF_DECEMBER - stage.clock.now())
    await stage.tick(HOUR)
    await stage.tick(WEEK)
    assert (await stage.run_of("2026-12")).state is RunState.FAILED
    refusal.channels.clear()
    await stage.digests.post(COMMUNITY)
    await stage.tick()
    assert len(stage.publisher.posted) == 1
    assert (await stage.run_of("2026-12")).state is RunState.DONE


async def test_one_communitys_trouble_is_not_anothers(stage: Stage) -> None:
    await stage.digests.set_channels(OTHER, members=ELSEWHERE, moderators=None)
    await stage.happen(0.5, community=OTHER)
    stage.publisher.before = refuse(DIGESTS)
    await stage.tick(MONDAY - stage.clock.now())
    assert [channel for channel, _, _ in stage.publisher.posted] == [ELSEWHERE]


async def test_a_clock_that_jumps_back_and_forth_doubles_and_loses_nothing(stage: Stage) -> None:
    await stage.tick(MONDAY - stage.clock.now())
    await stage.tick(-2 * HOUR)
    await stage.tick(timedelta(days=365 * 30))
    stage.clock.moment = MONDAY + HOUR
    await stage.tick()
    assert len(stage.publisher.posted) == 1
    stage.clock.moment = MONDAY + WEEK - HOUR
    await stage.happen()
    await stage.tick(HOUR)
    assert len(stage.publisher.posted) == 2


async def test_a_new_community_gets_no_back_issue() -> None:
    stage = build_stage(MONDAY + MINUTE)
    await stage.happen()
    await stage.digests.set_channels(COMMUNITY, members=DIGESTS, moderators=None)
    await stage.tick(HOUR)
    assert not stage.publisher.posted


async def test_moderators_get_a_digest_of_their_own(stage: Stage) -> None:
    await stage.digests.set_channels(COMMUNITY, members=DIGESTS, moderators=MODERATORS)
    await stage.tick(MONDAY - stage.clock.now())
    channels = {channel for channel, _, _ in stage.publisher.posted}
    assert DIGESTS in channels
    run = await stage.run_of(audience=Audience.MODERATORS)
    assert run.state in (RunState.DONE, RunState.SKIPPED)


async def test_a_moderator_can_post_the_last_digest_now_but_not_twice(stage: Stage) -> None:
    await stage.tick(MONDAY - stage.clock.now())
    with pytest.raises(ConflictError, match="posted already"):
        await stage.digests.post(COMMUNITY)
    again = await stage.digests.post(COMMUNITY, again=True)
    await stage.tick()
    assert again.edition == 1
    assert len(stage.publisher.posted) == 2


async def test_what_was_missed_can_still_be_posted_by_hand(stage: Stage) -> None:
    await stage.tick(MONDAY - stage.clock.now() + timedelta(days=5))
    assert not stage.publisher.posted
    await stage.digests.post(COMMUNITY)
    await stage.tick()
    assert len(stage.publisher.posted) == 1


async def test_posting_needs_a_channel() -> None:
    with pytest.raises(InvalidInputError, match="No channel"):
        await build_stage().digests.post(COMMUNITY)


async def test_an_unknown_zone_is_one_sentence_with_a_guess(stage: Stage) -> None:
    with pytest.raises(InvalidInputError, match=r"Did you mean Europe/Berlin\?"):
        await stage.digests.set_schedule(COMMUNITY, zone="Europe/Brelin")
    plan = await stage.digests.set_schedule(COMMUNITY, zone="berlin", hour=18)
    assert (plan.schedule.zone, plan.schedule.hour) == ("Europe/Berlin", 18)


async def test_a_schedule_that_changes_at_the_hour_loses_no_digest(stage: Stage) -> None:
    stage.clock.advance(MONDAY - stage.clock.now())
    await stage.digests.set_schedule(COMMUNITY, weekday=Weekday.FRIDAY)
    await stage.tick()
    assert len(stage.publisher.posted) == 1


async def test_daily_digests_begin_where_the_weekly_one_ended(stage: Stage) -> None:
    await stage.tick(MONDAY - stage.clock.now())
    await stage.tick(timedelta(days=5, hours=6))
    await stage.happen(3)
    await stage.digests.set_schedule(COMMUNITY, cadence=Cadence.DAILY)
    await stage.tick(MINUTE)
    assert len(stage.publisher.posted) == 1
    await stage.tick(timedelta(hours=18))
    newest, oldest = await stage.digests.history(COMMUNITY)
    assert [run.state for run in (newest, oldest)] == [RunState.DONE] * 2
    assert newest.period.start == oldest.period.end


async def test_a_place_that_readers_cannot_see_is_counted_but_not_named(stage: Stage) -> None:
    stage.visibility.hidden.add(CHANNEL)
    await stage.tick(MONDAY - stage.clock.now())
    ((_, page, _),) = stage.publisher.posted
    assert ("Posts", "**1**") in page.figures
    assert str(CHANNEL) not in repr(page)
