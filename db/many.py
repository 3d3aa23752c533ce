"""Runs one upsert for many rows with as little work for each row as the driver allows.

Knows SQLAlchemy's compiled statements; never a particular table. For each row, SQLAlchemy itself
would build a dictionary, copy it and look every value's conversion up: half the cost of recording.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

Upsert = sqlite.Insert | postgresql.Insert
Convert = Callable[[Any], Any] | None
PARAMETERS = 30_000
"""Of one statement; SQLite takes 32,766."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver takes it, and how each of its values is converted."""

    sql: str
    names: tuple[str, ...]
    conversions: tuple[Convert, ...]

    def rows(self, values: Sequence[Mapping[str, object]]) -> list[tuple[object, ...]]:
        """Return the values in the order of the statement's parameters."""
        parts = list(zip(self.names, self.conversions, strict=True))
        return [
            tuple([row[name] if convert is None else convert(row[name]) for name, convert in parts])
            for row in values
        ]

    def runs(self, rows: Sequence[tuple[object, ...]]) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Return statements that take many rows each, with their parameters; for SQLite only.

        Its driver gives the interpreter back and fetches it again for every row that it runs by
        itself, and each time it waits for whoever has it.
        """
        row = f"({', '.join('?' * len(self.names))})"
        before, _, after = self.sql.partition(f" VALUES {row}")
        size = PARAMETERS // len(self.names)
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            sql = f"{before} VALUES {', '.join([row] * len(some))}{after}"
            yield sql, tuple(chain.from_iterable(some))


_prepared: WeakKeyDictionary[Callable[..., Any], dict[tuple[Any, ...], Prepared | None]] = (
    WeakKeyDictionary()
)
"""By the function that says what an upsert changes: one made anew each time is soon forgotten."""


def prepare(
    dialect: Dialect,
    table: Table,
    names: tuple[str, ...],
    change: Callable[..., Any],
    build: Callable[[], Upsert],
) -> Prepared | None:
    """Return the prepared upsert; None where it has parameters of its own, as SQLAlchemy runs it.

    Args:
        dialect: of the database.
        table: into which rows go.
        names: the columns that every row gives.
        change: identifies what is done where a row is there already.
        build: makes the statement, if it is not prepared yet.
    """
    known = _prepared.setdefault(change, {})
    key = (dialect.name, table.name, names)
    if key not in known:
        known[key] = _compiled(dialect, table, names, build())
    return known[key]


def _compiled(
    dialect: Dialect, table: Table, names: tuple[str, ...], statement: Upsert
) -> Prepared | None:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    order = tuple(getattr(compiled, "positiontup", None) or ())
    if sorted(order) != sorted(names):
        return None
    types = [table.columns[name].type.dialect_impl(dialect) for name in order]
    return Prepared(str(compiled), order, tuple(each.bind_processor(dialect) for each in types))
