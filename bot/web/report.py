"""Renders a replay as one self-contained HTML page and writes it in one step.

Knows templates and replay results; every text goes through the template's autoescape.
"""

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.domain.factchecks import FactCheck, Source
from bot.domain.ids import Slug
from bot.domain.policy import Reason, say_reason
from bot.services.errors import InvalidInputError
from bot.services.replay_lines import OUTCOME_WORD, like_words, printable, ranked_fact_checks
from bot.services.replaying import DayTally, Finding, ReplaySummary
from bot.web.rendering import environment

PAGE = "index.html"
FINDINGS_SHOWN = 2_000
"""Rows of the table; a page with more is slow to open, and `--json` gives them all."""
BARS_LIMIT = 92
"""Bars of the chart: days up to a quarter, then weeks, then months."""
WIDEST_BAR = 6.0
"""Per cent of the chart: a few days look like bars, not like walls."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of time in the chart; heights are percentages of the highest bar."""

    label: str
    x: float
    width: float
    attached: float
    suggested: float
    withheld: float
    tally: DayTally


class ReportFindings:
    """Collects findings for the page, at most `FINDINGS_SHOWN`, and counts the rest."""

    def __init__(self) -> None:
        self.shown: list[Finding] = []
        self.left_out = 0

    def add(self, finding: Finding) -> None:
        """Keep or count one finding."""
        if len(self.shown) < FINDINGS_SHOWN:
            self.shown.append(finding)
        else:
            self.left_out += 1


def render_report(
    name: str,
    summary: ReplaySummary,
    findings: ReportFindings,
    fact_checks: Mapping[Slug, FactCheck],
) -> str:
    """Return the page."""
    filters = {
        "plain": printable,
        "many": lambda count: f"{count:,}",
        "day": lambda at: f"{at.day} {at:%b %Y}",
    }
    return (
        environment(filters)
        .get_template("replay.html.j2")
        .render(
            name=name,
            summary=summary,
            findings=findings,
            fact_checks=fact_checks,
            ranked=ranked_fact_checks(summary),
            bars=chart_bars(summary.days),
            reason_text={reason: say_reason(reason) for reason in Reason},
            outcome_word=OUTCOME_WORD,
            likes=like_words,
            links=linked_sources,
        )
    )


def linked_sources(fact_check: FactCheck) -> Sequence[Source]:
    """Return the sources that a page may link to."""
    return [source for source in fact_check.sources if source.url.startswith("https://")]


def chart_bars(days: Mapping[date, DayTally]) -> Sequence[Bar]:
    """Return what was raised per day, week or month, gaps included."""
    raised = [day for day, tally in days.items() if tally.raised]
    if not raised:
        return ()
    grouped = _grouped(days)
    highest = max(tally.raised for tally in grouped.values()) or 1
    slot = 100 / len(grouped)
    width = min(slot * 0.8, WIDEST_BAR)
    return [
        Bar(
            label,
            index * slot + (slot - width) / 2,
            width,
            100 * tally.attached / highest,
            100 * tally.suggested / highest,
            100 * tally.withheld / highest,
            tally,
        )
        for index, (label, tally) in enumerate(grouped.items())
    ]


def _grouped(days: Mapping[date, DayTally]) -> dict[str, DayTally]:
    """Add days up into stretches, as long as it takes to fit the chart."""
    first, last = min(days), max(days)
    span = (last - first).days + 1
    grouped: dict[str, DayTally] = {}
    for label in _labels(first, span):
        grouped.setdefault(label, DayTally())
    for day, tally in days.items():
        total = grouped[_label(day, span)]
        total.posts += tally.posts
        total.attached += tally.attached
        total.suggested += tally.suggested
        total.withheld += tally.withheld
    return grouped


def _labels(first: date, span: int) -> Sequence[str]:
    return [_label(first + timedelta(days=offset), span) for offset in range(span)]


def _label(day: date, span: int) -> str:
    if span <= BARS_LIMIT:
        return day.isoformat()
    if span <= BARS_LIMIT * 7:
        return f"week of {(day - timedelta(days=day.weekday())).isoformat()}"
    return f"{day:%Y-%m}" if span <= BARS_LIMIT * 31 else f"{day:%Y}"


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written, before the work rather than after it.

    Raises:
        InvalidInputError: it is a file, or writing into it is not allowed.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise InvalidInputError(f"{folder} is a file; --report needs a folder.")
        nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as problem:
        raise InvalidInputError(
            f"The report cannot be written to {folder}: {problem.strerror}."
        ) from problem


def write_report(folder: Path, page: str) -> Path:
    """Write the page whole or not at all; an earlier report in the folder is replaced.

    Raises:
        InvalidInputError: the folder cannot be written.
    """
    target = folder / PAGE
    draft = folder / f".{PAGE}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(page, encoding="utf-8")
        draft.replace(target)
    except OSError as problem:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise InvalidInputError(
            f"The report cannot be written to {folder}: {problem.strerror}."
        ) from problem
    return target
