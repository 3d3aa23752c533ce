"""Shows, exports and forgets what is stored about a member, by the register.

Knows the register and how ids stand in columns and documents; never what a row means.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, and_, cast, delete, func, or_, select, update
from sqlmodel import SQLModel

from bot.domain.ids import CommunityId, MemberId
from bot.services.likes.ledger import hold_tallies
from bot.services.ports.privacy import Forgotten, Holding, StoredTable
from db.engine import SqlDatabase
from db.privacy.imprints import take_imprints_away
from db.privacy.likes import take_likes_away
from db.privacy.register import ABOUT_MEMBERS, REGISTER
from db.privacy.words import Fate, MemberColumn, TableRecord
from db.stores import SqlStores
from db.types import Document, Snowflake
from db.work import Work

SOMEBODY = "somebody"
"""What stands in a document where a member was mentioned."""
SMALLEST_ID = 10**15
"""Ids of Discord have had more digits since 2015."""
SOMEBODY_ELSE = "somebody else"
"""What stands in an export where another member's id is."""
FOR_MODERATORS = "for moderators only"
"""What stands in an export where moderators wrote about the member for themselves."""


class SqlPersonalDataStore:
    """Implements `PersonalDataStore`."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    async def holdings(self, community: CommunityId, member: MemberId) -> Sequence[Holding]:
        """Return the tables with rows about a member."""
        found: list[Holding] = []
        async with self._database.working(writable=False) as work:
            for record in ABOUT_MEMBERS:
                rows = await _count(work, record, _about(record, community, member))
                if rows:
                    found.append(Holding(table=record.table, holds=record.holds, rows=rows))
        return found

    async def export(
        self, community: CommunityId, member: MemberId
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return every row about a member, by table, without what is about others."""
        found: dict[str, Sequence[Mapping[str, object]]] = {}
        async with self._database.working(writable=False) as work:
            for record in ABOUT_MEMBERS:
                columns = [c for c in _table(record).columns if c.name not in record.withheld]
                rows = await work.tuples(
                    select(*columns)
                    .where(_about(record, community, member))
                    .order_by(*_table(record).primary_key.columns)
                )
                if rows:
                    names = [column.name for column in columns]
                    found[record.table] = [
                        _exported(record, dict(zip(names, row, strict=True)), member)
                        for row in rows
                    ]
        return found

    async def forget(self, community: CommunityId, member: MemberId) -> Sequence[Forgotten]:
        """Take a member's id out of everything that is not kept for a reason."""
        async with self._database.working(writable=True) as work:
            stores = SqlStores(work)
            await hold_tallies(stores, community)
            await take_likes_away(work, stores.likes, community, member)
            imprints = await take_imprints_away(work, stores, community, member)
            receipt = [await _forget(work, record, community, member) for record in ABOUT_MEMBERS]
            receipt.append(imprints)
        return [each for each in receipt if each.erased or each.anonymised or each.kept]

    async def stored(self) -> Sequence[StoredTable]:
        """Return every table of the database."""
        async with self._database.working(writable=False) as work:
            return [
                StoredTable(
                    table=record.table,
                    holds=record.holds,
                    why=record.why,
                    kept=record.kept.value,
                    about_members=bool(record.columns),
                    rows=await work.first(select(func.count()).select_from(_table(record))) or 0,
                )
                for record in REGISTER
            ]


async def _forget(
    work: Work, record: TableRecord, community: CommunityId, member: MemberId
) -> Forgotten:
    """Forget a member in one table: rows go first, then ids, then what documents mention."""
    erased = await _erase(work, record, community, member)
    anonymised = await _anonymise(work, record, community, member)
    kept = await _count(work, record, _about(record, community, member))
    return Forgotten(
        table=record.table,
        holds=record.holds,
        erased=erased,
        anonymised=anonymised,
        kept=kept,
        reason_to_keep=record.reason_to_keep,
    )


async def _erase(work: Work, record: TableRecord, community: CommunityId, member: MemberId) -> int:
    names = [each.name for each in record.columns if each.fate is Fate.ERASE]
    if not names:
        return 0
    table = _table(record)
    whose = or_(*(table.columns[name] == member for name in names))
    condition = and_(_within(record, community), whose)
    if record.only_kept_if is not None:
        condition = and_(condition, table.columns[record.only_kept_if].is_not(True))
    return await work.change(delete(table).where(condition))


