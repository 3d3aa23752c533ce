"""Moments as microseconds since 1970, for tables in which the database itself counts in them.

Knows the arithmetic and the two dialects' ways to it; never a particular table.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.functions import GenericFunction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
QUARTER = 900 * SECOND
DAY = 86_400 * SECOND


def to_micros(moment: datetime) -> int:
    """Return a moment as a whole number."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(number: int) -> datetime:
    """Return the moment that a whole number stands for."""
    return _EPOCH + timedelta(microseconds=number)


class seconds_of(GenericFunction[int]):  # noqa: N801 - used like the database's own functions
    """Whole seconds since 1970 of a timestamp column."""

    type = BigInteger()
    inherit_cache = True

    def __init__(self, moment: ColumnElement[Any] | Mapped[Any]) -> None:
        super().__init__(moment)


@compiles(seconds_of, "sqlite")
def _sqlite(element: Any, compiler: Any, **keywords: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **keywords)}) AS INTEGER)"


@compiles(seconds_of, "postgresql")
def _postgresql(element: Any, compiler: Any, **keywords: Any) -> str:
    inner = compiler.process(element.clauses, **keywords)
    return f"CAST(floor(extract(epoch FROM {inner})) AS BIGINT)"
