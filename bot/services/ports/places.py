"""Watched places, as the use cases keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.policy import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A place that is watched, and how."""

    community: CommunityId
    place: PlaceId
    mode: Mode
    added_by: MemberId | None
    added_at: datetime


class WatchStore(Protocol):
    """Watched places."""

    async def put(self, watch: Watch) -> None:
        """Add a watch or change its mode."""
        ...

    async def remove(self, community: CommunityId, place: PlaceId) -> bool:
        """Remove a watch; return whether there was one."""
        ...

    async def all(self, community: CommunityId) -> Sequence[Watch]:
        """Return a community's watches, by place."""
        ...
