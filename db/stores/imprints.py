"""What is kept of judged posts, in the table `imprint`."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlmodel import col

from bot.domain.ids import CommunityId, Slug
from bot.domain.imprints import Imprint
from bot.domain.matches import Stance
from db.imprint_tables import ImprintRow
from db.work import Work


class SqlImprintStore:
    """Implements `ImprintStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, community: CommunityId, imprint: Imprint, *, on: date) -> None:
        """Store an imprint, or replace the one with its key."""
        key = {"community_id": community, "key": imprint.key}
        rest = {
            "slug": imprint.slug,
            "raises": imprint.raises,
            "stance": imprint.stance.value,
            "signs": imprint.signs.hex(),
            "form": imprint.form,
            "kept_on": on,
        }
        await self._work.upsert(
            ImprintRow,
            key | rest,
            key=list(key),
            change=lambda _, new: {name: new[name] for name in rest},
        )

    async def remove(self, community: CommunityId, key: str) -> bool:
        """Forget an imprint; return False where there is none."""
        removed = await self._work.change(
            delete(ImprintRow).where(
                col(ImprintRow.community_id) == community, col(ImprintRow.key) == key
            )
        )
        return removed == 1

    async def newest(self, community: CommunityId, limit: int) -> Sequence[Imprint]:
        """Return a community's newest imprints, by key."""
        rows = await self._work.rows(
            select(ImprintRow)
            .where(col(ImprintRow.community_id) == community)
            .order_by(col(ImprintRow.kept_on).desc(), col(ImprintRow.key))
            .limit(limit)
        )
        return sorted(map(_imprint, rows), key=lambda one: one.key)

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities that have imprints."""
        rows = await self._work.rows(select(col(ImprintRow.community_id)).distinct())
        return {CommunityId(row) for row in rows}


def _imprint(row: ImprintRow) -> Imprint:
    return Imprint(
        key=row.key,
        slug=Slug(row.slug),
        raises=row.raises,
        stance=Stance(row.stance),
        signs=bytes.fromhex(row.signs),
        form=row.form,
    )
