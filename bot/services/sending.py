"""Carries out what the outbox says: once, whatever crashes when.

Order of every attempt: claim in a transaction, act outside of one, settle in a transaction. A
crash between act and settle leaves the delivery in state sending; whoever finds its lease run out
looks on the platform for the effect before acting again, with the same nonce.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from bot.domain.ids import PlaceId, PostId
from bot.domain.outbox import (
    GIVE_UP_AFTER,
    LEASE,
    PATIENT_KINDS,
    Delivery,
    DeliveryKind,
    DeliveryState,
    patient_delay,
    retry_delay,
)
from bot.services.deliveries import DeliveryHandler
from bot.services.errors import UnavailableError
from bot.services.ports import Clock, Database

logger = logging.getLogger(__name__)

IDLE = timedelta(seconds=30)
"""How long the sender sleeps at most: another process may have added a delivery."""
STOP_PATIENCE = timedelta(seconds=20)
"""Below the thirty seconds that a container gives a process to end."""
BATCH = 50
"""How many deliveries are taken up at a time."""
OUTAGE_PAUSE = timedelta(seconds=2)
BUSY_PAUSE = timedelta(seconds=1)
"""How long the sender sleeps where all that is due is for places that it is busy with."""


FAULT = UnavailableError("a fault of the bot", retryable=True, ambiguous=True)
"""What a bug in a handler is recorded as: tried again ever more rarely, for a day."""


class OutboxSender:
    """Sends what is due, and heals what an earlier process left behind."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        handlers: Mapping[DeliveryKind, DeliveryHandler],
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._handlers = handlers
        self._awake = asyncio.Event()
        self._stopping = False
        self._resting = asyncio.Event()
        self._resting.set()
        self._idle = asyncio.Event()
        self._busy: set[PlaceId] = set()
        self._awaited: dict[str, asyncio.Event] = {}

    def wake(self) -> None:
        """Tell the sender that something may be due."""
        self._idle.clear()
        self._awake.set()

    async def idle(self) -> None:
        """Wait until all that was due has been tried."""
        await self._idle.wait()

    async def tried(self, key: str) -> None:
        """Wait until a delivery has been tried, whatever came of it and whatever else waits."""
        tried = self._awaited.setdefault(key, asyncio.Event())
        try:
            async with self._database.reading() as stores:
                delivery = await stores.outbox.get(key)
            waits = delivery is not None and delivery.state is DeliveryState.WAITING
            if delivery is not None and (
                delivery.state is DeliveryState.SENDING or (waits and not delivery.attempts)
            ):
                await tried.wait()
        finally:
            self._awaited.pop(key, None)

    async def run(self) -> None:
        """Send for ever; heal first what an earlier process of this bot left in flight."""
        self._resting.clear()
        # Whoever held these leases is known to be dead, since this process holds the gateway.
        as_of = self._clock.now() + LEASE
        try:
            async with asyncio.TaskGroup() as places:
                while not self._stopping:
                    self._awake.clear()
                    if await self._round(places, as_of):
                        as_of = self._clock.now()
        finally:
            self._resting.set()

    async def _round(self, places: asyncio.TaskGroup, as_of: datetime) -> bool:
        """Begin all that is due, then sleep; return False where the database was away."""
        try:
            now = self._clock.now()
            async with self._database.reading() as stores:
                left = await stores.outbox.uncertain(as_of)
            for delivery in left:
                log = {"key": delivery.key, "kind": delivery.kind}
                logger.info("healing a delivery", extra=log)
            self._begin(places, left, as_of)
            # Not as of a moment ahead: the first attempt's moment is where healing looks from.
            await self._begin_due(places, now)
            if not self._busy and not self._awake.is_set():
                self._idle.set()
            await self._sleep()
        except UnavailableError:
            logger.warning("the sender waits for the database")
            await asyncio.sleep(OUTAGE_PAUSE.total_seconds())
            return False
        return True

    async def _begin_due(self, places: asyncio.TaskGroup, now: datetime) -> None:
        """Begin what is due wherever nothing is being sent, however much is due in one place."""
        full = True
        while full and not self._stopping:
            async with self._database.reading() as stores:
                due = await stores.outbox.due(now, BATCH, without=self._busy)
            self._begin(places, due, now)
            full = len(due) == BATCH

    def _begin(
        self, places: asyncio.TaskGroup, deliveries: Sequence[Delivery], as_of: datetime
    ) -> None:
        """Work places off side by side: one that Discord keeps waiting holds up no other."""
        for channel, own in _by_channel(deliveries):
            if channel not in self._busy:
                self._busy.add(channel)
                places.create_task(self._work_off(channel, own, as_of))

    async def _work_off(
        self, channel: PlaceId, deliveries: Sequence[Delivery], as_of: datetime
    ) -> None:
        try:
            await self._send_in_order(deliveries, as_of)
        except UnavailableError:
            logger.warning("the sender waits for the database")
            await asyncio.sleep(OUTAGE_PAUSE.total_seconds())
        except Exception:
            # What could not be settled is found again when its lease has ended.
            logger.exception("a place could not be worked off", extra={"channel": channel})
        finally:
            self._busy.discard(channel)
            self.wake()

    async def stop(self, patience: timedelta = STOP_PATIENCE) -> None:
        """Begin nothing more, and wait until what is in flight has ended."""
        self._stopping = True
        self.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._resting.wait(), patience.total_seconds())

    async def _sleep(self) -> None:
        async with self._database.reading() as stores:
            next_due = await stores.outbox.next_due()
        pause = IDLE if next_due is None else min(IDLE, next_due - self._clock.now())
        if self._busy and pause < BUSY_PAUSE:
            pause = BUSY_PAUSE  # what is due already waits for its place, which wakes the sender
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), max(0.0, pause.total_seconds()))

    async def heal(self, as_of: datetime) -> None:
        """Take up deliveries whose sender is gone: whose lease ends before `as_of`."""
        async with self._database.reading() as stores:
            left = await stores.outbox.uncertain(as_of)
        for delivery in left:
            await self._attempt(delivery, as_of)

    async def send_due(self) -> int:
        """Send all that is due now, places side by side; return how many were tried."""
        now = self._clock.now()
        async with self._database.reading() as stores:
            due = await stores.outbox.due(now)
        async with asyncio.TaskGroup() as group:
            for _, deliveries in _by_channel(due):
                group.create_task(self._send_in_order(deliveries, now))
        return len(due)

    async def _send_in_order(self, deliveries: Sequence[Delivery], as_of: datetime) -> None:
        for delivery in sorted(deliveries, key=lambda d: d.created_at):
            if self._stopping:
                return
            await self._attempt(delivery, as_of)
            if awaited := self._awaited.get(delivery.key):
                awaited.set()

    async def _attempt(self, delivery: Delivery, as_of: datetime) -> None:
        claimed = await self._claim(delivery, as_of)
        if not claimed:
            return
        try:
            message = await self._handlers[delivery.kind].act(delivery)
        except UnavailableError as problem:
            await self._settle_problem(delivery, problem)
        except Exception:
            # One delivery's fault must not keep all others from being sent.
            log = {"key": delivery.key, "kind": delivery.kind}
            logger.exception("a delivery could not be carried out", extra=log)
            await self._settle_problem(delivery, FAULT)
        else:
            await self._settle_done(delivery, message, owner=self._owner)

    async def _claim(self, delivery: Delivery, as_of: datetime) -> bool:
        async with self._database.writing() as stores:
            until = self._clock.now() + LEASE
            return await stores.outbox.claim(
                delivery.key, owner=self._owner, until=until, now=as_of
            )

    async def confirm(self, key: str, message: PostId) -> None:
        """Record that the platform shows what was sent, whether or not its answer ever comes."""
        async with self._database.reading() as stores:
            delivery = await stores.outbox.get(key)
        if delivery is not None and delivery.state is DeliveryState.SENDING:
            # Whoever holds the claim: that the message is there is beyond doubt.
            await self._settle_done(delivery, message, owner=None)

    async def _settle_done(
        self, delivery: Delivery, message: PostId | None, *, owner: str | None
    ) -> None:
        async with self._database.writing() as stores:
            if not await stores.outbox.settle(
                delivery.key, DeliveryState.DONE, owner=owner, message=message
            ):
                return
            await self._handlers[delivery.kind].settled(stores, delivery, message)
        self.wake()

    async def _settle_problem(self, delivery: Delivery, problem: UnavailableError) -> None:
        now = self._clock.now()
        patient = problem.patient and delivery.kind in PATIENT_KINDS
        too_old = not patient and now - delivery.created_at > GIVE_UP_AFTER
        delay = patient_delay if patient else retry_delay
        log = {"key": delivery.key, "kind": delivery.kind, "problem": str(problem)}
        async with self._database.writing() as stores:
            current = await stores.outbox.get(delivery.key)
            if current is None:
                return
            if problem.retryable and not too_old:
                due = now + delay(current.attempts)
                if await stores.outbox.settle(
                    delivery.key,
                    DeliveryState.WAITING,
                    owner=self._owner,
                    due_at=due,
                    problem=str(problem),
                ):
                    logger.warning("a delivery will be tried again", extra=log)
            elif await stores.outbox.settle(
                delivery.key, DeliveryState.FAILED, owner=self._owner, problem=str(problem)
            ):
                await self._handlers[delivery.kind].failed(stores, delivery)
                logger.warning("a delivery has failed", extra=log)


def _by_channel(deliveries: Iterable[Delivery]) -> Iterator[tuple[PlaceId, list[Delivery]]]:
    ordered = sorted(deliveries, key=lambda delivery: delivery.channel)
    for channel, own in groupby(ordered, key=lambda delivery: delivery.channel):
        yield channel, list(own)
