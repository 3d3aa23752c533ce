"""Unmodified discord.py clients for tests, and how they are pointed at a sandbox."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import discord
import discord.gateway
import discord.http
import yarl
from discord.ext import commands

from bot.sandbox import Sandbox

RunningBot = Callable[[discord.Client], AbstractAsyncContextManager[discord.Client]]


@contextlib.contextmanager
def pointed_at(sandbox: Sandbox) -> Iterator[None]:
    """Let discord.py of this process talk to a sandbox; its addresses are process-global."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = sandbox.api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)
    try:
        yield
    finally:
        discord.http.Route.BASE = base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


class WireBot(commands.Bot):
    """A plain bot that notes the names of the events it hears, and identifies without a pause."""

    def __init__(self, **options: Any) -> None:
        settings: dict[str, Any] = {
            "intents": discord.Intents.all(),
            "guild_ready_timeout": 0.05,
            "allowed_mentions": discord.AllowedMentions.none(),
        }
        super().__init__("!", **(settings | options))
        self.heard: list[tuple[str, tuple[Any, ...]]] = []

    async def setup_hook(self) -> None:
        if self.tree.get_commands():
            await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return None

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append((event_name, args))
        super().dispatch(event_name, *args, **kwargs)

    def all_heard(self, name: str) -> list[Any]:
        """Return the first argument of each event of a name."""
        return [args[0] if args else None for heard, args in self.heard if heard == name]

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        raise AssertionError(f"{event_method} failed")
