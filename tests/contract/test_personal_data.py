"""Members' rights, on both databases: every table is filled by the schema, then a member leaves.

There is no implementation in memory: what keeps nothing has nobody to forget.
"""

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Table, insert, update

from bot.domain.cases import CaseKind
from bot.domain.flags import CardState
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.imprints import Imprint, imprint_key
from bot.domain.reviews import Label
from bot.services.moderating.deliveries import delivery_of
from db.all_tables import metadata
from db.engine import SqlDatabase, open_database
from db.privacy import SqlPersonalDataStore
from db.privacy.ledger import without_others
from db.privacy.register import ABOUT_A_POST, ABOUT_MEMBERS, REGISTER
from db.privacy.words import Fate, MemberColumn
from db.types import Document, Snowflake
from tests.builders import ASIA, COMMUNITY, NOON, build_post
from tests.unit.moderation.strategies import build_case

LEAVER = MemberId(987_654_321_098_765_432)
OTHER = MemberId(123_456_789_012_345_678)
ELSEWHERE = CommunityId(70_000_000_000_000_777)
BY_TABLE = {record.table: record for record in REGISTER}
OPERATIONAL = {r.table for r in ABOUT_MEMBERS if any(c.fate is Fate.KEEP for c in r.columns)}
SAID_TO_BE_KEPT = {"moderation_case", "audit_entry", "appeal"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[SqlDatabase]:
    async with open_database(request.getfixturevalue(f"{request.param}_url")) as opened:
        yield opened


def allowed(table: Table, column: Column[Any]) -> list[str]:
    """Return the values that a column's check allows, none where it has no check."""
    found = [c for c in table.constraints if str(getattr(c, "name", "")).endswith(column.name)]
    for check in found:
        clause = getattr(check, "sqltext", None)
        if clause is not None:
            return list(clause.right.value)
    return []


def _columns(table: str) -> tuple[MemberColumn, ...]:
    return BY_TABLE[table].columns if table in BY_TABLE else ()


def value_of(table: Table, column: Column[Any], who: int, turn: int, community: int) -> Any:
    """Return what fills a column: the member wherever the register says that one can be."""
    member = next((c for c in _columns(table.name) if c.name == column.name), None)
    if member is not None:
        mention = {"who": who, "several": [who, OTHER], "said": f"by <@{who}> and {who}."}
        return mention if member.is_document else who
    if column.name == "community_id":
        return community
    if fitting := allowed(table, column):
        return fitting[(turn + 1) % len(fitting)]  # the first state is that of what waits
    if isinstance(column.type, Document):
        return {"ids": []}
    kinds: dict[type, Any] = {
        datetime: NOON,
        date: NOON.date(),
        bool: False,
        float: 0.5,
        int: 1_000 + turn,
    }
    kind = getattr(column.type, "impl_instance", column.type).python_type
    return kinds.get(kind, f"{column.name} {turn} {community}")


def row_of(table: Table, who: int, turn: int, community: int) -> dict[str, Any]:
    return {c.name: value_of(table, c, who, turn, community) for c in table.columns}


async def fill(database: SqlDatabase) -> None:
    """Put a row about each of two members into every table, here and in another community."""
    cases = [(LEAVER, 0, COMMUNITY), (OTHER, 1, COMMUNITY), (LEAVER, 2, ELSEWHERE)]
    async with database.working(writable=True) as work:
        connection = await work._session.connection()
        for table in metadata.sorted_tables:
            once = [column.name for column in table.primary_key] == ["community_id"]
            for who, turn, community in cases[::2] if once else cases:
                await connection.execute(insert(table).values(row_of(table, who, turn, community)))


async def dump(database: SqlDatabase) -> dict[str, list[dict[str, Any]]]:
    async with database.working(writable=False) as work:
        connection = await work._session.connection()
        return {
            table.name: [dict(r._mapping) for r in await connection.execute(table.select())]
            for table in metadata.sorted_tables
        }


def here(table: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of the community at hand; parts of a note are told by its id."""
    return [
        row
        for row in rows
        if row.get("community_id", COMMUNITY) == COMMUNITY
        and not str(row.get("note_id", "")).endswith(str(ELSEWHERE))
    ]


def test_the_register_has_every_table_and_no_other() -> None:
    assert sorted(BY_TABLE) == sorted(metadata.tables)
    assert len(REGISTER) == len(BY_TABLE)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_the_register_says_of_every_column_whether_it_can_hold_a_member(table: str) -> None:
    record, columns = BY_TABLE[table], metadata.tables[table].columns
    about = {column.name for column in record.columns}
    suspicious = {
        column.name
        for column in columns
        if isinstance(column.type, Snowflake | Document)
        or (isinstance(column.type, BigInteger) and not column.primary_key)
        or any(part in column.name for part in ("member", "author", "owner", "user", "giver"))
    }
    assert suspicious - {"community_id"} <= about | record.no_member
    assert about | (record.no_member - ABOUT_A_POST) <= set(columns.keys())
    assert not about & record.no_member


def test_what_is_kept_says_why_and_is_only_what_the_promise_excepts() -> None:
    assert OPERATIONAL == SAID_TO_BE_KEPT
    assert all(BY_TABLE[table].reason_to_keep for table in OPERATIONAL)


async def test_forgetting_leaves_no_row_with_the_members_id(database: SqlDatabase) -> None:
    await fill(database)
    before = await dump(database)
    store = SqlPersonalDataStore(database)
    receipt = {each.table: each for each in await store.forget(COMMUNITY, LEAVER)}
    after = await dump(database)
    left = {
        table
        for table, rows in after.items()
        if any(str(LEAVER) in json.dumps(row, default=str) for row in here(table, rows))
    }
    assert left == OPERATIONAL
    assert set(receipt) == {record.table for record in ABOUT_MEMBERS}
    before.pop("setting")  # writing its row is how others are kept away from the tallies
    for table, rows in before.items():
        gone = len(rows) - len(after[table])
        assert gone == (receipt[table].erased if table in receipt else 0)
    # What is about others, and what is stored for other communities, is as it was.
    for table in before:
        others = [r for r in before[table] if str(OTHER) in json.dumps(r, default=str)]
        others = [r for r in others if str(LEAVER) not in json.dumps(r, default=str)]
        elsewhere = [r for r in before[table] if r not in here(table, before[table])]
        assert all(row in after[table] for row in others + elsewhere if "likes" not in row)


async def test_forgetting_twice_finds_nothing_more(database: SqlDatabase) -> None:
    await fill(database)
    store = SqlPersonalDataStore(database)
    await store.forget(COMMUNITY, LEAVER)
    once = await dump(database)
    again = await store.forget(COMMUNITY, LEAVER)
    assert {each.table for each in again} == OPERATIONAL
    assert not any(each.erased or each.anonymised for each in again)
    assert await dump(database) == once


async def test_what_is_sent_to_a_member_names_them_no_more(database: SqlDatabase) -> None:
    """Such a delivery stands in a line of its own, named by the member's id."""
    case = replace(build_case(), target=LEAVER, place=None)
    async with database.writing() as stores:
        await stores.outbox.add(delivery_of(case))
    store = SqlPersonalDataStore(database)
    assert [each.table for each in await store.holdings(COMMUNITY, LEAVER)] == ["outbox"]
    (receipt,) = await store.forget(COMMUNITY, LEAVER)
    assert (receipt.table, receipt.anonymised, receipt.kept) == ("outbox", 1, 0)
    async with database.reading() as stores:
        (left,) = await stores.outbox.due(case.created_at)
    assert str(LEAVER) not in str(left)


async def test_who_is_forgotten_does_not_escape_a_flag_that_waits(database: SqlDatabase) -> None:
    table = metadata.tables["flag_card"]
    row = row_of(table, LEAVER, 0, COMMUNITY) | {"state": CardState.OPEN.value}
    async with database.working(writable=True) as work:
        await (await work._session.connection()).execute(insert(table).values(row))
    store = SqlPersonalDataStore(database)
    (kept,) = await store.forget(COMMUNITY, LEAVER)
    assert (kept.table, kept.kept, kept.anonymised) == ("flag_card", 1, 0)
    assert "not decided" in kept.reason_to_keep
    async with database.working(writable=True) as work:
        await work.change(update(table).values(state=CardState.DISAGREED.value))
    (forgotten,) = await store.forget(COMMUNITY, LEAVER)
    assert (forgotten.kept, forgotten.anonymised) == (0, 1)


async def test_the_choice_to_opt_out_outlives_forgetting(database: SqlDatabase) -> None:
    async with database.writing() as stores:
        await stores.members.set_opted_out(COMMUNITY, LEAVER, True, NOON)
    receipt = await SqlPersonalDataStore(database).forget(COMMUNITY, LEAVER)
    assert [(each.table, each.kept) for each in receipt] == [("member", 1)]
    async with database.reading() as stores:
        assert await stores.members.has_opted_out(COMMUNITY, LEAVER)


def test_an_export_names_nobody_else_in_what_was_said() -> None:
    said = {
        "said": [
            {"by": LEAVER, "by_name": "Sol", "text": f"<@{OTHER}> was wrong about me, {LEAVER}"},
            {"by": OTHER, "by_name": "Noor", "text": "we looked again"},
        ]
    }
    mine, answer = without_others(said, LEAVER)["said"]
    assert mine["by_name"] == "Sol"
    assert str(OTHER) not in mine["text"]
    assert str(LEAVER) in mine["text"]
    assert answer == {
        "by": "somebody else",
        "by_name": "somebody else",
        "text": "we looked again",
    }


async def test_an_export_has_every_row_and_nobody_elses_id(database: SqlDatabase) -> None:
    await fill(database)
    store = SqlPersonalDataStore(database)
    found = await store.export(COMMUNITY, LEAVER)
    counted = {each.table: each.rows for each in await store.holdings(COMMUNITY, LEAVER)}
    assert {table: len(rows) for table, rows in found.items()} == counted
    assert set(counted) == {record.table for record in ABOUT_MEMBERS}
    assert str(OTHER) not in json.dumps(found)


async def test_an_export_keeps_moderators_notes_about_the_member_to_them(
    database: SqlDatabase,
) -> None:
    cases = (
        build_case(1, kind=CaseKind.NOTE, target=LEAVER, by=OTHER, reason="perhaps the raider"),
        build_case(2, kind=CaseKind.WARN, target=LEAVER, by=OTHER, reason="rude"),
        build_case(3, kind=CaseKind.NOTE, target=OTHER, by=LEAVER, reason="my own words"),
    )
    async with database.writing() as stores:
        for case in cases:
            await stores.cases.add(case)
    found = await SqlPersonalDataStore(database).export(COMMUNITY, LEAVER)
    reasons = [row["reason"] for row in found["moderation_case"]]
    assert reasons == ["for moderators only", "rude", "my own words"]


def test_the_privacy_notice_names_every_table_and_no_other(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "PRIVACY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", text))
    assert named == set(BY_TABLE)


def test_the_privacy_notice_says_what_becomes_of_each_table(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "PRIVACY.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (`[a-z_`, ]+`) \| .* \| (.*) \|$", text)
    said = {table: fate for names, fate in rows for table in re.findall(r"`(\w+)`", names)}
    for table, fate in said.items():
        fates = {column.fate for column in BY_TABLE[table].columns}
        assert ("**kept**" in fate) == (Fate.KEEP in fates), table
        assert ("erased" in fate) == (Fate.ERASE in fates), table


DIES = """
import asyncio, os, signal, sys
from db.engine import open_database
from db.privacy import SqlPersonalDataStore, ledger

steps = iter(range(int(sys.argv[2])))
work_on = ledger._anonymise

async def die_late(*arguments):
    if next(steps, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return await work_on(*arguments)

async def forget():
    ledger._anonymise = die_late
    async with open_database(sys.argv[1]) as database:
        await SqlPersonalDataStore(database).forget(int(sys.argv[3]), int(sys.argv[4]))

asyncio.run(forget())
"""


@pytest.mark.parametrize("steps", [0, 9, len(ABOUT_MEMBERS) - 1])
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
@pytest.mark.thorough
async def test_a_process_that_is_killed_while_forgetting_has_forgotten_nothing(
    request: pytest.FixtureRequest, pytestconfig: pytest.Config, kind: str, steps: int
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    async with open_database(url) as database:
        await fill(database)
        before = await dump(database)
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DIES, url, str(steps), str(COMMUNITY), str(LEAVER)),
        cwd=pytestconfig.rootpath,
    )
    assert await killed.wait() == -signal.SIGKILL
    async with open_database(url) as database:
        assert await dump(database) == before
        receipt = await SqlPersonalDataStore(database).forget(COMMUNITY, LEAVER)
        assert len(receipt) == len(ABOUT_MEMBERS)


async def test_imprints_of_a_members_judged_posts_go_with_them(database: SqlDatabase) -> None:
    place = PlaceId(5)
    async with database.writing() as stores:
        for post, author in ((PostId(1), LEAVER), (PostId(2), OTHER)):
            await stores.posts.record([build_post(id=post, author=author)])
            label = Label(
                community=COMMUNITY,
                channel=place,
                post=post,
                slug=ASIA,
                right=True,
                by=OTHER,
                at=NOON,
            )
            await stores.labels.put(label)
            key = imprint_key(place, post, ASIA)
            one = Imprint(key=key, slug=ASIA, raises=True, signs=bytes(16), form=1)
            await stores.imprints.put(COMMUNITY, one, on=NOON.date())
    receipt = await SqlPersonalDataStore(database).forget(COMMUNITY, LEAVER)
    assert [each.erased for each in receipt if each.table == "imprint"] == [1]
    async with database.reading() as stores:
        (left,) = await stores.imprints.newest(COMMUNITY, 9)
        assert left.key == imprint_key(place, PostId(2), ASIA)
        assert list(await stores.settings.beginning("library:")) == [f"library:{COMMUNITY}"]
