"""YAML front matter at the head of a text: cut off, read with its line numbers, written.

Knows only the harmless part of YAML (no aliases, no tags, no types but text) and must never
build anything else from a file: what a key means is the business of whoever asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.services.formats.records import DEPTH_LIMIT, Scalar
from bot.services.formats.reports import broken, one_line

SIZE_LIMIT = 256 * 1024
"""Characters; the 61 starter records need 4,000 each."""
_DEPTH_LIMIT = DEPTH_LIMIT + 5
"""An unknown key of a source lies four levels deep itself."""
_FENCE = "---"
_FORBIDDEN = re.compile(
    "[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SLIP = re.compile(r"^([^'\"#]*:\s*)'(.*\\'.*)'\s*$")
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Page:
    """A text cut in two.

    Attributes:
        name: what the file is called in messages.
        front: the YAML between the fences.
        body: everything after the closing fence.
        body_line: the line on which the body starts; the front matter starts on line 2.
    """

    name: str
    front: str
    body: str
    body_line: int


@dataclass(slots=True)
class _Build:
    """The tree that grows while the events of one front matter are read."""

    name: str
    lines: dict[str, int] = field(default_factory=dict)

    def node(
        self, events: Iterator[yaml.Event], event: yaml.Event, path: str, depth: int
    ) -> object:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            raise broken(self.name, line, "YAML aliases (*name) are not read. Write the value out.")
        if depth > _DEPTH_LIMIT:
            raise broken(self.name, line, f"nested more than {DEPTH_LIMIT} levels deep.")
        if isinstance(event, yaml.ScalarEvent):
            self._no_tag(event, line, untagged=any(event.implicit))
            return Scalar(event.value, plain=not event.style)
        self._no_tag(event, line, untagged=bool(getattr(event, "implicit", False)))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path, depth)
        return self.mapping(events, path, depth)

    def _no_tag(self, event: yaml.Event, line: int, *, untagged: bool) -> None:
        if not untagged or getattr(event, "tag", None) not in (None, "!"):
            raise broken(self.name, line, "YAML tags (!name) are not read. Remove the tag.")

    def _sequence(self, events: Iterator[yaml.Event], path: str, depth: int) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            inner = f"{path}[{len(items)}]"
            self.lines[inner] = _line(event)
            items.append(self.node(events, event, inner, depth + 1))
        return items

    def mapping(self, events: Iterator[yaml.Event], path: str, depth: int) -> dict[str, object]:
        items: dict[str, object] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise broken(self.name, line, "a key must be a word. Check the brackets.")
            key = event.value
            if key in items:
                raise broken(self.name, line, f"`{one_line(key)}` stands here a second time.")
            inner = f"{path}.{key}" if path else key
            self.lines[inner] = line
            items[key] = self.node(events, next(events), inner, depth + 1)
        return items


def cut(text: str, name: str) -> Page | None:
    """Cut a text after its front matter; None where it has none.

    Raises:
        InvalidInputError: the front matter is not closed, or it is too long.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head, _, rest = text.partition("\n")
    if head.rstrip() != _FENCE:
        return None
    closing = re.search(r"^---[ \t]*$", rest, re.MULTILINE)
    if closing is None:
        raise broken(
            name, 1, "the front matter is not closed. Put a line of three hyphens after it."
        )
    front = rest[: closing.start()]
    if len(front) > SIZE_LIMIT:
        raise broken(name, 1, f"the front matter is longer than {SIZE_LIMIT:,} characters.")
    body = rest[closing.end() :].removeprefix("\n")
    return Page(name, front, body, front.count("\n") + 3)


def load(page: Page) -> tuple[dict[str, object], dict[str, int]]:
    """Read the front matter: its values (scalars as `Scalar`), and the line of every path.

    Raises:
        InvalidInputError: it is not a YAML mapping that this program reads.
    """
    _refuse_hostile(page)
    build = _Build(page.name)
    try:
        events = yaml.parse(page.front, Loader=_Loader)
        for opening in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            if not isinstance(next(events), opening):
                raise broken(page.name, 1, "the front matter is empty. Write `claim: ...` into it.")
        event = next(events)
        if not isinstance(event, yaml.MappingStartEvent):
            raise broken(
                page.name, _line(event), "the front matter must consist of lines `key: value`."
            )
        values = build.mapping(events, "", 0)
        if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(
            next(events), yaml.StreamEndEvent
        ):
            raise broken(page.name, page.body_line - 1, "the front matter holds a second document.")
    except yaml.MarkedYAMLError as problem:
        raise _explained(page, problem) from None
    except yaml.YAMLError:
        raise broken(page.name, 2, "the front matter is not YAML.") from None
    return values, build.lines


def dump(values: dict[str, object]) -> str:
    """Write values as the YAML between the fences, in their order."""
    return yaml.dump(
        values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )


def without_slips(page: Page) -> tuple[Page, tuple[int, ...]]:
    r"""Repair the common slip `\'` inside single quotes; return the page and the repaired lines."""
    lines = page.front.split("\n")
    repaired: list[int] = []
    for index, line in enumerate(lines):
        if found := _SLIP.match(line):
            lines[index] = f"{found[1]}'" + found[2].replace("\\'", "''") + "'"
            repaired.append(index + 2)
    return Page(page.name, "\n".join(lines), page.body, page.body_line), tuple(repaired)


def _line(event: yaml.Event) -> int:
    """Return the line in the file; the front matter starts on its second."""
    return 2 + (event.start_mark.line if event.start_mark else 0)


def _refuse_hostile(page: Page) -> None:
    """Refuse what would make the YAML parser slow or break off without a line."""
    if found := _FORBIDDEN.search(page.front):
        line = page.front.count("\n", 0, found.start()) + 2
        raise broken(page.name, line, f"holds the character {found[0]!a}. Remove it.")
    depth = 0
    for found in re.finditer(r"[][{}\n]", page.front):
        depth = max(0, depth + (1 if found[0] in "[{" else -1 if found[0] in "]}" else 0))
        if depth > 5 * DEPTH_LIMIT:
            line = page.front.count("\n", 0, found.start()) + 2
            raise broken(page.name, line, "has too many open brackets. Close or quote them.")


def _explained(page: Page, problem: yaml.MarkedYAMLError) -> Exception:
    mark = problem.problem_mark or problem.context_mark
    index = min(mark.line if mark else 0, page.front.count("\n"))
    lines = page.front.split("\n")
    while index and not lines[index].strip():
        index -= 1
    text = lines[index]
    sentence = "not valid YAML here. Check the quotes and the indentation."
    for at in (index, index - 1):
        if at >= 0 and _SLIP.match(lines[at]):
            index = at
            sentence = "a quote inside single quotes is written twice (''), not as \\'."
            break
    else:
        if "\t" in text[: len(text) - len(text.lstrip())]:
            sentence = "YAML is indented with spaces. Replace the tab."
        elif text.count(": ") > 1:
            sentence = "not valid YAML here. Put a value that holds a colon into quotes."
    return broken(page.name, index + 2, sentence)
