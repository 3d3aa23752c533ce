"""What goes with time, and that the tallies stay what a rebuild makes; on both databases."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.domain.events import PostCreated, ReactionsRead
from bot.domain.ids import CommunityId, MemberId
from bot.domain.likes import DEFAULT_EMOJI
from bot.domain.posts import Post
from bot.services.likes.ledger import Ledger
from bot.services.likes.service import LikeService
from bot.services.ports import AuditEntry
from bot.services.retention import EVERY, Keeping, RetentionService
from db.engine import SqlDatabase, open_database
from db.privacy import SqlPersonalDataStore, SqlRetentionStore
from tests.builders import COMMUNITY, NOON
from tests.contract.records import build_delivery, build_judgement, build_note
from tests.contract.test_likes import CAT, MEMBERS, MIDNIGHT, story
from tests.fakes import FakeClock

DAY = timedelta(days=1)
KEEPING = Keeping()
Tallies = list[tuple[str, int, int, int, int]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[SqlDatabase]:
    async with open_database(request.getfixturevalue(f"{request.param}_url")) as opened:
        yield opened


async def tell(database: SqlDatabase, seed: int) -> None:
    """Let ten days of a small community happen."""
    async with database.writing() as stores:
        await Ledger(FakeClock(NOON)).record(stores, list(enumerate(story(seed), start=1)))


async def tallies(database: SqlDatabase) -> Tallies:
    async with database.reading() as stores:
        return list(await stores.likes.tallies(COMMUNITY))


async def rebuilt(database: SqlDatabase) -> Tallies:
    async with database.writing() as stores:
        await stores.likes.rebuild(COMMUNITY)
    return await tallies(database)


def retention(database: SqlDatabase, now: datetime) -> RetentionService:
    return RetentionService(database, SqlRetentionStore(database), FakeClock(now), KEEPING)


@pytest.mark.parametrize("seed", [1, 2])
async def test_tallies_are_what_a_rebuild_makes_after_forgetting(
    database: SqlDatabase, seed: int
) -> None:
    await tell(database, seed)
    before = await tallies(database)
    await SqlPersonalDataStore(database).forget(COMMUNITY, MEMBERS[0])
    after = await tallies(database)
    assert after == await rebuilt(database)
    assert sum(row[3] for row in after) < sum(row[3] for row in before)
    assert not [row for row in after if row[0] == "member" and row[2] == MEMBERS[0]]


async def test_tallies_stay_what_a_rebuild_makes_when_more_is_heard_after_forgetting(
    database: SqlDatabase,
) -> None:
    told = story(seed=3)
    half = len(told) // 2
    likes, ledger = LikeService(database, FakeClock(NOON)), Ledger(FakeClock(NOON))
    personal = SqlPersonalDataStore(database)
    await likes.count_emoji(COMMUNITY, CAT)
    async with database.writing() as stores:
        await ledger.record(stores, list(enumerate(told[:half], start=1)))
    await personal.forget(COMMUNITY, MEMBERS[0])
    posts = [event.post for event in told[:half] if isinstance(event, PostCreated)]
    more = [*told[half:], *(looked_at(post, as_of=half) for post in posts)]
    async with database.writing() as stores:
        await ledger.record(stores, list(enumerate(more, start=half + 1)))
    assert await tallies(database) == await rebuilt(database)
    await likes.ignore_emoji(COMMUNITY, CAT)
    await personal.forget(COMMUNITY, MEMBERS[1])
    after = await tallies(database)
    assert after == await rebuilt(database)
    assert [row for row in after if row[0] == "member" and row[2] == MEMBERS[0]]


def looked_at(post: Post, *, as_of: int) -> ReactionsRead:
    """Return what a look at a post after a gap shows: some members' reactions."""
    givers = {member: member != MEMBERS[-1] for member in MEMBERS if (member + post.id) % 3}
    return ReactionsRead(
        community=COMMUNITY,
        channel=post.where.channel,
        post=post.id,
        written_at=post.created_at,
        author=post.author,
        author_is_person=post.by_person,
        as_of=as_of,
        forms={(DEFAULT_EMOJI[0], False): givers, (CAT, True): givers},
        at=MIDNIGHT + 5 * DAY,
    )


@pytest.mark.parametrize("days_gone", [4, 11])
async def test_tallies_are_what_a_rebuild_makes_after_pruning(
    database: SqlDatabase, days_gone: int
) -> None:
    await tell(database, seed=days_gone)
    cut = MIDNIGHT + days_gone * DAY
    removed = await retention(database, cut + KEEPING.posts).run()
    assert removed > 0
    left = await tallies(database)
    assert left == await rebuilt(database)
    async with database.reading() as stores:
        assert await stores.posts.count(COMMUNITY, cut) == await stores.posts.count(
            COMMUNITY, MIDNIGHT - DAY
        )
    if days_gone == 11:
        assert left == []


async def test_what_waits_or_stands_is_not_removed(database: SqlDatabase) -> None:
    async with database.writing() as stores:
        await stores.notes.add(build_note())
        await stores.outbox.add(build_delivery())
        await stores.judgements.add(build_judgement())
    await retention(database, NOON + 2 * KEEPING.posts).run()
    async with database.reading() as stores:
        assert await stores.notes.get(build_note().id) is not None
        assert await stores.outbox.next_due() is not None


async def test_the_audit_is_kept_for_its_own_time(database: SqlDatabase) -> None:
    async with database.writing() as stores:
        for age in (400, 100, 10):
            await stores.audit.add(
                AuditEntry(
                    community=COMMUNITY,
                    member=MemberId(age),
                    member_name="Noor",
                    command="watch add",
                    outcome="done",
                    at=NOON - age * DAY,
                )
            )
    assert await retention(database, NOON).run() == 1
    async with database.reading() as stores:
        left = await stores.audit.latest(COMMUNITY)
    assert [each.member for each in left] == [10, 100]


async def test_it_is_seen_to_once_a_day_also_across_restarts(database: SqlDatabase) -> None:
    assert await retention(database, NOON).run() == 0
    await tell(database, seed=1)
    late = NOON + 2 * KEEPING.posts
    assert await retention(database, NOON + EVERY / 2).run() == 0
    assert await retention(database, late).run() > 0
    assert await retention(database, late + EVERY / 2).run() == 0


async def test_other_communities_lose_only_what_is_old(database: SqlDatabase) -> None:
    await tell(database, seed=1)
    await SqlPersonalDataStore(database).forget(CommunityId(5), MEMBERS[0])
    assert [row for row in await tallies(database) if row[2] == MEMBERS[0]]
