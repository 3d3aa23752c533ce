"""What is known of the pages that fact-checks cite: there, moved, in trouble, or gone.

Pure rules over what attempts told; never opens a page. Nothing is called dead after one attempt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.factchecks import FactCheck
from bot.domain.linting import Finding, Severity

AGAIN = timedelta(days=7)
CONFIRM = timedelta(days=1)
"""After a clear "no such page" the page is asked for once more before it is called dead."""
FIRST_RETRY = timedelta(hours=2)
LONGEST_RETRY = timedelta(days=2)
PATIENCE = timedelta(days=28)
"""For so long an outage may last before the page is called dead."""
LEAST_FAILURES = 5


class Reached(StrEnum):
    """How an attempt to reach a page ended."""

    THERE = "there"
    MOVED = "moved"
    """It is there, under another address for good."""
    GONE = "gone"
    """The server says for sure that there is no such page."""
    UNSURE = "unsure"
    """Whatever may be different tomorrow: an outage, a refusal, a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What an attempt to reach a page told."""

    reached: Reached
    moved_to: str = ""
    said: str = ""
    """The answer in a few words, for moderators."""


class SourceHealth(StrEnum):
    """What is shown of a source."""

    FINE = "fine"
    MOVED = "moved"
    TROUBLED = "troubled"
    """Attempts fail, but not for long enough to say that it is gone."""
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is known of one address, and when it is to be looked at again."""

    url: str
    health: SourceHealth
    checked_at: datetime
    due_at: datetime
    said: str = ""
    moved_to: str = ""
    failures: int = 0
    failing_since: datetime | None = None


def after_probe(url: str, old: SourceState | None, probe: Probe, now: datetime) -> SourceState:
    """Return what is known after an attempt."""
    if probe.reached in (Reached.THERE, Reached.MOVED):
        moved = probe.reached is Reached.MOVED
        return SourceState(
            url=url,
            health=SourceHealth.MOVED if moved else SourceHealth.FINE,
            checked_at=now,
            due_at=now + AGAIN,
            said=probe.said,
            moved_to=probe.moved_to,
        )
    failures = (old.failures if old else 0) + 1
    since = (old.failing_since if old else None) or now
    gone = probe.reached is Reached.GONE
    dead = _is_dead(failures, now - since, gone=gone)
    return SourceState(
        url=url,
        health=SourceHealth.DEAD if dead else SourceHealth.TROUBLED,
        checked_at=now,
        due_at=now + (AGAIN if dead else CONFIRM if gone else _retry(failures)),
        said=probe.said,
        failures=failures,
        failing_since=since,
    )


def _is_dead(failures: int, failing_for: timedelta, *, gone: bool) -> bool:
    if gone:
        return failures >= 2 and failing_for >= CONFIRM
    return failures >= LEAST_FAILURES and failing_for >= PATIENCE


def _retry(failures: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(failures - 1, 10)), LONGEST_RETRY)


def page_findings(fact_check: FactCheck, states: Mapping[str, SourceState]) -> tuple[Finding, ...]:
    """Return what the linter says of cited pages that are gone or moved: warnings, not errors.

    A dead page makes a fact-check no less true; its moderators decide what takes the page's place.
    """
    found = []
    for source in fact_check.sources:
        state = states.get(source.url)
        if state is None or state.health not in (SourceHealth.DEAD, SourceHealth.MOVED):
            continue
        moved = state.health is SourceHealth.MOVED
        found.append(
            Finding(
                field=f"sources[{source.n}].url",
                problem=f"the page of source {source.n} "
                + ("has moved" if moved else "is gone")
                + f" (seen {state.checked_at:%Y-%m-%d})",
                remedy=f"Use {state.moved_to}."
                if moved and state.moved_to
                else "Find where it stands now, or another source.",
                severity=Severity.WARNING,
            )
        )
    return tuple(found)
