"""The real bot in a process of its own, with the month's clock and shorter waits; nothing else.

What a month has thousands of, such as beats of the heart, comes as often here for each of the
month's days. Run as a script; `MONTH_CLOCK` names the file of the clock.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot import app, logs, settings, wiring
from bot.client import FootnoteBot
from bot.discord_io import history
from bot.discord_io.pacing import Pace
from bot.services import catching_up
from tests.e2e.bot.verbatim import VerbatimReader
from tests.e2e.month.clock import SharedClock

READS_PER_SECOND = 5_000
"""The sandbox's limits are not the point here; those of Discord would make a month last hours."""


async def at_once(_: FootnoteBot, shard_id: int | None, *, initial: bool = False) -> None:
    """Stand in for the five seconds that discord.py waits before it identifies again."""


def hasten(clock: Path) -> None:
    """Put the month's clock and pace in the places of the real ones."""
    for owner, name, stand_in in (
        (app, "SystemClock", partial(SharedClock, clock)),
        (wiring, "DIGESTS_EVERY", timedelta(seconds=0.3)),
        (wiring, "HEARTBEAT", timedelta(seconds=0.5)),
        (wiring, "COMPARED", timedelta(seconds=1)),
        (wiring, "Matcher", VerbatimReader),
        (catching_up, "RETRY", timedelta(seconds=0.5)),
        (history, "Pace", partial(Pace, READS_PER_SECOND)),
        (FootnoteBot, "before_identify_hook", at_once),
    ):
        assert hasattr(owner, name), name
        setattr(owner, name, stand_in)


if __name__ == "__main__":
    logs.configure("info")
    hasten(Path(os.environ["MONTH_CLOCK"]))
    asyncio.run(app.run_live(settings.load(None, needs_token=True), guild_ready_timeout=0.05))
