"""What is different between two revisions of a fact-check, field by field.

Knows the record's document form; must never know how a difference is shown.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.factcheck_document import to_document
from bot.domain.factchecks import FactCheck

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, as lines: `-` was taken away, `+` is new, a space stayed."""

    field: str
    lines: tuple[str, ...]


def differences(old: FactCheck, new: FactCheck) -> tuple[Difference, ...]:
    """Return the fields that differ, in the order of the record; the revision is none of them.

    >>> from bot.domain.ids import Slug
    >>> old = FactCheck(slug=Slug("a"), claim="A", summary="One. Two.")
    >>> differences(old, old.revised(summary="One. Three."))[0].lines
    ('  One.', '- Two.', '+ Three.')
    """
    before, after = to_document(old), to_document(new)
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Difference(name, _compared(_lines(before.get(name)), _lines(after.get(name))))
        for name in names
        if name not in ("revision", "slug") and before.get(name) != after.get(name)
    )


def _compared(before: list[str], after: list[str]) -> tuple[str, ...]:
    found = difflib.ndiff(before, after)
    return tuple(line for line in found if not line.startswith("?"))


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [part for part in _SENTENCE.split(value) if part]
    if isinstance(value, list):
        return [_line(item) for item in value]
    return [_line(value)]


def _line(value: Any) -> str:
    if isinstance(value, Mapping):
        return " | ".join(f"{key}: {_line(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(_line, value))
    return str(value)
