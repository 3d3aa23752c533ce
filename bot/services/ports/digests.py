"""Digests as the use cases keep, count and post them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.digest_runs import Audience, DigestPlan, DigestRun
from bot.domain.digests import Raised
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, NoteState


class DigestStore(Protocol):
    """Plans and the ledger of runs, unique by community, audience and the period's key."""

    async def plan(self, community: CommunityId) -> DigestPlan | None:
        """Return what a community wants."""
        ...

    async def plans(self) -> Sequence[DigestPlan]:
        """Return what all communities want."""
        ...

    async def put_plan(self, plan: DigestPlan) -> None:
        """Store what a community wants."""
        ...

    async def open(self, run: DigestRun) -> bool:
        """Add a run; return False where there is one for the same period and audience."""
        ...

    async def get(self, community: CommunityId, audience: Audience, key: str) -> DigestRun | None:
        """Return a run; while writing, it stays as it is until the end."""
        ...

    async def last(
        self, community: CommunityId, audience: Audience, before: datetime
    ) -> DigestRun | None:
        """Return the run whose period ended last, none of the future (a clock may have jumped)."""
        ...

    async def history(
        self, community: CommunityId, audience: Audience | None = None, *, limit: int = 10
    ) -> Sequence[DigestRun]:
        """Return runs, the newest period first."""
        ...

    async def claimable(self, now: datetime) -> Sequence[DigestRun]:
        """Return runs to be worked on: pending without a live lease, or blocked and due again."""
        ...

    async def claim(
        self, run: DigestRun, *, owner: str, until: datetime, now: datetime
    ) -> DigestRun | None:
        """Claim by compare-and-set, as `claimable` says; None where somebody else was faster."""
        ...

    async def put(self, run: DigestRun, *, reopen: bool = False) -> bool:
        """Replace a run that is not ended (or is, to reopen it), if its attempt is the newest."""
        ...


@dataclass(frozen=True, slots=True)
class Talk:
    """How much was said in a place, and by how many people."""

    posts: int
    members: int


class DigestFacts(Protocol):
    """Counts of what happened, read for digests; ends are exclusive, posts are those by people.

    Posts and likes by time, place and member are `LikeStore`'s.
    """

    async def communities(self) -> Sequence[CommunityId]:
        """Return the communities that have a digest's plan or a watched place."""
        ...

    async def recorded_since(self, community: CommunityId) -> datetime | None:
        """Return when the first post that is known was made."""
        ...

    async def talk_in(
        self, community: CommunityId, channel: PlaceId, start: datetime, end: datetime
    ) -> Talk:
        """Return how many posts that are not deleted were made in a channel or thread."""
        ...

    async def raised(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Sequence[Raised]:
        """Return which fact-checks were raised, by place and outcome."""
        ...

    async def notes(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Mapping[NoteState, int]:
        """Return how many notes were made, by state; zeros included."""
        ...

    async def ratings(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Mapping[Slug, Mapping[Helpfulness, int]]:
        """Return how members rated notes in this time, by fact-check."""
        ...

    async def raters(
        self, community: CommunityId, start: datetime, end: datetime, limit: int
    ) -> Sequence[MemberId]:
        """Return who rated most notes in this time."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; with `post`, a quotation of that post follows, as it is when posting."""

    text: str
    channel: PlaceId | None = None
    post: PostId | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a digest in the platform's markup."""

    title: str
    lines: tuple[Line, ...]
    footer: str
    figures: tuple[tuple[str, str], ...] = ()
    """Headline figures with their names; only the first page has them."""
    chart: bool = False
    """Whether the picture goes with it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with the words that tell the same."""

    png: bytes
    description: str


class VisibilitySource(Protocol):
    """Who may read what, so that a digest tells nobody of places that they cannot see."""

    async def ready(self) -> None:
        """Return when the platform is known well enough to ask."""
        ...

    async def shown(
        self, community: CommunityId, reader: PlaceId | None, places: Collection[PlaceId]
    ) -> Collection[PlaceId]:
        """Return which places everybody may see who reads in `reader`; None stands for all."""
        ...


class DigestPublisher(Protocol):
    """The platform, as far as digests need it; raises as `Publisher` does."""

    async def post(
        self, channel: PlaceId, page: Page, picture: Picture | None, *, marker: str, nonce: str
    ) -> PostId:
        """Post a page quietly, with its quotations read now; return the message's id."""
        ...

    async def find(self, channel: PlaceId, marker: str, *, since: datetime) -> PostId | None:
        """Look in the channel's history for a message of ours that carries the marker."""
        ...
