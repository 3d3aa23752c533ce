"""What goes with time, and that the tallies stay what a rebuild makes; on both databases."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.domain.ids import CommunityId, MemberId
from bot.services.likes.ledger import Ledger
from bot.services.ports import AuditEntry
from bot.services.retention import EVERY, Keeping, RetentionService
from db.engine import SqlDatabase, open_database
from db.privacy import SqlPersonalDataStore, SqlRetentionStore
from tests.builders import COMMUNITY, NOON
from tests.contract.records import build_delivery, build_judgement, build_note
from tests.contract.test_likes import MEMBERS, MIDNIGHT, story
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
