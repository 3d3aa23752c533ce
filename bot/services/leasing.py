"""The right to be the one process that holds a token's gateway.

Two sessions of one token would double every event and every note (pitfalls 1.30). Knows leases and
time; whether another process is alive is told by a function from outside.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from bot.services.errors import ConflictError
from bot.services.ports import Clock, Database

logger = logging.getLogger(__name__)

TERM = timedelta(seconds=30)
"""How long a silent process keeps its right."""
RENEWAL = timedelta(seconds=10)
PATIENCE = timedelta(seconds=40)
"""How long to wait for another's lease to run out: a term, and a little more."""
PAUSE = timedelta(seconds=1)


class Lease:
    """One named lease; `lost` is set when it could not be renewed in time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        name: str,
        owner: str,
        *,
        is_dead: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._owner = owner
        self._is_dead = is_dead
        self.lost = asyncio.Event()

    async def acquire(self) -> None:
        """Take the lease, from a dead process at once, from a silent one when it runs out.

        Raises:
            ConflictError: another process holds it and goes on holding it.
        """
        deadline = self._clock.now() + PATIENCE
        while not await self._take():
            holder = await self._evict_if_dead()
            if holder is None:
                continue
            if self._clock.now() >= deadline:
                raise ConflictError(
                    f"Another process ({holder}) runs the bot with this token and database. "
                    "Stop it first."
                )
            logger.info("waiting for another process of this bot to end", extra={"holder": holder})
            await asyncio.sleep(PAUSE.total_seconds())

    async def renew(self) -> None:
        """Prolong the lease; set `lost` where another process has it."""
        if not await self._take():
            logger.error("another process has taken over")
            self.lost.set()

    async def release(self) -> None:
        """Give the lease back, so that the next process need not wait."""
        async with self._database.writing() as stores:
            await stores.leases.release(self._name, owner=self._owner)

    async def _take(self) -> bool:
        now = self._clock.now()
        async with self._database.writing() as stores:
            return await stores.leases.acquire(
                self._name, owner=self._owner, until=now + TERM, now=now
            )

    async def _evict_if_dead(self) -> str | None:
        """Return who holds the lease; None where it is free now."""
        async with self._database.writing() as stores:
            holder = await stores.leases.holder(self._name)
            if holder is not None and self._is_dead(holder):
                await stores.leases.release(self._name, owner=holder)
                return None
        return holder
