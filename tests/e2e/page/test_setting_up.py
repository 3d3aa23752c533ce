"""A new moderator's first minutes, on the page: /setup by mouse, then /mydata."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot import wiring
from bot.sandbox import Sandbox
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.bot.verbatim import VerbatimReader
from tests.e2e.page.conftest import OpenPage
from tests.e2e.wire import pointed_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def running(sandbox: Sandbox, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Live]:
    """The real bot, of which nobody has asked anything yet."""
    with pytest.MonkeyPatch.context() as patch, pointed_at(sandbox):
        patch.setattr(wiring, "Matcher", VerbatimReader)
        async with live(sandbox, live_settings(sandbox, tmp_path)) as started:
            yield started


async def command(page: Page, name: str) -> Locator:
    """Choose a slash command and run it; return the place of its answer."""
    await page.locator("#message-field").fill(f"/{name}")
    await page.get_by_role("option", name=f"/{name}").first.click()
    await page.get_by_role("button", name="Run").click()
    return page.locator(".message.ephemeral").last


async def choose(page: Page, card: Locator, menu: str, *names: str) -> None:
    await card.get_by_role("button", name=menu, exact=True).click()
    dialog = page.get_by_role("dialog")
    for name in names:
        await dialog.get_by_label(name).first.check()
    await dialog.get_by_role("button", name="Choose").click()


async def send_form(page: Page, text: str) -> None:
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill(text)
    await dialog.get_by_role("button", name="Submit").click()


@pytest.mark.thorough
async def test_a_server_is_set_up_in_five_steps_by_mouse(
    running: Live, open_page: OpenPage
) -> None:
    page = await open_page("Noor", "general")
    card = await command(page, "setup")
    await expect(card).to_contain_text("step 1 of 5")
    await choose(page, card, "Places to watch", "ai-art-talk", "debates")
    await choose(page, card, "What happens there", "Ask moderators first")
    await card.get_by_role("button", name="Next").click()
    await choose(page, card, "Moderator role", "@Moderators")
    await expect(card).to_contain_text("Moderators: @Moderators")
    await card.get_by_role("button", name="Next").click()
    await choose(page, card, "Review channel", "mod-room")
    await card.get_by_role("button", name="Next").click()
    await choose(page, card, "Digest channel", "general")
    await choose(page, card, "Day", "Every Friday")
    await card.get_by_role("button", name="Time zone").click()
    await send_form(page, "berlin")
    await expect(card).to_contain_text("Every Friday at 09:00, Europe/Berlin")
    await card.get_by_role("button", name="Next").click()
    await expect(card).to_contain_text("I can read and write in all 2 watched places.")
    assert {row["mode"] for row in running.rows("watch")} == {"suggest"}
    (plan,) = running.rows("digest_plan")
    assert (plan["weekday"], plan["zone"]) == ("friday", "Europe/Berlin")


@pytest.mark.thorough
async def test_a_member_reads_takes_and_removes_what_is_stored(
    running: Live, open_page: OpenPage
) -> None:
    await running.watch("general")
    page = await open_page("Sol", "general")
    await page.fill("#message-field", "hello from somebody new")
    await page.press("#message-field", "Enter")
    await expect(page.locator(".message .content", has_text="somebody new")).to_be_visible()
    await running.done()
    await expect(await command(page, "mydata show")).to_contain_text("posts that you wrote")
    export = await command(page, "mydata export")
    await expect(export).to_contain_text("my-data.json")
    await command(page, "mydata forget")
    await send_form(page, "forget me")
    receipt = page.locator(".message.ephemeral").last
    await expect(receipt).to_contain_text("1 made anonymous")