async def _anonymise(
    work: Work, record: TableRecord, community: CommunityId, member: MemberId
) -> int:
    """Blank the ids; a row with two of them is counted once."""
    columns = [each for each in record.columns if each.fate is Fate.ANONYMISE]
    if not columns:
        return 0
    table, own = _table(record), _within(record, community)
    if record.undecided is not None:
        state, undecided = record.undecided
        own = and_(own, table.columns[state] != undecided)
    count = await _count(work, record, and_(own, or_(*(_names(table, c, member) for c in columns))))
    for column in columns if count else ():
        if column.is_document:
            await _blank_documents(work, table, own, column, member)
        else:
            place = table.columns[column.name]
            await work.change(
                update(table).where(own, place == member).values({place: column.blank})
            )
    return count


async def _blank_documents(
    work: Work, table: Table, own: ColumnElement[bool], column: MemberColumn, member: MemberId
) -> None:
    key, document = list(table.primary_key.columns), table.columns[column.name]
    rows = await work.tuples(select(*key, document).where(own, _names(table, column, member)))
    for row in rows:
        same = and_(*(part == value for part, value in zip(key, row[:-1], strict=True)))
        await work.change(update(table).where(same).values({document: without(row[-1], member)}))


def without(value: Any, member: MemberId) -> Any:
    """Return a document without a member: out of lists, 0 for a number, a word in a text."""
    if isinstance(value, dict):
        return {str(without(name, member)): without(each, member) for name, each in value.items()}
    if isinstance(value, list):
        return [without(each, member) for each in value if each != member]
    if isinstance(value, str):
        return re.sub(rf"<@!?{member}>|(?<!\d){member}(?!\d)", SOMEBODY, value)
    return 0 if value == member and not isinstance(value, bool) else value


def without_others(value: Any, member: MemberId) -> Any:
    """Return a document in which every id but the member's own is a word, and names beside it."""
    if isinstance(value, dict):
        is_others = any(_is_others_id(each, member) for each in value.values())
        return {
            name: SOMEBODY_ELSE
            if is_others and str(name).endswith("_name")
            else without_others(each, member)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [without_others(each, member) for each in value]
    if isinstance(value, str):
        return re.sub(r"\d{15,}", lambda m: m[0] if m[0] == str(member) else SOMEBODY_ELSE, value)
    return SOMEBODY_ELSE if _is_others_id(value, member) else value


def _is_others_id(value: Any, member: MemberId) -> bool:
    return isinstance(value, int) and value >= SMALLEST_ID and value != member


def _about(record: TableRecord, community: CommunityId, member: MemberId) -> ColumnElement[bool]:
    """Return the condition for rows of a community that hold a member's id."""
    table = _table(record)
    return and_(
        _within(record, community), or_(*(_names(table, each, member) for each in record.columns))
    )


def _names(table: Table, column: MemberColumn, member: MemberId) -> ColumnElement[bool]:
    place = table.columns[column.name]
    return cast(place, Text).contains(str(member)) if column.is_document else place == member


def _within(record: TableRecord, community: CommunityId) -> ColumnElement[bool]:
    table = _table(record)
    for name, other in record.within.items():
        of = SQLModel.metadata.tables[other]
        inside = select(of.columns[name]).where(of.columns["community_id"] == community)
        return table.columns[name].in_(inside)
    return table.columns["community_id"] == community


async def _count(work: Work, record: TableRecord, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(_table(record)).where(condition)
    return await work.first(statement) or 0


def _exported(
    record: TableRecord, row: Mapping[str, Any], member: MemberId
) -> Mapping[str, object]:
    """Return a row for its member: ids as texts, nobody else's among them."""
    table, row = _table(record), _without_confidential(record, row, member)
    others = {c.name for c in record.columns if row.get(c.name) not in (None, member)}
    return {
        name: SOMEBODY_ELSE
        if name in others and not isinstance(value, dict)
        else _plain(value, table.columns[name].type, member)
        for name, value in row.items()
    }


def _without_confidential(
    record: TableRecord, row: Mapping[str, Any], member: MemberId
) -> Mapping[str, Any]:
    secret = record.confidential
    if secret is None or row[secret.about] != member or row[secret.where[0]] != secret.where[1]:
        return row
    return {**row, secret.column: FOR_MODERATORS}


def _plain(value: Any, kind: object, member: MemberId) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(kind, Document):
        return without_others(value, member)
    return str(value) if isinstance(kind, Snowflake) and value is not None else value


def _table(record: TableRecord) -> Table:
    return SQLModel.metadata.tables[record.table]
