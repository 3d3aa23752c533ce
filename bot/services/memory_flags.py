"""Flags and their cards in memory; see `FlagStore`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.flags import (
    DECISIONS_CONSIDERED,
    CardState,
    Flag,
    FlagCard,
    FlagCardId,
    FlagRecord,
    is_put_off,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.waiting import Queue, queue_of
from bot.services.memory_table import View
from bot.services.storable import require_storable

FlagKey = tuple[PlaceId, PostId, MemberId]


class InMemoryFlagStore:
    """Implements `FlagStore`."""

    def __init__(self, cards: View[FlagCardId, FlagCard], flags: View[FlagKey, Flag]) -> None:
        self._cards = cards
        self._flags = flags

    async def open(self, card: FlagCard) -> bool:
        """Add a card; return False where one with this id exists."""
        self._cards.require_writable()
        require_storable(card)
        if self._cards.get(card.id) is not None:
            return False
        self._cards.put(card.id, card)
        return True

    async def get(self, card: FlagCardId) -> FlagCard | None:
        """Return a card."""
        return self._cards.get(card)

    async def newest(self, community: CommunityId, subject: str) -> FlagCard | None:
        """Return the newest card of a subject, open or decided."""
        require_storable((community, subject))
        found = [c for c in self._cards.rows() if c.community == community and c.subject == subject]
        return max(found, key=lambda card: card.generation, default=None)

    async def put(self, card: FlagCard) -> None:
        """Replace a card's marks: all but who decided it and how."""
        self._cards.require_writable()
        require_storable(card)
        known = self._cards.get(card.id)
        if known is not None:
            self._cards.put(
                card.id,
                replace(
                    known,
                    put_off_by=card.put_off_by,
                    put_off_until=card.put_off_until,
                    post_deleted=card.post_deleted,
                    urgent=card.urgent,
                    details=dict(card.details),
                ),
            )

    async def decide(
        self,
        card: FlagCardId,
        state: CardState,
        *,
        by: MemberId,
        at: datetime,
        case: int | None = None,
    ) -> bool:
        """Decide an open card; return False where it was decided before."""
        self._cards.require_writable()
        require_storable((card, by, at, case))
        known = self._cards.get(card)
        if known is None or not known.is_open:
            return False
        self._cards.put(card, replace(known, state=state, decided_by=by, decided_at=at, case=case))
        return True

    async def set_message(self, card: FlagCardId, message: PostId) -> None:
        """Record the card's message."""
        self._cards.require_writable()
        known = self._cards.get(card)
        if known is not None:
            self._cards.put(card, replace(known, message=message))

    async def on_post(self, channel: PlaceId, post: PostId) -> Sequence[FlagCard]:
        """Return the open cards about a post."""
        require_storable((channel, post))
        found = [c for c in self._open() if (c.channel, c.post) == (channel, post)]
        return sorted(found, key=lambda card: card.id)

    async def waiting(
        self, community: CommunityId, now: datetime, *, limit: int = 25
    ) -> Sequence[FlagCard]:
        """Return open cards that are not put off: urgent ones first, then the oldest."""
        found = sorted(
            self._waiting(community, now), key=lambda c: (not c.urgent, c.created_at, c.id)
        )
        return found[:limit]

    async def queue(self, community: CommunityId, now: datetime) -> Queue:
        """Return how many open cards are not put off, and when the oldest was made."""
        return queue_of(card.created_at for card in self._waiting(community, now))

    async def add(self, flag: Flag) -> bool:
        """Add a flag; return False where the member has flagged this post."""
        self._flags.require_writable()
        key = (flag.channel, flag.post, flag.member)
        if self._flags.get(key) is not None:
            return False
        self._flags.put(key, flag)
        return True

    async def flags(self, card: FlagCardId) -> Sequence[Flag]:
        """Return the flags on a card, oldest first."""
        require_storable(card)
        found = [flag for flag in self._flags.rows() if flag.card == card]
        return sorted(found, key=lambda flag: (flag.at, flag.member))

    async def has_flagged(self, channel: PlaceId, post: PostId, member: MemberId) -> bool:
        """Tell whether a member has flagged a post."""
        return self._flags.get((channel, post, member)) is not None

    async def times(
        self, community: CommunityId, member: MemberId, since: datetime
    ) -> Sequence[datetime]:
        """Return when a member flagged something, since then."""
        require_storable((community, member, since))
        return sorted(
            flag.at
            for flag in self._flags.rows()
            if (flag.community, flag.member) == (community, member) and flag.at >= since
        )

    async def record(self, community: CommunityId, member: MemberId) -> FlagRecord:
        """Return how a member's newest flags were decided."""
        require_storable((community, member))
        own = [
            flag
            for flag in self._flags.rows()
            if (flag.community, flag.member) == (community, member)
        ]
        states = [
            card.state
            for flag in sorted(own, key=lambda each: (-each.at.timestamp(), each.post))
            if (card := self._cards.get(flag.card)) is not None
            and card.state in (CardState.AGREED, CardState.DISAGREED)
            and card.decided_by != member
        ][:DECISIONS_CONSIDERED]
        agreed = sum(state is CardState.AGREED for state in states)
        return FlagRecord(agreed=agreed, disagreed=len(states) - agreed)

    def _open(self) -> Iterator[FlagCard]:
        return (card for card in self._cards.rows() if card.is_open)

    def _waiting(self, community: CommunityId, now: datetime) -> list[FlagCard]:
        require_storable((community, now))
        return [c for c in self._open() if c.community == community and not is_put_off(c, now)]
