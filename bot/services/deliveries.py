"""What each kind of delivery does, and what is recorded when it is done or has failed.

The sender knows claims, retries and leases; a handler knows one kind of effect.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from bot.domain.factchecks import Status
from bot.domain.ids import PostId
from bot.domain.notes import Note, NoteState, derive_key
from bot.domain.outbox import GIVE_UP_AFTER, NONCE_WINDOW, Delivery, DeliveryKind, DeliveryState
from bot.domain.rules import is_paused
from bot.services.errors import GoneError
from bot.services.ports import Clock, Database, Publisher, Stores

ASKED_FOR = "asked for"
"""Set in the content of a delivery whose note somebody asked for: a pause does not hold it up."""
LOOK_BACK = timedelta(seconds=60)
"""Clocks differ: the platform's history is read from this long before the first attempt."""


class DeliveryHandler(Protocol):
    """Carries out one kind of delivery."""

    async def act(self, delivery: Delivery) -> PostId | None:
        """Make the effect, outside of any transaction; return the message that it made, if any.

        It may have been made before: `delivery` is as it was before this attempt, so that
        `attempts` counts the earlier ones.

        Raises:
            UnavailableError: it was not made, or nobody knows.
        """
        ...

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record what follows from success, in the transaction that settles the delivery."""
        ...

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record what follows from giving up, in the transaction that settles the delivery."""
        ...


def may_be_forgotten(delivery: Delivery, clock: Clock) -> bool:
    """Tell whether the platform may no longer recognise the nonce of an earlier attempt."""
    if delivery.attempts == 0:
        return False
    first = delivery.first_attempt_at or delivery.created_at
    return delivery.state is DeliveryState.SENDING or clock.now() - first > NONCE_WINDOW


AfterPosting = Callable[[Stores, Note], Awaitable[None]]
"""What else is written down in the transaction that records a posted note."""


async def _nothing_follows(stores: Stores, note: Note) -> None:
    """Stand in where nothing follows."""


class NoteDeliveries:
    """Attaches and deletes notes; what changes them later is in `bot.services.correcting`."""

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        clock: Clock,
        *,
        after_posting: AfterPosting = _nothing_follows,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock
        self._after_posting = after_posting

    async def act(self, delivery: Delivery) -> PostId | None:
        """Make the note's message as it should be."""
        note = await self._note_of(delivery)
        if delivery.kind is DeliveryKind.ATTACH_NOTE:
            return await self._attach(note, delivery)
        if note.message is not None:
            await self._publisher.delete(note.channel, note.message)
        return None

    async def _attach(self, note: Note, delivery: Delivery) -> PostId:
        async with self._database.reading() as stores:
            fact_check = await stores.library.revision(note.community, note.slug, note.revision)
            objection = await self._objection(stores, note, delivery)
        if fact_check is None:
            raise GoneError("the fact-check no longer exists")
        may_be_there = objection is not None and delivery.attempts > 0
        if may_be_there or may_be_forgotten(delivery, self._clock):
            since = (delivery.first_attempt_at or delivery.created_at) - LOOK_BACK
            found = await self._publisher.find(note, since=since)
            if found is not None:
                return found
        if objection is not None:
            raise GoneError(objection)
        return await self._publisher.attach(note, fact_check, nonce=delivery.key)

    async def _objection(self, stores: Stores, note: Note, delivery: Delivery) -> str | None:
        """Return what speaks against posting a note now; much may have changed meanwhile."""
        if note.state is NoteState.WITHDRAWN:
            return "the note was withdrawn before it was posted"
        if self._clock.now() - delivery.created_at > GIVE_UP_AFTER:
            return "too late: it would come out of the blue"
        current = await stores.library.get(note.community, note.slug)
        if current is None or current.status is not Status.PUBLISHED:
            return "the fact-check is not published any more"
        author = await stores.posts.author(note.community, note.post)
        if author is not None and await stores.members.has_opted_out(note.community, author):
            return "the author has opted out"
        if not delivery.content.get(ASKED_FOR):
            pauses = await stores.pauses.active(note.community)
            if is_paused(pauses, (note.place, note.channel)):
                return "notes are paused there"
        return None

    async def _note_of(self, delivery: Delivery) -> Note:
        async with self._database.reading() as stores:
            note = await stores.notes.get(delivery.note) if delivery.note else None
        if note is None:
            raise GoneError("the note no longer exists")
        return note

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record an attached note's message; one that was withdrawn meanwhile is deleted."""
        if delivery.kind is not DeliveryKind.ATTACH_NOTE or delivery.note is None:
            return
        note = await stores.notes.get(delivery.note)
        if note is None:
            return
        if note.state is NoteState.WITHDRAWN:
            await stores.notes.set_state(note.id, NoteState.WITHDRAWN, message=message)
            await stores.outbox.add(deletion(note, self._clock))
        else:
            await stores.notes.set_state(note.id, NoteState.POSTED, message=message)
            await self._after_posting(stores, note)

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record that a note will never be posted."""
        if delivery.kind is not DeliveryKind.ATTACH_NOTE or delivery.note is None:
            return
        note = await stores.notes.get(delivery.note)
        if note is not None and note.state is NoteState.PENDING:
            await stores.notes.set_state(note.id, NoteState.FAILED)


class AnswerDeliveries:
    """Answers posts that mention the bot; an answer is never worth a double."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock

    async def act(self, delivery: Delivery) -> PostId | None:
        """Say it, unless it may have been said already."""
        first = delivery.first_attempt_at
        if first is not None and self._clock.now() - first > NONCE_WINDOW:
            raise GoneError("too late to answer: it may have been said already")
        return await self._publisher.answer(delivery)

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record nothing: the delivery itself is the record."""

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record nothing: the delivery itself is the record."""


def deletion(note: Note, clock: Clock) -> Delivery:
    """Return the delivery that deletes a note's message."""
    now = clock.now()
    return Delivery(
        key=derive_key("delete", note.id),
        kind=DeliveryKind.DELETE_NOTE,
        community=note.community,
        channel=note.channel,
        note=note.id,
        created_at=now,
        due_at=now,
    )
