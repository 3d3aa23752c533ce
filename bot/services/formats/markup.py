"""What a web page's markup says: the JSON-LD blocks in it, and its visible lines.

Knows how browsers cut HTML into tags and text; must never take longer than in proportion to the
page's length, whatever the page holds. The standard library's parser does, where tags stay open.
"""

import html
import re
from dataclasses import dataclass
from types import MappingProxyType

_RAW = frozenset({"script", "style"})
"""Their content is no markup: it ends at their own end tag."""
_SILENT = frozenset({"template", "noscript", "svg"})
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "title",
        "tr",
        "ul",
    }
)
_LINKED_DATA = "application/ld+json"
# Every quantifier is possessive: what has been read once is never read again.
_NAME = re.compile(r"[A-Za-z][^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:(?P<end>>)|(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+"""
    r"""(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<open>["'])|(?P<bare>[^\s>]*+)))?+)"""
)
_COMMENT_END = re.compile(r"--!?>")
_END_OF = MappingProxyType({tag: re.compile(rf"</{tag}(?=[\s/>])", re.I) for tag in _RAW})
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{7,}+);?")
"""References with more digits than any character's number has; leading zeros aside."""


@dataclass(frozen=True, slots=True)
class Markup:
    """What is in a page."""

    blocks: tuple[str, ...]
    """The content of each JSON-LD script, in order."""
    lines: tuple[str, ...]
    """The visible text, one block a line."""


def read(page: str) -> Markup:
    """Read a page, however broken it is; what is left open reaches to the page's end."""
    reading = _Reading(page)
    reading.run()
    lines = (" ".join(line.split()) for line in "".join(reading.text).splitlines())
    return Markup(tuple(reading.blocks), tuple(line for line in lines if line))


def unescaped(text: str) -> str:
    """Return a text with its character references resolved, those of no character too.

    >>> unescaped("&lt;&#65;&#99999999;")
    '<A�'
    """
    return html.unescape(_NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text))


class _Reading:
    """One pass over a page: `_at` never goes back."""

    def __init__(self, page: str) -> None:
        self.blocks: list[str] = []
        self.text: list[str] = []
        self._page = page
        self._at = 0
        self._silent: str | None = None

    def run(self) -> None:
        while self._at < len(self._page):
            opens = self._page.find("<", self._at)
            self._say(self._at, opens if opens >= 0 else len(self._page))
            if opens < 0:
                return
            self._at = opens + 1
            self._tag()

    def _say(self, start: int, end: int) -> None:
        if self._silent is None and end > start:
            self.text.append(unescaped(self._page[start:end]))

    def _tag(self) -> None:
        """Read what follows a "<"."""
        page, at = self._page, self._at
        closes = page.startswith("/", at)
        name = _NAME.match(page, at + closes)
        if name is not None:
            self._at = name.end()
            kind = self._attributes()
            self._closed(name[0].lower()) if closes else self._opened(name[0].lower(), kind)
        elif page.startswith("!--", at):
            # A comment may close at once: "<!-->".
            end = _COMMENT_END.search(page, at + 1)
            self._at = end.end() if end else len(page)
        elif closes or page.startswith(("!", "?"), at):
            end_at = page.find(">", at)
            self._at = end_at + 1 if end_at >= 0 else len(page)
        else:
            self._say(at - 1, at)

    def _attributes(self) -> str:
        """Read to the end of a tag; return its `type`. A tag that never ends hides the rest."""
        kind = ""
        while (found := _ATTRIBUTE.match(self._page, self._at)) and not found["open"]:
            self._at = found.end()
            if found["end"]:
                return kind.partition(";")[0].strip().lower()
            if not kind and found["name"].lower() == "type":
                kind = unescaped(found["double"] or found["single"] or found["bare"] or "")
        self._at = len(self._page)
        return ""

    def _opened(self, tag: str, kind: str) -> None:
        if tag in _RAW:
            end = _END_OF[tag].search(self._page, self._at)
            content = self._page[self._at : end.start() if end else len(self._page)]
            self._at = end.start() if end else len(self._page)
            if end and tag == "script" and kind == _LINKED_DATA:
                self.blocks.append(content)
        elif tag in _SILENT and self._silent is None:
            self._silent = tag
        elif tag in _BLOCKS:
            self._break()

    def _closed(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
        elif tag in _BLOCKS:
            self._break()

    def _break(self) -> None:
        if self._silent is None:
            self.text.append("\n")
