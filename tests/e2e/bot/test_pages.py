"""Web pages as the bot uses them: imported by a moderator, and looked after once a week."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app
from bot.domain.ids import Slug
from bot.domain.sources import Probe, Reached, SourceHealth
from bot.sandbox import Sandbox
from bot.services.ports import Page
from tests.e2e.bot.live import ASIA, Live, live, live_settings
from tests.unit.library.test_pages import review, script

ADDRESS = "https://news.example/checks"


class FakePages:
    """A web of one page with ten reviews, one of them broken; whatever is probed is gone."""

    async def fetch(self, url: str) -> Page:
        reviews = [review(n, claimReviewed="", url="") if n == 7 else review(n) for n in range(10)]
        return Page(url=url, text="".join(map(script, reviews)), content_type="text/html")

    async def probe(self, url: str) -> Probe:
        return Probe(reached=Reached.GONE, said="no such page (410)")


@pytest.fixture
async def online(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Live]:
    """The bot with that web in the place of the real one."""

    @asynccontextmanager
    async def fake() -> AsyncIterator[FakePages]:
        yield FakePages()

    monkeypatch.setattr(app, "guarded_pages", fake)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as started:
        await started.watch("ai-art-talk")
        yield started


async def test_of_ten_reviews_in_a_page_nine_become_drafts_and_one_is_named(online: Live) -> None:
    noor = online.sandbox.member("Noor")
    answer = await noor.slash("factcheck import", address=ADDRESS).answer()
    assert "9 imported**, 1 broken." in answer.text
    assert "ClaimReview 1 of 1" in answer.text
    rows = [row for row in online.rows("fact_check") if row["slug"].startswith("claim-number")]
    assert [row["status"] for row in rows] == ["draft"] * 9
    (entry, *_) = [r for r in online.rows("fact_check_revision") if r["slug"] == rows[0]["slug"]]
    assert entry["reason"] == f"imported from {ADDRESS}"
    assert json.loads(entry["document"])["origin"] == "https://news.example/claim-number-0"


async def test_a_dead_source_is_shown_to_readers_and_listed_for_moderators(online: Live) -> None:
    _, note = await online.raise_claim()
    care = online.services.sources
    await care.run()
    noor = online.sandbox.member("Noor")
    listed = await noor.slash("factcheck due").answer()
    assert "could not be reached lately" in listed.text
    fact_check = await online.services.library.get(online.community, Slug(ASIA))
    state = (await care.states(fact_check))[f"https://example.org/{ASIA}/1"]
    async with online.services.database.writing() as stores:
        await stores.sources.put(replace(state, health=SourceHealth.DEAD))
    shown = await online.sandbox.member("Sol").press(note, "Sources & details").answer()
    assert "page gone since <t:" in shown.text
    for command in (noor.slash("factcheck show", claim=ASIA), noor.slash("factcheck due")):
        assert "page gone since <t:" in (await command.answer()).text
