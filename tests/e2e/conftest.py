"""Starts a sandbox, points an unmodified discord.py at it, and checks every request and answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest

from bot.sandbox import Sandbox
from tests.e2e.wire import RunningBot, pointed_at
from tests.openapi_contract import ABSENT, check_all


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A started sandbox with the demonstration's guild.

    At the end, an unknown route fails the test, and so does any request or answer that does not
    fit Discord's OpenAPI description (where that is present).
    """
    async with Sandbox.demo() as started:
        with pointed_at(started):
            yield started
    assert started.unknown_routes == [], "the bot asked for a route that the sandbox lacks"
    if not ABSENT:
        assert check_all(started.requests) == []


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
