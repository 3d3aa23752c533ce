"""What members do among themselves on the sandbox's page."""

import pytest
from playwright.async_api import FilePayload, expect

from bot.sandbox import Sandbox
from tests.e2e.page.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_what_one_member_writes_appears_live_on_anothers_page(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    mika, sol = await open_page("Mika"), await open_page("Sol")

    await mika.fill("#message-field", "Hello **everybody**")
    await mika.press("#message-field", "Enter")

    arrived = sol.locator(".message")
    await expect(arrived.locator(".content")).to_have_text("Hello everybody")
    await expect(arrived.locator("strong")).to_have_text("everybody")
    await expect(arrived.locator(".name")).to_have_text("Mika")
    await expect(sol.locator("#announcer")).to_contain_text("Mika: Hello **everybody**")
    assert [m.content for m in sandbox.messages("general")] == ["Hello **everybody**"]


@pytest.mark.thorough
async def test_one_page_can_be_several_members(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = await open_page("Mika")
    for name in ("Mika", "Priya"):
        await page.locator(".person label", has_text=name).click()
        await page.fill("#message-field", f"I am {name}")
        await page.press("#message-field", "Enter")
        await expect(page.locator(".message .content").last).to_have_text(f"I am {name}")

    authors = [sandbox.member(m.author_id).member.name for m in sandbox.messages("general")]
    assert authors == ["Mika", "Priya"]
    await expect(page.locator(".message .name")).to_have_text(["Mika", "Priya"])


async def test_a_message_is_answered_edited_and_deleted(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    first = sandbox.people["Sol"].say("general", "Which paper is best?")
    page = await open_page("Mika")

    await page.locator(".message").hover()
    await page.get_by_role("button", name="Reply").click()
    await expect(page.locator("#message-field")).to_be_focused()
    await page.keyboard.type("Cold prssed")
    await page.keyboard.press("Enter")
    mine = page.locator(".message", has=page.locator(".content", has_text="Cold"))
    await expect(mine.locator(".reply-line")).to_contain_text("Which paper is best?")
    reference = sandbox.messages("general")[-1].reference
    assert reference is not None
    assert reference["message_id"] == first.id

    await page.keyboard.press("ArrowUp")
    await page.get_by_label("Edit your message").fill("Cold pressed")
    sandbox.people["Sol"].react(sandbox.messages("general")[-1], "👍")
    await expect(page.locator(".reaction")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(mine.locator(".content")).to_have_text("Cold pressed(edited)")

    await mine.hover()
    await mine.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator(".message")).to_have_count(1)
    assert [m.id for m in sandbox.messages("general")] == [first.id]


async def test_a_reaction_is_added_counted_and_taken_back(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    said = sandbox.people["Sol"].say("general", "Look")
    sandbox.people["Sol"].react(said, "👍")
    page = await open_page("Mika")
    thumb = page.get_by_role("button", name="👍")

    await thumb.click()
    await expect(thumb).to_have_attribute("aria-pressed", "true")
    await expect(thumb.locator(".count")).to_have_text("2")
    await thumb.click()
    await expect(thumb.locator(".count")).to_have_text("1")

    await page.locator(".message .reaction-add").click()
    await page.get_by_label("Super reaction").check()
    await page.get_by_role("button", name="React with 🔥").click()
    fire = page.locator(".reaction", has_text="🔥")
    await expect(fire).to_have_class("reaction burst")
    await page.locator(".message .reaction-add").click()
    await page.get_by_label("Any other").fill("🦊")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reaction", has_text="🦊")).to_have_attribute("aria-pressed", "true")
    assert [(r.emoji.name, len(r.normal), len(r.burst)) for r in said.reactions] == [
        ("👍", 1, 0),
        ("🔥", 0, 1),
        ("🦊", 1, 0),
    ]


async def test_threads_and_forum_posts_are_started_and_marked(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page("Mika")
    await page.get_by_role("button", name="New thread").click()
    await page.get_by_label("Name", exact=True).fill("About brushes")
    await page.keyboard.press("Enter")
    await expect(page.locator("#bar h1")).to_have_text("About brushes")

    await page.locator(".channel", has_text="debates").click()
    await page.get_by_role("button", name="New post").click()
    await page.get_by_label("Title", exact=True).fill("Is a prompt a sketch?")
    await page.get_by_label("Text", exact=True).fill("I wonder.")
    await page.get_by_label("open question").check()
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.locator(".message .content")).to_have_text("I wonder.")
    await expect(page.locator("#bar .tag")).to_have_text("open question")

    post = sandbox.channel("Is a prompt a sketch?")
    sandbox.people["Tomas"].change_channel(post, locked=True)
    await expect(page.locator("#message-field")).to_be_disabled()
    await expect(page.locator("#channel-list .channel", has_text="sketch")).to_contain_text(
        "locked"
    )


async def test_a_hidden_channel_is_shown_to_those_who_see_it(open_page: OpenPage) -> None:
    page = await open_page("Mika")
    staff = page.locator(".channel", has_text="mod-room")
    await expect(staff).to_have_count(0)

    await page.locator(".person label", has_text="Tomas").click()
    await expect(staff).to_have_count(1)


async def test_a_link_to_a_message_leads_there_on_the_page(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    there = sandbox.people["Sol"].say("ai-art-talk", "The post in question")
    secret = sandbox.people["Tomas"].say("mod-room", "For moderators")
    base = f"https://discord.com/channels/{sandbox.people['Sol'].guild.id}"
    for post in (there, secret):
        sandbox.people["Sol"].say("general", f"{base}/{post.channel_id}/{post.id}")
    page = await open_page("Mika")
    context, tabs = page.context, len(page.context.pages)

    await page.get_by_role("link", name=f"{secret.channel_id}/{secret.id}").click()
    await expect(page.locator("#notices")).to_contain_text("You cannot see the channel")
    await page.get_by_role("link", name=f"{there.channel_id}/{there.id}").click()
    await expect(page.locator("#bar h1")).to_contain_text("ai-art-talk")
    await expect(page.locator(".message", has_text="The post in question")).to_be_focused()
    assert len(context.pages) == tabs


@pytest.mark.thorough
async def test_a_file_is_sent_and_shown(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = await open_page("Mika")
    file = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"paper")
    await page.locator(".composer input[type=file]").set_input_files(file)
    await expect(page.locator(".upload-list")).to_contain_text("notes.txt")
    await page.fill("#message-field", "my notes")
    await page.keyboard.press("Enter")

    await expect(page.locator(".file a")).to_have_text("notes.txt")
    assert sandbox.messages("general")[0].attachments[0].data == b"paper"


@pytest.mark.thorough
async def test_the_page_comes_back_by_itself_when_the_sandbox_starts_anew(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page("Sol")
    port = sandbox.port
    await sandbox.close()
    await expect(page.locator("#connection")).to_contain_text("Reconnecting")

    async with Sandbox.demo(port=port) as again:
        await expect(page.locator("#connection")).to_be_hidden()
        again.people["Mika"].say("general", "We are back")
        await expect(page.locator(".message .content")).to_have_text("We are back")
        await expect(page.locator(".person.mine .name")).to_have_text("Sol")


async def test_a_refusal_is_shown_and_the_text_is_kept(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page("Mika")
    await page.fill("#message-field", "x" * 2001)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("at most 2000 characters")
    await expect(page.locator("#message-field")).to_have_value("x" * 2001)
    assert sandbox.messages("general") == []
