"""What every `DigestStore` and `DigestFacts` promises: one run for a period, claimed by one."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.digest_runs import Audience, DigestPlan, DigestRun, RunState
from bot.domain.digests import Raised
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, NoteState, Rating
from bot.domain.periods import Cadence, Period, Schedule, Weekday
from bot.domain.policy import Outcome
from bot.services.ports import Database
from bot.services.ports.digests import Talk
from tests.builders import ASIA, CHANNEL, COMMUNITY, FORUM, NOON, build_post, build_where
from tests.contract.records import POST, build_judgement, build_note

WEEK = timedelta(days=7)
LEASE = timedelta(minutes=5)
OTHER = CommunityId(70_000_000_000_000_002)


def build_run(weeks: int = 0, **changes: Any) -> DigestRun:
    """Return a pending run of a week that ended at noon, so many weeks later."""
    end = NOON + weeks * WEEK
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "audience": Audience.MEMBERS,
        "period": Period(key=f"2026-W{48 + weeks}", start=end - WEEK, end=end),
        "created_at": end,
    }
    return DigestRun(**(values | changes))


async def claim(
    database: Database, run: DigestRun, owner: str, now: datetime = NOON
) -> DigestRun | None:
    async with database.writing() as stores:
        return await stores.digests.claim(run, owner=owner, until=now + LEASE, now=now)


async def put(database: Database, run: DigestRun, *, reopen: bool = False) -> bool:
    async with database.writing() as stores:
        return await stores.digests.put(run, reopen=reopen)


async def test_a_plan_comes_back_as_it_was(database: Database) -> None:
    plan = DigestPlan(
        community=COMMUNITY,
        schedule=Schedule(Cadence.MONTHLY, Weekday.FRIDAY, 18, "Asia/Kathmandu"),
        since=NOON,
        scheduled=NOON + WEEK,
        channel=CHANNEL,
        names_in_archive=True,
    )
    async with database.writing() as stores:
        assert await stores.digests.plan(COMMUNITY) is None
        await stores.digests.put_plan(replace(plan, channel=None))
        await stores.digests.put_plan(plan)
    async with database.reading() as stores:
        assert await stores.digests.plan(COMMUNITY) == plan
        assert list(await stores.digests.plans()) == [plan]


async def test_a_period_has_one_run_for_each_audience(database: Database) -> None:
    run = build_run(content={"pages": [{"title": "x"}]}, messages=(PostId(1),), problem="p")
    async with database.writing() as stores:
        assert await stores.digests.open(run)
        assert not await stores.digests.open(replace(run, state=RunState.SKIPPED))
        assert await stores.digests.open(replace(run, audience=Audience.MODERATORS))
        assert await stores.digests.open(replace(run, community=OTHER))
    async with database.reading() as stores:
        assert await stores.digests.get(COMMUNITY, Audience.MEMBERS, run.period.key) == run
        assert await stores.digests.get(COMMUNITY, Audience.MEMBERS, "2026-W01") is None


async def test_one_of_many_claimers_gets_a_run(database: Database) -> None:
    run = build_run()

    async def open_and_claim(number: int) -> DigestRun | None:
        async with database.writing() as stores:
            await stores.digests.open(run)
        return await claim(database, run, f"process {number}")

    won = [each for each in await asyncio.gather(*map(open_and_claim, range(8))) if each]
    assert len(won) == 1
    assert (won[0].attempt, won[0].lease_until) == (1, NOON + LEASE)


async def test_a_lease_that_ran_out_is_taken_over_and_the_old_owner_fenced_off(
    database: Database,
) -> None:
    async with database.writing() as stores:
        await stores.digests.open(build_run())
    first = await claim(database, build_run(), "a")
    assert first is not None
    async with database.reading() as stores:
        assert not await stores.digests.claimable(NOON + LEASE - timedelta(seconds=1))
        (left,) = await stores.digests.claimable(NOON + LEASE)
    second = await claim(database, left, "b", NOON + LEASE)
    assert second is not None
    assert not await put(database, replace(first, state=RunState.SENDING))
    assert await put(database, replace(second, state=RunState.SENDING))


async def test_what_has_ended_stays_so_unless_it_is_reopened(database: Database) -> None:
    done = build_run(state=RunState.DONE)
    async with database.writing() as stores:
        await stores.digests.open(done)
    again = replace(done, state=RunState.SENDING, edition=1)
    assert not await put(database, again)
    assert await put(database, again, reopen=True)


async def test_a_blocked_run_is_claimable_when_it_is_due_again(database: Database) -> None:
    run = build_run(state=RunState.BLOCKED, retry_at=NOON + timedelta(hours=1))
    async with database.writing() as stores:
        await stores.digests.open(run)
    assert await claim(database, run, "a") is None
    async with database.reading() as stores:
        assert not await stores.digests.claimable(NOON)
        assert list(await stores.digests.claimable(NOON + timedelta(hours=1))) == [run]


async def test_the_last_run_is_none_of_the_future(database: Database) -> None:
    runs = [build_run(0), build_run(1), build_run(4)]
    async with database.writing() as stores:
        for run in runs:
            await stores.digests.open(run)
    async with database.reading() as stores:
        at = NOON + 2 * WEEK
        assert await stores.digests.last(COMMUNITY, Audience.MEMBERS, at) == runs[1]
        assert await stores.digests.last(COMMUNITY, Audience.MODERATORS, at) is None
        newest = await stores.digests.history(COMMUNITY, limit=2)
        assert list(newest) == [runs[2], runs[1]]
        assert not await stores.digests.history(COMMUNITY, Audience.MODERATORS)


async def test_talk_counts_what_people_said_and_did_not_delete(database: Database) -> None:
    def post(number: int, author: int, **changes: Any) -> Any:
        return build_post(id=PostId(POST + number), author=MemberId(author), **changes)

    async with database.writing() as stores:
        await stores.posts.record(
            [
                post(0, 1),
                post(1, 1),
                post(2, 2),
                post(3, 3, created_at=NOON + WEEK),
                post(4, 4, by_person=False),
                post(5, 5),
                post(6, 6, where=build_where(channel=FORUM)),
            ]
        )
        await stores.posts.mark_deleted(COMMUNITY, [PostId(POST + 5)], NOON)
    async with database.reading() as stores:
        facts = stores.digest_facts
        assert await facts.talk_in(COMMUNITY, CHANNEL, NOON, NOON + WEEK) == Talk(3, 2)
        assert await facts.talk_in(COMMUNITY, PlaceId(1), NOON, NOON + WEEK) == Talk(0, 0)
        assert await facts.recorded_since(COMMUNITY) == NOON
        assert await facts.recorded_since(OTHER) is None


async def test_claims_notes_and_ratings_are_counted_within_the_period(database: Database) -> None:
    judgements = [
        build_judgement(at=NOON),
        build_judgement(post=PostId(POST + 1), outcome=Outcome.NONE, at=NOON + timedelta(days=1)),
        build_judgement(post=PostId(POST + 2), at=NOON + WEEK),
    ]
    note = build_note(state=NoteState.POSTED)
    async with database.writing() as stores:
        for judgement in judgements:
            await stores.judgements.add(judgement)
        await stores.notes.add(note)
        for member, value in enumerate([Helpfulness.HELPFUL, Helpfulness.NOT_HELPFUL]):
            await stores.notes.rate(
                Rating(note=note.id, member=MemberId(member), value=value, at=NOON)
            )
    async with database.reading() as stores:
        facts, span = stores.digest_facts, (NOON, NOON + WEEK)
        assert list(await facts.raised(COMMUNITY, *span)) == [
            Raised(ASIA, CHANNEL, Outcome.ATTACH, 1),
            Raised(ASIA, CHANNEL, Outcome.NONE, 1),
        ]
        notes = await facts.notes(COMMUNITY, *span)
        assert (notes[NoteState.POSTED], notes[NoteState.FAILED]) == (1, 0)
        rated = await facts.ratings(COMMUNITY, *span)
        assert dict(rated[Slug(ASIA)]) == {Helpfulness.HELPFUL: 1, Helpfulness.NOT_HELPFUL: 1}
        assert list(await facts.raters(COMMUNITY, *span, 5)) == [MemberId(0), MemberId(1)]
        assert not await facts.ratings(COMMUNITY, NOON + WEEK, NOON + 2 * WEEK)
