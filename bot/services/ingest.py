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
from bot.domain.posts import Post
from bot.services.errors import UnavailableError
from bot.services.ports import Database
from bot.services.watching import WatchingService

logger = logging.getLogger(__name__)

BATCH = 500
"""Events recorded in one transaction; 500 rows stay far below SQLite's 32,766 parameters."""
FIRST_PAUSE = timedelta(milliseconds=100)
LONGEST_PAUSE = timedelta(seconds=10)


class IngestQueue:
    """Records events in batches and hands each post to the watching service, in order."""

    def __init__(self, database: Database, watching: WatchingService) -> None:
        self._database = database
        self._watching = watching
        self._events: asyncio.Queue[Event] = asyncio.Queue()

    def put(self, event: Event) -> None:
        """Take an event; never waits, so that it can be a handler's first statement."""
        self._events.put_nowait(event)

    @property
    def waiting(self) -> int:
        """How many events are not yet worked off."""
        return self._events.qsize()

    async def drained(self) -> None:
        """Wait until every event that was put has been worked off."""
        await self._events.join()

    async def run(self) -> None:
        """Work events off for ever."""
        while True:
            batch = [await self._events.get()]
            while len(batch) < BATCH and not self._events.empty():
                batch.append(self._events.get_nowait())
            try:
                await self._patiently(batch)
            finally:
                for _ in batch:
                    self._events.task_done()

    async def _patiently(self, batch: Sequence[Event]) -> None:
        """Work a batch off, then record it: a post is recorded only once it has been judged.

        So a post that a crash left unjudged is found again when the history is read. That reading
        asks what is recorded: what came before it has to be.
        """
        done: list[Event] = []
        for event in batch:
            if isinstance(event, HistoryRead) and done:
                await self._guarded("batch", partial(self._record, done))
                done = []
            await self._guarded(type(event).__name__, partial(self._apply, event))
            done.append(event)
        await self._guarded("batch", partial(self._record, done))

    async def _guarded(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, again while the database is unavailable; one bad event ends nothing."""
        pause = FIRST_PAUSE
        while True:
            try:
                await work()
            except UnavailableError as problem:
                if not problem.retryable:
                    logger.exception("events could not be stored", extra={"event": what})
                    return
                logger.warning("waiting for the database", extra={"event": what})
                await asyncio.sleep(pause.total_seconds())
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:
                logger.exception("an event could not be worked off", extra={"event": what})
                return
            else:
                return

    async def _record(self, batch: Sequence[Event]) -> None:
        posts = [post for event in batch for post in _posts(event)]
        if posts:
            async with self._database.writing() as stores:
                await stores.posts.record(posts)

    async def _apply(self, event: Event) -> None:
        match event:
            case PostCreated(post):
                await self._watching.consider(post)
            case PostEdited(post):
                await self._watching.reconsider(post)
            case PostsDeleted(community, channel, posts):
                await self._watching.forget_posts(community, channel, posts)
            case PlaceDeleted(community, place):
                await self._watching.forget_place(community, place)
            case HistoryRead():
                await self._watching.compare(event)


def _posts(event: Event) -> Sequence[Post]:
    match event:
        case PostCreated(post) | PostEdited(post):
            return (post,)
        case HistoryRead(posts=posts):
            return posts
        case _:
            return ()
