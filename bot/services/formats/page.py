"""A web page as a source of fact-checks: the ClaimReviews in it, or else its text.

Knows HTML as far as it carries JSON-LD and paragraphs; must never fetch a page.
"""

from html.parser import HTMLParser

from typing_extensions import override

from bot.services.errors import InvalidInputError, UserFacingError
from bot.services.formats import claimreview, factually
from bot.services.formats.detect import Form, form_of
from bot.services.formats.reports import Imported, Parsed, Warned

_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
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
        "tr",
        "ul",
        "title",
    }
)


class _Page(HTMLParser):
    """Collects JSON-LD blocks and visible lines, however broken the markup is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._text: list[str] = []
        self._silent: str | None = None
        self._ld: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The visible text, one block a line."""
        lines = (" ".join(line.split()) for line in "".join(self._text).splitlines())
        return [line for line in lines if line]

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent = tag
            kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
            if tag == "script" and kind == "application/ld+json":
                self._ld = []
        elif tag in _BLOCKS:
            self._text.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
            if self._ld is not None:
                self.blocks.append("".join(self._ld))
                self._ld = None
        elif tag in _BLOCKS:
            self._text.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        if self._ld is not None:
            self._ld.append(data)
        elif self._silent is None:
            self._text.append(data)


def parse(html: str, name: str) -> tuple[Imported, tuple[str, ...]]:
    """Return the fact-checks of a page, and a sentence for each that is broken.

    Raises:
        InvalidInputError: there is nothing that could be a fact-check.
    """
    page = _Page()
    page.feed(html)
    page.close()
    records: list[Parsed] = []
    warnings: list[Warned] = []
    problems: list[str] = []
    for block in page.blocks:
        if "ClaimReview" not in block:
            continue
        try:
            found, broken = claimreview.parse_each(block, name)
        except UserFacingError as problem:
            problems.append(str(problem))
            continue
        records += found.records
        warnings += found.warnings
        problems += broken
    if records or problems:
        return Imported(records=tuple(records), warnings=tuple(warnings)), tuple(problems)
    text = "\n".join(page.lines)
    if form_of(text, name) is Form.FACTUALLY:
        return factually.parse(text, name), ()
    raise InvalidInputError(
        f"{name}: no ClaimReview in that page, and its text has not the shape of a fact-check."
    )
