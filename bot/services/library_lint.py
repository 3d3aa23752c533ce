"""A library read with the linter's eyes, file by file, for `footnote library lint`.

Knows how findings become lines of output; must never know the rules, which are the domain's.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.domain.factchecks import Status
from bot.domain.linting import Finding, Severity, lint
from bot.domain.linting import lint_library as lint_between
from bot.domain.sources import SourceState, page_findings
from bot.services.errors import UserFacingError
from bot.services.formats.reports import Parsed
from bot.services.libraries import readings


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """What the linter found in a library."""

    lines: tuple[str, ...]
    """One `file:line: problem. Remedy.` for each finding, then one line that counts."""
    errors: int
    """Findings that break a file, or that a published fact-check must not have."""

    @property
    def exit_code(self) -> int:
        """0 where everything published may be published, otherwise 2."""
        return 2 if self.errors else 0


def lint_library(
    path: Path | None, today: date, states: Mapping[str, SourceState] | None = None
) -> LintReport:
    """Lint a library; None stands for the starter pack. Broken files are findings, too.

    Args:
        path: a directory or a file.
        today: the day that dates are compared with.
        states: what the bot has found out about cited pages, by address.

    Raises:
        UserFacingError: there is no such library.
    """
    records: list[tuple[Parsed, str]] = []
    lines: list[str] = []
    for name, read in readings(path):
        try:
            records.append((read(), name))
        except UserFacingError as problem:
            lines.append(str(problem))
    errors = len(lines)
    between = lint_between(record.fact_check for record, _ in records)
    for index, (record, name) in enumerate(records):
        findings = lint(record.fact_check, today)
        findings += tuple(finding for place, finding in between if place == index)
        findings += page_findings(record.fact_check, states or {})
        lines += finding_lines(findings, record, name)
        if record.fact_check.status is not Status.DRAFT:
            errors += sum(finding.severity is Severity.ERROR for finding in findings)
    count = len(records)
    noun = "fact-check" if count == 1 else "fact-checks"
    keep = f"{errors} to mend before publishing" if errors else "nothing to mend before publishing"
    others = len(lines) - errors
    hints = f", {others} more to know" if others else ""
    return LintReport(lines=(*lines, f"{count} {noun} read: {keep}{hints}."), errors=errors)


def finding_lines(findings: Iterable[Finding], record: Parsed, name: str) -> list[str]:
    """Return one line for each finding, with the place in the file."""
    return [
        f"{name}:{record.line_of(finding.field)}: "
        f"{'warning: ' if finding.severity is Severity.WARNING else ''}"
        f"{finding.problem}. {finding.remedy}"
        for finding in findings
    ]


def cited_addresses(path: Path | None) -> frozenset[str]:
    """Return the addresses that a library cites; what cannot be read is left to the linter."""
    found: set[str] = set()
    for _, read in readings(path):
        with suppress(UserFacingError):
            found.update(source.url for source in read().fact_check.sources if source.url)
    return frozenset(found)
