"""Starts a sandbox and points an unmodified discord.py at it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import discord
import discord.gateway
import discord.http
import pytest
import yarl

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


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A started sandbox with the demonstration's guild."""
    async with Sandbox.demo() as started:
        with pointed_at(started):
            yield started
    assert started.unknown_routes == [], "the bot asked for a route that the sandbox lacks"


@pytest.fixture
def running_bot(sandbox: Sandbox) -> RunningBot:
    """Run a client against the sandbox for the length of a ``with`` block."""

    @asynccontextmanager
    async def run(bot: discord.Client) -> AsyncIterator[discord.Client]:
        task = asyncio.create_task(bot.start(sandbox.token))
        ready = asyncio.create_task(until_ready(sandbox, bot))
        try:
            await asyncio.wait({task, ready}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            with contextlib.suppress(asyncio.CancelledError, discord.DiscordException):
                await task

    return run


async def until_ready(sandbox: Sandbox, bot: discord.Client) -> None:
    """Return when the client is ready; it can be asked only once it is connected."""
    await sandbox.bot_online()
    await bot.wait_until_ready()
