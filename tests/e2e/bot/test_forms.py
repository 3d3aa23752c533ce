"""Forms that come back late: after a restart, or from another version of the bot."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox import Sandbox
from tests.e2e.bot.live import ASIA, CLAIM, live, live_settings
from tests.e2e.bot.test_reviews import ask, submitted, suggested


async def test_forms_that_were_opened_before_a_restart_are_taken(
    sandbox: Sandbox, tmp_path: Path, sqlite_url: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    noor, tomas = sandbox.member("Noor"), sandbox.member("Tomas")
    async with live(sandbox, settings) as first:
        await ask(first)
        _, card = await suggested(first)
        thresholds = tomas.press(card, "Edit threshold")
        edit = noor.slash("factcheck edit", claim=ASIA)
        for opened in (thresholds, edit):
            assert (await opened.answer()).kind == "modal"
    async with live(sandbox, settings) as second:
        accepted = await submitted(tomas, thresholds, "60 %", "40")
        assert "posts from 60.0% get a note" in accepted.text
        values = {"claim": CLAIM, "summary": "New words.", "reason": "later"}
        assert (await noor.submit_modal(edit, values).answer()).ephemeral
        assert [row["auto_threshold"] for row in second.rows("note_rules")] == [0.6]
        revisions = [r for r in second.rows("fact_check_revision") if r["slug"] == ASIA]
        assert [row["revision"] for row in revisions] == [1, 2]


async def test_a_form_that_nobody_knows_is_answered_and_saves_nothing(
    sandbox: Sandbox, tmp_path: Path, sqlite_url: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    noor = sandbox.member("Noor")
    async with live(sandbox, settings) as running:
        opened = noor.slash("factcheck edit", claim=ASIA)
        await opened.answer()
        before = running.rows("fact_check_revision")
        assert opened.interaction.modal is not None
        for custom_id in ("fe9:text:1:" + ASIA, "0123456789abcdef", "fe1:text:1:Not A Slug"):
            opened.interaction.modal["custom_id"] = custom_id
            values = {"claim": CLAIM, "summary": "New words.", "reason": "later"}
            answer = await noor.submit_modal(opened, values).answer()
            assert answer.ephemeral
            assert "Nothing was saved" in answer.text
        assert running.rows("fact_check_revision") == before
