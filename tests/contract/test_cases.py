"""What every `CaseStore` and `AuditStore` promises."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.case_document import to_document
from bot.domain.cases import Case, CaseKind, CaseNote, CaseState
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.services.errors import ConflictError
from bot.services.moderating.exchanging import BETWEEN_IMPORTS, ExchangeService, ImportMode
from bot.services.ports import AuditEntry, CaseQuery, Database
from tests.builders import CHANNEL, COMMUNITY, NOON
from tests.fakes import FakeClock
from tests.unit.moderation.strategies import build_case

OTHER = CommunityId(70_000_000_000_000_002)
MIKA, SOL = MemberId(200), MemberId(201)
HOUR = timedelta(hours=1)


async def add(database: Database, *cases: Case) -> None:
    async with database.writing() as stores:
        for case in cases:
            number = await stores.cases.next_number(case.community)
            assert await stores.cases.add(replace(case, number=number))


async def numbers(database: Database, query: CaseQuery) -> list[int]:
    async with database.reading() as stores:
        return [case.number for case in await stores.cases.find(COMMUNITY, query)]


async def test_a_case_comes_back_whole(database: Database) -> None:
    note = CaseNote(by=None, by_name="Sol", body="line one\nline two", at=NOON)
    case = build_case(
        until=NOON + HOUR, details={"ids": [1, 2], "previous": {"allow": 3}}, notes=(note, note)
    )
    place = build_case(kind=CaseKind.LOCK, target=None, place=CHANNEL, by=None, origin=None)
    await add(database, case, place)
    async with database.reading() as stores:
        assert await stores.cases.get(COMMUNITY, 1) == case
        assert await stores.cases.get(COMMUNITY, 2) == replace(place, number=2)
        assert await stores.cases.get(OTHER, 1) is None
        assert await stores.cases.by_origin(COMMUNITY, "interaction:1") == case
        assert await stores.cases.by_origin(OTHER, "interaction:1") is None


async def test_twelve_writers_give_numbers_without_gaps_or_doubles(database: Database) -> None:
    async def write(writer: int) -> None:
        for turn in range(4):
            try:
                async with database.writing() as stores:
                    number = await stores.cases.next_number(COMMUNITY)
                    if turn == 2:
                        raise ConflictError("not this one")
                    origin = f"{writer}:{turn}"
                    assert await stores.cases.add(build_case(number, origin=origin))
            except ConflictError:
                continue

    await asyncio.gather(*(write(writer) for writer in range(12)))
    found = await numbers(database, CaseQuery())
    assert sorted(found) == list(range(1, 37))


async def test_communities_count_by_themselves(database: Database) -> None:
    await add(database, build_case(), build_case(community=OTHER), build_case(origin="b"))
    assert await numbers(database, CaseQuery()) == [2, 1]


async def test_what_came_from_the_same_is_added_once(database: Database) -> None:
    async with database.writing() as stores:
        assert await stores.cases.add(build_case(1, origin="audit:5"))
        assert not await stores.cases.add(build_case(2, origin="audit:5"))
        assert await stores.cases.add(build_case(3, origin=None))
        assert await stores.cases.add(build_case(4, origin=None))


async def test_cases_are_found_newest_first_by_what_is_asked(database: Database) -> None:
    await add(
        database,
        build_case(reason="Spam in #general", origin="a"),
        build_case(target=SOL, kind=CaseKind.KICK, reason="100% spam_bot", origin="b"),
        build_case(by=SOL, reason="", origin="c"),
    )
    assert await numbers(database, CaseQuery()) == [3, 2, 1]
    assert await numbers(database, CaseQuery(target=MIKA)) == [3, 1]
    assert await numbers(database, CaseQuery(by=SOL)) == [3]
    assert await numbers(database, CaseQuery(kind=CaseKind.KICK)) == [2]
    assert await numbers(database, CaseQuery(words="SPAM")) == [2, 1]
    assert await numbers(database, CaseQuery(words="100%")) == [2]
    assert await numbers(database, CaseQuery(words="0_ ")) == []
    async with database.reading() as stores:
        assert len(await stores.cases.find(COMMUNITY, CaseQuery(), limit=2)) == 2


async def test_only_what_was_done_has_an_end_and_has_not_ended_is_due(database: Database) -> None:
    ban: dict[str, Any] = {"kind": CaseKind.BAN, "until": NOON}
    await add(
        database,
        build_case(**ban, origin="due"),
        build_case(**ban, origin="pending", state=CaseState.PENDING),
        build_case(**ban, origin="ended", ended_at=NOON),
        build_case(**ban | {"until": NOON + HOUR}, origin="later"),
        build_case(**ban | {"kind": CaseKind.TIMEOUT}, origin="not ours"),
    )
    async with database.reading() as stores:
        due = await stores.cases.due(NOON, [CaseKind.BAN])
        assert [case.origin for case in due] == ["due"]
        running = await stores.cases.running(COMMUNITY, CaseKind.BAN, target=MIKA)
        assert [case.origin for case in running] == ["due", "pending", "later"]
        assert await stores.cases.running(COMMUNITY, CaseKind.BAN, place=PlaceId(9)) == []
        assert await stores.cases.pending(COMMUNITY) == 1
        assert await stores.cases.pending(OTHER) == 0


async def test_warnings_are_those_of_one_member_since_a_moment(database: Database) -> None:
    await add(
        database,
        build_case(created_at=NOON - HOUR, origin="a"),
        build_case(created_at=NOON, origin="b"),
        build_case(created_at=NOON, target=SOL, origin="c"),
        build_case(created_at=NOON, kind=CaseKind.NOTE, origin="d"),
    )
    async with database.reading() as stores:
        found = await stores.cases.warnings(COMMUNITY, MIKA, NOON)
        assert [case.origin for case in found] == ["b"]


async def test_a_case_put_again_changes_and_one_that_is_not_there_is_not_made(
    database: Database,
) -> None:
    await add(database, build_case())
    changed = build_case(reason="other", state=CaseState.FAILED, problem="gone")
    async with database.writing() as stores:
        await stores.cases.put(changed)
        await stores.cases.put(build_case(9))
    async with database.reading() as stores:
        assert await stores.cases.after(COMMUNITY, 0) == [changed]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (ImportMode.BUMP_IMPORTED, {1: "here", 2: "here too", 5: "theirs", 7: "theirs too"}),
        (ImportMode.BUMP_EXISTING, {3: "theirs", 5: "theirs too", 6: "here", 7: "here too"}),
        (ImportMode.REPLACE, {3: "theirs", 5: "theirs too"}),
    ],
)
async def test_an_import_makes_room_as_it_is_told(
    database: Database, mode: ImportMode, expected: dict[int, str]
) -> None:
    exchange = ExchangeService(database, FakeClock())
    for number, reason in ((3, "theirs"), (5, "theirs too")):
        async with database.writing() as stores:
            await stores.cases.add(build_case(number, community=OTHER, reason=reason))
    document = await exchange.export(OTHER)
    await add(database, build_case(reason="here", origin="a"), build_case(reason="here too"))
    await exchange.load(COMMUNITY, document, mode)
    async with database.writing() as stores:
        found = {case.number: case.reason for case in await stores.cases.after(COMMUNITY, 0)}
        assert found == expected
        assert await stores.cases.next_number(COMMUNITY) == max(expected) + 1


async def test_an_export_that_is_imported_replaces_everything_by_the_same(
    database: Database,
) -> None:
    exchange = ExchangeService(database, FakeClock())
    await add(database, *(build_case(origin=f"{n}") for n in range(7)))
    before = await exchange.export(COMMUNITY)
    await exchange.load(COMMUNITY, before, ImportMode.REPLACE)
    assert await exchange.export(COMMUNITY) == before


async def test_an_import_waits_for_actions_and_keeps_what_must_still_end(
    database: Database,
) -> None:
    exchange = ExchangeService(database, FakeClock())
    await add(database, build_case(kind=CaseKind.BAN, until=NOON + HOUR))
    document = await exchange.export(COMMUNITY)
    with pytest.raises(ConflictError, match="its way back would be lost"):
        await exchange.load(COMMUNITY, document, ImportMode.REPLACE)
    await add(database, build_case(state=CaseState.PENDING, origin="p"))
    with pytest.raises(ConflictError, match="under way"):
        await exchange.load(COMMUNITY, document, ImportMode.BUMP_IMPORTED)
    assert await numbers(database, CaseQuery()) == [2, 1]


async def test_an_import_keeps_the_way_back_from_a_lock_that_has_no_end(
    database: Database,
) -> None:
    exchange = ExchangeService(database, FakeClock())
    await add(database, build_case(kind=CaseKind.LOCK, target=None, place=CHANNEL))
    with pytest.raises(ConflictError, match="its way back would be lost"):
        await exchange.load(COMMUNITY, await exchange.export(COMMUNITY), ImportMode.REPLACE)
    assert await numbers(database, CaseQuery()) == [1]


async def test_of_imported_cases_that_came_from_the_same_one_keeps_it(database: Database) -> None:
    exchange = ExchangeService(database, FakeClock())
    await add(database, build_case(origin="a"))
    theirs = [build_case(number, origin=origin) for number, origin in enumerate("abbc", start=1)]
    document = json.dumps(to_document(theirs)).encode()
    await exchange.load(COMMUNITY, document, ImportMode.BUMP_IMPORTED)
    async with database.reading() as stores:
        found = [case.origin for case in await stores.cases.after(COMMUNITY, 0)]
        assert found == ["a", None, "b", None, "c"]
        assert await stores.cases.origins(COMMUNITY) == {"a", "b", "c"}
        assert await stores.cases.origins(OTHER) == set()


async def test_what_a_file_says_is_never_carried_out(database: Database) -> None:
    clock = FakeClock()
    exchange = ExchangeService(database, clock)
    forged: dict[str, Any] = {"community": OTHER, "until": NOON - HOUR}
    await add(
        database,
        build_case(kind=CaseKind.LOCK, target=None, place=CHANNEL, origin="a", **forged),
        build_case(kind=CaseKind.SLOWMODE, target=None, place=CHANNEL, origin="b", **forged),
        build_case(kind=CaseKind.BAN, origin="c", **forged),
        build_case(kind=CaseKind.BAN, origin="d", ended_at=NOON, **forged),
    )
    done = await exchange.load(COMMUNITY, await exchange.export(OTHER), ImportMode.BUMP_IMPORTED)
    assert (done.added, done.without_end) == (4, 3)
    clock.advance(HOUR)
    async with database.reading() as stores:
        due = await stores.cases.due(clock.now(), list(CaseKind))
        assert [case.community for case in due] == [OTHER] * 3
        imported = await stores.cases.after(COMMUNITY, 0)
        assert "the end that the file gives, 2026" in imported[2].notes[0].body
        assert imported[3].until == NOON - HOUR


async def test_the_audit_is_read_newest_first(database: Database) -> None:
    def entry(member: MemberId, command: str) -> AuditEntry:
        return AuditEntry(
            community=COMMUNITY,
            member=member,
            member_name="name",
            command=command,
            outcome="done",
            at=NOON,
        )

    async with database.writing() as stores:
        for each in (entry(MIKA, "a"), entry(SOL, "b"), entry(MIKA, "c")):
            await stores.audit.add(each)
    async with database.reading() as stores:
        assert [e.command for e in await stores.audit.latest(COMMUNITY)] == ["c", "b", "a"]
        assert await stores.audit.latest(COMMUNITY, member=SOL) == [entry(SOL, "b")]
        assert len(await stores.audit.latest(COMMUNITY, limit=1)) == 1
        assert await stores.audit.latest(OTHER) == []


async def test_the_next_import_waits_for_five_minutes(database: Database) -> None:
    clock = FakeClock()
    exchange = ExchangeService(database, clock)
    await add(database, build_case())
    document = await exchange.export(COMMUNITY)
    await exchange.load(COMMUNITY, document, ImportMode.BUMP_IMPORTED)
    with pytest.raises(ConflictError, match="imported just now"):
        await exchange.load(COMMUNITY, document, ImportMode.BUMP_IMPORTED)
    assert await numbers(database, CaseQuery()) == [2, 1]
    await exchange.load(OTHER, document, ImportMode.BUMP_IMPORTED)
    clock.advance(BETWEEN_IMPORTS)
    await exchange.load(COMMUNITY, document, ImportMode.BUMP_IMPORTED)
    assert await numbers(database, CaseQuery()) == [3, 2, 1]
