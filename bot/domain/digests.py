"""What a digest tells, as plain values worked out from counts; no text of any post is in it.

Pure: knows neither where counts come from nor how a digest looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.policy import Outcome
from bot.domain.waiting import NOTHING, Queue
from bot.domain.wording import _

TOP_POSTS = 5
TOP_THREADS = 5
TOP_CLAIMS = 5
TOP_QUESTIONS = 3
TOP_MEMBERS = 3
PLACES_SHOWN = 3
TREND_PERIODS = 6
SMALL = 20
"""Below this, a change is told as a number: "+50 %" of two posts tells nothing."""


class Measure(StrEnum):
    """The headline figures."""

    POSTS = "posts"
    LIKES = "likes"
    CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, with that of the period before where there was one."""

    measure: Measure
    now: int
    before: int | None = None

    @property
    def change(self) -> str:
        """Return the change in words; empty where nothing can be compared.

        >>> Figure(Measure.POSTS, 110, 100).change, Figure(Measure.POSTS, 5, 3).change
        ('+10 %', '+2')
        >>> Figure(Measure.POSTS, 7).change, Figure(Measure.POSTS, 0, 40).change
        ('', '40 before')
        """
        if self.before is None:
            return ""
        difference = self.now - self.before
        if difference == 0:
            return _("as before")
        if self.now == 0 or self.before == 0:
            return _("{count} before").format(count=self.before or _("none"))
        if max(self.now, self.before) < SMALL:
            return f"{difference:+d}"
        percent = round(100 * difference / self.before)
        if percent > 300:
            return _("{count} before").format(count=self.before)
        return f"{percent:+d} %" if percent else _("as before")


@dataclass(frozen=True, slots=True)
class TopPost:
    """A post that members liked; its words are read when they are shown."""

    channel: PlaceId
    post: PostId
    likes: int


@dataclass(frozen=True, slots=True)
class BusyThread:
    """Where the talk was."""

    channel: PlaceId
    posts: int
    members: int


@dataclass(frozen=True, slots=True)
class Link:
    """A source as it is shown."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """A claim that came up, and what became of it."""

    slug: Slug
    claim: str
    verdict: str
    raised: int
    trend: tuple[int, ...]
    """How often in each of the last periods, this one last; one number where it is new here."""
    places: tuple[PlaceId, ...]
    notes: int
    withheld: int
    helpful: int
    rated: int
    sources: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrectionReport:
    """A fact-check that was changed after notes of it were shown."""

    slug: Slug
    claim: str
    change: str
    notes: int


@dataclass(frozen=True, slots=True)
class Question:
    """A follow-up question of a fact-check that came up."""

    slug: Slug
    text: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """One local day for the chart."""

    day: date
    posts: int
    likes: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything that one digest tells."""

    community: CommunityId
    key: str
    cadence: str
    start: datetime
    end: datetime
    zone: str
    figures: tuple[Figure, ...]
    top_posts: tuple[TopPost, ...] = ()
    threads: tuple[BusyThread, ...] = ()
    claims: tuple[ClaimReport, ...] = ()
    more_claims: int = 0
    corrections: tuple[CorrectionReport, ...] = ()
    questions: tuple[Question, ...] = ()
    liked_members: tuple[MemberId, ...] = ()
    rating_members: tuple[MemberId, ...] = ()
    days: tuple[DayCount, ...] = ()
    late: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened that anybody would want to read about."""
        counted = any(figure.now for figure in self.figures)
        return not counted and not self.corrections

    @property
    def has_chart(self) -> bool:
        """Whether a picture would show more than one lonely bar."""
        return len(self.days) > 1 and any(d.posts or d.likes or d.claims for d in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratorDigest:
    """What waits for moderators, and what they should know of the bot's own work."""

    community: CommunityId
    key: str
    cadence: str
    start: datetime
    end: datetime
    zone: str
    suggested: int
    attached: int
    withdrawn: int
    failed: int
    backlog: int
    reviews: Queue = NOTHING
    """Questions that no moderator has answered yet."""
    flags: Queue = NOTHING
    """Cards of flags that no moderator has decided or put off."""
    appeals: Queue = NOTHING
    """Appeals that no moderator has decided, or asked back about."""
    stale: int = 0
    """Notes that show an older text, since the platform refused their edit."""
    reviews_due: tuple[tuple[Slug, str, date], ...] = ()
    """Fact-checks past their review date, with claim and date."""
    dead_sources: tuple[tuple[Slug, str], ...] = ()
    paused: tuple[PlaceId, ...] = ()
    """Where the circuit breaker has paused automatic notes; `EVERYWHERE` for all places."""
    unhelpful: tuple[tuple[Slug, str, int, int], ...] = ()
    """Fact-checks whose notes few found helpful: claim, helpful, rated."""

    @property
    def is_empty(self) -> bool:
        """Whether moderators need not read anything."""
        return not any(
            (
                self.suggested,
                self.attached,
                self.withdrawn,
                self.failed,
                self.reviews,
                self.flags,
                self.appeals,
                self.stale,
                self.reviews_due,
                self.dead_sources,
                self.paused,
                self.unhelpful,
            )
        )


@dataclass(frozen=True, slots=True)
class Raised:
    """How often one place raised a fact-check in a period, with one outcome."""

    slug: Slug
    channel: PlaceId
    outcome: Outcome
    count: int


def top_claims(raised: Iterable[Raised]) -> list[Slug]:
    """Return the fact-checks that came up, the most often raised first.

    >>> once = Raised(Slug("a"), PlaceId(1), Outcome.ATTACH, 1)
    >>> top_claims([once, Raised(Slug("b"), PlaceId(1), Outcome.NONE, 2)])
    ['b', 'a']
    """
    counts: dict[Slug, int] = {}
    for each in raised:
        counts[each.slug] = counts.get(each.slug, 0) + each.count
    return sorted(counts, key=lambda slug: (-counts[slug], slug))


def places_of(raised: Sequence[Raised], slug: Slug) -> tuple[PlaceId, ...]:
    """Return where a fact-check was raised most."""
    counts: dict[PlaceId, int] = {}
    for each in raised:
        if each.slug == slug:
            counts[each.channel] = counts.get(each.channel, 0) + each.count
    return tuple(sorted(counts, key=lambda place: (-counts[place], place))[:PLACES_SHOWN])


def trimmed_trend(counts: Sequence[int]) -> tuple[int, ...]:
    """Return a trend without the empty time before a claim first came up.

    >>> trimmed_trend([0, 0, 2, 0, 5])
    (2, 0, 5)
    """
    first = next((i for i, count in enumerate(counts) if count), len(counts) - 1)
    return tuple(counts[first:])
