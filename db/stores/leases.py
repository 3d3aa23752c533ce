"""Named leases, in the table `lease`, taken by compare-and-set."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlmodel import col

from db.tables import LeaseRow
from db.work import Work


class SqlLeaseStore:
    """Implements `LeaseStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def acquire(self, name: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Take or renew a lease; False while another owner's lease runs."""
        return await self._work.upsert(
            LeaseRow,
            {"name": name, "owner": owner, "until": until},
            key=["name"],
            change=lambda _, new: {"owner": new["owner"], "until": new["until"]},
            where=lambda old, new: or_(old["owner"] == new["owner"], old["until"] <= now),
        )

    async def holder(self, name: str) -> str | None:
        """Return the owner of a lease, whether or not it has run out."""
        return await self._work.first(
            select(col(LeaseRow.owner)).where(col(LeaseRow.name) == name), hold=True
        )

    async def release(self, name: str, *, owner: str) -> None:
        """Give a lease back; another owner's stays."""
        await self._work.change(
            delete(LeaseRow).where(col(LeaseRow.name) == name, col(LeaseRow.owner) == owner)
        )
