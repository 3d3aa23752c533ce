"""Rules, pauses, reviews, labels, requests and withdrawals, as the use cases keep them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.autonomy import Precision
from bot.domain.factchecks import FactCheck
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.requests import CheckRequest
from bot.domain.reviews import Label, Review, ReviewId, ReviewState
from bot.domain.rules import NoteRules, Pause, Withdrawal
from bot.domain.tuning import Judged
from bot.domain.waiting import Queue


class RuleStore(Protocol):
    """What communities have decided about their notes."""

    async def get(self, community: CommunityId) -> NoteRules:
        """Return a community's rules; the defaults where it has decided nothing."""
        ...

    async def put(self, rules: NoteRules) -> None:
        """Store a community's rules."""
        ...


class PauseStore(Protocol):
    """Pauses of automatic notes, the newest for each place."""

    async def put(self, pause: Pause) -> None:
        """Store a place's newest pause, begun or ended."""
        ...

    async def get(self, community: CommunityId, place: PlaceId) -> Pause | None:
        """Return a place's newest pause, active or ended."""
        ...

    async def active(self, community: CommunityId) -> Sequence[Pause]:
        """Return the pauses that hold, by place."""
        ...


class ReviewStore(Protocol):
    """Questions to moderators."""

    async def add(self, review: Review) -> bool:
        """Add a review; return False where one with this id exists."""
        ...

    async def get(self, review: ReviewId) -> Review | None:
        """Return a review."""
        ...

    async def decide(
        self,
        review: ReviewId,
        state: ReviewState,
        *,
        by: MemberId | None,
        at: datetime,
        note: NoteId | None = None,
    ) -> bool:
        """Decide an open review; return False where it was decided before."""
        ...

    async def set_message(self, review: ReviewId, message: PostId) -> None:
        """Record the card."""
        ...

    async def open_on(self, channel: PlaceId, post: PostId) -> Sequence[Review]:
        """Return the open reviews about a post, oldest first."""
        ...

    async def open_in(self, place: PlaceId) -> Sequence[Review]:
        """Return the open reviews about posts in a place and its threads, oldest first."""
        ...

    async def open_by(self, community: CommunityId, author: MemberId) -> Sequence[Review]:
        """Return the open reviews about a member's posts, oldest first."""
        ...

    async def asked_in(self, channel: PlaceId, slug: Slug) -> bool:
        """Tell whether a suggestion of this fact-check is open in this channel or thread."""
        ...

    async def queue(self, community: CommunityId) -> Queue:
        """Return how many reviews are open, and when the oldest was asked."""
        ...


class LabelStore(Protocol):
    """Moderators' words on matches, one for each post and fact-check."""

    async def put(self, label: Label) -> None:
        """Store a label, or replace the one about the same post and fact-check."""
        ...

    async def precision(self, community: CommunityId, slug: Slug) -> Precision:
        """Return a fact-check's precision over its newest labels."""
        ...

    async def precisions(self, community: CommunityId) -> Mapping[Slug, Precision]:
        """Return the precision of every fact-check that has labels."""
        ...

    async def judged(self, community: CommunityId | None = None) -> Sequence[Judged]:
        """Return labelled matches with their probabilities, oldest label first.

        A probability is that of the suggestion that was decided, else that of the judgement; a
        label with neither is left out. Without a community those of all are returned.
        """
        ...


class WithdrawalStore(Protocol):
    """Notes that were taken back because they were wrong."""

    async def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False where the note has one."""
        ...

    async def recent(
        self, community: CommunityId, place: PlaceId, *, since: datetime, limit: int
    ) -> Sequence[bool]:
        """Tell of the newest notes shown in a place whether each was taken back for being wrong.

        Newest first, made after `since`; notes that went along with a deleted or changed post are
        left out.
        """
        ...


class RequestStore(Protocol):
    """What members ask moderators to check."""

    async def ask(
        self, community: CommunityId, channel: PlaceId, post: PostId, *, by: MemberId, at: datetime
    ) -> bool:
        """Join the request about a post, or open it (again); False where the member has asked."""
        ...

    async def asked_since(self, community: CommunityId, member: MemberId, since: datetime) -> int:
        """Return how many posts a member has asked about since then."""
        ...

    async def get(self, channel: PlaceId, post: PostId) -> CheckRequest | None:
        """Return the request about a post."""
        ...

    async def waiting(self, community: CommunityId, limit: int = 25) -> Sequence[CheckRequest]:
        """Return open requests: those that most members asked for first, then the oldest."""
        ...

    async def close(
        self, channel: PlaceId, post: PostId, *, by: MemberId, at: datetime, slug: Slug | None
    ) -> bool:
        """Close a request; return False where there is no open one."""
        ...


class ReviewPublisher(Protocol):
    """The platform, as far as cards and tags need it.

    Every method raises `UnavailableError` (or `GoneError` where the target no longer exists).
    """

    async def post_card(self, review: Review, fact_check: FactCheck, *, nonce: str) -> PostId:
        """Post a card without a ping and return the message's id."""
        ...

    async def update_card(self, review: Review, fact_check: FactCheck) -> None:
        """Show the card as the review is now."""
        ...

    async def find_card(self, review: Review, *, since: datetime) -> PostId | None:
        """Look in the review place's history for the card."""
        ...

    async def tag_thread(self, thread: PlaceId, tag: str) -> bool:
        """Put a forum's tag on a thread; return False where the forum or the thread has no use.

        A permission that is missing is no failure: False as well.
        """
        ...
