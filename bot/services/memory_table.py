"""A table in memory with transactions: what is written is seen by others after the commit only.

Knows keys and values of any kind; never what they mean.
"""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from bot.services.storable import require_storable

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class View(Generic[K, V]):
    """One transaction's sight of a table: the committed rows, under its own changes.

    A row keeps its place in the order when it is replaced, as a numbered row would.
    """

    def __init__(self, committed: dict[K, V], *, writable: bool) -> None:
        self._committed = committed
        self._changed: dict[K, V] = {}
        self._removed: set[K] = set()
        self._writable = writable
        self._open = True

    def get(self, key: K) -> V | None:
        """Return the row with this key."""
        self._require_open()
        require_storable(key)
        if key in self._removed:
            return None
        return self._changed.get(key, self._committed.get(key))

    def put(self, key: K, row: V) -> None:
        """Add or replace a row."""
        self.require_writable()
        require_storable(key)
        require_storable(row)
        self._changed[key] = row
        self._removed.discard(key)

    def remove(self, key: K) -> bool:
        """Remove a row; return whether there was one."""
        self.require_writable()
        found = self.get(key) is not None
        self._changed.pop(key, None)
        if key in self._committed:
            self._removed.add(key)
        return found

    def rows(self) -> Iterator[V]:
        """Iterate over all rows, in the order in which they were first added."""
        return (row for _, row in self.items())

    def items(self) -> Iterator[tuple[K, V]]:
        """Iterate over all keys with their rows, in the same order."""
        self._require_open()
        for key, row in self._committed.items():
            if key not in self._removed:
                yield key, self._changed.get(key, row)
        for key, row in self._changed.items():
            if key not in self._committed:
                yield key, row

    def merged(self, *, in_place: bool) -> dict[K, V]:
        """Return the committed rows with the changes, in a new dictionary if others still look."""
        if not self._changed and not self._removed:
            return self._committed
        rows = self._committed if in_place else dict(self._committed)
        for key in self._removed:
            del rows[key]
        rows.update(self._changed)
        return rows

    def end(self) -> None:
        """Make the view unusable."""
        self._open = False

    def require_writable(self) -> None:
        """Refuse a change in a transaction that was opened for reading."""
        self._require_open()
        if not self._writable:
            raise RuntimeError("a unit of work that was opened for reading cannot write")

    def _require_open(self) -> None:
        if not self._open:
            raise RuntimeError("this unit of work has ended")
