"""What was read of each place, in memory; see `bot.services.ports.coverage`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.domain.coverage import Coverage
from bot.domain.ids import CommunityId, PlaceId
from bot.services.memory_table import View
from bot.services.storable import require_storable


class InMemoryCoverageStore:
    """Implements `CoverageStore`."""

    def __init__(self, coverages: View[tuple[CommunityId, PlaceId], Coverage]) -> None:
        self._coverages = coverages

    async def all(self, community: CommunityId) -> Sequence[Coverage]:
        """Return what is known of a community's places, by place."""
        require_storable(community)
        own = (each for each in self._coverages.rows() if each.community == community)
        return sorted(own, key=lambda each: each.place)

    async def put(self, coverages: Iterable[Coverage]) -> None:
        """Add places or replace what is known of them."""
        self._coverages.require_writable()
        for each in coverages:
            self._coverages.put((each.community, each.place), each)

    async def close(self, community: CommunityId, place: PlaceId, gap_until: datetime) -> None:
        """Close the gap that ends then; one that has grown since stays open."""
        self._coverages.require_writable()
        known = self._coverages.get((community, place))
        if known is not None and known.gap_until == gap_until:
            self._coverages.put((community, place), known.closed())

    async def remove(self, community: CommunityId, places: Collection[PlaceId]) -> None:
        """Forget places that are gone."""
        self._coverages.require_writable()
        for place in places:
            self._coverages.remove((community, place))
