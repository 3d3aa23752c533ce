"""Deliveries, as the use cases keep them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, NoteId, PlaceId, PostId
from bot.domain.outbox import Delivery, DeliveryKind, DeliveryState


class OutboxStore(Protocol):
    """Deliveries; see `bot.domain.outbox` for their states."""

    async def add(self, delivery: Delivery) -> bool:
        """Add a delivery; return False where its key is known."""
        ...

    async def get(self, key: str) -> Delivery | None:
        """Return a delivery."""
        ...

    async def due(
        self, now: datetime, limit: int = 50, *, without: Collection[PlaceId] = ()
    ) -> Sequence[Delivery]:
        """Return waiting deliveries that are due, oldest first, but those in some channels."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next waiting delivery is due."""
        ...

    async def uncertain(self, now: datetime) -> Sequence[Delivery]:
        """Return deliveries in state sending whose lease has run out."""
        ...

    async def claim(self, key: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Claim by compare-and-set: waiting, or sending with a lease that ran out; count it."""
        ...

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
        """End an attempt: done, failed, or waiting again until `due_at`.

        With an owner, only where it holds the claim still: whose lease was taken by another has
        no say any more. Returns whether the attempt was ended by this call.
        """
        ...

    async def cancel(
        self, note: NoteId, problem: str, *, kind: DeliveryKind = DeliveryKind.ATTACH_NOTE
    ) -> bool:
        """Fail the note's waiting deliveries of a kind; return whether there was one."""
        ...

    async def hasten(self, channel: PlaceId, kind: DeliveryKind, due: datetime) -> int:
        """Make a channel's waiting deliveries of a kind due then; return how many were later."""
        ...

    async def refused(
        self, community: CommunityId, kind: DeliveryKind, limit: int = 10
    ) -> Sequence[Delivery]:
        """Return each note's newest delivery of a kind that was refused, newest first.

        It has failed for good, or waits to be tried again.
        """
        ...

    async def hindered(self, community: CommunityId) -> Sequence[PlaceId]:
        """Return the channels in which something that was refused waits to be tried again."""
        ...

    async def backlog(self, community: CommunityId | None = None) -> int:
        """Return how many deliveries are waiting or being sent, here or everywhere."""
        ...
