"""The knobs that make this Discord misbehave as the real one does.

Knows which faults are armed for which request or event; must never know what they break.
"""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Scope = Literal["user", "shared", "global"]


@dataclass(slots=True)
class RateLimited:
    """Answer 429; without ``via`` a client takes it for a ban by the CDN."""

    retry_after_s: float = 0.05
    scope: Scope = "user"
    via: bool = True


@dataclass(slots=True)
class Broken:
    """Answer a 5xx before anything is done."""

    status: int = 503


@dataclass(slots=True)
class Refused:
    """Answer 400 with one of Discord's error codes before anything is done."""

    code: int = 50035
    message: str = "Invalid Form Body"


@dataclass(slots=True)
class Reset:
    """Do what was asked, then reset the connection before the answer (or before doing it)."""

    after_acting: bool = True


@dataclass(slots=True)
class Delay:
    """Answer late: after acting, or before it."""

    seconds: float
    before_acting: bool = False


@dataclass(slots=True)
class Hold:
    """Do what was asked, then wait for ``release()`` before answering."""

    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the answer go out."""
        self.released.set()


@dataclass(slots=True)
class Exhausted:
    """Answer well, with ``X-RateLimit-Remaining: 0``."""

    reset_after_s: float = 0.2


Fault = RateLimited | Broken | Refused | Reset | Delay | Hold | Exhausted


@dataclass(slots=True)
class _Armed:
    method: str
    route: str
    fault: Fault
    left: int
    skip: int


@dataclass(slots=True)
class _EventFault:
    name: str
    kind: Literal["duplicate", "swap", "mangle", "drop"]
    change: Callable[[dict[str, Any]], None] | None = None
    left: int = 1


class Faults:
    """All armed faults. Each is used up by the requests or events that it hits."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._events: list[_EventFault] = []
        self._swapped: list[tuple[str, dict[str, Any]]] = []
        self.refuse_gateway = False
        self.ignore_heartbeats = False
        self.refuse_resume = False

    def arm(
        self, route: str, fault: Fault, *, method: str = "*", times: int = 1, skip: int = 0
    ) -> Fault:
        """Let a fault hit the next ``times`` requests to a route template, after ``skip`` of them.

        ``route`` is a shell pattern over templates such as ``/channels/{channel_id}/messages``.
        """
        self._armed.append(_Armed(method, route, fault, times, skip))
        return fault

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()
        self._events.clear()
        self._swapped.clear()
        self.refuse_gateway = self.ignore_heartbeats = self.refuse_resume = False

    def take(self, method: str, route: str) -> Fault | None:
        """Return the fault that hits this request, and use it up once."""
        for armed in self._armed:
            if armed.method not in ("*", method) or not _matches(route, armed.route):
                continue
            if armed.skip:
                armed.skip -= 1
                continue
            armed.left -= 1
            if armed.left <= 0:
                self._armed.remove(armed)
            return armed.fault
        return None

    def duplicate_event(self, name: str, *, times: int = 1) -> None:
        """Send the next event of this name twice."""
        self._events.append(_EventFault(name, "duplicate", left=times))

    def swap_event(self, name: str) -> None:
        """Send the next event of this name after the event that follows it."""
        self._events.append(_EventFault(name, "swap"))

    def drop_event(self, name: str, *, times: int = 1) -> None:
        """Lose the next event of this name."""
        self._events.append(_EventFault(name, "drop", left=times))

    def mangle_event(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the next event of this name, such as ``lambda d: d.pop("type")``."""
        self._events.append(_EventFault(name, "mangle", change))

    def shape(self, name: str, data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Return the events that really go out for one event."""
        found = next((e for e in self._events if e.name == name), None)
        if found is None:
            return [(name, data), *self._release()] if self._swapped else [(name, data)]
        found.left -= 1
        if found.left <= 0:
            self._events.remove(found)
        if found.kind == "swap":
            self._swapped.append((name, data))
            return []
        if found.kind == "drop":
            return []
        if found.kind == "mangle" and found.change is not None:
            data = dict(data)
            found.change(data)
            return [(name, data), *self._release()]
        return [(name, data), (name, data), *self._release()]

    def _release(self) -> list[tuple[str, dict[str, Any]]]:
        held, self._swapped = self._swapped, []
        return held


def _matches(route: str, pattern: str) -> bool:
    return route == pattern or fnmatch.fnmatchcase(route, pattern)
