"""What a community has decided about its notes: review, thresholds, autonomy, hold and tag.

Values with their bounds; knows nothing of commands or tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId
from bot.domain.policy import Thresholds

LONGEST_HOLD = timedelta(minutes=10)
LEAST_THRESHOLD = 0.30
"""Below it the matcher is guessing: moderators would drown in cards."""
TAG_LIMIT = 20
"""Characters of a forum tag's name, as Discord has it."""
EVERYWHERE = PlaceId(0)
"""Stands for all places of a community in a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRules:
    """A community's decisions; what is None is left to the program."""

    community: CommunityId
    review_place: PlaceId | None = None
    """Where moderators get cards."""
    thresholds: Thresholds | None = None
    earned: bool = False
    """Whether a fact-check has to earn that its notes attach by themselves."""
    hold: timedelta | None = None
    """How long a note waits before it is posted, so that a deleted slip gets none."""
    tag: str = ""
    """The name of the forum tag that a thread with a note gets; none where empty."""

    def __post_init__(self) -> None:
        if self.hold is not None and not timedelta() <= self.hold <= LONGEST_HOLD:
            raise ValueError("a hold lasts from 0 seconds to 10 minutes")
        if self.thresholds is not None and self.thresholds.suggest < LEAST_THRESHOLD:
            raise ValueError(f"a threshold is at least {LEAST_THRESHOLD:.2f}")
        if len(self.tag) > TAG_LIMIT:
            raise ValueError(f"a tag has at most {TAG_LIMIT} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Automatic notes of a place, or of all, are paused from a moment on until another."""

    community: CommunityId
    place: PlaceId
    at: datetime
    by: MemberId | None
    """None where the circuit breaker did it."""
    resumed_at: datetime | None = None
    resumed_by: MemberId | None = None

    @property
    def active(self) -> bool:
        """Whether it still holds."""
        return self.resumed_at is None


def is_paused(pauses: Iterable[Pause], places: Iterable[PlaceId]) -> bool:
    """Tell whether one of the pauses is everywhere or of one of these places."""
    reached = {EVERYWHERE, *places}
    return any(pause.place in reached for pause in pauses)


class Cause(StrEnum):
    """Who found that a note should not be there; a deleted post is no such cause."""

    MODERATOR = "moderator"
    RATINGS = "ratings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A note was wrong, or not wanted, and was taken back for it."""

    note: NoteId
    community: CommunityId
    place: PlaceId
    cause: Cause
    by: MemberId | None
    at: datetime
