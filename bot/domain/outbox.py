"""What is about to be done on the platform, written down before it is done.

States of a delivery:

- waiting: to be done when due.
- sending: claimed by one process until its lease ends; a lease that ran out means "unknown":
  the effect may or may not exist, and the healer looks before anything is sent again.
- done: the effect exists, `message` is set where it made one.
- failed: given up for good, `problem` says why.

waiting -> sending -> done | failed | waiting (to be retried); waiting -> failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CommunityId, NoteId, PlaceId, PostId

LEASE = timedelta(minutes=2)
"""Longer than the worst send: discord.py may sleep inside it for a rate limit of 30 s."""
NONCE_WINDOW = timedelta(minutes=2)
"""For this long a repeated nonce is answered by the first message; Discord says "a few minutes"."""
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)
FIRST_PATIENT_RETRY = timedelta(minutes=10)
LONGEST_PATIENT_RETRY = timedelta(hours=24)
"""For what may be hindered for weeks, such as an edit in an archived thread."""


class DeliveryKind(StrEnum):
    """What is to be done."""

    ATTACH_NOTE = "attach-note"
    UPDATE_NOTE = "update-note"
    DELETE_NOTE = "delete-note"
    REVIEW_CARD = "review-card"
    """A question to moderators; `content["review"]`."""
    UPDATE_REVIEW = "update-review"
    TAG_THREAD = "tag-thread"
    """Put the forum tag `content["tag"]` on a thread."""
    ANSWER = "answer"
    """A short text in reply to a post that mentions the bot; `content["text"]`."""
    DIGEST = "digest"
    """One part of a digest; `content` names the run, which holds what is said."""
    MODERATE = "moderate"
    """What a moderator's case says; `content["case"]` is its number."""
    FLAG_CARD = "flag-card"
    """A card of flags for moderators; `content["card"]`, as in the next three."""
    UPDATE_FLAG_CARD = "update-flag-card"
    FLAG_ALERT = "flag-alert"
    """Tells moderators beneath a card that it is urgent."""
    FLAG_OUTCOME = "flag-outcome"
    """Tells `content["member"]` what became of their flag."""
    APPEAL_CARD = "appeal-card"
    """An appeal before the moderators; `content["appeal"]`. Posts the card, or changes it."""
    APPEAL_ANSWER = "appeal-answer"
    """The moderators' newest word in an appeal, to the member."""


PATIENT_KINDS = frozenset(
    {
        DeliveryKind.UPDATE_NOTE,
        DeliveryKind.DELETE_NOTE,
        DeliveryKind.UPDATE_REVIEW,
        DeliveryKind.UPDATE_FLAG_CARD,
    }
)
"""What mends something that is there is tried for weeks; what is new would come out of the blue."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One effect on the platform; `key` is unique and is the nonce of what it posts."""

    key: str
    kind: DeliveryKind
    community: CommunityId
    channel: PlaceId
    created_at: datetime
    due_at: datetime
    note: NoteId | None = None
    reply_to: PostId | None = None
    content: Mapping[str, object] = field(default_factory=dict)
    """Rendered content where a retry must post the same words; empty where a note is named."""
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    first_attempt_at: datetime | None = None
    owner: str = ""
    lease_until: datetime | None = None
    message: PostId | None = None
    problem: str = ""


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after this many attempts: doubling from 2 s up to 10 minutes.

    >>> retry_delay(1).total_seconds(), retry_delay(3).total_seconds()
    (2.0, 8.0)
    """
    return min(FIRST_RETRY * _doubled(attempts), LONGEST_RETRY)


def patient_delay(attempts: int) -> timedelta:
    """Return how long to wait for something that may last: from 10 minutes up to a day.

    >>> patient_delay(1).total_seconds() / 60, patient_delay(20).days
    (10.0, 1)
    """
    return min(FIRST_PATIENT_RETRY * _doubled(attempts), LONGEST_PATIENT_RETRY)


def _doubled(attempts: int) -> int:
    return 1 << max(0, min(attempts - 1, 20))
