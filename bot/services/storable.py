"""What every database can hold: decided once, so that all implementations of the ports agree.

Knows the limits of PostgreSQL and SQLite as plain values; never a driver or a table.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache

from bot.services.errors import InvalidInputError

LARGEST_ID = 2**63 - 1
"""Both databases keep whole numbers in 64 bits with a sign."""


def require_text(text: str) -> str:
    """Return the text, or refuse what PostgreSQL cannot store.

    Raises:
        InvalidInputError: the text holds a NUL character or half of a surrogate pair.
    """
    if "\x00" in text:
        raise InvalidInputError("The text contains a NUL character, which cannot be stored.")
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        raise InvalidInputError(
            "The text contains half of a character (a lone surrogate), which cannot be stored."
        ) from None
    return text


def require_id(number: int) -> int:
    """Return the number, or refuse one that needs more than 64 bits.

    Raises:
        InvalidInputError: the number is out of range.
    """
    if not -LARGEST_ID - 1 <= number <= LARGEST_ID:
        raise InvalidInputError(f"{number} is too large to be an id.")
    return number


def require_storable(value: object) -> None:
    """Walk a value, with all that is inside it, and refuse what cannot be stored.

    Raises:
        InvalidInputError: a text or a number cannot be stored.
        ValueError: a moment has no time zone, which is a mistake of the program.
    """
    if isinstance(value, str):
        require_text(value)
    elif isinstance(value, int):
        require_id(value)
    elif isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("a moment without a time zone cannot be stored")
    elif value is not None and not isinstance(value, float):
        for part in _parts(value):
            require_storable(part)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, tuple | list):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, name) for name in _names(type(value))]
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, Sequence | Set):
        return value
    return ()


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
