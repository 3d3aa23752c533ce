"""Opens the archive of digests on the web server: what is stored, under the names of the platform.

Belongs to the composition root: it alone knows the client, the services and the pages.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from aiohttp import web

from bot.client import FootnoteBot
from bot.discord_io.visibility import member_name, public_name
from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import Digest
from bot.services.digests.chart import paint
from bot.services.digests.documents import read_digest
from bot.web.archive import Shelf, add_archive
from bot.web.digests import Names


def add_digests(app: web.Application, bot: FootnoteBot) -> None:
    """Add the archive of every community that posts digests."""
    add_archive(app, partial(_shelves, bot), _painted)


async def _shelves(bot: FootnoteBot) -> Sequence[Shelf]:
    stored = await bot.services.digests.archive()
    return [
        Shelf(
            plan.community,
            _names(bot, plan),
            [d for d in map(read_digest, contents) if d],
            bot.services.languages.community(plan.community),
        )
        for plan, contents in ((plan, [run.content for run in runs]) for plan, runs in stored)
    ]


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
