"""What happens to a note when its post, its thread or its channel changes or goes."""

from __future__ import annotations

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.messages import Draft, emit_message
from bot.sandbox.messages import post as post_as
from bot.sandbox.state import Member, Message, User
from tests.e2e.bot.live import CHAT, CLAIM, Live


def states(running: Live) -> list[str]:
    return [row["state"] for row in running.rows("note")]


async def no_notes(running: Live, where: str = "ai-art-talk") -> None:
    await running.done()
    await running.sandbox.eventually(lambda: not running.notes(where))


async def test_a_claim_that_is_edited_in_gets_a_note(running: Live) -> None:
    post = running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    running.sandbox.member("Mika").edit(post, CLAIM)
    await running.note_on(post)


async def test_a_claim_that_is_edited_away_takes_its_note_along(running: Live) -> None:
    post, _ = await running.raise_claim()
    running.sandbox.member("Mika").edit(post, CHAT)
    await no_notes(running)
    assert states(running) == ["withdrawn"]


async def test_an_edit_that_keeps_the_claim_keeps_the_note(running: Live) -> None:
    post, note = await running.raise_claim()
    running.sandbox.member("Mika").edit(post, f"{CLAIM} {CHAT}")
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == [note]
    assert states(running) == ["posted"]


async def test_a_link_that_unfurls_is_no_edit(running: Live) -> None:
    post = running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    # An update without a moment of edit is Discord's own, whatever it carries.
    post.content = CLAIM
    post.embeds = [{"type": "link", "url": "https://example.org/"}]
    emit_message(running.sandbox.state, "MESSAGE_UPDATE", post)
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    assert running.rows("judgement") == []


async def test_a_deleted_post_takes_its_note_along(running: Live) -> None:
    post, _ = await running.raise_claim()
    running.sandbox.member("Mika").delete(post)
    await no_notes(running)
    assert states(running) == ["withdrawn"]


@pytest.mark.thorough
async def test_posts_that_are_deleted_in_bulk_take_their_notes_along(running: Live) -> None:
    post, _ = await running.raise_claim()
    more = running.sandbox.member("Sol").say("ai-art-talk", CHAT)
    running.sandbox.member("Tomas").bulk_delete("ai-art-talk", [post, more])
    await no_notes(running)


async def test_a_note_that_a_moderator_deletes_does_not_come_again(running: Live) -> None:
    post, note = await running.raise_claim()
    running.sandbox.member("Tomas").delete(note)
    await running.done()
    running.sandbox.member("Mika").edit(post, f"{CLAIM} Really.")
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    assert states(running) == ["withdrawn"]


@pytest.mark.thorough
async def test_a_post_that_is_deleted_at_once_keeps_no_note(running: Live) -> None:
    mika = running.sandbox.member("Mika")
    mika.delete(mika.say("ai-art-talk", CLAIM))
    await no_notes(running)
    assert set(states(running)) <= {"withdrawn", "failed"}


@pytest.mark.thorough
async def test_a_note_whose_post_is_gone_before_it_is_sent_has_failed(running: Live) -> None:
    running.sandbox.faults.drop_event("MESSAGE_DELETE")
    mika = running.sandbox.member("Mika")
    mika.delete(mika.say("ai-art-talk", CLAIM))
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    assert states(running) == ["failed"]
    (delivery,) = running.rows("outbox")
    assert (delivery["state"], delivery["problem"]) == ("failed", "the post to reply to is gone")


@pytest.mark.thorough
async def test_a_deleted_thread_leaves_nothing_to_be_done(running: Live) -> None:
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    await running.raise_claim(thread)
    running.sandbox.member("Tomas").delete_channel(thread)
    await running.done()
    assert states(running) == ["withdrawn"]
    assert [row["state"] for row in running.rows("outbox")] == ["done"]


@pytest.mark.thorough
async def test_a_deleted_channel_takes_its_threads_along(running: Live) -> None:
    channel = running.sandbox.channel("ai-art-talk")
    thread = running.sandbox.member("Mika").create_thread(channel, "Asia")
    await running.raise_claim(thread)
    running.sandbox.member("Noor").delete_channel(channel)
    await running.done()
    assert states(running) == ["withdrawn"]
    status = await running.sandbox.member("Sol").slash("status").answer()
    assert f"<#{channel.id}>: I cannot see it" in status.text


async def test_a_post_of_another_bot_is_no_claim(running: Live) -> None:
    other = another_bot(running.sandbox)
    channel = running.sandbox.channel("ai-art-talk")
    post_as(running.sandbox.state, channel, other.id, Draft(content=CLAIM))
    await nothing_raised(running)


@pytest.mark.thorough
async def test_a_post_of_a_webhook_is_no_claim(running: Live) -> None:
    sent_by_a_webhook = {"webhook_id": running.sandbox.state.ids.next()}
    running.sandbox.faults.mangle_event("MESSAGE_CREATE", lambda e: e.update(sent_by_a_webhook))
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await nothing_raised(running)


async def nothing_raised(running: Live) -> None:
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    assert running.rows("judgement") == []


def another_bot(sandbox: Sandbox) -> User:
    world = sandbox.state
    user = User(world.ids.next(), "relay", None, bot=True)
    world.users[user.id] = user
    world.guild.members[user.id] = Member(user, world.guild.id, world.clock.now())
    return user


@pytest.mark.thorough
async def test_what_discord_itself_says_is_no_claim(running: Live) -> None:
    channel = running.sandbox.channel("ai-art-talk")
    running.sandbox.member("Mika").create_thread(channel, CLAIM)
    await running.done()
    said: list[Message] = running.sandbox.messages(channel)
    assert [message.content for message in said] == [CLAIM]
    assert running.sandbox.bot_messages(channel) == []
