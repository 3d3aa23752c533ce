"""Rate limits that are really enforced, for tests that pace themselves.

Knows windows and how much of them is used; must never know what the requests do.
"""

from __future__ import annotations

import fnmatch
import zlib
from collections.abc import Callable
from dataclasses import dataclass

UNLIMITED = 1000


@dataclass(slots=True)
class _Rule:
    method: str
    route: str
    limit: int
    per_s: float


@dataclass(slots=True)
class _Window:
    ends_at: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What one request found in its bucket."""

    bucket: str
    limit: int
    remaining: int
    reset_after_s: float
    refused: bool = False
    everywhere: bool = False


class Buckets:
    """Per-route buckets and the global one; generous until a test sets a limit."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._rules: list[_Rule] = []
        self._global: _Rule | None = None
        self._windows: dict[str, _Window] = {}

    def limit(self, route: str, limit: int, per_s: float, *, method: str = "*") -> None:
        """Allow ``limit`` requests in ``per_s`` seconds to a route, for each major parameter."""
        self._rules.append(_Rule(method, route, limit, per_s))

    def limit_all(self, limit: int, per_s: float = 1.0) -> None:
        """Allow ``limit`` requests in ``per_s`` seconds altogether, interaction answers aside."""
        self._global = _Rule("*", "*", limit, per_s)

    def spend(self, method: str, route: str, major: str) -> Spent:
        """Count one request."""
        name = f"{zlib.crc32(f'{method} {route} {major}'.encode()):08x}"
        counts_globally = not route.startswith(("/interactions", "/webhooks"))
        if self._global is not None and counts_globally:
            whole = self._count("global", self._global)
            if whole.refused:
                return Spent(name, whole.limit, 0, whole.reset_after_s, True, True)
        rule = next((r for r in self._rules if _fits(r, method, route)), None)
        return self._count(name, rule) if rule else Spent(name, UNLIMITED, UNLIMITED - 1, 1.0)

    def _count(self, name: str, rule: _Rule) -> Spent:
        now = self._seconds()
        window = self._windows.get(name)
        if window is None or window.ends_at <= now:
            window = self._windows[name] = _Window(now + rule.per_s)
        window.used += 1
        left = rule.limit - window.used
        return Spent(name, rule.limit, max(left, 0), window.ends_at - now, left < 0)


def _fits(rule: _Rule, method: str, route: str) -> bool:
    return rule.method in ("*", method) and fnmatch.fnmatchcase(route, rule.route)
