"""What every `ImprintStore` promises: one imprint a judgement, the newest first to be read."""

from datetime import timedelta

from bot.domain.ids import CommunityId, PlaceId, PostId, Slug
from bot.domain.imprints import Imprint, imprint_key
from bot.domain.matches import Stance
from bot.services.ports import Database
from tests.builders import ASIA, COMMUNITY, NOON

OTHER = CommunityId(70_000_000_000_000_002)
TODAY = NOON.date()
DAY = timedelta(days=1)


def build_imprint(post: int, *, raises: bool = True, slug: Slug = ASIA) -> Imprint:
    return Imprint(
        key=imprint_key(PlaceId(1), PostId(post), slug),
        slug=slug,
        raises=raises,
        stance=Stance.ASK,
        signs=bytes(range(32)),
        form=1,
    )


async def put(database: Database, *imprints: Imprint, age: int = 0) -> None:
    async with database.writing() as stores:
        for each in imprints:
            await stores.imprints.put(COMMUNITY, each, on=TODAY - age * DAY)


async def newest(database: Database, limit: int = 10) -> list[Imprint]:
    async with database.reading() as stores:
        return list(await stores.imprints.newest(COMMUNITY, limit))


async def test_imprints_come_back_whole_by_key(database: Database) -> None:
    imprints = [build_imprint(post, raises=post != 2) for post in (1, 2, 3)]
    await put(database, *imprints)
    assert await newest(database) == sorted(imprints, key=lambda one: one.key)


async def test_another_judgement_of_the_same_post_replaces_the_first(database: Database) -> None:
    await put(database, build_imprint(1))
    await put(database, build_imprint(1, raises=False))
    assert [one.raises for one in await newest(database)] == [False]


async def test_only_the_newest_are_read(database: Database) -> None:
    old, new = build_imprint(1), build_imprint(2)
    await put(database, old, age=3)
    await put(database, new)
    assert await newest(database, 1) == [new]


async def test_an_imprint_is_forgotten_once_and_of_one_community(database: Database) -> None:
    one = build_imprint(1)
    await put(database, one)
    async with database.writing() as stores:
        assert not await stores.imprints.remove(OTHER, one.key)
        assert await stores.imprints.remove(COMMUNITY, one.key)
        assert not await stores.imprints.remove(COMMUNITY, one.key)
    assert await newest(database) == []


async def test_owners_are_the_communities_with_imprints(database: Database) -> None:
    async with database.reading() as stores:
        assert await stores.imprints.owners() == set()
    await put(database, build_imprint(1))
    async with database.reading() as stores:
        assert await stores.imprints.owners() == {COMMUNITY}
