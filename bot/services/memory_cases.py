"""Cases and the audit of commands in memory; see `CaseStore` and `AuditStore`."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import datetime

from bot.domain.cases import Case, CaseKind, CaseState
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.services.memory_table import View
from bot.services.ports.cases import AuditEntry, CaseQuery
from bot.services.storable import require_storable


class InMemoryCaseStore:
    """Implements `CaseStore`."""

    def __init__(
        self, cases: View[tuple[CommunityId, int], Case], counters: View[CommunityId, int]
    ) -> None:
        self._cases = cases
        self._counters = counters

    async def next_number(self, community: CommunityId) -> int:
        """Take the next number; there is one writer at a time."""
        number = (self._counters.get(community) or 0) + 1
        self._counters.put(community, number)
        return number

    async def add(self, case: Case) -> bool:
        """Add a case; return False where one of the same origin is there."""
        self._cases.require_writable()
        require_storable(case)
        if case.origin is not None and await self.by_origin(case.community, case.origin):
            return False
        if self._cases.get((case.community, case.number)) is not None:
            return False
        self._cases.put((case.community, case.number), case)
        return True

    async def add_all(self, cases: Sequence[Case]) -> None:
        """Add many cases of one community whose numbers and origins are not there."""
        self._cases.require_writable()
        require_storable(cases)
        for case in cases:
            self._cases.put((case.community, case.number), case)

    async def origins(self, community: CommunityId) -> Set[str]:
        """Return what all its cases came from, as far as that is known."""
        found = self._where(community, lambda case: case.origin is not None)
        return {case.origin for case in found if case.origin is not None}

    async def put(self, case: Case) -> None:
        """Replace a case that is there."""
        if self._cases.get((case.community, case.number)) is not None:
            self._cases.put((case.community, case.number), case)

    async def get(self, community: CommunityId, number: int) -> Case | None:
        """Return a case."""
        return self._cases.get((community, number))

    async def by_origin(self, community: CommunityId, origin: str) -> Case | None:
        """Return the case that came from this."""
        require_storable((community, origin))
        found = self._where(community, lambda case: case.origin == origin)
        return next(iter(found), None)

    async def find(
        self, community: CommunityId, query: CaseQuery, *, limit: int = 50
    ) -> Sequence[Case]:
        """Return the newest cases that fit, newest first."""
        require_storable((community, query))

        def fits(case: Case) -> bool:
            return (
                query.target in (None, case.target)
                and query.by in (None, case.by)
                and query.kind in (None, case.kind)
                and (query.words is None or query.words.lower() in case.reason.lower())
            )

        return self._where(community, fits)[::-1][:limit]

    async def running(
        self,
        community: CommunityId,
        kind: CaseKind,
        *,
        target: MemberId | None = None,
        place: PlaceId | None = None,
    ) -> Sequence[Case]:
        """Return a kind's cases on a target or a place that did not fail or end, oldest first."""
        require_storable((community, target, place))
        return self._where(
            community,
            lambda case: (
                case.kind is kind
                and case.is_running
                and target in (None, case.target)
                and place in (None, case.place)
            ),
        )

    async def warnings(
        self, community: CommunityId, target: MemberId, since: datetime
    ) -> Sequence[Case]:
        """Return a member's warnings since then."""
        require_storable((community, target, since))
        return self._where(
            community,
            lambda case: (
                case.kind is CaseKind.WARN and case.target == target and case.created_at >= since
            ),
        )

    async def due(self, now: datetime, kinds: Sequence[CaseKind]) -> Sequence[Case]:
        """Return carried-out cases of these kinds whose end has come and that have not ended."""
        require_storable(now)
        found = [
            (case.until, case.community, case.number, case)
            for case in self._cases.rows()
            if case.until is not None
            and case.until <= now
            and case.ended_at is None
            and case.state is CaseState.DONE
            and case.kind in kinds
        ]
        return [case for *_, case in sorted(found, key=lambda each: each[:3])]

    async def pending(self, community: CommunityId) -> int:
        """Return how many cases wait for the platform."""
        return len(self._where(community, lambda case: case.state is CaseState.PENDING))

    async def after(
        self, community: CommunityId, number: int, *, limit: int = 500
    ) -> Sequence[Case]:
        """Return cases with higher numbers, by number."""
        return self._where(community, lambda case: case.number > number)[:limit]

    async def shift(self, community: CommunityId, by: int) -> None:
        """Raise all numbers by so many, and the next number with them."""
        moved = self._where(community, lambda _: True)
        for case in moved:
            self._cases.remove((community, case.number))
        for case in moved:
            raised = replace(case, number=case.number + by)
            self._cases.put((community, raised.number), raised)
        last = self._counters.get(community)
        if last is not None:
            self._counters.put(community, last + by)

    async def clear(self, community: CommunityId) -> int:
        """Remove all cases of a community and begin at 1 again; return how many there were."""
        self._cases.require_writable()
        gone = self._where(community, lambda _: True)
        for case in gone:
            self._cases.remove((community, case.number))
        self._counters.put(community, 0)
        return len(gone)

    async def set_counter(self, community: CommunityId, number: int) -> None:
        """Let the next number be one more than this."""
        self._counters.put(community, number)

    async def count(self, community: CommunityId) -> int:
        """Return how many cases there are."""
        return len(self._where(community, lambda _: True))

    def _where(self, community: CommunityId, fits: Callable[[Case], bool]) -> list[Case]:
        require_storable(community)
        found = [c for c in self._cases.rows() if c.community == community and fits(c)]
        return sorted(found, key=lambda case: case.number)


class InMemoryAuditStore:
    """Implements `AuditStore`."""

    def __init__(self, entries: View[int, AuditEntry]) -> None:
        self._entries = entries

    async def add(self, entry: AuditEntry) -> None:
        """Add an entry."""
        self._entries.put(sum(1 for _ in self._entries.rows()) + 1, entry)

    async def latest(
        self, community: CommunityId, *, member: MemberId | None = None, limit: int = 50
    ) -> Sequence[AuditEntry]:
        """Return the newest entries, newest first."""
        require_storable((community, member))
        found = [
            entry
            for entry in self._entries.rows()
            if entry.community == community and member in (None, entry.member)
        ]
        return found[::-1][:limit]
