"""What works when the message-content intent is not granted, and what the bot says about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.e2e.bot.live import ASIA, CLAIM, Live, live, live_settings


@pytest.fixture
async def blind(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Live]:
    """The bot without the intent, where the portal would refuse it."""
    sandbox.state.application.content_intent = False
    settings = live_settings(sandbox, tmp_path, discord_message_content=False)
    async with live(sandbox, settings) as started:
        await started.watch("ai-art-talk")
        yield started


async def test_a_post_that_cannot_be_read_gets_nothing(blind: Live) -> None:
    blind.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await blind.done()
    assert blind.sandbox.bot_messages("ai-art-talk") == []


async def test_a_mention_is_read_and_answered(blind: Live) -> None:
    text = f"<@{blind.sandbox.state.bot_id}> {CLAIM}"
    await blind.raise_claim("general", text)


async def test_menus_commands_and_buttons_work(blind: Live) -> None:
    sol = blind.sandbox.member("Sol")
    post, note = await blind.raise_claim("general", f"<@{blind.sandbox.state.bot_id}> {CLAIM}")
    checked = await sol.menu("Check this message", post).answer()
    assert CLAIM.rstrip(".") in checked.text
    why = await sol.menu("Why this note?", note).answer()
    assert "attaches by itself" in why.text
    found = await sol.slash("check", claim=ASIA).answer()
    assert "Surveys differ" in found.text
    details = await sol.press(note, "Sources & details").answer()
    assert "Surveys differ" in details.text


async def test_status_and_watch_say_what_is_missing(blind: Live) -> None:
    status = await blind.sandbox.member("Sol").slash("status").answer()
    assert "The message-content intent is off" in status.text
    general = blind.sandbox.channel("general")
    added = await blind.sandbox.member("Noor").slash("watch add", place=general.id).answer()
    assert "without the message-content intent" in added.text
