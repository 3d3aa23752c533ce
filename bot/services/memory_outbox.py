"""Deliveries in memory; see `OutboxStore`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bot.domain.ids import CommunityId, NoteId, PlaceId, PostId
from bot.domain.outbox import Delivery, DeliveryKind, DeliveryState
from bot.services.memory_table import View
from bot.services.storable import require_storable

_OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)


class InMemoryOutboxStore:
    """Implements `OutboxStore`."""

    def __init__(self, deliveries: View[str, Delivery]) -> None:
        self._deliveries = deliveries

    async def add(self, delivery: Delivery) -> bool:
        """Add a delivery; return False where its key is known."""
        self._deliveries.require_writable()
        if self._deliveries.get(delivery.key) is not None:
            return False
        self._deliveries.put(delivery.key, delivery)
        return True

    async def get(self, key: str) -> Delivery | None:
        """Return a delivery."""
        return self._deliveries.get(key)

    async def due(
        self, now: datetime, limit: int = 50, *, without: Collection[PlaceId] = ()
    ) -> Sequence[Delivery]:
        """Return waiting deliveries that are due, oldest first, but those in some channels."""
        require_storable((now, *without))
        due = (d for d in self._waiting() if d.due_at <= now and d.channel not in without)
        return list(islice(due, limit))

    async def next_due(self) -> datetime | None:
        """Return when the next waiting delivery is due."""
        return min((delivery.due_at for delivery in self._waiting()), default=None)

    async def uncertain(self, now: datetime) -> Sequence[Delivery]:
        """Return deliveries in state sending whose lease has run out, oldest first."""
        require_storable(now)
        return [delivery for delivery in self._deliveries.rows() if _left_behind(delivery, now)]

    async def claim(self, key: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Claim by compare-and-set: waiting, or sending with a lease that ran out; count it."""
        self._deliveries.require_writable()
        found = self._deliveries.get(key)
        if found is None:
            return False
        if found.state is not DeliveryState.WAITING and not _left_behind(found, now):
            return False
        claimed = replace(
            found,
            state=DeliveryState.SENDING,
            owner=owner,
            lease_until=until,
            attempts=found.attempts + 1,
            first_attempt_at=found.first_attempt_at or now,
        )
        self._deliveries.put(key, claimed)
        return True

    async def settle(
        self,
        key: str,
        state: DeliveryState,
        *,
        owner: str | None = None,
        message: PostId | None = None,
        due_at: datetime | None = None,
        problem: str = "",
    ) -> bool:
        """End an attempt: done, failed, or waiting again until `due_at`; what is ended stays so."""
        if state is DeliveryState.SENDING:
            raise ValueError("an attempt cannot be settled as sending")
        self._deliveries.require_writable()
        found = self._deliveries.get(key)
        if found is None or found.state not in _OPEN or owner not in (None, found.owner):
            return False
        settled = replace(
            found,
            state=state,
            owner="",
            lease_until=None,
            message=found.message if message is None else message,
            due_at=due_at or found.due_at,
            problem=problem,
        )
        self._deliveries.put(key, settled)
        return True

    async def cancel(
        self, note: NoteId, problem: str, *, kind: DeliveryKind = DeliveryKind.ATTACH_NOTE
    ) -> bool:
        """Fail the note's waiting deliveries of a kind; return whether there was one."""
        self._deliveries.require_writable()
        require_storable((note, problem))
        waiting = [d for d in self._waiting() if d.note == note and d.kind is kind]
        for delivery in waiting:
            failed = replace(delivery, state=DeliveryState.FAILED, problem=problem)
            self._deliveries.put(delivery.key, failed)
        return bool(waiting)

    async def hasten(self, channel: PlaceId, kind: DeliveryKind, due: datetime) -> int:
        """Make a channel's waiting deliveries of a kind due then; return how many were later."""
        self._deliveries.require_writable()
        require_storable((channel, due))
        later = [
            d for d in self._waiting() if d.channel == channel and d.kind is kind and d.due_at > due
        ]
        for delivery in later:
            self._deliveries.put(delivery.key, replace(delivery, due_at=due))
        return len(later)

    async def refused(
        self, community: CommunityId, kind: DeliveryKind, limit: int = 10
    ) -> Sequence[Delivery]:
        """Return each note's newest delivery of a kind that was refused, newest first."""
        require_storable(community)
        of_kind = [d for d in self._deliveries.rows() if (d.community, d.kind) == (community, kind)]
        newest = {d.note: position for position, d in enumerate(of_kind) if d.note is not None}
        found = [of_kind[position] for position in sorted(newest.values(), reverse=True)]
        return [d for d in found if d.state is DeliveryState.FAILED or _is_hindered(d)][:limit]

    async def hindered(self, community: CommunityId) -> Sequence[PlaceId]:
        """Return the channels in which something that was refused waits to be tried again."""
        require_storable(community)
        own = (d for d in self._deliveries.rows() if d.community == community)
        return sorted({d.channel for d in own if _is_hindered(d)})

    async def backlog(self, community: CommunityId | None = None) -> int:
        """Return how many deliveries are waiting or being sent, here or everywhere."""
        require_storable(community)
        return sum(
            community in (None, delivery.community) and delivery.state in _OPEN
            for delivery in self._deliveries.rows()
        )

    def _waiting(self) -> Iterator[Delivery]:
        return (d for d in self._deliveries.rows() if d.state is DeliveryState.WAITING)


def _is_hindered(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.WAITING and delivery.problem != ""


def _left_behind(delivery: Delivery, now: datetime) -> bool:
    return (
        delivery.state is DeliveryState.SENDING
        and delivery.lease_until is not None
        and delivery.lease_until <= now
    )
