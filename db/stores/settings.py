"""Small facts by name, in the table `setting`."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import col

from db.tables import SettingRow
from db.work import Work


class SqlSettingStore:
    """Implements `SettingStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, name: str) -> str | None:
        """Return a value."""
        return await self._work.first(
            select(col(SettingRow.value)).where(col(SettingRow.name) == name), hold=True
        )

    async def put(self, name: str, value: str) -> None:
        """Store a value."""
        await self._work.upsert(
            SettingRow,
            {"name": name, "value": value},
            key=["name"],
            change=lambda _, new: {"value": new["value"]},
        )

    async def beginning(self, prefix: str) -> Mapping[str, str]:
        """Return the values whose names begin so, by name."""
        found = await self._work.pairs(
            select(col(SettingRow.name), col(SettingRow.value)).where(
                col(SettingRow.name).startswith(prefix, autoescape=True)
            )
        )
        return dict(found)

    async def keep_first(self, name: str, value: str) -> str:
        """Store a value unless one is there; return the one that is there then."""
        await self._work.insert(SettingRow, {"name": name, "value": value}, unless=["name"])
        kept = await self.get(name)
        return value if kept is None else kept  # an empty one is one
