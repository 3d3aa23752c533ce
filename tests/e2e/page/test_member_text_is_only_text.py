"""Nothing that a member writes becomes markup, style, script or an unsafe link."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import Sandbox
from tests.e2e.page.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STATIC = Path(__file__).parents[3] / "bot" / "sandbox" / "static"
MARKUP = (
    "<img src=x onerror=\"window.hurt='img'\">",
    "<script>window.hurt='script'</script></script>",
    "<style>body{display:none}</style>",
    "<svg/onload=window.hurt='svg'>",
    '"><iframe srcdoc="<script>parent.hurt=1</script>">',
    "{{constructor.constructor('window.hurt=1')()}}",
)
LINKS = (
    "[press](javascript:window.hurt=1)",
    "[press](JaVaScRiPt:window.hurt=1)",
    "[press](data:text/html,<script>1</script>)",
    "<javascript:window.hurt=1>",
    "[press](//evil.example)",
    "javascript:window.hurt=1",
)


async def nothing_is_hurt(page: Page) -> None:
    assert await page.evaluate("window.hurt") is None
    made = page.locator(".timeline :is(script, style, iframe, object, embed, svg[onload])")
    await expect(made).to_have_count(0)
    inline = "[...document.querySelectorAll('.timeline *')].flatMap(e => e.getAttributeNames())"
    names = await page.evaluate(inline)
    assert [name for name in names if name.startswith("on") or name == "srcdoc"] == []


async def test_markup_is_shown_as_it_was_typed(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = await open_page("Mika")
    for text in MARKUP:
        sandbox.people["Sol"].say("general", text)
    for text in MARKUP:
        await expect(page.locator(".content", has_text=text)).to_be_visible()
    await nothing_is_hurt(page)
    await expect(page.locator("body")).to_be_visible()


async def test_only_http_addresses_become_links(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = await open_page("Mika")
    for text in (*LINKS, "[good](https://example.org/a_(b)) and http://example.org/c."):
        sandbox.people["Sol"].say("general", text)
    links = page.locator(".timeline a")
    await expect(links).to_have_count(2)
    hrefs = [await link.get_attribute("href") for link in await links.all()]
    assert hrefs == ["https://example.org/a_(b)", "http://example.org/c"]
    await nothing_is_hurt(page)


async def test_a_name_a_title_and_a_thread_cannot_carry_markup(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page("Mika")
    evil = MARKUP[0]
    sol = sandbox.people["Sol"]
    sandbox.people["Tomas"].change_member(sol, nick="<b onclick=x>\u202eSol")
    thread = sol.create_thread("general", evil)
    sol.say(thread, f"<#{thread.id}> <@{sol.id}> </{evil[1:12]}:1>")
    await page.get_by_role("link", name=evil).click()
    await expect(page.locator("#bar h1")).to_have_text(evil)
    await expect(page.locator(".message .name")).to_have_text("<b onclick=x>\u202eSol")
    await nothing_is_hurt(page)


@pytest.mark.thorough
async def test_a_reversed_text_cannot_reorder_what_stands_beside_it(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    sol = sandbox.people["Sol"]
    sandbox.people["Tomas"].change_member(sol, nick="\u202eloS")
    sol.say("general", "\u202edesrever")
    page = await open_page("Mika")
    name = page.locator(".message .name").last
    boxes = [await name.bounding_box(), await page.locator(".message .stamp").last.bounding_box()]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] < boxes[1]["x"], "the time stands after the name, as always"
    isolation = "e => getComputedStyle(e.querySelector('bdi')).unicodeBidi"
    assert await name.evaluate(isolation) == "isolate"


@pytest.mark.thorough
async def test_endless_words_and_deep_marks_break_nothing(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page("Mika")
    texts = ("W" * 2000, "*_" * 1000, "||" * 1000, "[" * 2000, "> " * 900, "`" * 1999, "<" * 2000)
    for text in (*texts, "\u0338" * 500 + "z", "(" + "https://e.example/" + ")" * 1900):
        sandbox.people["Sol"].say("general", text)
    sandbox.people["Sol"].say("general", "the end")
    await expect(page.locator(".content").last).to_have_text("the end")
    room = "[document.querySelector('#conversation')].map(e => e.scrollWidth - e.clientWidth)[0]"
    assert await page.evaluate(room) <= 0
    await nothing_is_hurt(page)


async def test_discords_markdown_is_drawn(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = await open_page("Mika")
    text = (
        "# Head\n-# small\n> quoted\n```py\n<b>code</b>\n```\n- one\n  - two\n3. three\n"
        "**bold** *it* __under__ ~~gone~~ ***both*** `in *line*` ||secret|| snake_case_name "
        r"\*plain\* <t:0:R> <:fox:12345678901234567> 2 * 3 * 4"
    )
    sandbox.people["Sol"].say("general", text)
    body = page.locator(".content")
    for selector, words in {
        ".heading-1": "Head",
        ".small": "small",
        "blockquote": "quoted",
        "pre code": "<b>code</b>",
        "ul ul li": "two",
        "u": "under",
        "s": "gone",
        "strong em": "both",
        "p code": "in *line*",
        ".emoji-name": ":fox:",
    }.items():
        await expect(body.locator(selector)).to_have_text(words)
    await expect(body).to_contain_text("snake_case_name *plain*")
    await expect(body).to_contain_text("2 * 3 * 4")
    await expect(body.locator("time")).to_contain_text("years ago")

    secret = body.get_by_role("button", name="Spoiler")
    await expect(secret.locator("span")).to_have_attribute("aria-hidden", "true")
    await secret.press("Enter")
    await expect(body.locator(".spoiler.shown")).to_have_text("secret")


async def test_pictures_of_other_sites_are_never_fetched(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    sandbox.people["Sol"].say("general", "hello")
    message = sandbox.messages("general")[0]
    far = "https://far.example/pixel.png"
    message.embeds = [{"title": "t", "image": {"url": far}, "thumbnail": {"url": far}}]
    page = await open_page("Mika")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await expect(page.locator(".elsewhere a").first).to_have_attribute("href", far)
    await expect(page.locator(".embed img")).to_have_count(0)
    assert [url for url in asked if not url.startswith(sandbox.url)] == []


async def test_no_script_builds_markup_from_text() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|"
        r"createContextualFragment|setHTML"
    )
    sources = await asyncio.to_thread(lambda: {p: p.read_text() for p in STATIC.rglob("*.js")})
    assert sources
    assert [path.name for path, text in sources.items() if forbidden.search(text)] == []
    assert [path.name for path, text in sources.items() if text.count("\n") > 400] == []
