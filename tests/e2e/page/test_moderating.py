"""Moderators and members do with the real bot, on the page, what they would do in Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot import wiring
from bot.domain.ids import PlaceId
from bot.sandbox import Sandbox
from tests.e2e.bot.live import ASIA, CHAT, CLAIM, OTHER_CLAIM, STEAM, Live, live, live_settings
from tests.e2e.bot.verbatim import VerbatimReader
from tests.e2e.page.conftest import OpenPage
from tests.e2e.wire import pointed_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PLACE = "ai-art-talk"
ROOM = "mod-room"


@pytest_asyncio.fixture(loop_scope="session")
async def running(sandbox: Sandbox, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Live]:
    """The real bot; it recognises claims said word for word."""
    with pytest.MonkeyPatch.context() as patch, pointed_at(sandbox):
        patch.setattr(wiring, "Matcher", VerbatimReader)
        async with live(sandbox, live_settings(sandbox, tmp_path)) as started:
            yield started


async def say(page: Page, text: str) -> None:
    await page.fill("#message-field", text)
    await page.press("#message-field", "Enter")
    await expect(page.locator(".message .content", has_text=text).last).to_be_visible()


async def command(page: Page, name: str) -> None:
    """Choose a slash command, as somebody does who types its name."""
    await page.locator("#message-field").fill(f"/{name}")
    await page.get_by_role("option", name=f"/{name}").first.click()


def option(page: Page, name: str) -> Locator:
    return page.locator(f"[data-option='{name}']")


async def choose_claim(page: Page, words: str) -> None:
    await option(page, "claim").press_sequentially(words)
    suggested = page.get_by_role("listbox", name="Suggestions for claim").get_by_role("option")
    await expect(suggested).to_have_count(1)
    await suggested.click()


async def run(page: Page) -> None:
    await page.get_by_role("button", name="Run").click()


def card_about(page: Page, claim: str) -> Locator:
    return page.locator(".message", has=page.locator(".embed", has_text=claim))


def note_in(page: Page) -> Locator:
    return page.locator(".message:not(.ephemeral)", has=page.locator(".embed"))


def answer_in(page: Page) -> Locator:
    return page.locator(".message.ephemeral").last


@pytest.mark.thorough
async def test_a_moderator_decides_about_suggestions(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    noor, mika = await open_page("Noor", PLACE), await open_page("Mika", PLACE)
    await command(noor, "watch add")
    await option(noor, "place").select_option(PLACE)
    await option(noor, "mode").select_option("suggest")
    await run(noor)
    await expect(answer_in(noor)).to_contain_text(PLACE)
    await command(noor, "watch review")
    await option(noor, "channel").select_option(ROOM)
    await run(noor)
    await expect(answer_in(noor)).to_contain_text("Moderators are asked in")

    tomas = await open_page("Tomas", ROOM)
    await say(mika, CLAIM)
    card = card_about(tomas, CLAIM)
    await card.get_by_role("button", name="Attach").click()
    await expect(card).to_contain_text("Attached by @Tomas")
    await expect(note_in(mika)).to_contain_text("Surveys and protests")
    await expect(card.get_by_role("button", name="Attach")).to_have_count(0)

    await say(mika, OTHER_CLAIM)
    other = card_about(tomas, OTHER_CLAIM)
    await other.get_by_role("button", name="Edit threshold").click()
    form = tomas.get_by_role("dialog", name="Thresholds of this server")
    await form.get_by_label("Attach by itself from").fill("99 %")
    await form.get_by_role("button", name="Submit").click()
    await expect(answer_in(tomas)).to_contain_text("posts from 99.0% get a note")
    await other.get_by_role("button", name="Not this claim").click()
    await expect(other).to_contain_text("Not this claim by @Tomas")
    await expect(note_in(mika)).to_have_count(1)

    await running.done()
    reviews = {row["slug"]: row["state"] for row in running.rows("review")}
    assert reviews == {ASIA: "attached", STEAM: "wrong"}
    assert {row["slug"]: row["right"] for row in running.rows("label")} == {ASIA: 1, STEAM: 0}
    assert [row["auto_threshold"] for row in running.rows("note_rules")] == [0.99]
    assert [(row["slug"], row["state"]) for row in running.rows("note")] == [(ASIA, "posted")]


@pytest.mark.thorough
async def test_members_rate_a_note_and_its_posts_author_asks_for_a_review(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    await running.watch(PLACE)
    room = PlaceId(int(sandbox.channel(ROOM).id))
    await running.services.rules.review_in(running.community, room)
    mika, sol = await open_page("Mika", PLACE), await open_page("Sol", PLACE)
    await say(mika, CLAIM)
    await note_in(sol).get_by_role("button", name="Not helpful").click()
    rated = answer_in(sol)
    await expect(rated).to_contain_text("You rated this note as not helpful")
    await rated.get_by_role("button", name="Why? Choose what fits").click()
    await sol.get_by_label("Typos or unclear language").check()
    await sol.get_by_role("button", name="Choose", exact=True).click()
    await expect(answer_in(sol)).to_contain_text("your reasons are stored")

    await note_in(mika).get_by_role("button", name="Not helpful").click()
    own = answer_in(mika)
    await expect(own).to_contain_text("It is your own post")
    await own.get_by_role("button", name="Ask for review").click()
    await expect(answer_in(mika)).to_contain_text("look at this note once more")

    tomas = await open_page("Tomas", ROOM)
    card = card_about(tomas, "asks for a review of this note")
    await card.get_by_role("button", name="Keep the note").click()
    await expect(card).to_contain_text("Kept by @Tomas")
    await running.done()
    (rating,) = running.rows("rating")
    assert (rating["member_id"], rating["value"]) == (int(sandbox.member("Sol").id), "not-helpful")
    assert [row["reason"] for row in running.rows("rating_reason")] == ["unclear"]
    assert [(row["kind"], row["state"]) for row in running.rows("review")] == [("appeal", "kept")]
    assert [row["state"] for row in running.rows("note")] == ["posted"]


@pytest.mark.thorough
async def test_a_fact_check_is_edited_and_paused_and_its_note_follows(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    await running.watch(PLACE)
    mika, noor = await open_page("Mika", PLACE), await open_page("Noor", PLACE)
    await say(mika, CLAIM)
    await expect(note_in(mika)).to_contain_text("Surveys and protests")
    await command(noor, "factcheck edit")
    await choose_claim(noor, "asia")
    await run(noor)
    form = noor.get_by_role("dialog", name="Claim, finding and summary")
    await expect(form.get_by_label("Claim: what people say")).to_have_value(CLAIM)
    await form.get_by_label("Summary").fill("x" * 500)
    await form.get_by_label("Why this change").fill("a new survey")
    await form.get_by_role("button", name="Submit").click()
    await expect(answer_in(noor)).to_contain_text("The summary has 500 characters")
    await expect(note_in(mika)).to_contain_text("Surveys and protests")

    await answer_in(noor).get_by_role("button", name="Edit again").click()
    await expect(form.get_by_label("Summary")).to_have_value("x" * 500)
    await form.get_by_label("Summary").fill("The surveys were repeated, and differ more.")
    await expect(form.get_by_label("Why this change")).to_have_value("a new survey")
    await form.get_by_role("button", name="Submit").click()
    await expect(note_in(mika)).to_contain_text("The surveys were repeated")
    await expect(note_in(mika)).to_contain_text("Updated")

    await command(noor, "factcheck pause")
    await choose_claim(noor, "asia")
    await option(noor, "reason").fill("a source is gone")
    await run(noor)
    await expect(note_in(mika)).to_contain_text("note paused")
    await expect(note_in(mika)).to_contain_text("a source is gone")
    await expect(note_in(mika)).not_to_contain_text("The surveys were repeated")
    await running.done()
    revisions = [row for row in running.rows("fact_check_revision") if row["slug"] == ASIA]
    assert sorted((row["revision"], row["reason"]) for row in revisions)[1:] == [
        (2, "a new survey"),
        (3, "a source is gone"),
    ]
    assert {row["by_member_id"] for row in revisions} == {None, int(sandbox.member("Noor").id)}
    (shown,) = running.rows("note_shown")
    assert (shown["revision"], shown["shape"]) == (3, "paused")


@pytest.mark.thorough
async def test_a_member_asks_for_a_check_and_moderators_see_it(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    sandbox.member("Mika").say(PLACE, CHAT)
    sol = await open_page("Sol", PLACE)
    await sol.locator(".message").first.click(button="right")
    await sol.get_by_role("menuitem", name="Check this message").click()
    await answer_in(sol).get_by_role("button", name="Ask moderators to check this").click()
    await expect(answer_in(sol)).to_contain_text("The moderators will see this post")

    tomas = await open_page("Tomas", ROOM)
    await command(tomas, "requests list")
    await run(tomas)
    await expect(answer_in(tomas)).to_contain_text("1 member")
    await command(tomas, "requests close")
    await option(tomas, "request").click()
    offered = tomas.get_by_role("listbox", name="Suggestions for request")
    await offered.get_by_role("option").click()
    await run(tomas)
    await expect(answer_in(tomas)).to_contain_text("Closed.")
    (request,) = running.rows("check_request")
    assert request["closed_by_id"] == int(sandbox.member("Tomas").id)


@pytest.mark.thorough
async def test_a_simulation_tells_what_would_have_happened(
    sandbox: Sandbox, running: Live, open_page: OpenPage
) -> None:
    sandbox.member("Mika").say(PLACE, CLAIM)
    await running.done()
    noor = await open_page("Noor", PLACE)
    await command(noor, "factcheck simulate")
    await option(noor, "place").select_option(PLACE)
    await option(noor, "days").fill("2")
    await run(noor)
    await expect(answer_in(noor)).to_contain_text("1 note, 0 suggestions")
    assert running.rows("note") == []
