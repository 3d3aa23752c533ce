"""Starts the real bot as a process of its own, pointed at a sandbox."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.policy import Mode
from bot.sandbox import Sandbox
from bot.services.places import PlaceService
from bot.settings import Settings
from db.engine import open_database

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("crashing.py")
END_S = 60.0
"""For a process that starts and dies on a machine with much else to do."""


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Return the variables that give a process these settings, and nothing of a developer's."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    values = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": token,
        "DISCORD_API_BASE": settings.discord_api_base,
        "DISCORD_GATEWAY_URL": settings.discord_gateway_url or "",
        "DATABASE_URL": settings.database_url,
        "LIBRARY": str(settings.library or ""),
        "NOTE_HOLD_SECONDS": str(settings.note_hold_seconds),
    }
    return values | more


@asynccontextmanager
async def process(
    settings: Settings, arguments: Sequence[str], *, cwd: Path, **more: str
) -> AsyncIterator[Process]:
    """Run Python with these arguments; kills it at the end of the block where it still runs."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=cwd, env=environment(settings, **more),
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def ended(child: Process) -> tuple[int, str]:
    """Return a process's exit code and what it wrote to standard error, when it has ended."""
    async with asyncio.timeout(END_S):
        _, errors = await child.communicate()
    return await child.wait(), errors.decode()


async def watch(sandbox: Sandbox, settings: Settings, place: str) -> None:
    """Let a place be watched before the bot is started."""
    async with open_database(settings.database_url) as database:
        places = PlaceService(database, SystemClock())
        community = CommunityId(int(sandbox.state.guild.id))
        where = PlaceId(int(sandbox.channel(place).id))
        await places.watch(community, where, Mode.AUTO, by=None)
