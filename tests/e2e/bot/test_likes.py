"""Likes over the wire: what members do in the sandbox is what the bot counts."""

from __future__ import annotations

from bot.domain.ids import PostId
from bot.domain.likes import LikedPost
from bot.sandbox.state import Message
from tests.e2e.bot.live import Live


async def liked(running: Live, message: Message) -> LikedPost | None:
    await running.done()
    post = PostId(int(message.id))
    async with running.services.database.reading() as stores:
        found = await stores.likes.liked_posts(running.community, [post])
    return found.get(post)


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
