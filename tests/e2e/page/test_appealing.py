"""A member appeals in their direct messages on the page, and a moderator answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.domain.ids import PlaceId
from bot.sandbox import Sandbox
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.page.conftest import OpenPage
from tests.e2e.wire import pointed_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.thorough,
    pytest.mark.asyncio(loop_scope="session"),
]

ROOM = "mod-room"
WORDS = "It was my little sister, I have changed my password."


@pytest_asyncio.fixture(loop_scope="session")
async def running(sandbox: Sandbox, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Live]:
    """The real bot, with moderators who look at cards in their room."""
    with pointed_at(sandbox):
        async with live(sandbox, live_settings(sandbox, tmp_path)) as started:
            room = PlaceId(int(sandbox.channel(ROOM).id))
            await started.services.rules.review_in(started.community, room)
            yield started


async def write(page: Page, button: str, dialog: str, text: str) -> None:
    await page.get_by_role("button", name=button, exact=True).last.click()
    form = page.get_by_role("dialog", name=dialog)
    await form.locator("textarea").fill(text)
    await form.get_by_role("button", name="Submit").click()


async def test_a_member_appeals_a_timeout_and_it_is_lifted(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
    asked = tomas.slash("mod timeout", member=mika.id, duration="2h", reason="spam everywhere")
    await asked.answer()
    await running.done()
    page, noor = await open_page("Mika", "general"), await open_page("Noor", ROOM)
    await page.locator(".channel", has_text="Footnote").click()
    await write(page, "Appeal", "Appeal case 1", WORDS)
    await expect(page.locator(".message.ephemeral").last).to_contain_text("with the moderators")

    card = noor.locator(".message", has_text="Appeal of case 1")
    await expect(card).to_contain_text(WORDS)
    await write(noor, "Ask back", "Ask back about case 1", "Which account does she use?")
    await write(page, "Answer", "Your answer on case 1", "Her own one by now.")
    await expect(card).to_contain_text("Her own one by now.")
    await card.get_by_role("button", name="Accept").click()
    await expect(card.get_by_role("button", name="Accept")).to_have_count(0)
    await expect(page.locator(".message").last).to_contain_text("was accepted")
    assert mika.member.timed_out_until is None


async def test_somebody_who_was_banned_still_reads_their_messages_and_appeals(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
    page = await open_page("Mika", "general")
    await tomas.slash("mod ban", member=mika.id, reason="spam everywhere").answer()
    await running.done()
    await expect(page.locator(".channel", has_text="general")).to_have_count(0)
    await expect(page.get_by_text("Not a member any more")).to_be_visible()
    await page.locator(".channel", has_text="Footnote").click()
    await write(page, "Appeal", "Appeal case 1", WORDS)
    await expect(page.locator(".message.ephemeral").last).to_contain_text("with the moderators")
