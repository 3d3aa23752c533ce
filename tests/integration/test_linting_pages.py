"""`footnote library lint --pages`: what the weekly look at cited pages found, by the command."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.sources import SourceHealth, SourceState
from db.engine import open_database

SEEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECORD = (
    '{"slug": "a-claim", "claim": "A claim.", "rating": "mixed", "summary": "What is known [1].", '
    '"details": "More [1] [2].", "checked_on": "2026-11-01", "sources": ['
    '{"n": 1, "publisher": "One", "url": "https://example.org/gone"}, '
    '{"n": 2, "publisher": "Two", "url": "https://example.org/moved"}]}'
)


def state(url: str, health: SourceHealth, moved_to: str = "") -> SourceState:
    due = SEEN + timedelta(days=7)
    return SourceState(url=url, health=health, checked_at=SEEN, due_at=due, moved_to=moved_to)


async def test_gone_and_moved_pages_are_told_with_a_remedy(tmp_path: Path, sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database, database.writing() as stores:
        await stores.sources.put(state("https://example.org/gone", SourceHealth.DEAD))
        await stores.sources.put(
            state("https://example.org/moved", SourceHealth.MOVED, "https://example.org/new")
        )
    library = tmp_path / "library.jsonl"
    library.write_text(RECORD + "\n", encoding="utf-8")
    environment = {**os.environ, "DATABASE_URL": sqlite_url}
    command = (sys.executable, "-m", "bot", "library", "lint", str(library), "--pages")
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=PIPE, stderr=PIPE, cwd=root
    )
    shown = (await process.communicate())[0].decode()
    assert "the page of source 1 is gone (seen 2026-11-20)" in shown
    assert "the page of source 2 has moved" in shown
    assert "Use https://example.org/new." in shown
    assert process.returncode == 0, "a page that is gone makes a fact-check no less true"
