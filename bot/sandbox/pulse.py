"""How the world tells that something happened, and how one waits for it.

Knows events as names with data; must never know who listens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
LOOK_AGAIN_S = 0.02


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: a gateway event, or a note to the page (``SANDBOX_…``)."""

    name: str
    data: dict[str, Any]
    guild_id: str | None = None
    channel_id: str | None = None

    @property
    def for_gateway(self) -> bool:
        """Tell whether the bot may hear it at all."""
        return not self.name.startswith("SANDBOX_")


class Bus:
    """Tells every listener, in order, and wakes those who wait for a change."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Event], None]] = []
        self._waiters: set[asyncio.Future[None]] = set()

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``listener`` for every event; return what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Tell everybody. The state is already changed when this is called."""
        for listener in tuple(self._listeners):
            listener(event)
        self.beat()

    def beat(self) -> None:
        """Wake those who wait, so that they look again."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            _wake(waiter)

    async def until(self, look: Callable[[], T], timeout_s: float) -> T:
        """Return ``look()`` as soon as it is truthy; raise ``TimeoutError`` when it never is.

        It is asked after every change here, and now and then in between, because what it looks at
        may change elsewhere: in the client, in a database.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout_s):
            while not (found := look()):
                waiter: asyncio.Future[None] = loop.create_future()
                self._waiters.add(waiter)
                timer = loop.call_later(LOOK_AGAIN_S, _wake, waiter)
                try:
                    await waiter
                finally:
                    timer.cancel()
                    self._waiters.discard(waiter)
        return found


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
