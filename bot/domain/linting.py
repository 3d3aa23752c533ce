"""What keeps a fact-check from being published, and what should be mended.

Knows the rules and their remedies; must never know files, the present day or who asks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.addresses import address_problem
from bot.domain.factchecks import SUMMARY_LIMIT, FactCheck, Source, Verdict

_MARKS = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|‘[^’]*’|«[^»]*»|(?<!\w)\'[^\']*\'(?!\w)')
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself|yourselves)\b", re.IGNORECASE)
_BARE_VERDICT = re.compile(
    r"(?:^|[.!?]\s+)(?:this|that|it|the claim|the post)\s+is\s+(?:simply |just |completely )?"
    r"(?:true|false|wrong|fake|a lie|a hoax|a myth|nonsense|debunked|misinformation)\b",
    re.IGNORECASE,
)


class Severity(StrEnum):
    """How much a finding weighs: an error keeps a fact-check from being published."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend."""

    field: str
    """Its path: `summary`, `sources[2].url`."""
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR


def lint(fact_check: FactCheck, today: date) -> tuple[Finding, ...]:
    """Return everything that should be mended, in the order of the fields."""
    return (
        *_claim(fact_check),
        *_verdict(fact_check),
        *_summary(fact_check),
        *_sources(fact_check),
        *_marks(fact_check),
        *_dates(fact_check, today),
    )


def lint_library(fact_checks: Iterable[FactCheck]) -> tuple[tuple[int, Finding], ...]:
    """Return what is wrong between fact-checks, each with its place in the order given."""
    found: list[tuple[int, Finding]] = []
    slugs: set[str] = set()
    claims: dict[str, str] = {}
    for index, fact_check in enumerate(fact_checks):
        slug = fact_check.slug
        if slug in slugs:
            problem = f"the slug {slug} is taken already"
            found.append((index, Finding(field="slug", problem=problem, remedy="Rename one.")))
        slugs.add(slug)
        wording = " ".join(re.findall(r"\w+", fact_check.claim.casefold()))
        first = claims.setdefault(wording, slug)
        if first != slug:
            finding = Finding(
                field="claim",
                problem=f"{first} checks the same claim",
                remedy="Join the two, or word the claims apart.",
                severity=Severity.WARNING,
            )
            found.append((index, finding))
    return tuple(found)


def can_publish(fact_check: FactCheck, today: date) -> bool:
    """Say whether nothing keeps a fact-check from being published."""
    return not any(finding.severity is Severity.ERROR for finding in lint(fact_check, today))


def cited_numbers(text: str) -> tuple[int, ...]:
    """Return the source numbers that a text cites as `[1]` or `[1, 2]`, each once, in order.

    >>> cited_numbers("Polls differ [2][1], see [1, 3]; the case is [2025] EWHC 2863.")
    (2, 1, 3)
    """
    found = (int(n) for mark in _MARKS.finditer(text) for n in mark[1].split(","))
    return tuple(dict.fromkeys(found))


def _claim(fact_check: FactCheck) -> Iterator[Finding]:
    if found := _second_person(fact_check.claim):
        yield Finding(
            field="claim",
            problem=f"the claim addresses the reader ({found})",
            remedy='Word it about people in general, and keep the "you" in a variant.',
            severity=Severity.WARNING,
        )


def _verdict(fact_check: FactCheck) -> Iterator[Finding]:
    if fact_check.unknown_verdict is not None:
        yield Finding(
            field="verdict",
            problem=f"unknown verdict {fact_check.unknown_verdict[:60]!r}",
            remedy=f"Choose one of {', '.join(Verdict)}, or remove it to show Context.",
        )


def _summary(fact_check: FactCheck) -> Iterator[Finding]:
    summary = fact_check.summary
    if not summary.strip():
        yield Finding(
            field="summary",
            problem="no summary",
            remedy=f"Write what is known in at most {SUMMARY_LIMIT} characters.",
        )
    if len(summary) > SUMMARY_LIMIT:
        yield Finding(
            field="summary",
            problem=f"the summary has {len(summary)} characters, {SUMMARY_LIMIT} fit on a note",
            remedy="Move what is less important into the details.",
        )
    if found := _second_person(summary):
        yield Finding(
            field="summary",
            problem=f"the summary addresses the reader ({found})",
            remedy="Write about the claim, not to whoever made it.",
        )
    if bare := _BARE_VERDICT.search(_QUOTED.sub("", summary)):
        yield Finding(
            field="summary",
            problem=f"a verdict without a source ({bare[0].lstrip('.!? ')})",
            remedy="Say who found what.",
            severity=Severity.WARNING,
        )


def _sources(fact_check: FactCheck) -> Iterator[Finding]:
    if not fact_check.sources:
        yield Finding(
            field="sources", problem="no source", remedy="Add at least one with its https address."
        )
    for source in fact_check.sources:
        yield from _source(source)


def _source(source: Source) -> Iterator[Finding]:
    field = f"sources[{source.n}]"
    if not source.url:
        yield Finding(
            field=f"{field}.url",
            problem=f"source {source.n} has no address",
            remedy="Add the https address of the page.",
        )
    elif problem := address_problem(source.url):
        yield Finding(
            field=f"{field}.url",
            problem=f"the address of source {source.n} {problem}",
            remedy="Give the public https address of the page.",
        )
    if source.url and not source.publisher and not (source.title and source.title_verified):
        yield Finding(
            field=field,
            problem=f"source {source.n} has neither a publisher nor a verified title",
            remedy="Say who published it.",
            severity=Severity.WARNING,
        )


def _marks(fact_check: FactCheck) -> Iterator[Finding]:
    numbers = {source.n for source in fact_check.sources}
    cited: set[int] = set()
    for field, text in (("summary", fact_check.summary), ("details", fact_check.details)):
        for number in cited_numbers(text):
            cited.add(number)
            if number not in numbers:
                yield Finding(
                    field=field,
                    problem=f"the mark [{number}] leads to no source",
                    remedy=f"Add source {number}, or remove the mark.",
                )
    for number in sorted(numbers - cited if cited else ()):
        yield Finding(
            field=f"sources[{number}]",
            problem=f"no mark [{number}] leads to source {number}",
            remedy="Cite it in the details, or remove it.",
            severity=Severity.WARNING,
        )


def _dates(fact_check: FactCheck, today: date) -> Iterator[Finding]:
    checked_on, review_by = fact_check.checked_on, fact_check.review_by
    if checked_on is None:
        yield Finding(
            field="checked_on",
            problem="no day of the check",
            remedy="Add `checked_on: YYYY-MM-DD`, the day on which the sources were read.",
        )
    elif checked_on > today:
        yield Finding(
            field="checked_on",
            problem=f"checked on {checked_on}, which is still to come",
            remedy="Give the day on which the sources were read.",
        )
    if review_by is not None and checked_on is not None and review_by < checked_on:
        yield Finding(
            field="review_by",
            problem=f"to be reviewed by {review_by}, before it was checked",
            remedy="Give a later day.",
        )
    elif review_by is not None and review_by < today:
        yield Finding(
            field="review_by",
            problem=f"was to be reviewed by {review_by}",
            remedy="Read the sources again, then set both days anew.",
            severity=Severity.WARNING,
        )


def _second_person(text: str) -> str | None:
    """Return the first word that addresses the reader outside quotation marks."""
    found = _SECOND_PERSON.search(_QUOTED.sub("", text))
    return found[0] if found else None
