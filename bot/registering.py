"""`footnote commands sync`: registers the slash commands over REST, also while the bot runs.

Knows how to build a bot that never opens the gateway, and so needs no lease.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.app import point_discord_at
from bot.client import FootnoteBot
from bot.clock import SystemClock
from bot.refusals import login_errors
from bot.services.container import Services
from bot.services.errors import NotFoundError
from bot.settings import Settings
from bot.web.fetching import guarded_pages
from bot.wiring import Library, Surroundings, build_services
from cogs.features import FEATURES
from db.engine import open_database
from db.privacy import SqlPersonalDataStore, SqlRetentionStore


class _Registrar(FootnoteBot):
    """Registers nothing by itself."""

    async def setup_hook(self) -> None:
        """Leave what to register to whoever asked."""


@asynccontextmanager
async def unconnected(settings: Settings) -> AsyncIterator[FootnoteBot]:
    """Build a bot with all its commands that has not logged in and never opens the gateway.

    Raises:
        DatabaseUnusableError: the database cannot be used as it is.
    """
    async with open_database(settings.database_url) as database, guarded_pages() as pages:

        def wire(client: discord.Client) -> Services:
            return build_services(
                Surroundings(
                    database=database,
                    personal=SqlPersonalDataStore(database),
                    retention=SqlRetentionStore(database),
                    client=client,
                    clock=SystemClock(),
                    owner="registering",
                    library=Library((), ()),
                    pages=pages,
                    settings=settings,
                )
            )

        async with _Registrar(wire, FEATURES, message_content=False) as bot:
            await bot.load_features()
            yield bot


async def register_commands(settings: Settings, guild_id: int | None) -> tuple[str, ...]:
    """Register the commands everywhere, or in one server only; return their names.

    Raises:
        LoginRefusedError: Discord refused the token, or cannot be reached.
        NotFoundError: the bot is not in that server.
        DatabaseUnusableError: the database cannot be used as it is.
    """
    point_discord_at(settings)
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    async with unconnected(settings) as bot:
        with login_errors():
            await bot.login(token)
            await _register(bot, guild_id)
        return tuple(sorted(command.name for command in bot.tree.get_commands()))


async def _register(bot: FootnoteBot, guild_id: int | None) -> None:
    if guild_id is None:
        await bot.sync_if_changed(force=True)
        return
    guild = discord.Object(guild_id)
    bot.tree.copy_global_to(guild=guild)
    try:
        await bot.tree.sync(guild=guild)
    except (discord.Forbidden, discord.NotFound):
        raise NotFoundError(f"The bot is in no server with the id {guild_id}.") from None
