"""The ledger of digests: which are wanted, which were made, and where each stands.

States of a run:

- pending: the period has ended, nobody has built the digest yet.
- sending: its content is stored, and its parts are being posted one after the other.
- done: every part is posted.
- skipped: nothing happened in the period, or it was missed by too much; `problem` says which.
- blocked: the platform refused a part; it is tried again later, or as soon as the plan changes.
- failed: it was blocked for so long that nobody wants it any more.

pending -> sending -> done | blocked; pending -> skipped | blocked; blocked -> sending | failed.
By hand, what was skipped or has failed is pending again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.notes import derive_key
from bot.domain.periods import Period, Schedule

BUILD_LEASE = timedelta(minutes=2)
"""Longer than the building of any digest; a process of which nothing is known is replaced after it.

One that is known to be dead is replaced at once.
"""
RETRY_BLOCKED = timedelta(hours=1)
"""A channel without permission is not asked more often: refusals count against the token."""
KEEP_BLOCKED = timedelta(days=7)


class Audience(StrEnum):
    """For whom a digest is; each has its own run, so that one's trouble is not the other's."""

    MEMBERS = "members"
    MODERATORS = "moderators"


class RunState(StrEnum):
    """Where a digest stands."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    FAILED = "failed"


OPEN_STATES = (RunState.PENDING, RunState.SENDING, RunState.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """What a community wants: when, where, and whether members are named in the web archive."""

    community: CommunityId
    schedule: Schedule
    since: datetime
    """Digests begin with the first period that ends after this moment."""
    scheduled: datetime | None = None
    """When the schedule was changed last; None where it never was."""
    channel: PlaceId | None = None
    """None posts no digest for members."""
    moderators_channel: PlaceId | None = None
    names_in_archive: bool = False

    def channel_of(self, audience: Audience) -> PlaceId | None:
        """Return where an audience reads its digest."""
        return self.channel if audience is Audience.MEMBERS else self.moderators_channel


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRun:
    """One digest of one community for one audience; unique by these and the period's key."""

    community: CommunityId
    audience: Audience
    period: Period
    created_at: datetime
    state: RunState = RunState.PENDING
    channel: PlaceId | None = None
    owner: str = ""
    lease_until: datetime | None = None
    attempt: int = 0
    """Counts claims: whoever holds an older number can no longer change anything."""
    edition: int = 0
    """Counts how often moderators asked for it to be posted again, beside what stands."""
    generation: int = 0
    """Counts how often the posting was begun anew, after a refusal or by hand."""
    content: Mapping[str, object] = field(default_factory=dict)
    """What the digest says, without a word of a post; written once."""
    parts: int = 0
    messages: tuple[PostId, ...] = ()
    """Message ids of the parts that are posted, in order."""
    problem: str = ""
    retry_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was begun noticeably after its time."""
        return self.created_at - self.period.end > timedelta(hours=1)

    def marker(self, part: int) -> str:
        """Return what makes a part's message recognisable for ever."""
        return derive_key(
            "digest", self.community, self.audience, self.period.key, part, self.edition
        )

    def delivery_key(self, part: int) -> str:
        """Return the unique key and nonce of a part's delivery."""
        if self.generation == 0:
            return self.marker(part)
        return derive_key("digest again", self.marker(part), self.generation)
