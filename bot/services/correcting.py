"""Corrections that travel: every posted note is shown as its fact-check stands today.

Knows which notes are shown how, and writes down one edit for each that has to change; editing
messages is the outbox sender's work.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.corrections import (
    COLLAPSED,
    Correction,
    Entry,
    NoteForm,
    NoteShape,
    changes_between,
    form_of,
    kind_of,
    shape_of,
)
from bot.domain.factchecks import FactCheck
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Note, NoteState, derive_key
from bot.domain.outbox import Delivery, DeliveryKind
from bot.services.errors import GoneError
from bot.services.ports import Clock, Database, Publisher, Showing, Stores

logger = logging.getLogger(__name__)

BATCH = 200
"""Notes in one transaction."""
CALM = timedelta(seconds=3)
"""How long after a change of permissions something is tried again."""
BURST = 5
BURST_SPAN = timedelta(seconds=5)
"""Discord takes five edits in five seconds and channel; notes that are due now go first."""


@dataclass(frozen=True, slots=True)
class _Target:
    """What all notes that are shown in one way are to become."""

    showing: Showing
    fact_check: FactCheck
    shape: NoteShape
    seen: bool
    """Whether readers of the note can see the difference; if not, nothing needs to be edited."""

    @property
    def content(self) -> dict[str, object]:
        return {"revision": self.fact_check.revision, "shape": self.shape.value}


class CorrectingService:
    """Finds notes that are not shown as they should be, and has each edited once.

    Invariants: the deliveries of a batch, the count of notes that they touch and the cancelling of
    older edits are one transaction; a delivery's key is made of note, revision and shape. So a run
    may end anywhere, and the next one goes on from there.
    """

    def __init__(
        self, database: Database, clock: Clock, *, wake_sender: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_sender = wake_sender
        self._running = asyncio.Lock()

    async def run(self, community: CommunityId | None = None, slug: Slug | None = None) -> int:
        """Write down the edits that are needed, everywhere or as asked; return how many."""
        if community == STARTER_COMMUNITY:
            community = None
        async with self._running:
            touched = 0
            for target in await self._targets(community, slug):
                touched += await self._correct(target)
        if touched:
            logger.info("notes are being corrected", extra={"notes": touched})
            self._wake_sender()
        return touched

    async def access_changed(
        self, community: CommunityId, is_open: Callable[[PlaceId], bool]
    ) -> None:
        """Try what was refused again in the places that are open to the bot now.

        A moment later, so that many changes at once lead to one attempt.
        """
        async with self._database.reading() as stores:
            places = [p for p in await stores.outbox.hindered(community) if is_open(p)]
        for place in places:
            await self._hasten(place, self._clock.now() + CALM)

    async def reachable_again(self, channel: PlaceId) -> None:
        """Try the edits and deletions in a channel again: its thread was opened again, say."""
        await self._hasten(channel, self._clock.now())

    async def _hasten(self, channel: PlaceId, due: datetime) -> None:
        async with self._database.writing() as stores:
            hastened = [
                await stores.outbox.hasten(channel, kind, due)
                for kind in (DeliveryKind.UPDATE_NOTE, DeliveryKind.DELETE_NOTE)
            ]
        if any(hastened):
            self._wake_sender()

    async def corrections(
        self, community: CommunityId, since: datetime, until: datetime
    ) -> Sequence[Correction]:
        """Return what was corrected in a span of time, for the digest."""
        async with self._database.reading() as stores:
            return await stores.corrections.between(community, since, until)

    async def _targets(self, community: CommunityId | None, slug: Slug | None) -> list[_Target]:
        today = self._clock.now().date()
        targets: list[_Target] = []
        async with self._database.reading() as stores:
            for showing in await stores.corrections.showing(community, slug):
                current = await stores.library.get(showing.community, showing.slug)
                if current is None or showing.shape is NoteShape.WITHDRAWN:
                    continue
                wanted = (current.revision, shape_of(current, today))
                if wanted != (showing.revision, showing.shape):
                    targets.append(await _target(stores, showing, current, today))
        return targets

    async def _correct(self, target: _Target) -> int:
        touched = 0
        after: NoteId | None = None
        places: Counter[PlaceId] = Counter()
        while True:
            async with self._database.writing() as stores:
                notes = await stores.corrections.notes(target.showing, after=after, limit=BATCH)
                if not notes:
                    return touched
                touched += await self._correct_batch(stores, target, notes, places)
            after = notes[-1].id

    async def _correct_batch(
        self, stores: Stores, target: _Target, notes: Sequence[Note], places: Counter[PlaceId]
    ) -> int:
        now = self._clock.now()
        if not target.seen:
            for note in notes:
                await stores.corrections.record_shown(
                    note.id, target.fact_check.revision, target.shape, now
                )
            return 0
        added = 0
        for note in notes:
            due_at = now + BURST_SPAN * (places[note.channel] // BURST)
            delivery = edit_of(note, target.content, now=now, due_at=due_at)
            if await stores.outbox.get(delivery.key) is None:
                await stores.outbox.cancel(
                    note.id, "a newer revision is to be shown", kind=DeliveryKind.UPDATE_NOTE
                )
                await stores.outbox.add(delivery)
                places[note.channel] += 1
                added += 1
        if added:
            await stores.corrections.add(_correction(target, added, now))
        return added


class CorrectionDeliveries:
    """Carries out the edits: shows a note's message in the form that its fact-check asks for."""

    def __init__(self, database: Database, publisher: Publisher, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def act(self, delivery: Delivery) -> PostId | None:
        """Edit the message, unless a newer revision has made this edit pointless."""
        async with self._database.reading() as stores:
            note = await stores.notes.get(delivery.note) if delivery.note else None
            if note is None or note.message is None:
                raise GoneError("the note has no message")
            wanted = await self._wanted(stores, note, delivery)
        if wanted is not None:
            await self._publisher.update(note, *wanted)
        return None

    async def _wanted(
        self, stores: Stores, note: Note, delivery: Delivery
    ) -> tuple[FactCheck, NoteForm] | None:
        history = await stores.library.history(note.community, note.slug)
        if not history:
            return None
        newest = history[0].fact_check
        if delivery.content.get("shape") == NoteShape.WITHDRAWN:
            reason = str(delivery.content.get("reason", ""))
            at = delivery.created_at
            return newest, NoteForm(shape=NoteShape.WITHDRAWN, reason=reason, changed_at=at)
        if note.state is not NoteState.POSTED:
            return None
        numbered = {entry.fact_check.revision: entry.fact_check for entry in history}
        attached = numbered.get(note.revision, newest)
        entries = [Entry(fact_check=e.fact_check, reason=e.reason, at=e.at) for e in history]
        form = form_of(attached, entries, self._clock.now().date())
        target = {"revision": newest.revision, "shape": form.shape.value}
        return (newest, form) if dict(delivery.content) == target else None

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record how the note is shown, where it is still what the fact-check asks for."""
        del message  # An edit makes no message.
        note = await stores.notes.get(delivery.note) if delivery.note else None
        wanted = await self._wanted(stores, note, delivery) if note else None
        if note is not None and wanted is not None:
            fact_check, form = wanted
            await stores.corrections.record_shown(
                note.id, fact_check.revision, form.shape, self._clock.now()
            )

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record nothing: the delivery itself is the record."""


def edit_of(
    note: Note, content: dict[str, object], *, now: datetime, due_at: datetime | None = None
) -> Delivery:
    """Return the delivery that edits a note's message; one for each note, revision and shape."""
    return Delivery(
        key=derive_key("update", note.id, content["revision"], content["shape"]),
        kind=DeliveryKind.UPDATE_NOTE,
        community=note.community,
        channel=note.channel,
        note=note.id,
        content=content,
        created_at=now,
        due_at=due_at or now,
    )


def collapse_of(note: Note, reason: str, *, now: datetime) -> Delivery:
    """Return the delivery that collapses a note which was found not helpful, for this reason."""
    content: dict[str, object] = {
        "revision": note.revision,
        "shape": NoteShape.WITHDRAWN.value,
        "reason": reason,
    }
    return edit_of(note, content, now=now)


async def _target(stores: Stores, showing: Showing, current: FactCheck, today: date) -> _Target:
    shape = shape_of(current, today)
    seen = shape is not showing.shape
    if not seen:
        old = await stores.library.revision(showing.community, showing.slug, showing.revision)
        changed = changes_between(old, current) if old else ("all",)
        seen = "wording" in changed if shape in COLLAPSED else bool(changed)
    return _Target(showing, current, shape, seen)


def _correction(target: _Target, notes: int, now: datetime) -> Correction:
    return Correction(
        community=target.showing.community,
        slug=target.showing.slug,
        from_revision=target.showing.revision,
        to_revision=target.fact_check.revision,
        kind=kind_of(target.showing.shape, target.shape),
        notes=notes,
        at=now,
    )
