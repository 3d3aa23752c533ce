"""Rules, pauses, withdrawals and requests in memory; see the ports of these names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Note, NoteState
from bot.domain.requests import CheckRequest
from bot.domain.rules import NoteRules, Pause, Withdrawal
from bot.services.memory_table import View
from bot.services.storable import require_storable

PostKey = tuple[PlaceId, PostId]
AskKey = tuple[PlaceId, PostId, MemberId]


class InMemoryRuleStore:
    """Implements `RuleStore`."""

    def __init__(self, rules: View[CommunityId, NoteRules]) -> None:
        self._rules = rules

    async def get(self, community: CommunityId) -> NoteRules:
        """Return a community's rules; the defaults where it has decided nothing."""
        return self._rules.get(community) or NoteRules(community=community)

    async def put(self, rules: NoteRules) -> None:
        """Store a community's rules."""
        self._rules.put(rules.community, rules)


class InMemoryPauseStore:
    """Implements `PauseStore`."""

    def __init__(self, pauses: View[tuple[CommunityId, PlaceId], Pause]) -> None:
        self._pauses = pauses

    async def put(self, pause: Pause) -> None:
        """Store a place's newest pause, begun or ended."""
        self._pauses.put((pause.community, pause.place), pause)

    async def get(self, community: CommunityId, place: PlaceId) -> Pause | None:
        """Return a place's newest pause, active or ended."""
        return self._pauses.get((community, place))

    async def active(self, community: CommunityId) -> Sequence[Pause]:
        """Return the pauses that hold, by place."""
        require_storable(community)
        held = (p for p in self._pauses.rows() if p.community == community and p.active)
        return sorted(held, key=lambda pause: pause.place)


class InMemoryWithdrawalStore:
    """Implements `WithdrawalStore`."""

    def __init__(self, withdrawals: View[NoteId, Withdrawal], notes: View[NoteId, Note]) -> None:
        self._withdrawals = withdrawals
        self._notes = notes

    async def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False where the note has one."""
        self._withdrawals.require_writable()
        if self._withdrawals.get(withdrawal.note) is not None:
            return False
        self._withdrawals.put(withdrawal.note, withdrawal)
        return True

    async def recent(
        self, community: CommunityId, place: PlaceId, *, since: datetime, limit: int
    ) -> Sequence[bool]:
        """Tell of the newest notes in a place whether each was taken back for being wrong."""
        require_storable((community, place, since))
        found = [
            (note, self._withdrawals.get(note.id) is not None)
            for note in self._notes.rows()
            if (note.community, note.place) == (community, place) and note.created_at > since
        ]
        shown = [(n, wrong) for n, wrong in found if wrong or n.state is NoteState.POSTED]
        shown.sort(key=lambda pair: (-pair[0].created_at.timestamp(), pair[0].id))
        return [wrong for _, wrong in shown[:limit]]


class InMemoryRequestStore:
    """Implements `RequestStore`."""

    def __init__(
        self,
        requests: View[PostKey, CheckRequest],
        askers: View[AskKey, tuple[CommunityId, datetime]],
    ) -> None:
        self._requests = requests
        self._askers = askers

    async def ask(
        self, community: CommunityId, channel: PlaceId, post: PostId, *, by: MemberId, at: datetime
    ) -> bool:
        """Join the request about a post, or open it (again); False where the member has asked."""
        self._requests.require_writable()
        known = self._requests.get((channel, post)) or CheckRequest(
            community=community, channel=channel, post=post, asked=0, first_at=at
        )
        if self._askers.get((channel, post, by)) is not None:
            return False
        self._askers.put((channel, post, by), (community, at))
        if known.closed_at is not None:
            known = replace(known, first_at=at, closed_at=None, closed_by=None, slug=None)
        self._requests.put((channel, post), replace(known, asked=known.asked + 1))
        return True

    async def asked_since(self, community: CommunityId, member: MemberId, since: datetime) -> int:
        """Return how many posts a member has asked about since then."""
        require_storable((community, member, since))
        return sum(
            key[2] == member and where == community and at > since
            for key, (where, at) in self._askers.items()
        )

    async def get(self, channel: PlaceId, post: PostId) -> CheckRequest | None:
        """Return the request about a post."""
        return self._requests.get((channel, post))

    async def waiting(self, community: CommunityId, limit: int = 25) -> Sequence[CheckRequest]:
        """Return open requests: those that most members asked for first, then the oldest."""
        require_storable(community)
        found = [
            request
            for request in self._requests.rows()
            if request.community == community and request.closed_at is None
        ]
        return sorted(found, key=lambda r: (-r.asked, r.first_at, r.post))[:limit]

    async def close(
        self, channel: PlaceId, post: PostId, *, by: MemberId, at: datetime, slug: Slug | None
    ) -> bool:
        """Close a request; return False where there is no open one."""
        self._requests.require_writable()
        known = self._requests.get((channel, post))
        if known is None or known.closed_at is not None:
            return False
        closed = replace(known, closed_at=at, closed_by=by, slug=slug)
        self._requests.put((channel, post), closed)
        return True
