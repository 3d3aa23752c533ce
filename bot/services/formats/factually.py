"""A fact-check page of the kind that Factually publishes, copied as text.

Knows the page's parts; must never add what the page does not say: no verdict, no addresses.
"""

import re
from dataclasses import dataclass, field

from bot.domain.linting import cited_numbers
from bot.services.formats.records import FieldError, fact_check_from
from bot.services.formats.reports import Imported, Parsed, Warned, broken, line_in
from bot.services.formats.words import day_in, slug_of

_CHECKED = re.compile(r"checked on\s*:?\s+(.+)", re.IGNORECASE)
_DISCLAIMER = re.compile(r"disclaimer\s*:\s*(.*)", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:executive )?summary:?\Z", re.IGNORECASE)
_QUESTIONS = re.compile(r"want to dive deeper\??\Z", re.IGNORECASE)
_SOURCES = re.compile(r"(?:sources|references|citations):?\Z", re.IGNORECASE)
_SECTION = re.compile(r"\d{1,2}\.\s+\S")
_ADDRESS = re.compile(r"https?://\S+\Z")
_NUMBERED = re.compile(r"\[?(\d{1,3})[\].:)]")
_HEADING_LIMIT = 200


@dataclass(slots=True)
class _Page:
    """The parts of a page as they are found, from top to bottom."""

    lines: dict[str, int] = field(default_factory=dict)
    record: dict[str, object] = field(default_factory=dict)
    part: str = "claim"
    texts: dict[str, list[str]] = field(default_factory=dict)
    addresses: dict[int, tuple[str, str]] = field(default_factory=dict)

    def take(self, number: int, text: str) -> None:
        """Take one line that is not blank."""
        if self._opens_part(number, text):
            return
        if self.part == "sources" and (found := _NUMBERED.match(text)):
            self.addresses[int(found[1])] = _title_and_address(text[found.end() :])
            return
        if self.part in ("summary", "details") and self._is_heading(text):
            self.part = "details"
            text = f"### {text}"
        self.lines.setdefault(self.part, number)
        self.texts.setdefault(self.part, []).append(text)

    def _opens_part(self, number: int, text: str) -> bool:
        """Say whether this line is a mark between parts and not a part's own text."""
        if found := _CHECKED.match(text):
            day = day_in(found[1])
            self.lines["checked_on"] = number
            self.record["checked_on"] = day.isoformat() if day else None
        elif found := _DISCLAIMER.match(text):
            self.record["disclaimer"] = found[1].strip()
        elif self.part in ("claim", "origin") and _ADDRESS.match(text):
            self.record["origin"] = text
        elif _SUMMARY.match(text):
            self.part = "summary"
        elif _QUESTIONS.match(text):
            self.part = "questions"
        elif self.part != "claim" and _SOURCES.match(text):
            self.part = "sources"
        else:
            return False
        return True

    def _is_heading(self, text: str) -> bool:
        return bool(_SECTION.match(text)) and len(text) <= _HEADING_LIMIT and text[-1] not in ".]"


def parse(text: str, name: str) -> Imported:
    """Read a page; the result is a draft without a verdict.

    The marks `[n]` become sources with these numbers and, where the page does not list them,
    without addresses: the linter asks for those. The summary is kept whole, however long it is.

    Raises:
        InvalidInputError: the claim or the summary is missing.
    """
    page = _Page()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line.strip():
            page.take(number, line.strip())
    if not page.texts.get("claim"):
        raise broken(name, 1, "no claim before the summary. Put the claim on the first line.")
    if not page.texts.get("summary"):
        raise broken(name, 1, "no executive summary. Is the page complete?")
    warnings = []
    if "checked_on" in page.lines and page.record["checked_on"] is None:
        sentence = "the day of the check cannot be read. Add `checked_on` by hand."
        warnings.append(Warned(line=page.lines["checked_on"], sentence=sentence))
    record = _record(page)
    try:
        fact_check = fact_check_from(record)
    except FieldError as problem:
        raise broken(name, line_in(page.lines, problem.path), problem.sentence) from None
    return Imported(
        records=(Parsed(fact_check=fact_check, lines=page.lines),), warnings=tuple(warnings)
    )


def _record(page: _Page) -> dict[str, object]:
    claim = " ".join(page.texts["claim"])
    summary = "\n\n".join(page.texts["summary"])
    details = "\n\n".join(page.texts.get("details", []))
    numbers = sorted({*cited_numbers(summary), *cited_numbers(details), *page.addresses} - {0})
    return page.record | {
        "slug": slug_of(claim),
        "claim": claim,
        "summary": summary,
        "details": details,
        "questions": page.texts.get("questions", []),
        "sources": [_source(number, page) for number in numbers],
    }


def _title_and_address(text: str) -> tuple[str, str]:
    """Cut the address off the end of a listed source, where it has one."""
    text = text.strip()
    last = text.split()[-1] if text else ""
    found = _ADDRESS.search(text, len(text) - len(last))
    return (text[: found.start()].rstrip(), found[0]) if found else (text, "")


def _source(number: int, page: _Page) -> dict[str, object]:
    title, url = page.addresses.get(number, ("", ""))
    return {"n": number, "title": title, "url": url}
