"""Says when places are read back: at every start and session, after a change of permissions, daily.

Every start is a gap, and so is every session that could not be resumed. Knows when and in which
order; what is read, and how far back, is `bot.services.reading_back`'s.
"""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.domain.events import HistoryRead, PostsDeleted
from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.likes import DEFAULT_EMOJI, LikedPost
from bot.services.errors import GoneError, UnavailableError
from bot.services.ingest import IngestQueue
from bot.services.ports import Clock, Database, HistorySource
from bot.services.reading_back import (
    CommunityReading,
    Progress,
    givers_of,
    heard_name,
    reactions_read,
)

logger = logging.getLogger(__name__)

RETRY = timedelta(seconds=30)
WHOLE_EVERY = timedelta(days=1)
"""How often everything of the last weeks is compared, gap or not."""
STRANGERS = 50
"""Unknown posts that are looked up in one go."""
PATIENCE = timedelta(seconds=20)
"""How long the queue may take before a heartbeat is left out."""


class CatchingUpService:
    """Reads one community after another.

    Invariants: a community is never read twice at the same time; asking again while it waits adds
    nothing, since `ready` may be announced at any time and in bursts. A gap is closed in the
    transaction that records the last of what was in it.
    """

    def __init__(
        self, database: Database, source: HistorySource, ingest: IngestQueue, clock: Clock
    ) -> None:
        self._database = database
        self._source = source
        self._ingest = ingest
        self._clock = clock
        self._wanted: dict[CommunityId, bool] = {}
        self._strangers: dict[CommunityId, None] = {}
        # With their channels; those that were out of reach are asked about no second time.
        self._looked_up: dict[CommunityId, dict[PostId, PlaceId]] = {}
        self._compared_at: dict[CommunityId, datetime] = {}
        self._whole: set[CommunityId] = set()
        self._hidden: dict[CommunityId, Collection[PlaceId]] = {}
        self._progress: dict[CommunityId, Progress] = {}
        self._asked = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        ingest.on_lost = self.request
        ingest.on_stranger = self.look_up

    def request(self, community: CommunityId) -> None:
        """Say that something of a community may have been missed; never waits."""
        self._wanted[community] = True
        self._wake()

    def compare_all(self, community: CommunityId) -> None:
        """Ask for the last weeks to be compared as a whole, as for a new emoji; never waits."""
        # A reading that runs may be past what is to be compared: the next one is whole.
        self._whole.add(community)
        self._wanted.setdefault(community, False)
        self._wake()

    def look_up(self, community: CommunityId) -> None:
        """Ask for the posts to be looked up of which only a reaction is known; never waits."""
        self._strangers[community] = None
        self._wake()

    def permissions_changed(self, community: CommunityId) -> None:
        """Read back what could not be read before, if something of it can be read now."""
        hidden = self._hidden.get(community, ())
        readable = {where.channel for where in self._source.places(community).readable}
        if not readable.isdisjoint(hidden):
            self.request(community)
        looked_up = self._looked_up.get(community, {})
        again = [post for post, channel in looked_up.items() if channel in readable]
        for post in again:
            del looked_up[post]
        if again:
            self.look_up(community)

    async def compare_daily(self) -> None:
        """Ask for everything to be compared where that was a day ago; a job calls this."""
        for community, compared_at in self._compared_at.items():
            if self._clock.now() - compared_at >= WHOLE_EVERY:
                self._wanted.setdefault(community, False)
                self._wake()

    async def heartbeat(self) -> None:
        """Note that all events up to now were heard and recorded; a job calls this."""
        now = self._clock.now()
        hearing = [each for each in self._compared_at if self._source.hears(each)]
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._ingest.drained()
        except TimeoutError:
            return
        still = [c for c in hearing if c not in self._wanted and self._source.hears(c)]
        if still:
            async with self._database.writing() as stores:
                for community in still:
                    await stores.settings.put(heard_name(community), now.isoformat())

    def progress(self, community: CommunityId) -> Progress | None:
        """Return how far the newest reading has come, None where there was none yet."""
        return self._progress.get(community)

    async def idle(self) -> None:
        """Wait until all that was asked for has been read and handed on."""
        await self._idle.wait()

    def _wake(self) -> None:
        self._idle.clear()
        self._asked.set()

    async def run(self) -> None:
        """Read back for ever what is asked for; members' own doings come before old posts."""
        while True:
            if not self._wanted and not self._strangers:
                self._idle.set()
                self._asked.clear()
                await self._asked.wait()
            if self._strangers:
                community = next(iter(self._strangers))
                del self._strangers[community]
                await self._meet_strangers(community)
            else:
                community = next(iter(self._wanted))
                await self._read(community, missed=self._wanted.pop(community))

    async def _read(self, community: CommunityId, *, missed: bool) -> None:
        now = self._clock.now()
        compared_at = self._compared_at.get(community)
        is_old = compared_at is None or now - compared_at >= WHOLE_EVERY
        whole = is_old or community in self._whole
        self._whole.discard(community)
        reading = CommunityReading(community, self._database, self._source, self._ingest, now)
        self._progress[community] = reading.progress
        try:
            complete = await reading.read(missed=missed, whole=whole)
        except UnavailableError as problem:
            log = {"community": community, "problem": str(problem)}
            logger.warning("could not look for what was missed", extra=log)
            complete = False
        except Exception:
            # A bug in here must not end the whole bot; the gap stays open for the next time.
            logger.exception("reading back failed", extra={"community": community})
            complete = True
        self._hidden[community] = reading.listing.hidden
        reading.progress.running = False
        if complete:
            self._compared_at[community] = now if whole else compared_at or now
            log = {"community": community} | asdict(reading.progress)
            logger.info("read back what was missed", extra=log)
        else:
            if whole:
                self._whole.add(community)
            loop = asyncio.get_running_loop()
            loop.call_later(RETRY.total_seconds(), self.request, community)

    async def _meet_strangers(self, community: CommunityId) -> None:
        """Look up posts of which only a reaction is known; one that is out of reach waits."""
        looked_up = self._looked_up.setdefault(community, {})
        async with self._database.reading() as stores:
            # So many more, that those out of reach keep no other from being met.
            found = await stores.likes.strangers(community, STRANGERS + len(looked_up))
            emoji = {*DEFAULT_EMOJI, *await stores.likes.emoji(community)}
        new = [each for each in found if each.post not in looked_up][:STRANGERS]
        for stranger in new:
            looked_up[stranger.post] = stranger.channel
            try:
                await self._meet(stranger, emoji)
            except GoneError:
                gone = PostsDeleted(community, stranger.channel, (stranger.post,))
                self._ingest.put(gone)
            except UnavailableError as problem:
                log = {"post": stranger.post, "problem": str(problem)}
                logger.warning("a post could not be looked up", extra=log)
        if len(new) == STRANGERS:
            await self._ingest.drained()
            self.look_up(community)

    async def _meet(self, stranger: LikedPost, emoji: Collection[str]) -> None:
        as_of = self._ingest.next_number()
        seen = await self._source.look(stranger.community, stranger.channel, stranger.post)
        there = {form for form in seen.forms if form[0] in emoji}
        forms = await givers_of(seen, there)
        self._ingest.put(
            HistoryRead(
                community=stranger.community,
                channel=stranger.channel,
                posts=[seen.post],
                reaches_back_to=stranger.post,
                reaches_to=stranger.post,
            )
        )
        at = seen.post.created_at
        unread = there - forms.keys()
        self._ingest.put(reactions_read(seen, forms, unread, as_of=as_of, at=at))
