"""`footnote digest`: a digest from the database, as Markdown, HTML and PNG."""

from typing import TYPE_CHECKING

from bot.services.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.domain.digests import Digest
    from bot.domain.ids import CommunityId
    from bot.services.ports import Database
    from bot.settings import Settings


async def digest_from_database(
    settings: "Settings", community: int | None, period: str | None
) -> "Digest":
    """Build a digest; reads only.

    Raises:
        InvalidInputError: it is not clear which community is meant.
        NotFoundError: there is no such period.
    """
    from bot.clock import SystemClock
    from bot.domain.ids import CommunityId
    from bot.services.digests.building import EverythingShown
    from bot.services.digests.running import Renderers
    from bot.services.digests.wiring import build_digests
    from db.engine import open_database

    unused = Renderers(lambda _: (), lambda _: ())
    async with open_database(settings.database_url) as database:
        chosen = CommunityId(community) if community is not None else await _only_one(database)
        digests = build_digests(
            database, SystemClock(), "", unused, EverythingShown(), zone=settings.time_zone
        )
        return await digests.digest(chosen, period)


async def _only_one(database: "Database") -> "CommunityId":
    async with database.reading() as stores:
        known = await stores.digest_facts.communities()
    if len(known) == 1:
        return known[0]
    if not known:
        raise InvalidInputError("No community is known to this database yet.")
    listed = ", ".join(map(str, known[:10]))
    raise InvalidInputError(f"Say which community with --community: {listed}.")
