"""The real bot as a process that dies at a chosen step, as the power may fail.

Run as a script with the settings in the environment; `KILL_AT` names a method and whether it dies
before or after it, as in `bot.services.sending:OutboxSender._claim:before`. `RATINGS_S` is how
often ratings are looked at.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import os
import signal
from datetime import timedelta
from typing import Any, NoReturn

from bot import app, logs, settings, wiring
from bot.services.sending import OutboxSender
from tests.e2e.bot.verbatim import VerbatimReader


def die() -> NoReturn:
    """End at once, with nothing flushed, closed or told to anybody."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("the signal came too late")


def arm(kill_at: str) -> None:
    """Let the named method be the last that is begun, or ended."""
    module, path, when = kill_at.split(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for each in classes:
        owner = getattr(owner, each)
    method = getattr(owner, name)

    @functools.wraps(method)
    async def deadly(*args: Any, **kwargs: Any) -> None:
        if when == "before":
            die()
        await method(*args, **kwargs)
        die()

    setattr(owner, name, deadly)


async def hear_nothing(*_: object) -> None:
    """Stand in for the event that shows the bot's own message: it may come too late."""


if __name__ == "__main__":
    logs.configure("info")
    if step := os.environ.get("KILL_AT"):
        arm(step)
        setattr(OutboxSender, "confirm", hear_nothing)  # noqa: B010 - a method
    if seconds := os.environ.get("RATINGS_S"):
        setattr(wiring, "RATINGS_EVERY", timedelta(seconds=float(seconds)))  # noqa: B010 - a name
    setattr(wiring, "Matcher", VerbatimReader)  # noqa: B010 - a class in place of another
    asyncio.run(app.run_live(settings.load(None, needs_token=True), guild_ready_timeout=0.05))
