"""The real bot in a sandbox, ready to moderate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import wiring
from bot.sandbox import Sandbox
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.bot.verbatim import VerbatimReader


@pytest.fixture(autouse=True)
def _verbatim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let claims be recognised word for word; how the matcher does it is tested elsewhere."""
    monkeypatch.setattr(wiring, "Matcher", VerbatimReader)


@pytest.fixture
async def running(sandbox: Sandbox, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Live]:
    """The bot with an empty database, ready, with no watched place."""
    async with live(sandbox, live_settings(sandbox, tmp_path)) as started:
        yield started
