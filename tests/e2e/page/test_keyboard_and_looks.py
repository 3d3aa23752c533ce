"""The page without a mouse, in both colour schemes, on narrow screens, and for screen readers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.sandbox import Sandbox
from tests.e2e.page.conftest import OpenPage, with_little_bot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HERE = Path(__file__).parent
NAMELESS = (HERE / "nameless.js").read_text(encoding="utf-8")
FAINT = (HERE / "contrast.js").read_text(encoding="utf-8")
MOVING = """
    document.getAnimations().length
    + [...document.querySelectorAll("#app *")]
        .filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0).length
"""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """One sandbox with the small bot for this module; each test talks in a thread of its own."""
    async with with_little_bot() as started:
        yield started


@pytest.fixture
def place(sandbox: Sandbox, request: pytest.FixtureRequest) -> str:
    """A new thread; returns its id."""
    return sandbox.people["Aiko"].create_thread("general", request.node.name[:100]).id


async def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(80):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


async def test_writing_reacting_and_pressing_need_only_the_keyboard(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    page = await open_page("Mika", place)
    await page.keyboard.press("Tab")
    await expect(page.locator("#skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("Does Asia love it?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".embed")).to_be_visible()

    await tab_to(page, ".message", back=True)
    await page.keyboard.press("Home")
    await expect(page.locator(".message").first).to_be_focused()
    await tab_to(page, ".tools button")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="React with 👍")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reaction", has_text="❤️")).to_be_visible()

    await tab_to(page, ".action")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("Stanford")


@pytest.mark.thorough
async def test_menus_dialogs_and_commands_need_only_the_keyboard(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    sandbox.people["Mika"].say(place, "Old text")
    page = await open_page("Mika", place)
    card = page.locator(".message").last
    await card.focus()
    await tab_to(page, ".tools [aria-haspopup=menu]")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(card.locator(".tools [aria-haspopup=menu]")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("Checked: Old text")

    await page.focus("#message-field")
    await page.keyboard.type("/check")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="claim")).to_be_focused()
    await page.keyboard.type("prompt")
    await expect(page.locator(".listbox-row:visible")).to_have_text(["Prompting takes no skill"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ephemeral").last).to_contain_text("prompting-takes-no-skill")
    await expect(page.locator("#announcer")).to_contain_text("prompting-takes-no-skill")


@pytest.mark.thorough
async def test_arrows_move_among_channels_and_members(place: str, open_page: OpenPage) -> None:
    page = await open_page("Mika", "general")
    await page.locator(".channel[aria-current]").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".channel[aria-current]")).to_be_focused()
    await expect(page.locator("#bar h1")).not_to_have_text("general")
    await page.locator(".person input:checked").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".person input:checked")).to_be_focused()
    await expect(page.locator(".person.mine .name")).to_have_text("Aiko")


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.thorough), "dark"])
async def test_everything_is_named_and_readable(
    sandbox: Sandbox, place: str, open_page: OpenPage, scheme: str
) -> None:
    people = sandbox.people
    said = people["Sol"].say(place, f"Asia **loves** it, `code` <@{people['Mika'].id}>\n-# small")
    people["Priya"].say(place, "https://example.org ||secret||", reply_to=said)
    people["Emeka"].react(said, "👍")
    people["Noor"].say(place, "card")
    page = await open_page("Mika", place, color_scheme=scheme)
    await expect(page.locator(".embed")).to_have_count(2)
    await page.get_by_role("button", name="Sources & details").click()
    await expect(page.locator(".ephemeral")).to_be_visible()

    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(FAINT) == []
    landmarks = ["navigation", "main", "complementary"]
    for role in landmarks:
        await expect(page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
    await expect(page.locator("h1")).to_have_count(1)
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(34, 37, 43)"}[scheme]
    picture = await page.screenshot()
    assert len(picture) > 20_000, "an empty page makes a small picture"


@pytest.mark.thorough
async def test_a_narrow_screen_folds_the_sides_away(place: str, open_page: OpenPage) -> None:
    page = await open_page("Mika", place, viewport={"width": 360, "height": 640})
    await expect(page.locator("#places")).to_be_hidden()
    await page.get_by_role("button", name="Channels").click()
    await page.locator(".channel", has_text="ai-art-talk").click()
    await expect(page.locator("#bar h1")).to_have_text("ai-art-talk")
    await expect(page.locator("#places")).to_be_hidden()
    await page.get_by_role("button", name="Members").click()
    await page.locator(".person label", has_text="Sol").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("#people")).to_be_hidden()
    await expect(page.locator("#message-field")).to_have_attribute(
        "placeholder", "Message #ai-art-talk as Sol"
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.thorough
async def test_nothing_moves_for_those_who_asked_for_it(
    sandbox: Sandbox, place: str, open_page: OpenPage
) -> None:
    sandbox.people["Sol"].say(place, "Asia")
    page = await open_page("Mika", place, reduced_motion="reduce")
    await expect(page.locator(".embed")).to_be_visible()
    assert await page.evaluate(MOVING) == 0


async def test_the_page_asks_for_nothing_but_its_own_files(open_page: OpenPage) -> None:
    page = await open_page("Mika")
    answer = await page.request.get(page.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
