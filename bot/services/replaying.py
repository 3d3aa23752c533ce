"""Replays an export through the live bot's own rules, on the export's own clock; posts nothing.

Knows exports, the watching service and a database in memory; never where its results are shown.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import CommunityId, PlaceId, PostId, Slug
from bot.domain.matches import Match, Stance
from bot.domain.policy import Decision, Mode, Outcome, Reason, Thresholds
from bot.domain.rules import LEAST_THRESHOLD, NoteRules
from bot.services.errors import InvalidInputError
from bot.services.exports import ExportedPost, ReadingTally, Source
from bot.services.exports.discord_json import Progress
from bot.services.library import LibraryService
from bot.services.memory import InMemoryDatabase
from bot.services.places import PlaceService
from bot.services.readers import BuildReader
from bot.services.watching import WatchingService

EXCERPT_SIDE = 120
"""Characters of a post that are kept before and after the sentence that raised a fact-check."""
SENTENCE_LIMIT = 300


class ReplayClock:
    """The export's clock: it stands at the post that is considered, and never goes back."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """Return the moment of the post that is considered."""
        return self._moment

    def advance(self, moment: datetime) -> None:
        """Go on to a moment; an earlier one changes nothing."""
        self._moment = max(self._moment, moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The sentence that raised a fact-check, and what stands around it."""

    before: str
    sentence: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was decided about a post that raised a fact-check."""

    post: PostId
    community: CommunityId
    channel: PlaceId
    place: str
    link: str
    at: datetime
    edited: bool
    outcome: Outcome
    reason: Reason
    slug: Slug
    probability: float
    stance: Stance
    likes: int
    span: tuple[int, int]
    excerpt: Excerpt


@dataclass(slots=True)
class OutcomeTally:
    """Decisions about posts that raised something, by outcome."""

    attached: int = 0
    suggested: int = 0
    withheld: int = 0

    @property
    def raised(self) -> int:
        """How often a fact-check was raised, whatever was done."""
        return self.attached + self.suggested + self.withheld

    def count(self, outcome: Outcome) -> None:
        """Count one decision."""
        match outcome:
            case Outcome.ATTACH:
                self.attached += 1
            case Outcome.SUGGEST:
                self.suggested += 1
            case Outcome.NONE:
                self.withheld += 1


@dataclass(slots=True)
class DayTally(OutcomeTally):
    """One day (UTC) of the export."""

    posts: int = 0


@dataclass(slots=True)
class ReplaySummary(OutcomeTally):
    """What came of a whole export; withheld are posts that raised something and got nothing."""

    posts: int = 0
    by_people: int = 0
    likes: int = 0
    liked_posts: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    reasons: Counter[Reason] = field(default_factory=Counter)
    """Why posts got no note, suggestions included."""
    fact_checks: dict[Slug, OutcomeTally] = field(default_factory=dict)
    days: dict[date, DayTally] = field(default_factory=dict)
    reading: ReadingTally = field(default_factory=ReadingTally)


class Replay:
    """One run over one export; its results are `findings()` and, after them, `summary`.

    The same source, library, mode and threshold give the same findings and the same summary.

    Raises:
        InvalidInputError: no community could set this threshold.
    """

    def __init__(
        self,
        source: Source,
        fact_checks: Sequence[FactCheck],
        build: BuildReader,
        *,
        examples: Sequence[Example] = (),
        mode: Mode = Mode.AUTO,
        threshold: float | Thresholds | None = None,
        also: Callable[[ExportedPost], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._fact_checks = fact_checks
        self._mode = mode
        self._threshold = (
            require_threshold(threshold) if isinstance(threshold, float | int) else threshold
        )
        self._clock = ReplayClock(datetime.min.replace(tzinfo=UTC))
        self._also = also
        self.database = database = InMemoryDatabase()
        self._library = LibraryService(database, build, self._clock, examples=examples)
        self._places = PlaceService(database, self._clock)
        self._watching = WatchingService(database, self._library, self._places, self._clock)
        self._watched: set[PlaceId] = set()
        self._suggest_from: dict[CommunityId, float] = {}
        self.summary = ReplaySummary(reading=source.tally)

    async def findings(self, progress: Progress = lambda _: None) -> AsyncIterator[Finding]:
        """Consider every post in turn and yield those that raised a fact-check.

        Raises:
            InvalidInputError: the export cannot be read at all.
        """
        await self._library.install(self._fact_checks, reason="replay")
        for exported in self._source.posts(progress):
            self._count_post(exported)
            self._also(exported)
            decision = await self._consider(exported)
            finding = await self._finding(exported, decision)
            if decision.outcome is not Outcome.ATTACH:
                self.summary.reasons[decision.reason] += 1
            if finding is not None:
                self._count_finding(finding)
                yield finding

    async def _consider(self, exported: ExportedPost) -> Decision:
        post = exported.post
        self._clock.advance(post.created_at)
        if post.where.community not in self._suggest_from:
            await self._settle(post.where.community)
        place = post.where.parent or post.where.channel
        if place not in self._watched:
            self._watched.add(place)
            await self._places.watch(post.where.community, place, self._mode, by=None)
        return await self._watching.consider(post)

    async def _settle(self, community: CommunityId) -> None:
        """Decide on the thresholds of a community that is met for the first time."""
        thresholds = (await self._library.reader(community)).thresholds
        if self._threshold is not None:
            thresholds = (
                self._threshold
                if isinstance(self._threshold, Thresholds)
                else thresholds_at(self._threshold, thresholds)
            )
            rules = NoteRules(community=community, thresholds=thresholds)
            async with self.database.writing() as stores:
                await stores.rules.put(rules)
        self._suggest_from[community] = thresholds.suggest

    async def _finding(self, exported: ExportedPost, decision: Decision) -> Finding | None:
        match, post = decision.match, exported.post
        if match is None:
            return None
        if match.probability < self._suggest_from[post.where.community]:
            return None
        return Finding(
            post=post.id,
            community=post.where.community,
            channel=post.where.channel,
            place=exported.place,
            link=exported.link,
            at=post.created_at,
            edited=post.edited_at is not None,
            outcome=decision.outcome,
            reason=decision.reason,
            slug=match.slug,
            probability=match.probability,
            stance=match.stance,
            likes=exported.likes,
            span=match.span,
            excerpt=cut_excerpt(post.text, match),
        )

    def _count_post(self, exported: ExportedPost) -> None:
        summary, post = self.summary, exported.post
        summary.posts += 1
        summary.by_people += post.by_person
        likes = exported.likes
        summary.likes += likes
        summary.liked_posts += likes > 0
        summary.first_at = summary.first_at or post.created_at
        summary.last_at = post.created_at
        summary.days.setdefault(post.created_at.date(), DayTally()).posts += 1

    def _count_finding(self, finding: Finding) -> None:
        self.summary.count(finding.outcome)
        self.summary.days[finding.at.date()].count(finding.outcome)
        self.summary.fact_checks.setdefault(finding.slug, OutcomeTally()).count(finding.outcome)


def require_threshold(value: float) -> float:
    """Return a threshold that a community could set.

    Raises:
        InvalidInputError: it could not.
    """
    if not LEAST_THRESHOLD <= value <= 1.0:
        raise InvalidInputError(f"A threshold is a number from {LEAST_THRESHOLD:.2f} to 1.00.")
    return value


def thresholds_at(auto: float, usual: Thresholds) -> Thresholds:
    """Return thresholds that attach from another probability, and suggest no later than usual."""
    return Thresholds(auto=auto, suggest=max(LEAST_THRESHOLD, min(auto, usual.suggest)))


def cut_excerpt(text: str, match: Match) -> Excerpt:
    """Return the sentence of a match with a little of the text around it, on one line."""
    start, end = match.span
    before, sentence, after = text[:start], text[start:end], text[end:]
    lead = _one_line(before[-2 * EXCERPT_SIDE :]).lstrip()
    tail = _one_line(after[: 2 * EXCERPT_SIDE]).rstrip()
    middle = _one_line(sentence[: 2 * SENTENCE_LIMIT])
    return Excerpt(
        before=lead if len(lead) <= EXCERPT_SIDE else "…" + lead[-EXCERPT_SIDE:],
        sentence=middle if len(middle) <= SENTENCE_LIMIT else middle[:SENTENCE_LIMIT] + "…",
        after=tail if len(tail) <= EXCERPT_SIDE else tail[:EXCERPT_SIDE] + "…",
    )


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def begin_of(fact_checks: Sequence[FactCheck]) -> datetime:
    """Return when a thread without times is taken to start: the day the library was last checked.

    It depends on the input alone, so that a replay gives the same answer on any day.
    """
    checked = [fc.checked_on for fc in fact_checks if fc.checked_on is not None]
    day = max(checked, default=date(2026, 1, 1))
    return datetime.combine(day, time(12), tzinfo=UTC)
