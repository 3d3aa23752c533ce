"""What moderators are asked: whether a post makes a claim, and whether a note should stay.

States of a review: open leads to one of the others, once; nothing leads back.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Stance
from bot.domain.notes import derive_key
from bot.domain.policy import Reason

ReviewId = NewType("ReviewId", str)
"""Derived from what is asked about; also the nonce and the marker of the card."""


class ReviewKind(StrEnum):
    """What a card is about."""

    SUGGESTION = "suggestion"
    """Should this post get the note?"""
    APPEAL = "appeal"
    """The post's author asks whether the note should stay."""
    UNHELPFUL = "unhelpful"
    """Tells that members found a note not helpful, so that it was taken back."""
    BREAKER = "breaker"
    """Tells that automatic notes are paused in a place."""


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    ATTACHED = "attached"
    WRONG = "wrong"
    """Not this claim."""
    KEPT = "kept"
    RESUMED = "resumed"
    OUTDATED = "outdated"
    """The post or the note is gone, or its author opted out: there is nothing left to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One question to moderators, with all that is needed to act on the answer; never text."""

    id: ReviewId
    community: CommunityId
    kind: ReviewKind
    review_place: PlaceId
    """Where the card is posted."""
    place: PlaceId
    """The place whose settings apply: the channel of the post, or a thread's parent."""
    channel: PlaceId
    post: PostId
    slug: Slug
    revision: int
    probability: float
    stance: Stance
    span: tuple[int, int]
    threshold: float
    matcher: str
    reason: Reason
    created_at: datetime
    note: NoteId | None = None
    """The note it is about, or the one that it led to."""
    state: ReviewState = ReviewState.OPEN
    decided_by: MemberId | None = None
    decided_at: datetime | None = None
    message: PostId | None = None
    """The card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A moderator's word on whether a post makes a fact-check's claim; the newest counts."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    slug: Slug
    right: bool
    by: MemberId
    at: datetime


def derive_review_id(
    kind: ReviewKind, channel: PlaceId, post: PostId, slug: Slug, *more: object
) -> ReviewId:
    """Return the id of the question about this post and fact-check."""
    return ReviewId(derive_key("review", kind.value, channel, post, slug, *more))
