"""Tries a threshold, a mode or a new fact-check on what was said in a place lately; posts nothing.

Knows the history port and the replay; what is read stays in memory until the answer is given.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta

from bot.domain.factchecks import Example, FactCheck, Status
from bot.domain.ids import CommunityId, PlaceId, Slug
from bot.domain.notes import Note, derive_note_id
from bot.domain.policy import Mode, Outcome
from bot.domain.posts import Post, Where
from bot.domain.reviews import Review, ReviewKind
from bot.domain.rules import NoteRules, is_paused
from bot.domain.wording import N_, _
from bot.services.errors import GoneError, InvalidInputError, NotFoundError, UnavailableError
from bot.services.exports import ExportedPost, ReadingTally
from bot.services.exports.discord_json import Progress
from bot.services.ports import Clock, Database, HistorySource
from bot.services.readers import BuildReader
from bot.services.replaying import (
    Finding,
    Replay,
    ReplaySummary,
    require_threshold,
    thresholds_at,
)
from bot.services.review_cards import ask_moderators, review_of
from bot.services.rules import NO_REVIEW_PLACE

LONGEST = timedelta(days=14)
POSTS_READ = 5_000
"""Enough for two weeks of a busy channel; reading more would outlast the answer's time."""
PATIENCE = timedelta(minutes=3)
"""How long may be read: Discord forgets who asked after 15 minutes."""
CARDS = 10
NOTHING_READABLE = N_(
    "I cannot read anything there: give me “View Channel” and “Read Message History”."
)
BUSY = N_("Another simulation is running on this server; please wait until it has answered.")
NOT_PUBLISHED = N_("A fact-check that is not published cannot be asked about: publish it first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is to be tried, and where; what is None stays as it is."""

    community: CommunityId
    place: PlaceId
    days: int
    threshold: float | None = None
    mode: Mode | None = None
    slug: Slug | None = None
    """Only this fact-check, also where it is a draft."""

    def __post_init__(self) -> None:
        if not timedelta(days=1) <= timedelta(days=self.days) <= LONGEST:
            raise InvalidInputError(_("Choose 1 to {days} days.").format(days=LONGEST.days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What would have happened."""

    summary: ReplaySummary
    findings: Sequence[Finding]
    mode: Mode
    complete: bool
    """Whether all posts of the time were read."""
    paused: bool = False
    """Whether a pause, which is left out of account, holds there now."""
    earning: bool = False
    """Whether earned autonomy, which is left out of account, is switched on."""
    asked: int = 0
    """How many review cards were asked for."""


@dataclass(slots=True)
class RememberedPosts:
    """Implements `Source` over posts in memory, oldest first."""

    held: Sequence[Post]
    name: str = "history"
    size: int = 0
    tally: ReadingTally = field(default_factory=ReadingTally)

    def posts(self, progress: Progress = lambda _: None) -> Iterator[ExportedPost]:
        """Yield the posts."""
        for post in self.held:
            self.tally.posts += 1
            progress(0)
            yield ExportedPost(post=post, place="")


class SimulatingService:
    """Reads a place back, judges it apart from everything that is live, and forgets it.

    Invariant: nothing but the review cards that were asked for is ever written.
    """

    def __init__(
        self,
        database: Database,
        history: HistorySource,
        build: BuildReader,
        clock: Clock,
        *,
        examples: Sequence[Example] = (),
        wake_sender: Callable[[], None],
    ) -> None:
        self._database = database
        self._history = history
        self._build = build
        self._clock = clock
        self._examples = tuple(examples)
        self._wake_sender = wake_sender
        self._running: set[CommunityId] = set()

    async def run(self, trial: Trial, *, review: bool = False) -> Simulation:
        """Tell what would have happened, and ask moderators about it where that is wanted.

        Raises:
            InvalidInputError: what is to be tried is out of bounds.
            NotFoundError: there is no such fact-check, or the place cannot be read.
            UnavailableError: the platform did not answer.
        """
        if trial.threshold is not None:
            require_threshold(trial.threshold)
        if trial.community in self._running:
            raise InvalidInputError(_(BUSY))
        self._running.add(trial.community)
        try:
            return await self._run(trial, review=review)
        finally:
            self._running.discard(trial.community)

    async def _run(self, trial: Trial, *, review: bool) -> Simulation:
        tried = await self._what_is_tried(trial)
        review_place = tried.rules.review_place
        if review and review_place is None:
            raise InvalidInputError(_(NO_REVIEW_PLACE))
        if review and any(each.status is not Status.PUBLISHED for each in tried.fact_checks):
            raise InvalidInputError(_(NOT_PUBLISHED))
        posts, complete = await self._read(trial)
        mode = trial.mode or await self._mode(trial, posts)
        reader = await asyncio.to_thread(self._build, tried.published, tried.examples)
        thresholds = tried.rules.thresholds or reader.thresholds
        if trial.threshold is not None:
            thresholds = thresholds_at(trial.threshold, thresholds)
        replay = Replay(
            RememberedPosts(posts),
            tried.published,
            lambda _records, _examples: reader,
            mode=mode,
            threshold=thresholds,
        )
        # A thread of its own, since judging thousands of posts would keep live ones waiting.
        findings = await asyncio.to_thread(lambda: asyncio.run(_collected(replay)))
        asked = 0
        if review and review_place is not None:
            cards = _Cards(tried, posts, review_place, thresholds.auto, reader.version)
            asked = await self._ask([cards.of(each) for each in findings if _raised(each)])
        return Simulation(
            summary=replay.summary,
            findings=findings,
            mode=mode,
            complete=complete,
            paused=await self._is_paused(trial, posts),
            earning=tried.rules.earned,
            asked=asked,
        )

    async def _is_paused(self, trial: Trial, posts: Sequence[Post]) -> bool:
        async with self._database.reading() as stores:
            pauses = await stores.pauses.active(trial.community)
        around = {place for post in posts for place in post.where.places}
        return is_paused(pauses, {trial.place, *around})

    async def _what_is_tried(self, trial: Trial) -> "_Tried":
        async with self._database.reading() as stores:
            records = await stores.library.all(trial.community)
            added = await stores.library.examples(trial.community)
            rules = await stores.rules.get(trial.community)
        if trial.slug is None:
            chosen = [each for each in records if each.status is Status.PUBLISHED]
        else:
            chosen = [each for each in records if each.slug == trial.slug]
            if not chosen:
                raise NotFoundError(
                    _("There is no fact-check called “{slug}” here.").format(slug=trial.slug)
                )
        return _Tried(chosen, [*self._examples, *added], rules)

    async def _mode(self, trial: Trial, posts: Sequence[Post]) -> Mode:
        """Return the mode of the place or of the nearest one around it, "auto" where none is."""
        async with self._database.reading() as stores:
            watches = {w.place: w.mode for w in await stores.watches.all(trial.community)}
        around = posts[0].where.places if posts else (trial.place,)
        for place in around[around.index(trial.place) :]:
            if place in watches:
                return watches[place]
        return Mode.AUTO

    async def _read(self, trial: Trial) -> tuple[list[Post], bool]:
        """Return the posts of the time, oldest first, and whether these are all."""
        since = self._clock.now().astimezone(UTC) - timedelta(days=trial.days)
        found: list[Post] = []
        complete = True
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                listed = [*self._history.places(trial.community).readable]
                if not any(w.channel == trial.place and w.is_thread for w in listed):
                    listed += await self._history.archived(trial.community, since)
                wanted = {w.channel: w for w in listed if trial.place in w.places}
                if not wanted:
                    raise NotFoundError(_(NOTHING_READABLE))
                for where in wanted.values():
                    complete &= await self._read_place(where, trial, found)
        except TimeoutError:
            complete = False
        async with self._database.reading() as stores:
            authors = {post.author for post in found}
            left = {a for a in authors if await stores.members.has_opted_out(trial.community, a)}
        kept = [post for post in found if post.author not in left and post.created_at >= since]
        return sorted(kept, key=lambda post: (post.created_at, post.id)), complete

    async def _read_place(self, where: Where, trial: Trial, found: list[Post]) -> bool:
        after = self._history.first_id(self._clock.now() - timedelta(days=trial.days))
        while len(found) < POSTS_READ:
            try:
                page = await self._history.page(where, after=after)
            except GoneError:
                return True
            except UnavailableError as problem:
                if problem.retryable:
                    raise
                return False
            found += [replace(seen.post, asks_bot=False) for seen in page.seen]
            if page.last:
                return True
            after = page.up_to
        return False

    async def _ask(self, reviews: Sequence[Review]) -> int:
        """Ask moderators about the first posts that have neither a note nor a card yet."""
        asked = 0
        async with self._database.writing() as stores:
            for review in reviews:
                on_post = await stores.notes.by_post(review.channel, review.post)
                if asked < CARDS and all(note.slug != review.slug for note in on_post):
                    asked += await ask_moderators(stores, review, self._clock)
        if asked:
            self._wake_sender()
        return asked


@dataclass(frozen=True, slots=True)
class _Tried:
    fact_checks: Sequence[FactCheck]
    examples: Sequence[Example]
    rules: NoteRules

    @property
    def published(self) -> list[FactCheck]:
        return [replace(each, status=Status.PUBLISHED) for each in self.fact_checks]


class _Cards:
    """Makes questions to moderators of findings."""

    def __init__(
        self,
        tried: _Tried,
        posts: Sequence[Post],
        review_place: PlaceId,
        threshold: float,
        matcher: str,
    ) -> None:
        self._revisions = {each.slug: each.revision for each in tried.fact_checks}
        self._posts = {post.id: post for post in posts}
        self._review_place = review_place
        self._threshold = threshold
        self._matcher = matcher

    def of(self, finding: Finding) -> Review:
        """Return the same question that would be asked about the post live."""
        where = self._posts[finding.post].where
        note = Note(
            id=derive_note_id(where.channel, finding.post, finding.slug),
            community=where.community,
            place=where.parent or where.channel,
            channel=where.channel,
            post=finding.post,
            slug=finding.slug,
            revision=self._revisions[finding.slug],
            probability=finding.probability,
            stance=finding.stance,
            span=finding.span,
            threshold=self._threshold,
            matcher=self._matcher,
            created_at=finding.at,
        )
        return review_of(note, ReviewKind.SUGGESTION, self._review_place, finding.reason)


def _raised(finding: Finding) -> bool:
    return finding.outcome is not Outcome.NONE


async def _collected(replay: Replay) -> list[Finding]:
    return [finding async for finding in replay.findings()]
