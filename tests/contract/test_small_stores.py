"""What every `WatchStore`, `MemberStore`, `LeaseStore` and `SettingStore` promises."""

import asyncio
from datetime import timedelta
from typing import Any

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.policy import Mode
from bot.services.ports import Database, Watch
from tests.builders import COMMUNITY, NOON

OTHER = CommunityId(70_000_000_000_000_002)
MODERATOR = MemberId(70_000_000_000_000_300)
MINUTE = timedelta(minutes=1)


def build_watch(place: int, **changes: Any) -> Watch:
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "place": PlaceId(place),
        "mode": Mode.AUTO,
        "added_by": MODERATOR,
        "added_at": NOON,
    }
    return Watch(**(values | changes))


async def test_watches_come_back_by_place(database: Database) -> None:
    second, first = build_watch(20, added_by=None), build_watch(3, mode=Mode.SILENT)
    elsewhere = build_watch(3, community=OTHER)
    async with database.writing() as stores:
        for watch in (second, first, elsewhere):
            await stores.watches.put(watch)
    async with database.reading() as stores:
        assert await stores.watches.all(COMMUNITY) == [first, second]
        assert await stores.watches.all(OTHER) == [elsewhere]


async def test_a_watch_put_again_changes(database: Database) -> None:
    changed = build_watch(1, mode=Mode.SUGGEST, added_by=MemberId(9), added_at=NOON + MINUTE)
    async with database.writing() as stores:
        await stores.watches.put(build_watch(1))
        await stores.watches.put(changed)
    async with database.reading() as stores:
        assert await stores.watches.all(COMMUNITY) == [changed]


async def test_a_watch_is_removed_once(database: Database) -> None:
    async with database.writing() as stores:
        await stores.watches.put(build_watch(1))
    async with database.writing() as stores:
        assert not await stores.watches.remove(OTHER, PlaceId(1))
        assert await stores.watches.remove(COMMUNITY, PlaceId(1))
        assert not await stores.watches.remove(COMMUNITY, PlaceId(1))
        assert await stores.watches.all(COMMUNITY) == []
        await stores.watches.put(build_watch(1))
    async with database.reading() as stores:
        assert len(await stores.watches.all(COMMUNITY)) == 1


async def test_a_member_opts_out_and_in_again_in_one_community(database: Database) -> None:
    member = MemberId(5)
    async with database.writing() as stores:
        assert not await stores.members.has_opted_out(COMMUNITY, member)
        await stores.members.set_opted_out(COMMUNITY, member, True, NOON)
        assert await stores.members.has_opted_out(COMMUNITY, member)
        assert not await stores.members.has_opted_out(OTHER, member)
        assert await stores.members.opted_out(COMMUNITY) == {member}
        assert await stores.members.opted_out(OTHER) == frozenset()
        await stores.members.set_opted_out(COMMUNITY, member, False, NOON + MINUTE)
    async with database.reading() as stores:
        assert not await stores.members.has_opted_out(COMMUNITY, member)


async def acquire(database: Database, owner: str, at: timedelta = timedelta()) -> bool:
    now = NOON + at
    async with database.writing() as stores:
        return await stores.leases.acquire("gateway", owner=owner, until=now + MINUTE, now=now)


async def test_of_twelve_who_want_a_lease_one_gets_it(database: Database) -> None:
    won = await asyncio.gather(*(acquire(database, str(number)) for number in range(12)))
    assert sum(won) == 1
    async with database.reading() as stores:
        assert await stores.leases.holder("gateway") == str(won.index(True))
        assert await stores.leases.holder("unknown") is None


async def test_a_lease_is_renewed_by_its_owner_and_taken_when_it_ran_out(
    database: Database,
) -> None:
    assert await acquire(database, "a")
    assert await acquire(database, "a", MINUTE / 2)
    assert not await acquire(database, "b", MINUTE)
    assert await acquire(database, "b", MINUTE * 1.5)
    assert not await acquire(database, "a", MINUTE * 1.5)


async def test_a_lease_is_given_back_by_its_owner_only(database: Database) -> None:
    assert await acquire(database, "a")
    async with database.writing() as stores:
        await stores.leases.release("gateway", owner="b")
    assert not await acquire(database, "b")
    async with database.writing() as stores:
        await stores.leases.release("gateway", owner="a")
        assert await stores.leases.holder("gateway") is None
    assert await acquire(database, "b")


async def test_a_setting_is_replaced(database: Database) -> None:
    async with database.writing() as stores:
        assert await stores.settings.get("commands") is None
        await stores.settings.put("commands", "1")
        await stores.settings.put("commands", "")
    async with database.reading() as stores:
        assert await stores.settings.get("commands") == ""


async def test_the_first_value_of_a_setting_is_kept_also_where_it_is_empty(
    database: Database,
) -> None:
    async with database.writing() as stores:
        await stores.settings.put("given free", "")
        assert await stores.settings.keep_first("given free", "later") == ""
        assert await stores.settings.keep_first("secret", "first") == "first"
        assert await stores.settings.keep_first("secret", "second") == "first"


async def test_settings_are_found_by_how_their_names_begin(database: Database) -> None:
    async with database.writing() as stores:
        for name in ("library:1", "library:2", "library%", "other"):
            await stores.settings.put(name, f"of {name}")
    async with database.reading() as stores:
        found = await stores.settings.beginning("library:")
        assert found == {"library:1": "of library:1", "library:2": "of library:2"}
