"""The note that is attached to a post for a fact-check, its life, and its ratings.

States of a note:

- pending: decided and written down together with its outbox row; not yet known to be posted.
- posted: the platform has it, `message` is set.
- withdrawn: taken back (the post was deleted, a moderator or the ratings said so).
- failed: the platform refused it for good, or the post went before the note was sent.

pending -> posted -> withdrawn; pending -> failed; pending -> withdrawn. Nothing leads back.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Stance
from bot.domain.policy import Outcome, Reason

NONCE_LENGTH = 22
"""Discord takes at most 25 characters; 22 of base64url carry 132 bits."""


class NoteState(StrEnum):
    """Where a note stands."""

    PENDING = "pending"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


LEADS_TO: dict[NoteState, frozenset[NoteState]] = {
    NoteState.PENDING: frozenset({NoteState.POSTED, NoteState.WITHDRAWN, NoteState.FAILED}),
    NoteState.POSTED: frozenset({NoteState.WITHDRAWN}),
    NoteState.WITHDRAWN: frozenset(),
    NoteState.FAILED: frozenset(),
}
"""Which states may follow which; a store keeps a note's state where a move is not among these."""


class Helpfulness(StrEnum):
    """A member's rating, with Community Notes' three values."""

    HELPFUL = "helpful"
    SOMEWHAT = "somewhat"
    NOT_HELPFUL = "not-helpful"


def derive_key(kind: str, *parts: object) -> str:
    """Return a deterministic 22-character key: nonce, marker and primary key in one.

    >>> len(derive_key("note", 1, "a")) == NONCE_LENGTH
    True
    """
    digest = sha256("\x1f".join((kind, *map(str, parts))).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:NONCE_LENGTH]


def derive_note_id(channel: PlaceId, post: PostId, slug: Slug, generation: int = 0) -> NoteId:
    """Return the id of the note for this post and fact-check.

    `generation` rises only when a moderator asks for the note to be posted again.
    """
    return NoteId(derive_key("note", channel, post, slug, generation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note; it never carries the post's text."""

    id: NoteId
    community: CommunityId
    place: PlaceId
    """The place whose cooldown it used: the channel, or a thread's parent."""
    channel: PlaceId
    """Where it is posted: the channel or the thread."""
    post: PostId
    slug: Slug
    revision: int
    probability: float
    stance: Stance
    span: tuple[int, int]
    threshold: float
    matcher: str
    """Version of the matcher that decided."""
    created_at: datetime
    state: NoteState = NoteState.PENDING
    message: PostId | None = None

    @property
    def is_live(self) -> bool:
        """Whether it stands on its post, or is about to."""
        return self.state in (NoteState.PENDING, NoteState.POSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was decided about one post and its best match: counted in digests, never with text."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    slug: Slug
    outcome: Outcome
    reason: Reason
    probability: float
    stance: Stance
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One member's rating of one note; changing it replaces it."""

    note: NoteId
    member: MemberId
    value: Helpfulness
    at: datetime
