"""Footnote's own format: one Markdown file with YAML front matter for each fact-check.

Knows the sections of the body; must never build a file name or decide what is published.

    ---
    claim: AI art wins every prize.
    verdict: mostly-false
    checked_on: 2026-11-22
    sources:
    - n: 1
      publisher: Example Times
      url: https://example.org/prizes
    ---

    ## Summary

    Two lines for the note.

    ## Details

    The whole story, with its sources [1].
"""

import re
from itertools import zip_longest

from bot.domain.factchecks import FactCheck, Status
from bot.services.formats import front_matter
from bot.services.formats.records import FieldError, fact_check_from, record_from
from bot.services.formats.reports import Parsed, broken, line_in

_HEADING = re.compile(r"^## (Summary|Details)[ \t]*$", re.MULTILINE)
_SECTIONS = ("summary", "details")


def parse(text: str, name: str, *, status: Status = Status.DRAFT) -> Parsed:
    """Read one file.

    Args:
        text: what the file holds.
        name: its name; the slug where the front matter has none, and the place in messages.
        status: the status where the front matter has none.

    Raises:
        InvalidInputError: the file is no fact-check; the message says where and what to do.
    """
    page = front_matter.cut(text, name)
    if page is None:
        raise broken(name, 1, "no front matter. Start the file with a line of three hyphens.")
    values, lines = front_matter.load(page)
    for section, (content, line) in _sections(page).items():
        if section in values:
            raise broken(name, line, f"the {section} stands in the front matter already.")
        values[section] = content
        lines[section] = line
    stem = re.split(r"[/\\]", name)[-1].removesuffix(".md")
    try:
        fact_check = fact_check_from(values, slug=stem, status=status)
    except FieldError as problem:
        line = line_in(lines, problem.path)
        raise broken(name, line, problem.sentence) from None
    return Parsed(fact_check=fact_check, lines=_by_number(lines, fact_check))


def render(fact_check: FactCheck) -> str:
    """Write one file; its name must be the slug with `.md`, for the slug is not repeated inside."""
    record = record_from(fact_check)
    days = {"checked_on": fact_check.checked_on, "review_by": fact_check.review_by}
    record |= {key: day for key, day in days.items() if day}
    body = ""
    for section in _SECTIONS:
        content = record.get(section)
        if isinstance(content, str) and _stands_in_body(section, content):
            del record[section]
            body += f"\n## {section.capitalize()}\n\n{content}\n"
    return f"---\n{front_matter.dump(record)}---\n{body}"


def _stands_in_body(section: str, content: str) -> bool:
    """Say whether Markdown keeps this text exactly; the front matter keeps the rest, quoted."""
    return (
        content == content.strip()
        and "\r" not in content
        and not (section == "summary" and _HEADING.search(content))
    )


def _sections(page: front_matter.Page) -> dict[str, tuple[str, int]]:
    """Return the body's sections and their lines; a body without headings is the details."""
    found: dict[str, tuple[str, int]] = {}
    body = page.body
    headings = _leading_headings(body)
    before = body[: headings[0].start()] if headings else body
    if before.strip():
        line = page.body_line + before[: len(before) - len(before.lstrip())].count("\n")
        if headings:
            raise broken(page.name, line, "text before the first heading. Move it into a section.")
        found["details"] = (before.strip(), line)
    for heading, following in zip_longest(headings, headings[1:]):
        content = body[heading.end() : following.start() if following else None]
        if content.strip():
            at = heading.end() + len(content) - len(content.lstrip())
            line = page.body_line + body.count("\n", 0, at)
            found[heading[1].lower()] = (content.strip(), line)
    return found


def _leading_headings(body: str) -> list[re.Match[str]]:
    """Return the headings that cut the body: after "Details" everything is details."""
    headings: list[re.Match[str]] = []
    for heading in _HEADING.finditer(body):
        if heading[1] == "Details":
            return [*headings, heading]
        if not headings:
            headings.append(heading)
    return headings


def _by_number(lines: dict[str, int], fact_check: FactCheck) -> dict[str, int]:
    """Name the lines of sources by the sources' numbers instead of their places in the list."""
    numbers = [source.n for source in fact_check.sources]

    def renamed(path: str) -> str:
        found = re.match(r"sources\[(\d+)\]", path)
        return path if not found else f"sources[{numbers[int(found[1])]}]{path[found.end() :]}"

    return {renamed(path): line for path, line in lines.items()}
