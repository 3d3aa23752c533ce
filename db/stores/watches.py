"""Watched places, in the table `watch`."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.policy import Mode
from bot.services.ports import Watch
from db.tables import WatchRow
from db.work import Work


class SqlWatchStore:
    """Implements `WatchStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, watch: Watch) -> None:
        """Add a watch or change its mode; who asked last is kept."""
        await self._work.upsert(
            WatchRow,
            {
                "community_id": watch.community,
                "place_id": watch.place,
                "mode": watch.mode.value,
                "added_by_id": watch.added_by,
                "added_at": watch.added_at,
            },
            key=["community_id", "place_id"],
            change=lambda _, new: {name: new[name] for name in ("mode", "added_by_id", "added_at")},
        )

    async def remove(self, community: CommunityId, place: PlaceId) -> bool:
        """Remove a watch; return whether there was one."""
        removed = await self._work.change(
            delete(WatchRow).where(
                col(WatchRow.community_id) == community, col(WatchRow.place_id) == place
            )
        )
        return removed == 1

    async def all(self, community: CommunityId) -> Sequence[Watch]:
        """Return a community's watches, by place."""
        rows = await self._work.rows(
            select(WatchRow)
            .where(col(WatchRow.community_id) == community)
            .order_by(col(WatchRow.place_id))
        )
        return [
            Watch(
                community=CommunityId(row.community_id),
                place=PlaceId(row.place_id),
                mode=Mode(row.mode),
                added_by=None if row.added_by_id is None else MemberId(row.added_by_id),
                added_at=row.added_at,
            )
            for row in rows
        ]
