"""Flags: what members report to moderators, how much each report weighs, and what becomes of it.

Pure: knows reasons, limits and the record of a flagger; never a post's text nor the present moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.notes import derive_key
from bot.domain.wording import N_

FlagCardId = NewType("FlagCardId", str)
"""Derived from what is reported; also the nonce and the marker of the card."""

LONGEST_TEXT = 1000
DECISIONS_CONSIDERED = 100
"""A flagger's accuracy is that of this many decided flags, the newest."""
PRIOR_RIGHT, PRIOR_WRONG = 2, 2
"""Every flagger begins as if four flags were decided, half of them agreed with."""
LEAST_TRUST, MOST_TRUST = 0.5, 2.0
PUT_OFF = timedelta(days=1)
QUIET_AFTER_DECISION = timedelta(days=1)
"""For this long a decided post cannot be flagged anew: the moderators have just looked at it."""
LIMITS: tuple[tuple[int, timedelta], ...] = (
    (1, timedelta(seconds=5)),
    (3, timedelta(minutes=5)),
    (10, timedelta(hours=1)),
    (24, timedelta(days=1)),
)
"""So many flags of one member in so much time."""
LONGEST_LIMIT = max(span for _, span in LIMITS)


class FlagReason(StrEnum):
    """Why a post is flagged; Discourse's five."""

    OFF_TOPIC = "off-topic"
    INAPPROPRIATE = "inappropriate"
    SPAM = "spam"
    MISINFORMATION = "misinformation"
    SOMETHING_ELSE = "something-else"


REASON_NAMES: Mapping[FlagReason, str] = {
    FlagReason.OFF_TOPIC: N_("off-topic"),
    FlagReason.INAPPROPRIATE: N_("inappropriate"),
    FlagReason.SPAM: N_("spam"),
    FlagReason.MISINFORMATION: N_("misinformation"),
    FlagReason.SOMETHING_ELSE: N_("something else"),
}


class CardSource(StrEnum):
    """Who brought something before the moderators."""

    MEMBERS = "members"
    AUTOMOD = "automod"
    """A rule of the platform's own AutoMod fired."""


class CardState(StrEnum):
    """Where a card stands: open leads to one of the others, once; nothing leads back."""

    OPEN = "open"
    AGREED = "agreed"
    """The report was right; counts for the flaggers."""
    DISAGREED = "disagreed"
    """The report was wrong; counts against the flaggers."""
    IGNORED = "ignored"
    """Closed without a judgement of the flaggers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCard:
    """One post, or one member whom AutoMod stopped, before the moderators; never text."""

    id: FlagCardId
    community: CommunityId
    source: CardSource
    subject: str
    """What it gathers reports on; one open card of a subject at a time."""
    generation: int
    review_place: PlaceId
    place: PlaceId
    """The place whose settings apply: the channel of the post, or a thread's parent."""
    channel: PlaceId
    post: PostId | None
    """None where AutoMod kept the message from being posted."""
    author: MemberId
    created_at: datetime
    state: CardState = CardState.OPEN
    decided_by: MemberId | None = None
    decided_at: datetime | None = None
    put_off_by: MemberId | None = None
    put_off_until: datetime | None = None
    post_deleted: bool = False
    urgent: bool = False
    case: int | None = None
    """Number of the case that it led to."""
    message: PostId | None = None
    """The card's message."""
    details: Mapping[str, object] = field(default_factory=dict)
    """Of AutoMod: the rule and what it did, with counts."""

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be decided."""
        return self.state is CardState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One member's report on one post."""

    card: FlagCardId
    community: CommunityId
    channel: PlaceId
    post: PostId
    member: MemberId
    reason: FlagReason
    text: str
    """Written for the moderators, who see it with the flagger's name."""
    weight: float
    at: datetime


@dataclass(frozen=True, slots=True)
class FlagRecord:
    """How moderators decided a member's newest flags; what was ignored counts neither way."""

    agreed: int = 0
    disagreed: int = 0

    @property
    def accuracy(self) -> float:
        """Return the share that was right, drawn towards a half while little is known.

        >>> FlagRecord().accuracy, FlagRecord(agreed=6, disagreed=0).accuracy
        (0.5, 0.8)
        """
        decided = self.agreed + self.disagreed
        return (self.agreed + PRIOR_RIGHT) / (decided + PRIOR_RIGHT + PRIOR_WRONG)


def weight_of(record: FlagRecord, trust: float = 1.0) -> float:
    """Return how much a flag counts: twice the flagger's accuracy, times a factor for their trust.

    A newcomer's flag weighs 1; nobody's weighs nothing.

    >>> weight_of(FlagRecord()), weight_of(FlagRecord(agreed=0, disagreed=6))
    (1.0, 0.4)
    """
    factor = min(max(trust, LEAST_TRUST), MOST_TRUST)
    return round(2 * record.accuracy * factor, 3)


def total_weight(flags: Iterable[Flag]) -> float:
    """Return what the flags on one card weigh together."""
    return round(sum(flag.weight for flag in flags), 3)


def counts_by_reason(flags: Iterable[Flag]) -> dict[FlagReason, int]:
    """Return how often each reason was given, the most frequent first."""
    counts: dict[FlagReason, int] = {}
    for flag in flags:
        counts[flag.reason] = counts.get(flag.reason, 0) + 1
    order = list(FlagReason)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], order.index(each[0]))))


def free_again(times: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when a member who flagged at these times may flag again; None: at once.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> free_again([noon], noon + timedelta(seconds=2)).second
    5
    >>> free_again([noon], noon + timedelta(seconds=5))
    """
    newest_first = sorted(times, reverse=True)
    waits = [
        newest_first[count - 1] + span
        for count, span in LIMITS
        if len(newest_first) >= count and newest_first[count - 1] + span > now
    ]
    return max(waits, default=None)


def subject_of_post(channel: PlaceId, post: PostId) -> str:
    """Return the subject of all flags on one post."""
    return f"post:{channel}:{post}"


def subject_of_rule(rule: int, member: MemberId, channel: PlaceId) -> str:
    """Return the subject of what one AutoMod rule did to one member in one channel.

    The member's id is not in it, so that it can be forgotten where it stands by itself.
    """
    return f"automod:{derive_key('automod', rule, member, channel)}"


def derive_card_id(community: CommunityId, subject: str, generation: int) -> FlagCardId:
    """Return the id of a subject's card; the generation rises when it comes up after a decision."""
    return FlagCardId(derive_key("flag-card", community, subject, generation))


def is_put_off(card: FlagCard, now: datetime) -> bool:
    """Tell whether a moderator put the card off until later than now."""
    return card.put_off_until is not None and card.put_off_until > now


def put_back(card: FlagCard, now: datetime) -> FlagCard:
    """Return a card as it waits again, because something came that nobody had seen."""
    return replace(card, put_off_by=None, put_off_until=None) if is_put_off(card, now) else card
