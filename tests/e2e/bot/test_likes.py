"""Likes over the wire: what members do in the sandbox is what the bot counts."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import PostId
from bot.domain.likes import Emoji, LikedPost
from bot.sandbox import Sandbox
from bot.sandbox.faults import Hold
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P
from bot.sandbox.state import Message
from tests.e2e.bot.live import Live, deny, live, live_settings

pytestmark = pytest.mark.thorough


async def liked(running: Live, message: Message) -> LikedPost | None:
    await running.done()
    post = PostId(int(message.id))
    async with running.services.database.reading() as stores:
        found = await stores.likes.liked_posts(running.community, [post])
    return found.get(post)


def allow(sandbox: Sandbox, where: str) -> None:
    """Let the bot do again what it was denied, and tell it."""
    channel = sandbox.channel(where)
    channel.overwrites.clear()
    emit_channel(sandbox.state, "CHANNEL_UPDATE", channel)


async def likes(running: Live, message: Message) -> int:
    found = await liked(running, message)
    return found.likes if found else 0


async def test_likes_are_counted_and_withdrawn(running: Live) -> None:
    mika, sol, ren = (running.sandbox.member(name) for name in ("Mika", "Sol", "Aiko"))
    post = mika.say("general", "look at my plotter")
    sol.react(post, "👍")
    ren.react(post, "❤️")
    assert await likes(running, post) == 2
    sol.unreact(post, "👍")
    assert await likes(running, post) == 1


async def test_a_normal_and_a_burst_reaction_of_one_member_are_one_like(running: Live) -> None:
    mika, sol = running.sandbox.member("Mika"), running.sandbox.member("Sol")
    post = mika.say("general", "look at my plotter")
    sol.react(post, "🔥")
    sol.react(post, "🔥", burst=True)
    sol.react(post, "💯")
    assert await likes(running, post) == 1


async def test_ones_own_reaction_and_other_emoji_are_no_likes(running: Live) -> None:
    mika, sol = running.sandbox.member("Mika"), running.sandbox.member("Sol")
    post = mika.say("general", "look at my plotter")
    mika.react(post, "👍")
    sol.react(post, "🤖")
    assert await likes(running, post) == 0


async def test_likes_of_a_time_without_the_bot_are_those_on_the_platform(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    mika, sol, aiko = (sandbox.member(name) for name in ("Mika", "Sol", "Aiko"))
    settings = live_settings(sandbox, tmp_path)
    before = mika.say("general", "said before the bot came")
    sol.react(before, "👍")
    async with live(sandbox, settings) as running:
        swapped, withdrawn, deleted = (mika.say("general", f"post {n}") for n in range(3))
        for post in (swapped, withdrawn, deleted):
            sol.react(post, "👍")
        assert await likes(running, before) == await likes(running, swapped) == 1
    # As many reactions as before, yet other ones: by another member, and by the author.
    sol.unreact(swapped, "👍")
    mika.react(swapped, "👍")
    sol.unreact(withdrawn, "👍")
    mika.delete(deleted)
    _, opening = aiko.forum_post("debates", "Brushes", "which brush do you use?")
    sol.react(opening, "💯", burst=True)
    mika.react(opening, "💯")
    mika.react(opening, "💯", burst=True)
    async with live(sandbox, settings) as again:
        posts = (before, swapped, withdrawn, deleted, opening)
        assert [await likes(again, post) for post in posts] == [1, 0, 0, 0, 2]
        assert await no_gaps(again)


async def test_a_like_that_is_given_while_a_post_is_read_back_takes_no_others_place(
    running: Live,
) -> None:
    mika, aiko, emeka = (running.sandbox.member(name) for name in ("Mika", "Aiko", "Emeka"))
    assert int(aiko.id) < int(emeka.id), "members who reacted are told in the order of their ids"
    post = mika.say("general", "look at my plotter")
    emeka.react(post, "👍")
    await running.done()
    held = Hold()
    running.sandbox.faults.arm("/channels/{channel_id}/messages", held, method="GET")
    before = len(running.sandbox.requests)
    running.services.catching_up.compare_all(running.community)
    await running.sandbox.eventually(
        lambda: (
            "/channels/{channel_id}/messages"
            in [r.route for r in running.sandbox.requests[before:]]
        )
    )
    aiko.react(post, "👍")
    held.release()
    assert await likes(running, post) == 2


async def test_an_emoji_that_no_longer_exists_keeps_its_likes_and_hinders_no_reading(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    mika, sol = sandbox.member("Mika"), sandbox.member("Sol")
    settings = live_settings(sandbox, tmp_path)
    ((number, own),) = sandbox.state.guild.emojis.items()
    async with live(sandbox, settings) as running:
        await running.services.likes.count_emoji(running.community, Emoji(number))
        post = mika.say("general", "look at my plotter")
        sol.react(post, f"{own.name}:{number}")
        assert await likes(running, post) == 1
    del sandbox.state.guild.emojis[number]
    other = sol.say("general", "mine is bigger")
    mika.react(other, "👍")
    async with live(sandbox, settings) as again:
        assert [await likes(again, each) for each in (post, other)] == [1, 1]
        assert await no_gaps(again)


async def no_gaps(running: Live) -> bool:
    await running.done()
    rows = running.rows("coverage")
    return bool(rows) and all(row["gap_since_at"] is None for row in rows)


async def test_likes_of_a_lost_session_are_made_up_for(running: Live) -> None:
    mika, sol = running.sandbox.member("Mika"), running.sandbox.member("Sol")
    post = mika.say("general", "look at my plotter")
    sol.react(post, "👍")
    assert await likes(running, post) == 1
    running.sandbox.faults.refuse_gateway = True
    running.sandbox.gateway.invalidate(resumable=False)
    await running.sandbox.eventually(lambda: not running.sandbox.gateway.online)
    sol.unreact(post, "👍")
    other = sol.say("general", "mine is bigger")
    mika.react(other, "❤️")
    ready = asyncio.create_task(running.bot.wait_for("shard_ready"))
    running.sandbox.faults.refuse_gateway = False
    await ready
    await asyncio.sleep(0)  # the listeners begin after whoever waits
    assert (await likes(running, post), await likes(running, other)) == (0, 1)


async def test_a_post_that_is_not_known_is_looked_up_when_it_gets_a_like(running: Live) -> None:
    mika, sol, aiko = (running.sandbox.member(name) for name in ("Mika", "Sol", "Aiko"))
    await running.done()
    running.sandbox.faults.drop_event("MESSAGE_CREATE")
    post = mika.say("general", "said unheard")
    for giver in (aiko, mika):
        running.sandbox.faults.drop_event("MESSAGE_REACTION_ADD")
        giver.react(post, "👍")
    assert await liked(running, post) is None
    sol.react(post, "🔥")
    assert await likes(running, post) == 2


async def test_a_like_on_the_bots_own_note_is_none(running: Live) -> None:
    _, note = await running.raise_claim()
    running.sandbox.member("Sol").react(note, "👍")
    assert await likes(running, note) == 0


async def test_clears_and_deletions_take_likes_along(running: Live) -> None:
    mika, sol, tomas = (running.sandbox.member(name) for name in ("Mika", "Sol", "Tomas"))
    posts = [mika.say("general", f"post {n}") for n in range(5)]
    thread, opening = mika.forum_post("debates", "Brushes", "which brush do you use?")
    for post in (*posts, opening):
        sol.react(post, "👍")
        sol.react(post, "❤️")
    tomas.clear_reactions(posts[0])
    tomas.clear_reactions(posts[1], "👍")
    mika.delete(posts[2])
    tomas.bulk_delete("general", posts[3:])
    tomas.delete_channel(thread)
    assert [await likes(running, post) for post in (*posts, opening)] == [0, 1, 0, 0, 0, 0]


def lacking(key: str, data: dict[str, Any]) -> None:
    del data[key]


async def test_a_reaction_event_without_its_keys_is_passed_over(running: Live) -> None:
    mika, sol = running.sandbox.member("Mika"), running.sandbox.member("Sol")
    post = mika.say("general", "look at my plotter")
    await running.done()
    for missing in ("type", "emoji", "user_id", "message_id"):
        running.sandbox.faults.mangle_event("MESSAGE_REACTION_ADD", partial(lacking, missing))
        sol.react(post, "👍")
        sol.unreact(post, "👍")
    sol.react(post, "❤️")
    assert await likes(running, post) == 1


async def test_what_may_not_be_read_is_unknown_until_it_may_be_read_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    mika, sol = sandbox.member("Mika"), sandbox.member("Sol")
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as running:
        post = mika.say("general", "look at my plotter")
        sol.react(post, "👍")
        assert await likes(running, post) == 1
    deny(sandbox, "general", P.READ_MESSAGE_HISTORY)
    other = sol.say("general", "mine is bigger")
    mika.react(other, "👍")
    async with live(sandbox, settings) as again:
        assert await likes(again, post) == 1
        assert await likes(again, other) == 0
        allow(sandbox, "general")
        await sandbox.eventually(lambda: again.bot.guilds)
        assert await likes(again, other) == 1
