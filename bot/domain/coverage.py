"""What is known of a place without a break, and where something may have been missed.

Pure: says how far back to read; never reads. A gap is an interval of its own: one cursor that live
events move would forget it at the next crash (pitfalls 1.9).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.ids import CommunityId, PlaceId

FIRST_LOOK = timedelta(days=30)
"""How far back a place is read that was never read, and posts are compared at all."""
RECENT = timedelta(days=7)
"""How much older than a gap a post may be for its reactions to be read again whatever their number.

A week, so that no weekly digest rests on numbers that happen to agree.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One place: known without a break until `complete_until`, but for an open gap."""

    community: CommunityId
    place: PlaceId
    complete_until: datetime
    """Moved on by live events only while there is no gap: see `heard_until` of the service."""
    gap_since: datetime | None = None
    gap_until: datetime | None = None
    readable: bool = True
    """Whether the bot may read it; what cannot be read is unknown, never gone."""

    @property
    def has_gap(self) -> bool:
        """Whether something may have been missed."""
        return self.gap_since is not None

    def opened(self, since: datetime, until: datetime) -> "Coverage":
        """Return this with a gap; one that is open already grows."""
        start = min(since, self.gap_since) if self.gap_since else since
        return replace(self, gap_since=start, gap_until=until, readable=True)

    def hidden(self, until: datetime) -> "Coverage":
        """Return this as unreadable: it was complete until then, unless a gap is open."""
        if not self.readable:
            return self
        return replace(self, complete_until=until, readable=False)

    def closed(self) -> "Coverage":
        """Return this without a gap."""
        return replace(
            self,
            complete_until=self.gap_until or self.complete_until,
            gap_since=None,
            gap_until=None,
        )


def missed_since(known: Coverage | None, heard_until: datetime | None, now: datetime) -> datetime:
    """Return from when on something may have been missed in a place that can be read now."""
    earliest = now - FIRST_LOOK
    if known is None:
        return earliest
    if not known.readable or heard_until is None:
        return max(earliest, known.complete_until)
    return max(earliest, heard_until)
