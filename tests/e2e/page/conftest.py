"""One browser per session; a new sandbox, bot and page for each test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import discord
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from bot.sandbox import Sandbox
from tests.e2e.conftest import until_ready
from tests.e2e.page.chromium import chromium, find_chromium, must_run
from tests.e2e.page.little_bot import LittleBot
from tests.e2e.wire import pointed_at

PATIENCE_MS = 8000
OpenPage = Callable[..., Awaitable[Page]]

expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one Chromium of this run."""
    path = find_chromium()
    if path is None and must_run():
        pytest.fail("There is no Chromium on this machine, and this run requires every tier.")
    if path is None:
        pytest.skip("There is no Chromium on this machine.")
    async with chromium(path) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    """A started sandbox without a bot; modules that need one put `with_little_bot` in its place."""
    async with Sandbox.demo() as started:
        yield started


@contextlib.asynccontextmanager
async def with_little_bot() -> AsyncIterator[Sandbox]:
    """Run a sandbox with the small bot connected."""
    async with Sandbox.demo() as started:
        with pointed_at(started):
            bot = LittleBot()
            task = asyncio.create_task(bot.start(started.token))
            try:
                await until_ready(started, bot)
                yield started
            finally:
                await bot.close()
                with contextlib.suppress(asyncio.CancelledError, discord.DiscordException):
                    await task
    assert started.unknown_routes == []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[OpenPage]:
    """Open the page as a member; at the end nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A socket that ends, or a picture that is refused, is the browser's own remark.
        if message.type == "error" and "WebSocket" not in message.text:
            wrong.append(message.text)

    async def open_(member: str = "Mika", channel: str = "general", **options: object) -> Page:
        context = await browser.new_context(
            **({"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"} | options)  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", hear)
        where, me = sandbox.channel(channel).id, sandbox.member(member).id
        await page.add_init_script(f"sessionStorage.setItem('sandbox.member', '{me}')")
        await page.goto(f"{sandbox.url}/#/{where}")
        await expect(page.locator("#bar h1")).to_contain_text(sandbox.channel(channel).name)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert wrong == []
