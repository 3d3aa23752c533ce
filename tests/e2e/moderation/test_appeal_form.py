"""A banned member appeals on the web: from the link in the message to the answer on the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.appeal_form import add_appeal_form
from bot.sandbox import Sandbox
from bot.sandbox.answers import readable
from bot.web.appeals import LARGEST_FORM, MOST_REQUESTS
from bot.web.health import serving
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.moderation.acting import ask, cases, mod, told
from tests.e2e.moderation.test_acting_on_members import mika
from tests.e2e.moderation.test_appeals import cards, press, take_appeals, write

PUBLIC = "https://bot.example.org"
HOSTILE = '<script>alert(1)</script> & "quoted" {{ 7 * 7 }} <img src=x onerror=alert(1)>'


@pytest.fixture
async def running(sandbox: Sandbox, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Live]:
    """The bot with a web server that is reached from outside."""
    settings = live_settings(sandbox, tmp_path, http_port=0, public_url=PUBLIC)
    async with live(sandbox, settings) as started:
        await take_appeals(started)
        yield started


@pytest.fixture
async def site(running: Live) -> AsyncIterator[str]:
    """The address of the form's server."""
    app = web.Application()
    add_appeal_form(app, running.bot)
    async with serving(app, "127.0.0.1", 0) as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that follows redirects, as browsers do."""
    async with aiohttp.ClientSession() as session:
        yield session


async def ban(running: Live, site: str, **options: str) -> str:
    """Ban Mika; return the link of the direct message, at the test's own server."""
    await mod(running, "ban", member=mika(running).id, **options)
    found = re.search(rf"{re.escape(PUBLIC)}(/appeals/\S+)", readable(told(mika(running))[-1]))
    assert found, readable(told(mika(running))[-1])
    return site + found[1]


async def test_a_banned_member_appeals_by_the_link_and_reads_the_answer(
    running: Live, site: str, browser: aiohttp.ClientSession
) -> None:
    await ask(running, "mod settings", by="Noor", contact="appeals@example.org")
    link = await ban(running, site, reason=HOSTILE)
    async with browser.get(link) as page:
        text = await page.text()
        assert page.status == 200
        assert "Appeal of case 1 on" in text
        assert "<script>" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "{{ 7 * 7 }}" in text
        assert "appeals@example.org" in text
        assert mika(running).id not in text
        assert "Mika" not in text
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in page.headers
    async with browser.post(link, data={"text": "too short"}) as refused:
        assert refused.status == 400
        assert "Please write 10 to 1000 characters." in await refused.text()
    async with browser.post(link, data={"text": f"Please look again. {HOSTILE}"}) as sent:
        assert sent.status == 200
        assert "Your appeal of this case is with the moderators." in await sent.text()
    await running.done()
    (card,) = cards(running)
    assert "Please look again." in readable(card)
    await write(running.sandbox.member("Noor"), card, "Ask back", "What happened on Monday?")
    async with browser.get(link) as page:
        assert "What happened on Monday?" in await page.text()
    async with browser.post(link, data={"text": "Nothing that I know of."}):
        await running.done()
    assert "Nothing that I know of." in readable(cards(running)[0])
    await write(running.sandbox.member("Noor"), card, "Reject", "We looked: it stays <b>.")
    async with browser.get(link) as page:
        text = await page.text()
        assert "Rejected: We looked: it stays &lt;b&gt;." in text
        assert "You can ask again 30 days after it:" in text
        assert "&lt;t:" not in text
        assert "<form" not in text


async def test_a_link_that_was_changed_or_is_nobodys_shows_nothing(
    running: Live, site: str, browser: aiohttp.ClientSession
) -> None:
    link = await ban(running, site)
    head, _, token = link.rpartition("/")
    said, _, signature = token.partition(".")
    for wrong in (said, f"{said}.", f"{said[:-2]}AA.{signature}", f"{said}.{signature[:-2]}AA",
                  "x" * 5000, "%00", "..", "é.ü"):  # fmt: skip
        async with browser.get(f"{head}/{wrong}") as page:
            assert page.status in (400, 404), wrong
            assert (shown := await page.text()).startswith("<!doctype html>") or wrong == ".."
            assert "case 1" not in shown.lower()
        async with browser.post(f"{head}/{wrong}", data={"text": "Please look again."}) as page:
            assert page.status in (400, 404), wrong
    await running.done()
    assert cards(running) == []


async def test_the_form_takes_nothing_from_other_sites_nor_too_much(
    running: Live, site: str, browser: aiohttp.ClientSession
) -> None:
    link = await ban(running, site)
    text = {"text": "Please look again."}
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    async with browser.post(link, data=text, headers=elsewhere) as page:
        assert page.status == 403
    async with browser.post(link, json=text) as page:
        assert page.status == 415
    async with browser.post(link, data={"text": "x" * (LARGEST_FORM + 1)}) as page:
        assert page.status == 400
        assert "too long" in await page.text()
    async with browser.post(link, data=b"text=%ff%fe&x=1&x=1&x=1&x=1&x=1&x=1", headers={
        "Content-Type": "application/x-www-form-urlencoded"}) as page:  # fmt: skip
        assert page.status == 400
    statuses = []
    for _ in range(MOST_REQUESTS):
        async with browser.get(link) as page:
            statuses.append(page.status)
    assert statuses[0] == 200
    assert statuses[-1] == 429
    await running.done()
    assert cards(running) == []


async def test_an_accepted_appeal_is_read_on_the_page_where_no_message_arrives(
    running: Live, site: str, browser: aiohttp.ClientSession
) -> None:
    link = await ban(running, site)
    running.sandbox.state.refuses_dms.add(mika(running).id)
    async with browser.post(link, data={"text": "Please look again."}):
        await running.done()
    await press(running, cards(running)[0], "Accept")
    assert "could not be told" in readable(cards(running)[0])
    assert [case["kind"] for case in cases(running)] == ["ban", "unban"]
    async with browser.get(link) as page:
        text = await page.text()
        assert "Accepted." in text
        assert "<form" not in text
