"""Column types that hold the same values on SQLite and on PostgreSQL, or refuse them the same way.

Knows what `bot.services.storable` allows; never a table.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from bot.services.storable import require_id, require_storable, require_text


class Snowflake(TypeDecorator[int]):
    """A platform's 64-bit id; `int` alone would be 32 bits on PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Refuse a number that the drivers would overflow on."""
        return None if value is None else require_id(value)


class SafeText(TypeDecorator[str]):
    """Text of any length that PostgreSQL can hold; SQLite alone would take more."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse NUL and lone surrogates."""
        return None if value is None else str(require_text(value))


class Document(TypeDecorator[dict[str, Any]]):
    """A JSON document; to change it, store a new one: changes inside it are not seen."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    @override
    def process_bind_param(
        self, value: dict[str, Any] | None, dialect: Dialect
    ) -> dict[str, Any] | None:
        """Refuse NUL and lone surrogates anywhere inside."""
        require_storable(value)
        return value
