"""A fact-check as the fields of a form, and back: every text is kept, however unfinished.

Knows how people type sources and dates; must never know how a form is shown.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.factchecks import FactCheck, Source, Verdict
from bot.domain.wording import N_, _
from bot.services.dates import say_number
from bot.services.errors import InvalidInputError

LIMITS: Mapping[str, int] = {
    "claim": 300,
    "variants": 2000,
    "verdict": 40,
    "summary": 1000,
    "details": 4000,
    "sources": 4000,
    "checked_on": 10,
    "review_by": 10,
}
"""Characters that each field of a form takes; Discord allows 4000 at most."""
NAMES: Mapping[str, str] = {
    "claim": N_("claim"),
    "variants": N_("list of other wordings"),
    "verdict": N_("finding"),
    "summary": N_("summary"),
    "details": N_("text of the details"),
    "sources": N_("list of sources"),
    "checked_on": N_("day of the check"),
    "review_by": N_("day of the review"),
}
_NUMBER = re.compile(r"\[(\d{1,3})\]\s*")


def prefilled(fact_check: FactCheck) -> dict[str, str]:
    """Return what a form on this fact-check begins with."""
    verdict = fact_check.verdict.value if fact_check.verdict else fact_check.unknown_verdict
    return {
        "claim": fact_check.claim,
        "variants": "\n".join(fact_check.variants),
        "verdict": verdict or "",
        "summary": fact_check.summary,
        "details": fact_check.details,
        "sources": source_lines(fact_check.sources),
        "checked_on": fact_check.checked_on.isoformat() if fact_check.checked_on else "",
        "review_by": fact_check.review_by.isoformat() if fact_check.review_by else "",
    }


def require_room(fields: Mapping[str, str], names: Sequence[str]) -> None:
    """See that what a form begins with fits into it: Discord would refuse the whole form.

    Raises:
        InvalidInputError: a field holds more than a form takes.
    """
    for name in names:
        if len(fields.get(name, "")) > LIMITS[name]:
            raise InvalidInputError(
                _(
                    "The {field} has {count} characters, a form takes {limit}. Use "
                    "`/factcheck export`, edit the file, and bring it back with `/factcheck "
                    "import`."
                ).format(
                    field=_(NAMES[name]),
                    count=say_number(len(fields[name])),
                    limit=say_number(LIMITS[name]),
                )
            )


def changed(old: FactCheck, fields: Mapping[str, str]) -> FactCheck:
    """Return the fact-check with the fields of a form, with the same revision.

    Raises:
        InvalidInputError: a field is too long, the claim is empty, or a day is none.
    """
    _require_lengths(fields)
    changes: dict[str, Any] = {}
    for name, text in fields.items():
        changes |= _READ[name](text, old)
    return replace(old, **changes)


def one_line(text: str) -> str:
    """Return text without line breaks and double spaces."""
    return " ".join(text.split())


def source_lines(sources: Sequence[Source]) -> str:
    """Write sources one a line: address, publisher, title; with numbers where they have gaps."""
    plain = [source.n for source in sources] == list(range(1, len(sources) + 1))
    lines = []
    for source in sources:
        parts = [source.url, source.publisher, source.title]
        while parts and not parts[-1]:
            parts.pop()
        lines.append(("" if plain else f"[{source.n}] ") + " | ".join(map(one_line, parts)))
    return "\n".join(lines)


def read_sources(text: str, old: Sequence[Source] = ()) -> tuple[Source, ...]:
    """Read what `source_lines` writes; what only the old source knows is kept by its address.

    Raises:
        InvalidInputError: two lines have the same number.
    """
    by_url = {source.url: source for source in old if source.url}
    sources: list[Source] = []
    taken: set[int] = set()
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _NUMBER.match(line)
        n = int(found[1]) if found else max(taken, default=0) + 1
        if n in taken or n < 1:
            raise InvalidInputError(
                _("Two sources have the number {number}. Give each its own.").format(number=n)
            )
        taken.add(n)
        sources.append(_source(n, line[found.end() :] if found else line, by_url))
    return tuple(sources)


def _source(n: int, line: str, by_url: Mapping[str, Source]) -> Source:
    url, publisher, title = ([part.strip() for part in line.split("|", 2)] + ["", ""])[:3]
    if "://" not in url:
        url, title = "", " | ".join(filter(None, (url, publisher, title)))
        publisher = ""
    known = by_url.get(url)
    if known is None:
        return Source(n=n, url=url, publisher=publisher, title=title)
    verified = known.title_verified if title == one_line(known.title) else True
    return replace(known, n=n, publisher=publisher, title=title, title_verified=verified)


def _require_lengths(fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        if len(text) > LIMITS[name]:
            raise InvalidInputError(
                _("The {field} has {count} characters, a form takes {limit}.").format(
                    field=_(NAMES[name]),
                    count=say_number(len(text)),
                    limit=say_number(LIMITS[name]),
                )
            )


def _claim(text: str, _before: FactCheck) -> dict[str, Any]:
    if not text.strip():
        raise InvalidInputError(_("The claim is empty. Write what people say, in one sentence."))
    return {"claim": one_line(text)}


def _variants(text: str, _: FactCheck) -> dict[str, Any]:
    lines = map(one_line, text.splitlines())
    return {"variants": tuple(dict.fromkeys(line for line in lines if line))}


def _verdict(text: str, _: FactCheck) -> dict[str, Any]:
    said = one_line(text)
    if not said or said.casefold() in ("none", "context", "-"):
        return {"verdict": None, "unknown_verdict": None}
    known = Verdict.named(said)
    return {"verdict": known, "unknown_verdict": None if known else said}


def _day(name: str, text: str) -> dict[str, Any]:
    try:
        return {name: date.fromisoformat(text.strip()) if text.strip() else None}
    except ValueError:
        raise InvalidInputError(
            _("The {field} is no date: write it as 2026-11-22, or leave it empty.").format(
                field=_(NAMES[name])
            )
        ) from None


_READ: Mapping[str, Callable[[str, FactCheck], dict[str, Any]]] = {
    "claim": _claim,
    "variants": _variants,
    "verdict": _verdict,
    "summary": lambda text, _: {"summary": text.strip()},
    "details": lambda text, _: {"details": text.strip()},
    "sources": lambda text, old: {"sources": read_sources(text, old.sources)},
    "checked_on": lambda text, _: _day("checked_on", text),
    "review_by": lambda text, _: _day("review_by", text),
}
