"""What every `Database` promises: transactions, snapshots, refusals."""

import asyncio
from datetime import datetime

import pytest

from bot.domain.ids import MemberId, PlaceId, Slug
from bot.domain.policy import Mode
from bot.services.errors import InvalidInputError
from bot.services.ports import Database, Stores, Watch
from tests.builders import COMMUNITY, NOON, build_fact_check, build_post
from tests.contract.records import build_delivery, build_judgement, build_note

LARGEST = 2**63 - 1


async def test_what_was_written_is_there_afterwards(database: Database) -> None:
    async with database.writing() as stores:
        await stores.settings.put("name", "value")
        assert await stores.settings.get("name") == "value"
    async with database.reading() as stores:
        assert await stores.settings.get("name") == "value"


async def test_an_exception_takes_back_everything(database: Database) -> None:
    async with database.writing() as stores:
        await stores.settings.put("name", "before")
    with pytest.raises(ZeroDivisionError):
        await _write_and_fail(database)
    async with database.reading() as stores:
        assert await stores.settings.get("name") == "before"
        assert await stores.notes.get(build_note().id) is None
        assert await stores.outbox.get("key") is None
        assert await stores.library.owners() == set()
        assert await stores.watches.all(COMMUNITY) == []


async def _write_and_fail(database: Database) -> None:
    async with database.writing() as stores:
        await stores.settings.put("name", "after")
        await stores.notes.add(build_note())
        await stores.outbox.add(build_delivery())
        await stores.library.put(COMMUNITY, build_fact_check(), by=None, reason="", at=NOON)
        await stores.watches.put(_watch(1))
        raise ZeroDivisionError


