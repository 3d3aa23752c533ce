"""What members ask moderators to check: a queue of posts with counts, never their text."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug

DAILY_LIMIT = 5
"""Requests of one member in a day; Community Notes has the same limit."""
NEWCOMERS_LIMIT = 1
"""Of somebody who has just joined and whom nobody knows yet."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """A post that at least one member wants to have checked."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    asked: int
    """How many members asked."""
    first_at: datetime
    closed_at: datetime | None = None
    closed_by: MemberId | None = None
    slug: Slug | None = None
    """The fact-check that answers it, if there is one by now."""
