"""The one ordered queue between the gateway and the services.

Handlers run as tasks that finish out of order; this queue keeps the order in which they began.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from bot.domain.events import (
    Event,
    HistoryRead,
    PlaceDeleted,
    PostCreated,
    PostEdited,
    PostsDeleted,
)
from bot.domain.ids import CommunityId
from bot.services.errors import UnavailableError
from bot.services.likes.ledger import Ledger, Numbered, community_of
from bot.services.ports import Database
from bot.services.watching import WatchingService

logger = logging.getLogger(__name__)

BATCH = 4_000
"""Events recorded in one transaction: of more, a crash would let too many be read back."""
GATHER = timedelta(milliseconds=25)
"""How long events are gathered when they come in crowds: a transaction costs as much as many."""
FIRST_PAUSE = timedelta(milliseconds=100)
LONGEST_PAUSE = timedelta(seconds=10)
_WATCHED = (PostCreated, PostEdited, PostsDeleted, PlaceDeleted, HistoryRead)


def _nobody_reads_back(community: CommunityId) -> None:
    """Stand in where nothing can be read back, as in a replay."""


class IngestQueue:
    """Hands each post to the watching service and records events in batches, in order."""

    def __init__(
        self,
        database: Database,
        watching: WatchingService,
        ledger: Ledger,
    ) -> None:
        self.on_lost: Callable[[CommunityId], None] = _nobody_reads_back
        """Called with the community of an event that could not be recorded."""
        self.on_stranger: Callable[[CommunityId], None] = _nobody_reads_back
        """Called where a reaction met a post of which nothing else is known."""
        self._database = database
        self._watching = watching
        self._ledger = ledger
        self._events: asyncio.Queue[Numbered] = asyncio.Queue()
        self._number = 0

    def put(self, event: Event) -> None:
        """Take an event; never waits, so that it can be a handler's first statement."""
        self._number += 1
        self._events.put_nowait((self._number, event))

    def next_number(self) -> int:
        """Return a number of its own, for a reading that begins now."""
        self._number += 1
        return self._number

    @property
    def taken(self) -> int:
        """The number of the last event or reading."""
        return self._number

    @property
    def waiting(self) -> int:
        """How many events are not yet worked off."""
        return self._events.qsize()

    async def drained(self) -> None:
        """Wait until every event that was put has been worked off."""
        await self._events.join()

    async def run(self) -> None:
        """Work events off for ever; what comes alone and what fills a batch is not kept waiting."""
        crowded = False
        while True:
            batch = [await self._events.get()]
            if crowded and len(batch) + self.waiting < BATCH:
                await asyncio.sleep(GATHER.total_seconds())
            while len(batch) < BATCH and not self._events.empty():
                batch.append(self._events.get_nowait())
            crowded = len(batch) > 1
            try:
                await self._patiently(batch)
            finally:
                for _ in batch:
                    self._events.task_done()

    async def _patiently(self, batch: Sequence[Numbered]) -> None:
        """Work a batch off, then record it: a post is recorded only once it has been judged.

        So a post that a crash left unjudged is found again when the history is read. That reading
        asks what is recorded: what came before it has to be.
        """
        done: list[Numbered] = []
        for numbered in batch:
            event = numbered[1]
            if isinstance(event, _WATCHED) and not self._is_idle_talk(event):
                if isinstance(event, HistoryRead) and done:
                    await self._recorded(done)
                    done = []
                await self._guarded(type(event).__name__, partial(self._apply, event))
            done.append(numbered)
        await self._recorded(done)

    def _is_idle_talk(self, event: Event) -> bool:
        return isinstance(event, PostCreated) and self._watching.ignores(event.post)

    async def _recorded(self, batch: Sequence[Numbered]) -> None:
        """Record a batch as a whole; if that fails, each event by itself, so that one is lost."""
        if await self._guarded("batch", partial(self._record, batch)):
            return
        for numbered in batch if len(batch) > 1 else ():
            if not await self._guarded("event", partial(self._record, [numbered])):
                self.on_lost(community_of(numbered[1]))

    async def _guarded(self, what: str, work: Callable[[], Awaitable[None]]) -> bool:
        """Do the work, again while the database is unavailable; return whether it was done."""
        pause = FIRST_PAUSE
        while True:
            try:
                await work()
            except UnavailableError as problem:
                if not problem.retryable:
                    logger.exception("events could not be stored", extra={"event": what})
                    return False
                logger.warning("waiting for the database", extra={"event": what})
                await asyncio.sleep(pause.total_seconds())
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:
                logger.exception("an event could not be worked off", extra={"event": what})
                return False
            else:
                return True

    async def _record(self, batch: Sequence[Numbered]) -> None:
        async with self._database.writing() as stores:
            await self._ledger.record(stores, batch)
        for community in self._ledger.strangers():
            self.on_stranger(community)

    async def _apply(self, event: Event) -> None:
        match event:
            case PostCreated(post):
                await self._watching.consider(post)
            case PostEdited(post):
                await self._watching.reconsider(post)
            case PostsDeleted(channel=channel, posts=posts):
                await self._watching.forget_posts(channel, posts)
            case PlaceDeleted(place=place):
                await self._watching.forget_place(place)
            case HistoryRead():
                await self._watching.compare(event)
            case _:
                pass
