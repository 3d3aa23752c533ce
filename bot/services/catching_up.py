"""Reads back what was missed while the bot was away, and hands it to the ingest queue.

Every start is a gap, and so is every session that could not be resumed. Knows how far to look
back; what a missed post means is decided where live posts are judged, in the same order.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.ids import CommunityId
from bot.domain.posts import Where
from bot.services.errors import UnavailableError
from bot.services.ingest import IngestQueue
from bot.services.places import PlaceService
from bot.services.ports import Clock, HistorySource, Watch

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=24)
"""A note on an older post would come out of the blue."""
POSTS = 100
"""Posts that are read back in one place: one request."""
RETRY = timedelta(seconds=30)


class CatchingUpService:
    """Reads the watched places of one community after another.

    Invariant: a community is never read twice at the same time; asking again while it waits adds
    nothing, since `ready` may be announced at any time and in bursts.
    """

    def __init__(
        self, places: PlaceService, source: HistorySource, ingest: IngestQueue, clock: Clock
    ) -> None:
        self._places = places
        self._source = source
        self._ingest = ingest
        self._clock = clock
        self._wanted: dict[CommunityId, None] = {}
        self._asked = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def request(self, community: CommunityId) -> None:
        """Ask for a community to be read back soon; never waits."""
        self._wanted[community] = None
        self._idle.clear()
        self._asked.set()

    async def idle(self) -> None:
        """Wait until all that was asked for has been read and handed on."""
        await self._idle.wait()

    async def run(self) -> None:
        """Read back for ever what is asked for."""
        while True:
            if not self._wanted:
                self._idle.set()
                self._asked.clear()
                await self._asked.wait()
            community = next(iter(self._wanted))
            del self._wanted[community]
            if not await self._read(community):
                loop = asyncio.get_running_loop()
                loop.call_later(RETRY.total_seconds(), self.request, community)

    async def _read(self, community: CommunityId) -> bool:
        """Read a community's watched places; return False where it has to be done again."""
        complete = True
        try:
            watches = await self._places.watched(community)
            places = await self._source.places(community) if watches else ()
        except UnavailableError:
            logger.warning("could not look for what was missed", extra={"community": community})
            return False
        for where, since in _to_read(places, watches, self._clock.now() - LOOK_BACK):
            try:
                self._ingest.put(await self._source.read(where, since=since, limit=POSTS))
            except UnavailableError as problem:
                log = {"channel": where.channel, "problem": str(problem)}
                logger.warning("a place could not be read back", extra=log)
                complete = complete and not problem.retryable
        return complete


def _to_read(
    places: Iterable[Where], watches: Sequence[Watch], earliest: datetime
) -> list[tuple[Where, datetime]]:
    """Return the watched places, each with the moment from which on it is read.

    What was said before a place was watched is nobody's business.
    """
    by_place = {watch.place: watch for watch in watches}
    found = []
    for where in places:
        watch = next((by_place[place] for place in where.places if place in by_place), None)
        if watch is not None:
            found.append((where, max(earliest, watch.added_at)))
    return found
