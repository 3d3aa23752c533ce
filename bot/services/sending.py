"""Carries out what the outbox says: once, whatever crashes when.

Order of every attempt: claim in a transaction, act outside of one, settle in a transaction. A
crash between act and settle leaves the delivery in state sending; whoever finds its lease run out
looks on the platform for the effect before acting again, with the same nonce.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from bot.domain.ids import PostId
from bot.domain.notes import Note, NoteState
from bot.domain.outbox import (
    GIVE_UP_AFTER,
    LEASE,
    NONCE_WINDOW,
    Delivery,
    DeliveryKind,
    DeliveryState,
    retry_delay,
)
from bot.services.errors import GoneError, UnavailableError
from bot.services.ports import Clock, Database, Publisher, Stores
from bot.services.watching import deletion

logger = logging.getLogger(__name__)

IDLE = timedelta(seconds=30)
"""How long the sender sleeps at most: another process may have added a delivery."""
STOP_PATIENCE = timedelta(seconds=20)
"""Below the thirty seconds that a container gives a process to end."""
LOOK_BACK = timedelta(seconds=60)
"""Clocks differ: the platform's history is read from this long before the first attempt."""


class OutboxSender:
    """Sends what is due, and heals what an earlier process left behind."""

    def __init__(self, database: Database, publisher: Publisher, clock: Clock, owner: str) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock
        self._owner = owner
        self._awake = asyncio.Event()
        self._stopping = False
        self._resting = asyncio.Event()
        self._resting.set()
        self._idle = asyncio.Event()

    def wake(self) -> None:
        """Tell the sender that something may be due."""
        self._idle.clear()
        self._awake.set()

    async def idle(self) -> None:
        """Wait until all that was due has been tried."""
        await self._idle.wait()

    async def run(self) -> None:
        """Send for ever; heal first what an earlier process of this bot left in flight."""
        self._resting.clear()
        try:
            await self.heal(self._clock.now() + LEASE)
            while not self._stopping:
                self._awake.clear()
                if await self.send_due() == 0:
                    if not self._awake.is_set():
                        self._idle.set()
                    await self._sleep()
        finally:
            self._resting.set()

    async def stop(self, patience: timedelta = STOP_PATIENCE) -> None:
        """Begin nothing more, and wait until what is in flight has ended."""
        self._stopping = True
        self.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._resting.wait(), patience.total_seconds())

    async def _sleep(self) -> None:
        async with self._database.reading() as stores:
            due = await stores.outbox.next_due()
        pause = IDLE if due is None else min(IDLE, due - self._clock.now())
        try:
            await asyncio.wait_for(self._awake.wait(), max(0.0, pause.total_seconds()))
        except TimeoutError:
            await self.heal(self._clock.now())

    async def heal(self, as_of: datetime) -> None:
        """Take up deliveries whose sender is gone.

        Args:
            as_of: leases that end before this moment count as run out. At start it lies one lease
                ahead: the process that held them is known to be dead, since this one holds the
                gateway.
        """
        async with self._database.reading() as stores:
            left = await stores.outbox.uncertain(as_of)
        for delivery in left:
            logger.info("healing a delivery", extra={"key": delivery.key, "kind": delivery.kind})
            await self._attempt(delivery, as_of)

    async def send_due(self) -> int:
        """Send all that is due now, places side by side; return how many were tried."""
        async with self._database.reading() as stores:
            due = await stores.outbox.due(self._clock.now())
        by_channel = groupby(sorted(due, key=lambda d: d.channel), key=lambda d: d.channel)
        async with asyncio.TaskGroup() as group:
            for _, deliveries in by_channel:
                group.create_task(self._send_in_order(list(deliveries)))
        return len(due)

    async def _send_in_order(self, deliveries: list[Delivery]) -> None:
        for delivery in sorted(deliveries, key=lambda d: d.created_at):
            await self._attempt(delivery, self._clock.now())

    async def _attempt(self, delivery: Delivery, as_of: datetime) -> None:
        claimed = await self._claim(delivery, as_of)
        if not claimed:
            return
        try:
            message = await self._act(delivery)
        except UnavailableError as problem:
            await self._settle_problem(delivery, problem)
        else:
            await self._settle_done(delivery, message)

    async def _claim(self, delivery: Delivery, as_of: datetime) -> bool:
        async with self._database.writing() as stores:
            until = self._clock.now() + LEASE
            return await stores.outbox.claim(
                delivery.key, owner=self._owner, until=until, now=as_of
            )

    async def _act(self, delivery: Delivery) -> PostId | None:
        match delivery.kind:
            case DeliveryKind.ATTACH_NOTE:
                return await self._attach(delivery)
            case DeliveryKind.ANSWER:
                return await self._answer(delivery)
            case DeliveryKind.UPDATE_NOTE:
                return await self._update(delivery)
            case DeliveryKind.DELETE_NOTE:
                return await self._delete(delivery)

    async def _attach(self, delivery: Delivery) -> PostId:
        note = await self._note_of(delivery)
        async with self._database.reading() as stores:
            fact_check = await stores.library.revision(note.community, note.slug, note.revision)
        if fact_check is None:
            raise GoneError("the fact-check no longer exists")
        if delivery.attempts > 0 and self._may_be_forgotten(delivery):
            since = (delivery.first_attempt_at or delivery.created_at) - LOOK_BACK
            found = await self._publisher.find(note, since=since)
            if found is not None:
                return found
        if note.state is NoteState.WITHDRAWN:
            raise GoneError("the note was withdrawn before it was posted")
        return await self._publisher.attach(note, fact_check, nonce=delivery.key)

    async def _answer(self, delivery: Delivery) -> PostId:
        first = delivery.first_attempt_at
        if first is not None and self._clock.now() - first > NONCE_WINDOW:
            raise GoneError("too late to answer: it may have been said already")
        return await self._publisher.answer(delivery)

    def _may_be_forgotten(self, delivery: Delivery) -> bool:
        """Tell whether the platform may no longer recognise the nonce.

        A withdrawn note is looked up in any case, since it is not sent again.
        """
        first = delivery.first_attempt_at or delivery.created_at
        return delivery.state is DeliveryState.SENDING or self._clock.now() - first > NONCE_WINDOW

    async def _update(self, delivery: Delivery) -> None:
        note = await self._note_of(delivery)
        async with self._database.reading() as stores:
            fact_check = await stores.library.get(note.community, note.slug)
        if fact_check is not None and note.state is NoteState.POSTED:
            await self._publisher.update(note, fact_check)

    async def _delete(self, delivery: Delivery) -> None:
        note = await self._note_of(delivery)
        if note.message is not None:
            await self._publisher.delete(note.channel, note.message)

    async def _note_of(self, delivery: Delivery) -> Note:
        async with self._database.reading() as stores:
            note = await stores.notes.get(delivery.note) if delivery.note else None
        if note is None:
            raise GoneError("the note no longer exists")
        return note

    async def confirm(self, key: str, message: PostId) -> None:
        """Record that the platform shows what was sent, whether or not its answer ever comes."""
        async with self._database.reading() as stores:
            delivery = await stores.outbox.get(key)
        if delivery is not None and delivery.state is DeliveryState.SENDING:
            await self._settle_done(delivery, message)

    async def _settle_done(self, delivery: Delivery, message: PostId | None) -> None:
        async with self._database.writing() as stores:
            current = await stores.outbox.get(delivery.key)
            if current is None or current.state is DeliveryState.DONE:
                return
            await stores.outbox.settle(delivery.key, DeliveryState.DONE, message=message)
            if delivery.kind is DeliveryKind.ATTACH_NOTE:
                await self._note_posted(stores, delivery, message)

    async def _note_posted(
        self, stores: Stores, delivery: Delivery, message: PostId | None
    ) -> None:
        note = await stores.notes.get(delivery.note) if delivery.note else None
        if note is None:
            return
        if note.state is NoteState.WITHDRAWN:
            await stores.notes.set_state(note.id, NoteState.WITHDRAWN, message=message)
            await stores.outbox.add(deletion(note, self._clock.now()))
            self.wake()
        else:
            await stores.notes.set_state(note.id, NoteState.POSTED, message=message)

    async def _settle_problem(self, delivery: Delivery, problem: UnavailableError) -> None:
        now = self._clock.now()
        too_old = now - delivery.created_at > GIVE_UP_AFTER
        log = {"key": delivery.key, "kind": delivery.kind, "problem": str(problem)}
        async with self._database.writing() as stores:
            current = await stores.outbox.get(delivery.key)
            if current is None or current.state is DeliveryState.DONE:
                return
            if problem.retryable and not too_old:
                due = now + retry_delay(current.attempts)
                await stores.outbox.settle(
                    delivery.key, DeliveryState.WAITING, due_at=due, problem=str(problem)
                )
                logger.warning("a delivery will be tried again", extra=log)
                return
            await stores.outbox.settle(delivery.key, DeliveryState.FAILED, problem=str(problem))
            if delivery.kind is DeliveryKind.ATTACH_NOTE and delivery.note is not None:
                await _fail_note(stores, delivery)
            logger.warning("a delivery has failed", extra=log)


async def _fail_note(stores: Stores, delivery: Delivery) -> None:
    note = await stores.notes.get(delivery.note) if delivery.note else None
    if note is not None and note.state is NoteState.PENDING:
        await stores.notes.set_state(note.id, NoteState.FAILED)