async def test_a_cancelled_task_leaves_nothing_behind(database: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with database.writing() as stores:
            await stores.settings.put("name", "value")
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.writing() as stores:
        assert await stores.settings.get("name") is None


async def test_others_see_a_change_only_after_it_is_committed(database: Database) -> None:
    async def look() -> str | None:
        async with database.reading() as stores:
            return await stores.settings.get("name")

    async with database.writing() as stores:
        await stores.settings.put("name", "value")
        assert await asyncio.create_task(look()) is None
    assert await look() == "value"


async def test_a_reader_keeps_its_snapshot_while_others_write(database: Database) -> None:
    async def write() -> None:
        async with database.writing() as stores:
            await stores.settings.put("name", "later")

    async with database.reading() as stores:
        assert await stores.settings.get("name") is None
        await asyncio.create_task(write())
        assert await stores.settings.get("name") is None
    async with database.reading() as stores:
        assert await stores.settings.get("name") == "later"


@pytest.mark.parametrize("store", ["settings", "notes", "outbox", "library", "posts", "members"])
async def test_a_reader_cannot_write(database: Database, store: str) -> None:
    async with database.reading() as stores:
        with pytest.raises(RuntimeError, match="opened for reading cannot write"):
            await _write_to(stores, store)


async def _write_to(stores: Stores, store: str) -> None:
    match store:
        case "settings":
            await stores.settings.put("name", "value")
        case "notes":
            await stores.notes.add(build_note())
        case "outbox":
            await stores.outbox.claim("key", owner="a", until=NOON, now=NOON)
        case "library":
            await stores.library.put(COMMUNITY, build_fact_check(), by=None, reason="", at=NOON)
        case "posts":
            await stores.posts.record([build_post()])
        case _:
            await stores.members.set_opted_out(COMMUNITY, MemberId(1), True, NOON)


async def test_stores_are_of_no_use_after_their_unit_of_work(database: Database) -> None:
    async with database.writing() as stores:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        await stores.settings.get("name")


async def test_units_of_work_do_not_nest(database: Database) -> None:
    async with database.reading():
        with pytest.raises(RuntimeError, match="do not nest"):
            async with database.writing():
                raise AssertionError("unreachable")


async def test_many_units_of_work_side_by_side_lose_nothing(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.writing() as stores:
            await stores.notes.add(build_note(number))
        async with database.reading() as stores:
            assert await stores.notes.get(build_note(number).id) == build_note(number)

    await asyncio.gather(*(add(number) for number in range(40)))


async def test_reading_and_changing_a_row_in_one_unit_loses_no_update(database: Database) -> None:
    async with database.writing() as stores:
        await stores.settings.put("counter", "0")

    async def count() -> None:
        async with database.writing() as stores:
            value = int(await stores.settings.get("counter") or 0)
            await asyncio.sleep(0)
            await stores.settings.put("counter", str(value + 1))

    await asyncio.gather(*(count() for _ in range(20)))
    async with database.reading() as stores:
        assert await stores.settings.get("counter") == "20"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["nul", "surrogate"])
async def test_text_that_cannot_be_stored_is_refused(database: Database, text: str) -> None:
    async with database.writing() as stores:
        for attempt in (
            stores.settings.put("name", text),
            stores.settings.put(text, "value"),
            stores.settings.get(text),
            stores.outbox.add(build_delivery(content={"words": [{"deep": text}]})),
            stores.outbox.add(build_delivery(problem=text)),
            stores.judgements.add(build_judgement(slug=Slug(text))),
            stores.notes.add(build_note(matcher=text)),
            stores.library.get(COMMUNITY, Slug(text)),
            stores.library.put(
                COMMUNITY, build_fact_check(summary=text), by=None, reason="", at=NOON
            ),
            stores.library.put(
                COMMUNITY, build_fact_check(extra={text: 1}), by=None, reason="", at=NOON
            ),
        ):
            with pytest.raises(InvalidInputError, match="cannot be stored"):
                await attempt
        await stores.settings.put("name", "the unit of work goes on")
    async with database.reading() as stores:
        assert await stores.settings.get("name") == "the unit of work goes on"


async def test_text_in_any_script_comes_back_as_it_was(database: Database) -> None:
    text = "Ĳ ß 字 عربي \N{PILE OF POO} e\u0301 \u200b \U0010ffff ' \" % \\ \x01"
    async with database.writing() as stores:
        await stores.settings.put("name", text)
        await stores.outbox.add(build_delivery(content={text: [text, None, 1.5, True]}))
    async with database.reading() as stores:
        assert await stores.settings.get("name") == text
        delivery = await stores.outbox.get("key")
        assert delivery is not None
        assert delivery.content == {text: [text, None, 1.5, True]}


async def test_ids_have_64_bits(database: Database) -> None:
    async with database.writing() as stores:
        await stores.watches.put(_watch(LARGEST))
        await stores.notes.add(build_note(0, message=LARGEST, place=PlaceId(LARGEST)))
    async with database.reading() as stores:
        assert [watch.place for watch in await stores.watches.all(COMMUNITY)] == [LARGEST]
        assert await stores.notes.get(build_note().id) == build_note(
            0, message=LARGEST, place=PlaceId(LARGEST)
        )


async def test_an_id_that_no_platform_gives_is_refused(database: Database) -> None:
    async with database.writing() as stores:
        with pytest.raises(InvalidInputError, match="too large"):
            await stores.watches.put(_watch(LARGEST + 1))
        with pytest.raises(InvalidInputError, match="too large"):
            await stores.notes.last_in_place(PlaceId(10**30))


async def test_a_moment_without_a_zone_is_a_mistake(database: Database) -> None:
    naive = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001  the mistake that is tested
    async with database.writing() as stores:
        with pytest.raises(ValueError, match="zone"):
            await stores.members.set_opted_out(COMMUNITY, MemberId(1), True, naive)
        with pytest.raises(ValueError, match="zone"):
            await stores.posts.count(COMMUNITY, naive)


async def test_moments_come_back_aware_in_utc_to_the_microsecond(database: Database) -> None:
    moment = datetime.fromisoformat("2026-11-23T23:59:59.123456+05:30")
    async with database.writing() as stores:
        await stores.notes.add(build_note(created_at=moment))
    async with database.reading() as stores:
        note = await stores.notes.get(build_note().id)
        assert note is not None
        assert note.created_at == moment
        assert note.created_at.utcoffset() is not None


def _watch(place: int) -> Watch:
    return Watch(
        community=COMMUNITY, place=PlaceId(place), mode=Mode.AUTO, added_by=None, added_at=NOON
    )
