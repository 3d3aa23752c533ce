"""Cases and the audit of commands, in the tables `moderation_case` and `audit_entry`."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlmodel import col

from bot.domain.cases import Case, CaseKind, CaseNote, CaseState
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.services.ports.cases import AuditEntry, CaseQuery
from db.case_tables import AuditEntryRow, CaseCounterRow, CaseRow
from db.work import Work


class SqlCaseStore:
    """Implements `CaseStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def next_number(self, community: CommunityId) -> int:
        """Take the next number; the counter's row stays locked until the unit of work ends."""
        await self._work.upsert(
            CaseCounterRow,
            {"community_id": community, "last": 1},
            key=["community_id"],
            change=lambda old, _: {"last": old["last"] + 1},
        )
        last = await self._work.first(
            select(col(CaseCounterRow.last)).where(col(CaseCounterRow.community_id) == community)
        )
        return last or 1

    async def add(self, case: Case) -> bool:
        """Add a case; return False where one of the same origin is there."""
        if case.origin is not None and await self.by_origin(case.community, case.origin):
            return False
        return await self._work.insert(CaseRow, _values(case), unless=["community_id", "number"])

    async def add_all(self, cases: Sequence[Case]) -> None:
        """Add many cases of one community whose numbers and origins are not there."""
        await self._work.insert_all(CaseRow, [_values(case) for case in cases])

    async def origins(self, community: CommunityId) -> Set[str]:
        """Return what all its cases came from, as far as that is known."""
        found = await self._work.rows(
            select(col(CaseRow.origin)).where(
                col(CaseRow.community_id) == community, col(CaseRow.origin).is_not(None)
            )
        )
        return {origin for origin in found if origin is not None}

    async def put(self, case: Case) -> None:
        """Replace a case that is there."""
        values = _values(case)
        await self._work.change(
            update(CaseRow).where(_is(case.community, case.number)).values(values)
        )

    async def get(self, community: CommunityId, number: int) -> Case | None:
        """Return a case."""
        row = await self._work.first(select(CaseRow).where(_is(community, number)), hold=True)
        return None if row is None else _case(row)

    async def by_origin(self, community: CommunityId, origin: str) -> Case | None:
        """Return the case that came from this."""
        row = await self._work.first(
            select(CaseRow).where(
                col(CaseRow.community_id) == community, col(CaseRow.origin) == origin
            )
        )
        return None if row is None else _case(row)

    async def find(
        self, community: CommunityId, query: CaseQuery, *, limit: int = 50
    ) -> Sequence[Case]:
        """Return the newest cases that fit, newest first."""
        statement = select(CaseRow).where(col(CaseRow.community_id) == community)
        if query.target is not None:
            statement = statement.where(col(CaseRow.target_id) == query.target)
        if query.by is not None:
            statement = statement.where(col(CaseRow.by_id) == query.by)
        if query.kind is not None:
            statement = statement.where(col(CaseRow.kind) == query.kind.value)
        if query.words is not None:
            # SQLite lowers ASCII only, so that other letters are found as they are written.
            reason = col(CaseRow.reason)
            statement = statement.where(
                func.lower(reason).contains(query.words.lower(), autoescape=True)
                | reason.contains(query.words, autoescape=True)
            )
        return await self._cases(statement.order_by(col(CaseRow.number).desc()).limit(limit))

    async def running(
        self,
        community: CommunityId,
        kind: CaseKind,
        *,
        target: MemberId | None = None,
        place: PlaceId | None = None,
    ) -> Sequence[Case]:
        """Return a kind's cases on a target or a place that did not fail or end, oldest first."""
        statement = select(CaseRow).where(
            col(CaseRow.community_id) == community,
            col(CaseRow.kind) == kind.value,
            col(CaseRow.state) != CaseState.FAILED.value,
            col(CaseRow.ended_at).is_(None),
        )
        if target is not None:
            statement = statement.where(col(CaseRow.target_id) == target)
        if place is not None:
            statement = statement.where(col(CaseRow.place_id) == place)
        return await self._cases(statement.order_by(col(CaseRow.number)))

    async def warnings(
        self, community: CommunityId, target: MemberId, since: datetime
    ) -> Sequence[Case]:
        """Return a member's warnings since then."""
        statement = select(CaseRow).where(
            col(CaseRow.community_id) == community,
            col(CaseRow.target_id) == target,
            col(CaseRow.kind) == CaseKind.WARN.value,
            col(CaseRow.created_at) >= since,
        )
        return await self._cases(statement.order_by(col(CaseRow.number)))

    async def due(self, now: datetime, kinds: Sequence[CaseKind]) -> Sequence[Case]:
        """Return carried-out cases of these kinds whose end has come and that have not ended."""
        statement = select(CaseRow).where(
            col(CaseRow.ends_at) <= now,
            col(CaseRow.ends_at).is_not(None),
            col(CaseRow.ended_at).is_(None),
            col(CaseRow.state) == CaseState.DONE.value,
            col(CaseRow.kind).in_([kind.value for kind in kinds]),
        )
        return await self._cases(
            statement.order_by(col(CaseRow.ends_at), col(CaseRow.community_id), col(CaseRow.number))
        )

    async def pending(self, community: CommunityId) -> int:
        """Return how many cases wait for the platform."""
        count = await self._work.first(
            select(func.count())
            .select_from(CaseRow)
            .where(
                col(CaseRow.community_id) == community,
                col(CaseRow.state) == CaseState.PENDING.value,
            )
        )
        return count or 0

    async def after(
        self, community: CommunityId, number: int, *, limit: int = 500
    ) -> Sequence[Case]:
        """Return cases with higher numbers, by number."""
        statement = select(CaseRow).where(
            col(CaseRow.community_id) == community, col(CaseRow.number) > number
        )
        return await self._cases(statement.order_by(col(CaseRow.number)).limit(limit))

    async def shift(self, community: CommunityId, by: int) -> None:
        """Raise all numbers by so many; by way of negative ones, since each step must be unique."""
        mine = col(CaseRow.community_id) == community
        await self._work.change(
            update(CaseRow).where(mine).values(number=-(col(CaseRow.number) + by))
        )
        await self._work.change(
            update(CaseRow).where(mine, col(CaseRow.number) < 0).values(number=-col(CaseRow.number))
        )
        await self._work.change(
            update(CaseCounterRow)
            .where(col(CaseCounterRow.community_id) == community)
            .values(last=col(CaseCounterRow.last) + by)
        )

    async def clear(self, community: CommunityId) -> int:
        """Remove all cases of a community and begin at 1 again; return how many there were."""
        await self._work.change(
            update(CaseCounterRow)
            .where(col(CaseCounterRow.community_id) == community)
            .values(last=0)
        )
        return await self._work.change(
            delete(CaseRow).where(col(CaseRow.community_id) == community)
        )

    async def set_counter(self, community: CommunityId, number: int) -> None:
        """Let the next number be one more than this."""
        await self._work.upsert(
            CaseCounterRow,
            {"community_id": community, "last": number},
            key=["community_id"],
            change=lambda _, new: {"last": new["last"]},
        )

    async def count(self, community: CommunityId) -> int:
        """Return how many cases there are."""
        found = await self._work.first(
            select(func.count()).select_from(CaseRow).where(col(CaseRow.community_id) == community)
        )
        return found or 0

    async def _cases(self, statement: Select[CaseRow]) -> list[Case]:
        return [_case(row) for row in await self._work.rows(statement)]


class SqlAuditStore:
    """Implements `AuditStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, entry: AuditEntry) -> None:
        """Add an entry."""
        values = {
            "community_id": entry.community,
            "member_id": entry.member,
            "member_name": entry.member_name,
            "command": entry.command,
            "outcome": entry.outcome,
            "at": entry.at,
        }
        await self._work.insert(AuditEntryRow, values, unless=["number"])

    async def latest(
        self, community: CommunityId, *, member: MemberId | None = None, limit: int = 50
    ) -> Sequence[AuditEntry]:
        """Return the newest entries, newest first."""
        statement = select(AuditEntryRow).where(col(AuditEntryRow.community_id) == community)
        if member is not None:
            statement = statement.where(col(AuditEntryRow.member_id) == member)
        rows = await self._work.rows(
            statement.order_by(col(AuditEntryRow.number).desc()).limit(limit)
        )
        return [
            AuditEntry(
                community=CommunityId(row.community_id),
                member=MemberId(row.member_id),
                member_name=row.member_name,
                command=row.command,
                outcome=row.outcome,
                at=row.at,
            )
            for row in rows
        ]


