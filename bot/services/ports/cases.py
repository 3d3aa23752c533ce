"""Cases, the audit of commands and the platform's moderation, as the use cases see them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.appeals import AppealOffer
from bot.domain.cases import Case, CaseKind
from bot.domain.ids import CommunityId, MemberId, PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """What to look for; None means: whatever it is."""

    target: MemberId | None = None
    by: MemberId | None = None
    kind: CaseKind | None = None
    words: str | None = None
    """Part of the reason, in any case of letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One use of something that changes things, or the attempt."""

    community: CommunityId
    member: MemberId
    member_name: str
    command: str
    outcome: str
    """done, refused (and, but for want of a right, why) or failed."""
    at: datetime


class CaseStore(Protocol):
    """Cases by community and number."""

    async def next_number(self, community: CommunityId) -> int:
        """Take the next number; until the unit of work ends, nobody else here takes one.

        Numbers have no gap: a unit of work that is rolled back gives its number back.
        """
        ...

    async def add(self, case: Case) -> bool:
        """Add a case; return False where one of the same origin is there."""
        ...

    async def add_all(self, cases: Sequence[Case]) -> None:
        """Add many cases of one community whose numbers and origins are not there."""
        ...

    async def origins(self, community: CommunityId) -> Set[str]:
        """Return what all its cases came from, as far as that is known."""
        ...

    async def put(self, case: Case) -> None:
        """Replace a case that is there."""
        ...

    async def get(self, community: CommunityId, number: int) -> Case | None:
        """Return a case."""
        ...

    async def by_origin(self, community: CommunityId, origin: str) -> Case | None:
        """Return the case that came from this."""
        ...

    async def find(
        self, community: CommunityId, query: CaseQuery, *, limit: int = 50
    ) -> Sequence[Case]:
        """Return the newest cases that fit, newest first."""
        ...

    async def running(
        self,
        community: CommunityId,
        kind: CaseKind,
        *,
        target: MemberId | None = None,
        place: PlaceId | None = None,
    ) -> Sequence[Case]:
        """Return a kind's cases on a target or a place that did not fail or end, oldest first."""
        ...

    async def warnings(
        self, community: CommunityId, target: MemberId, since: datetime
    ) -> Sequence[Case]:
        """Return a member's warnings since then."""
        ...

    async def due(self, now: datetime, kinds: Sequence[CaseKind]) -> Sequence[Case]:
        """Return carried-out cases of these kinds whose end has come and that have not ended."""
        ...

    async def pending(self, community: CommunityId) -> int:
        """Return how many cases wait for the platform."""
        ...

    async def after(
        self, community: CommunityId, number: int, *, limit: int = 500
    ) -> Sequence[Case]:
        """Return cases with higher numbers, by number."""
        ...

    async def shift(self, community: CommunityId, by: int) -> None:
        """Raise all numbers by so many, and the next number with them."""
        ...

    async def clear(self, community: CommunityId) -> int:
        """Remove all cases of a community and begin at 1 again; return how many there were."""
        ...

    async def set_counter(self, community: CommunityId, number: int) -> None:
        """Let the next number be one more than this."""
        ...

    async def count(self, community: CommunityId) -> int:
        """Return how many cases there are."""
        ...


class AuditStore(Protocol):
    """Who used what; only added to."""

    async def add(self, entry: AuditEntry) -> None:
        """Add an entry."""
        ...

    async def latest(
        self, community: CommunityId, *, member: MemberId | None = None, limit: int = 50
    ) -> Sequence[AuditEntry]:
        """Return the newest entries, newest first."""
        ...


class ActionPublisher(Protocol):
    """The platform, as far as moderation needs it.

    Every method raises `UnavailableError` (or `GoneError` where the target no longer exists).
    """

    async def carry_out(self, case: Case) -> None:
        """Do what the case says, with its number in the platform's audit log."""
        ...

    async def was_carried_out(self, case: Case, *, since: datetime) -> bool:
        """Look whether it was done already, in the audit log and in the present state."""
        ...

    async def tell(
        self, case: Case, text: str, *, nonce: str, since: datetime | None, offer: AppealOffer
    ) -> bool:
        """Send the member a direct message, with how to appeal; False where they take none.

        With `since`, the message is not sent again where it is there already.
        """
        ...
