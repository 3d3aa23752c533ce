"""What holds for every test: on a build machine no tier may be skipped without anybody noticing."""

import os
from pathlib import Path

import pytest

from tests.postgres import (
    empty_postgres_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_server,
    postgres_url,
    sqlite_url,
)

__all__ = [
    "empty_postgres_url",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres_server",
    "postgres_url",
    "sqlite_url",
]

TIERS = ("postgres", "browser", "openapi", "shared")
# These two read measurement data that lies beside our own checkouts only.
BESIDE = ("openapi", "shared")
SHARED = Path(__file__).parents[2] / "shared"

_skipped = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the list of what was skipped."""
    config.stash[_skipped] = []
    config.pluginmanager.register(_SkipReport(config.stash[_skipped]), "footnote-skips")


class _SkipReport:
    """Notes which tiers were skipped; on the controller when there are workers."""

    def __init__(self, skipped: list[str]) -> None:
        self._skipped = skipped

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        must_run = [tier for tier in TIERS if tier not in BESIDE or SHARED.is_dir()]
        if any(tier in report.keywords for tier in must_run):
            self._skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run on a build machine (`CI` is set) when a tier was skipped."""
    if os.environ.get("CI") and session.config.stash[_skipped]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which tests of a tier were skipped."""
    skipped = config.stash[_skipped]
    if skipped and os.environ.get("CI"):
        terminalreporter.section("skipped, but must run on a build machine", red=True)
        for nodeid in skipped:
            terminalreporter.line(nodeid)
