"""What was done by hand in Discord, or by another bot, becomes a case: once for each entry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cases import LONGEST_REASON, Case, CaseKind, CaseState
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.services.moderating.deliveries import end_undone
from bot.services.ports import Clock, Database, Stores

READ_BACK = timedelta(days=7)
READ_AT_ONCE = 500
"""Entries of the audit log between two marks: a run that is cut short goes on from the last one."""
PARTS_OF_A_RUN = 10
"""So many times as much is read in one run; what is left is read by the next."""
OVERLAP = timedelta(minutes=1)
"""Clocks differ; what is read twice is recorded once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandAction:
    """An entry of the platform's audit log that is about moderation."""

    entry: int
    at: datetime
    community: CommunityId
    kind: CaseKind
    by: MemberId | None
    by_name: str
    target: MemberId | None = None
    target_name: str = ""
    place: PlaceId | None = None
    reason: str = ""
    until: datetime | None = None
    count: int = 0


class ByHandService:
    """Records actions that were not ours.

    Invariant: everything before a community's mark is on record, or was never to be. What is heard
    live moves the mark only where nothing before it is missing.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._caught_up: set[CommunityId] = set()

    async def absent_since(self, community: CommunityId) -> datetime | None:
        """Return from when on the audit log may hold what was not heard; None at the first start.

        It stays so until `heard_until` says that it was read.
        """
        now = self._clock.now()
        self._caught_up.discard(community)
        async with self._database.writing() as stores:
            found = await stores.settings.get(_mark(community))
            if found is None:
                await stores.settings.put(_mark(community), now.isoformat())
        if found is None:
            self._caught_up.add(community)
            return None
        return max(datetime.fromisoformat(found) - OVERLAP, now - READ_BACK)

    async def read_until(self, community: CommunityId, moment: datetime) -> None:
        """Note that everything up to this moment was read back, and that there is more."""
        async with self._database.writing() as stores:
            await _advance(stores, community, moment)

    async def heard_until(self, community: CommunityId, moment: datetime) -> None:
        """Note that everything up to this moment was heard, or read back."""
        async with self._database.writing() as stores:
            await _advance(stores, community, moment)
        self._caught_up.add(community)

    async def record(self, action: HandAction, *, reading_back: bool = False) -> Case | None:
        """Record an action; None where its entry is on record already.

        With `reading_back`, all that came before it was read; live it may be ahead of that.
        """
        try:
            return await self._record(action, reading_back=reading_back)
        except Exception:
            self._caught_up.discard(action.community)  # the next start reads it back
            raise

    async def _record(self, action: HandAction, *, reading_back: bool) -> Case | None:
        origin = f"audit:{action.entry}"
        async with self._database.writing() as stores:
            if await stores.cases.by_origin(action.community, origin):
                return None
            case = Case(
                community=action.community,
                number=await stores.cases.next_number(action.community),
                kind=action.kind,
                state=CaseState.DONE,
                created_at=action.at,
                target=action.target,
                target_name=action.target_name,
                place=action.place,
                by=action.by,
                by_name=action.by_name,
                reason=action.reason[:LONGEST_REASON],
                until=action.until,
                # What was locked or slowed by hand is not for us to restore.
                ended_at=self._clock.now() if action.place is not None else None,
                origin=origin,
                details={"by_hand": True, "count": action.count},
            )
            if not await stores.cases.add(case):
                return None  # heard and read back at the same moment
            await end_undone(stores, case, self._clock)
            if reading_back or await self._misses_nothing(stores, action.community):
                await _advance(stores, action.community, action.at)
        return case

    async def _misses_nothing(self, stores: Stores, community: CommunityId) -> bool:
        """Tell whether nothing is to be read back, as in a community that has just been joined."""
        return community in self._caught_up or await stores.settings.get(_mark(community)) is None


async def _advance(stores: Stores, community: CommunityId, moment: datetime) -> None:
    found = await stores.settings.get(_mark(community))
    if found is None or datetime.fromisoformat(found) < moment:
        await stores.settings.put(_mark(community), moment.isoformat())


def _mark(community: CommunityId) -> str:
    return f"audit-log-read:{community}"
