"""What `/status` says: counts of the last week, and what is waiting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.ids import CommunityId
from bot.domain.notes import NoteState
from bot.domain.policy import Mode, Outcome
from bot.domain.rules import NoteRules, Pause
from bot.domain.waiting import NOTHING, Queue
from bot.services.library import LibraryService
from bot.services.places import PlaceService
from bot.services.ports import Clock, Database, Watch
from bot.services.stale_notes import StaleNote, stale_notes

SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A community's state at a glance."""

    watches: tuple[Watch, ...]
    fact_checks: int
    posts: int
    judgements: Mapping[Outcome, int]
    notes: Mapping[NoteState, int]
    backlog: int
    matcher: str
    rules: NoteRules
    pauses: tuple[Pause, ...]
    reviews: Queue
    stale: tuple[StaleNote, ...] = ()
    flags: Queue = NOTHING
    appeals: Queue = NOTHING

    @property
    def needs_review_place(self) -> bool:
        """Whether suggestions are made that nobody gets to see."""
        suggests = any(watch.mode is Mode.SUGGEST for watch in self.watches)
        return self.rules.review_place is None and (suggests or self.rules.earned)


class StatusService:
    """Gathers the figures; judges nothing."""

    def __init__(
        self, database: Database, library: LibraryService, places: PlaceService, clock: Clock
    ) -> None:
        self._database = database
        self._library = library
        self._places = places
        self._clock = clock

    async def status(self, community: CommunityId) -> Status:
        """Return a community's state over the last seven days."""
        since = self._clock.now() - SPAN
        watches = await self._places.watched(community)
        published = await self._library.published(community)
        reader = await self._library.reader(community)
        async with self._database.reading() as stores:
            return Status(
                watches=tuple(watches),
                fact_checks=len(published),
                posts=await stores.posts.count(community, since),
                judgements=await stores.judgements.count(community, since),
                notes=await stores.notes.count(community, since),
                backlog=await stores.outbox.backlog(community),
                matcher=reader.version,
                rules=await stores.rules.get(community),
                pauses=tuple(await stores.pauses.active(community)),
                reviews=await stores.reviews.queue(community),
                stale=tuple(await stale_notes(stores, community)),
                flags=await stores.flags.queue(community, self._clock.now()),
                appeals=await stores.appeals.queue(community),
            )
