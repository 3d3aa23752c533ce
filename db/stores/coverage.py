"""What was read of each place, in the table `coverage`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.domain.coverage import Coverage
from bot.domain.ids import CommunityId, PlaceId
from db.coverage_tables import CoverageRow
from db.work import Work

_KEY = ("community_id", "place_id")
_REST = ("complete_until", "gap_since_at", "gap_until", "readable")


class SqlCoverageStore:
    """Implements `CoverageStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def all(self, community: CommunityId) -> Sequence[Coverage]:
        """Return what is known of a community's places, by place."""
        rows = await self._work.rows(
            select(CoverageRow)
            .where(col(CoverageRow.community_id) == community)
            .order_by(col(CoverageRow.place_id))
        )
        return [_coverage(row) for row in rows]

    async def put(self, coverages: Iterable[Coverage]) -> None:
        """Add places or replace what is known of them."""
        await self._work.upsert_all(
            CoverageRow,
            (_values(each) for each in coverages),
            key=_KEY,
            change=lambda _, new: {name: new[name] for name in _REST},
        )

    async def close(self, community: CommunityId, place: PlaceId, gap_until: datetime) -> None:
        """Close the gap that ends then; one that has grown since stays open."""
        await self._work.change(
            update(CoverageRow)
            .where(
                col(CoverageRow.community_id) == community,
                col(CoverageRow.place_id) == place,
                col(CoverageRow.gap_until) == gap_until,
            )
            .values(complete_until=gap_until, gap_since_at=None, gap_until=None)
        )

    async def remove(self, community: CommunityId, places: Collection[PlaceId]) -> None:
        """Forget places that are gone."""
        await self._work.change(
            delete(CoverageRow).where(
                col(CoverageRow.community_id) == community, col(CoverageRow.place_id).in_(places)
            )
        )


def _coverage(row: CoverageRow) -> Coverage:
    return Coverage(
        community=CommunityId(row.community_id),
        place=PlaceId(row.place_id),
        complete_until=row.complete_until,
        gap_since=row.gap_since_at,
        gap_until=row.gap_until,
        readable=row.readable,
    )


def _values(coverage: Coverage) -> dict[str, object]:
    return {
        "community_id": coverage.community,
        "place_id": coverage.place,
        "complete_until": coverage.complete_until,
        "gap_since_at": coverage.gap_since,
        "gap_until": coverage.gap_until,
        "readable": coverage.readable,
    }
