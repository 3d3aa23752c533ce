"""What the bot sends is shown, and what members do with it reaches the bot."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from bot.sandbox import Sandbox
from tests.e2e.page.conftest import OpenPage, with_little_bot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One sandbox with the small bot for this module; each test talks in a thread of its own."""
    async with with_little_bot() as started:
        yield started


@pytest.fixture
def place(sandbox: Sandbox, request: pytest.FixtureRequest) -> str:
    """A new thread; returns its id."""
    return sandbox.people["Aiko"].create_thread("general", request.node.name[:100]).id


async def note_on(page: Page, sandbox: Sandbox, place: str) -> None:
    sandbox.people["Sol"].say(place, "They say Asia loves it")
    await expect(page.locator(".embed")).to_be_visible()


async def test_a_note_appears_live_as_a_reply_with_its_links(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await note_on(page, sandbox, place)

    note = page.locator(".message", has=page.locator(".embed"))
    await expect(note.locator(".reply-line")).to_contain_text("They say Asia loves it")
    await expect(note.locator(".embed strong")).to_contain_text("Context")
    source = note.get_by_role("link", name="Mainichi")
    await expect(source).to_have_attribute("href", "https://mainichi.example/")
    await expect(source).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(note.get_by_role("link", name="Library")).to_have_attribute(
        "href", "https://library.example/"
    )
    await expect(page.locator("#bot-status")).to_contain_text("online")


async def test_a_button_is_answered_for_the_one_who_pressed_it_alone(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    mika, sol = await open_page("Mika", place), await open_page("Sol", place)
    await note_on(mika, sandbox, place)
    await mika.get_by_role("button", name="Sources & details").click()

    own = mika.locator(".message.ephemeral")
    await expect(own).to_contain_text("Stanford AI Index 2025")
    await expect(own).to_contain_text("Only you can see this")
    await expect(sol.locator(".embed")).to_be_visible()
    await expect(sol.locator(".message.ephemeral")).to_have_count(0)
    await mika.locator(".person label", has_text="Aiko").click()
    await expect(own).to_have_count(0)
    await mika.locator(".person label", has_text="Mika").click()
    await own.get_by_role("button", name="Dismiss message").click()
    await expect(own).to_have_count(0)


async def test_a_button_changes_the_message_and_keeps_the_focus(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await note_on(page, sandbox, place)
    await page.get_by_role("button", name="Helpful", exact=True).press("Enter")
    changed = page.get_by_role("button", name="Helpful (1)")
    await expect(changed).to_be_focused()


async def test_a_form_is_filled_in_and_its_faults_are_named(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await note_on(page, sandbox, place)
    await page.get_by_role("button", name="Not helpful").click()
    form = page.get_by_role("dialog", name="Tell us why")
    await form.get_by_role("button", name="Submit").click()
    await expect(form.get_by_role("alert").last).to_contain_text("Reason")
    await form.get_by_label("Reason").fill("It is old")
    await form.get_by_role("button", name="Submit").click()
    await expect(form.locator(".form-error").first).to_contain_text("Kind: Choose at least 1")
    await form.get_by_label("Outdated").check()
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_have_count(0)
    await expect(page.locator(".ephemeral")).to_contain_text("Thanks: It is old (Outdated)")


@pytest.mark.thorough
async def test_a_select_menu_is_used(sandbox: Sandbox, place: str, open_page: OpenPage) -> None:
    page = await open_page("Mika", place)
    await note_on(page, sandbox, place)
    await page.get_by_role("button", name="Mode of this place").click()
    await page.get_by_label("suggest").check()
    await page.get_by_role("button", name="Choose", exact=True).click()
    await expect(page.locator(".ephemeral")).to_contain_text("Mode: suggest")


@pytest.mark.thorough
async def test_silence_of_the_bot_is_said_under_the_message(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await note_on(page, sandbox, place)
    await page.get_by_role("button", name="Never answered").click()
    await expect(page.locator(".failure")).to_contain_text("This interaction failed")


async def test_a_slash_command_is_found_filled_in_and_run(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await page.locator("#message-field").type("/che")
    await expect(page.get_by_role("option", name="/check")).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.press("Enter")

    claim = page.get_by_role("combobox", name="claim")
    await claim.type("asia")
    await page.get_by_role("option", name="Asia embraces AI art").click()
    await expect(claim).to_have_value("Asia embraces AI art")
    await page.get_by_label("loud").select_option("True")
    await page.get_by_label("times").fill("9")
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator(".command .form-error")).to_contain_text("times")
    await page.get_by_label("times").fill("2")
    await page.get_by_label("place").select_option("ai-art-talk")
    file = FilePayload(name="a.png", mimeType="image/png", buffer=b"12345")
    await page.get_by_label("picture").set_input_files(file)
    await page.get_by_role("button", name="Run").click()

    answer = page.locator(".message .content")
    await expect(answer).to_contain_text(
        "Found asia-embraces-ai-art ×2 in ai-art-talk, a.png of 5 bytes"
    )
    await expect(page.locator("#message-field")).to_be_focused()


@pytest.mark.thorough
async def test_a_command_that_needs_a_permission_is_grey_without_it(
    place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await page.locator("#message-field").type("/purge")
    await expect(page.get_by_role("option", name="/purge")).to_be_disabled()
    await page.locator(".person label", has_text="Tomas").click()
    await page.fill("#message-field", "/purge")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("Nothing to purge")


@pytest.mark.thorough
async def test_message_and_user_menus_are_run(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    sandbox.people["Sol"].say(place, "Is this so?")
    page = await open_page("Mika", place)
    await page.locator(".message").first.click(button="right")
    await page.get_by_role("menuitem", name="Check this message").click()
    await expect(page.locator(".ephemeral")).to_contain_text("Checked: Is this so?")
    await page.get_by_role("button", name="Apps for Aiko").click()
    await page.get_by_role("menuitem", name="Show the profile").click()
    await expect(page.locator(".ephemeral").last).to_contain_text("This is aiko")


@pytest.mark.thorough
async def test_layout_cards_and_charts_are_drawn(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    sandbox.people["Sol"].say(place, "card")
    await expect(page.locator(".container .heading")).to_have_text("Review")
    await expect(page.locator(".container .small")).to_have_text("suggested, 0.81")
    await expect(page.locator(".section").get_by_role("button", name="Attach")).to_be_enabled()

    sandbox.people["Sol"].say(place, "chart")
    chart = page.locator("img.embed-image")
    await expect(chart).to_have_attribute("alt", "Likes per day")
    await expect(chart).to_have_js_property("naturalWidth", 320)
    await expect(page.locator(".field dt")).to_have_text(["Likes", "Posts"])


@pytest.mark.thorough
async def test_a_relative_moment_is_rounded_to_the_unit_that_people_use(
    place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    said = await page.evaluate(
        """async () => {
            const { inWords } = await import("/static/js/markdown/moments.js");
            const moments = [86398, 7199, 59.4, -45, -5500, -40 * 86400];
            return moments.map((seconds) => inWords(seconds, 0));
        }"""
    )
    assert said == [
        "tomorrow", "in 2 hours", "in 59 seconds", "45 seconds ago", "2 hours ago", "last month"
    ]  # fmt: skip
