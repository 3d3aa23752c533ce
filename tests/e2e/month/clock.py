"""A clock that two processes share, so that a month passes in minutes for both.

Knows one number in a file: how many seconds the month is ahead of the machine. It is mapped into
memory, since the bot asks for the time with every event.
"""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FORM = struct.Struct("d")


class SharedClock:
    """Implements `Clock`; whoever opened it with a start may move it forward."""

    def __init__(self, path: Path, *, start: datetime | None = None) -> None:
        if start is not None:
            ahead = (start - datetime.now(UTC)).total_seconds()
            path.write_bytes(_FORM.pack(ahead))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _FORM.size)

    def now(self) -> datetime:
        """Return the month's present moment."""
        (ahead,) = _FORM.unpack(self._shared[: _FORM.size])
        return datetime.now(UTC) + timedelta(seconds=ahead)

    def forward_to(self, moment: datetime) -> None:
        """Let the time pass until a moment; one that has passed changes nothing."""
        by = (moment - self.now()).total_seconds()
        if by > 0:
            (ahead,) = _FORM.unpack(self._shared[: _FORM.size])
            self._shared[: _FORM.size] = _FORM.pack(ahead + by)
