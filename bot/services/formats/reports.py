"""What reading a file can say: the sentence of an error, and what an import brought.

Knows how a place in a file is named; must never know a particular format.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.factchecks import FactCheck, Source
from bot.services.errors import InvalidInputError


def broken(name: str, line: int | None, sentence: str) -> InvalidInputError:
    """Return the error for a file that cannot be read: place first, then what to do."""
    place = name if line is None else f"{name}:{line}"
    return InvalidInputError(f"{place}: {sentence}")


def one_line(text: str, limit: int = 60) -> str:
    """Return text as it may stand inside a message: one line, printable, and short."""
    cleaned = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "…"


def line_in(lines: Mapping[str, int], path: str) -> int:
    """Return the line of a path, of what it is part of, or the first line."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get("", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A fact-check and where its fields stand in the file."""

    fact_check: FactCheck
    lines: Mapping[str, int] = field(default_factory=dict)
    """Field path (`summary`, `sources[2]`, `sources[2].url`) to line, counted from 1."""

    def line_of(self, path: str) -> int:
        """Return the line of a field, of what it is part of, or the first line."""
        return line_in(self.lines, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """An article to draw on: no fact-check, but something that one may cite and be written from."""

    slug: str
    title: str
    text: str
    subtitle: str = ""
    author: str = ""
    published: str | None = None
    url: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_source(self, n: int) -> Source:
        """Return the article as source number `n` of a fact-check."""
        return Source(
            n=n,
            title=self.title,
            publisher=self.author,
            url=self.url,
            published=self.published,
            supports=self.subtitle,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something in a file that was read, but not as it stood."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What one file brought."""

    records: tuple[Parsed, ...] = ()
    materials: tuple[Material, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def fact_checks(self) -> tuple[FactCheck, ...]:
        """The fact-checks alone."""
        return tuple(record.fact_check for record in self.records)
