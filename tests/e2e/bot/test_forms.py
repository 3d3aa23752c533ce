"""Forms that come back late: after a restart, or from another version of the bot."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox import Sandbox
from bot.sandbox.limits import every_component
from tests.e2e.bot.live import ASIA, CLAIM, all_rows, live, live_settings
from tests.e2e.bot.test_reviews import ask, submitted, suggested
from tests.e2e.moderation.test_forged_commands import UNTOUCHED


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


async def test_what_is_longer_than_a_form_takes_is_one_sentence_and_saves_nothing(
    sandbox: Sandbox, tmp_path: Path, sqlite_url: str
) -> None:
    noor, tomas = sandbox.member("Noor"), sandbox.member("Tomas")
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await ask(running)
        _, card = await suggested(running)
        edit, add = noor.slash("factcheck edit", claim=ASIA), noor.slash("factcheck add")
        thresholds = tomas.press(card, "Edit threshold")
        for opened in (edit, add, thresholds):
            await opened.answer()
            assert opened.interaction.modal is not None
            for _, field in every_component(opened.interaction.modal["components"]):
                field.pop("max_length", None)  # a client that is not honest keeps to no limit
        before = all_rows(running.settings)
        long = "x" * 3_999
        for opened, values, sentence in (
            (edit, {"claim": long, "reason": "why"}, "The claim has 3,999 characters"),
            (edit, {"claim": "Short.", "reason": long}, "200"),
            (add, {"claim": "Short.", "summary": long}, "The summary has 3,999 characters"),
        ):
            answer = await noor.submit_modal(opened, values).answer()
            assert sentence in answer.text
            assert "\n" not in answer.text
        refused = await submitted(tomas, thresholds, "9" * 3_000, "40")
        assert "Nothing was changed" in refused.text
        after = all_rows(running.settings)
        for table in before.keys() - UNTOUCHED:
            assert after[table] == before[table], table
