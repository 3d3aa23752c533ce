"""What was read of each place, and where something may have been missed, as use cases keep it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.coverage import Coverage
from bot.domain.ids import CommunityId, PlaceId


class CoverageStore(Protocol):
    """One row for each place."""

    async def all(self, community: CommunityId) -> Sequence[Coverage]:
        """Return what is known of a community's places, by place."""
        ...

    async def put(self, coverages: Iterable[Coverage]) -> None:
        """Add places or replace what is known of them."""
        ...

    async def close(self, community: CommunityId, place: PlaceId, gap_until: datetime) -> None:
        """Close the gap that ends then; one that has grown since stays open."""
        ...

    async def remove(self, community: CommunityId, places: Collection[PlaceId]) -> None:
        """Forget places that are gone."""
        ...
