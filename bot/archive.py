"""Opens the archive of digests on the web server: what is stored, under the names of the platform.

Belongs to the composition root: it alone knows the client, the services and the pages.
"""

import asyncio
from functools import partial

from aiohttp import web

from bot.client import FootnoteBot
from bot.discord_io.visibility import member_name, public_name
from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import Digest
from bot.domain.ids import CommunityId
from bot.services.digests.chart import paint
from bot.services.digests.documents import read_digest
from bot.web.archive import Shelf, add_archive
from bot.web.digests import Names


def add_digests(app: web.Application, bot: FootnoteBot, public_url: str | None) -> None:
    """Add the archive of every community that posts digests."""
    add_archive(app, partial(_shelf, bot), _painted, public_url=public_url)


async def _shelf(bot: FootnoteBot, community: CommunityId, key: str | None) -> Shelf | None:
    stored = await bot.services.digests.archive(community, key)
    if stored is None:
        return None
    plan, runs = stored
    digests = (read_digest(run.content) for run in runs)
    return Shelf(
        community,
        _names(bot, plan),
        [digest for digest in digests if digest is not None],
        bot.services.languages.community(community),
    )


def _names(bot: FootnoteBot, plan: DigestPlan) -> Names:
    """Name what everybody may see; members only where the community has allowed it."""
    guild = bot.get_guild(plan.community)
    if guild is None:
        return Names()
    place = partial(public_name, guild)
    if not plan.names_in_archive:
        return Names(community=guild.name, place=place)
    return Names(community=guild.name, place=place, member=partial(member_name, guild))


async def _painted(digest: Digest) -> bytes:
    return (await asyncio.to_thread(paint, digest)).png
