"""Lets background requests wait their turn, so that those of members never have to.

Discord takes 50 requests a second from one bot; discord.py only reacts when they were too many
(pitfalls 1.19). Reading back takes at most a part of them: the rest is free for whoever waits.
"""

import asyncio

FOR_BACKGROUND = 40
"""Requests a second that reading back may take."""


class Pace:
    """Hands out turns at an even pace."""

    def __init__(self, per_second: float = FOR_BACKGROUND) -> None:
        self._pause = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn."""
        loop = asyncio.get_running_loop()
        moment = max(self._next, loop.time())
        self._next = moment + self._pause
        if moment > loop.time():
            await asyncio.sleep(moment - loop.time())