def _is(community: CommunityId, number: int) -> ColumnElement[bool]:
    return (col(CaseRow.community_id) == community) & (col(CaseRow.number) == number)


def _values(case: Case) -> Mapping[str, object]:
    return {
        "community_id": case.community,
        "number": case.number,
        "kind": case.kind.value,
        "state": case.state.value,
        "created_at": case.created_at,
        "target_id": case.target,
        "target_name": case.target_name,
        "place_id": case.place,
        "by_id": case.by,
        "by_name": case.by_name,
        "reason": case.reason,
        "points": case.points,
        "ends_at": case.until,
        "ended_at": case.ended_at,
        "origin": case.origin,
        "details": dict(case.details),
        "problem": case.problem,
        "notes": {"notes": [_note_values(note) for note in case.notes]},
    }


def _note_values(note: CaseNote) -> dict[str, object]:
    return {
        "by": note.by,
        "by_name": note.by_name,
        "body": note.body,
        "at": note.at.isoformat(),
    }


def _case(row: CaseRow) -> Case:
    return Case(
        community=CommunityId(row.community_id),
        number=row.number,
        kind=CaseKind(row.kind),
        state=CaseState(row.state),
        created_at=row.created_at,
        target=None if row.target_id is None else MemberId(row.target_id),
        target_name=row.target_name,
        place=None if row.place_id is None else PlaceId(row.place_id),
        by=None if row.by_id is None else MemberId(row.by_id),
        by_name=row.by_name,
        reason=row.reason,
        points=row.points,
        until=row.ends_at,
        ended_at=row.ended_at,
        origin=row.origin,
        details=row.details,
        problem=row.problem,
        notes=tuple(_note(each) for each in row.notes["notes"]),
    )


def _note(values: Mapping[str, Any]) -> CaseNote:
    by = values["by"]
    return CaseNote(
        by=None if by is None else MemberId(by),
        by_name=values["by_name"],
        body=values["body"],
        at=datetime.fromisoformat(values["at"]),
    )
