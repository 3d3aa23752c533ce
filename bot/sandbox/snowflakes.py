"""The sandbox's time and the ids that are made from it.

Knows a clock that a test can move forward; must never read any other clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

DISCORD_EPOCH_MS = 1_420_070_400_000


def wall_clock() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


class SandboxClock:
    """The time in the sandbox: another clock plus what a test added to it."""

    def __init__(self, source: Callable[[], datetime] = wall_clock) -> None:
        self._source = source
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the sandbox's present moment."""
        return self._source() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move the sandbox's time forward; nothing else happens by itself."""
        if by < timedelta():
            raise ValueError("the sandbox's time only goes forward")
        self._ahead += by


class Snowflakes:
    """Ids that carry their moment and never repeat or go backwards."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """Return a new id for the present moment."""
        fresh = snowflake_floor(self._clock.now())
        self._last = max(fresh, self._last + 1)
        return str(self._last)


def snowflake_floor(moment: datetime) -> int:
    """Return the smallest id that belongs to a moment."""
    milliseconds = int(moment.timestamp() * 1000) - DISCORD_EPOCH_MS
    return milliseconds << 22


def moment_of(snowflake: str | int) -> datetime:
    """Return the moment that an id carries."""
    milliseconds = (int(snowflake) >> 22) + DISCORD_EPOCH_MS
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
