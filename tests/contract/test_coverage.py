"""What every `CoverageStore` promises: gaps stay open until what was in them is recorded."""

from datetime import timedelta

from bot.domain.coverage import Coverage
from bot.domain.ids import CommunityId
from bot.services.ports import Database
from tests.builders import CHANNEL, COMMUNITY, FORUM, NOON

HOUR = timedelta(hours=1)
KNOWN = Coverage(community=COMMUNITY, place=CHANNEL, complete_until=NOON)


async def put(database: Database, *coverages: Coverage) -> None:
    async with database.writing() as stores:
        await stores.coverage.put(coverages)


async def known(database: Database) -> list[Coverage]:
    async with database.reading() as stores:
        return list(await stores.coverage.all(COMMUNITY))


async def test_places_are_known_by_id(database: Database) -> None:
    other = Coverage(community=COMMUNITY, place=FORUM, complete_until=NOON, readable=False)
    elsewhere = Coverage(community=CommunityId(1), place=CHANNEL, complete_until=NOON)
    await put(database, other, KNOWN, elsewhere)
    assert await known(database) == [KNOWN, other]


async def test_a_gap_is_closed_by_its_own_end_only(database: Database) -> None:
    gap = KNOWN.opened(NOON, NOON + HOUR)
    await put(database, gap)
    async with database.writing() as stores:
        await stores.coverage.close(COMMUNITY, CHANNEL, NOON + 2 * HOUR)
    assert await known(database) == [gap]
    async with database.writing() as stores:
        await stores.coverage.close(COMMUNITY, CHANNEL, NOON + HOUR)
    assert await known(database) == [gap.closed()]
    assert gap.closed().complete_until == NOON + HOUR


async def test_places_that_are_gone_are_forgotten(database: Database) -> None:
    await put(database, KNOWN)
    async with database.writing() as stores:
        await stores.coverage.remove(COMMUNITY, [CHANNEL, FORUM])
        await stores.coverage.remove(COMMUNITY, [])
    assert await known(database) == []
