"""`/likes` over the wire: rankings, explanations, and which emoji count."""

from __future__ import annotations

import pytest

from bot.sandbox.threads import join_thread
from tests.e2e.bot.live import Live

pytestmark = pytest.mark.thorough


async def asked(running: Live, name: str, by: str = "Noor", **options: object) -> str:
    await running.done()
    person = running.sandbox.member(by)
    answer = await person.slash_with(name, options, forge=True).answer()
    assert answer.message is not None
    fields = [f["name"] + f["value"] for e in answer.message.embeds for f in e.get("fields", [])]
    return "\n".join([answer.text, *fields])


async def test_an_explanation_says_which_likes_count_and_why_not(running: Live) -> None:
    mika, sol, aiko = (running.sandbox.member(name) for name in ("Mika", "Sol", "Aiko"))
    post = mika.say("general", "look at my plotter")
    sol.react(post, "👍")
    sol.react(post, "👍", burst=True)
    mika.react(post, "🔥")
    aiko.react(post, "❤️")
    aiko.unreact(post, "❤️")
    link = f"https://discord.com/channels/{running.community}/{post.channel_id}/{post.id}"
    text = await asked(running, "likes explain", message=link)
    assert "**1 Like**; 1 of them counts" in text
    assert f"<@{sol.id}> 👍: counts" in text
    assert f"<@{mika.id}> 🔥: no like: on one's own post" in text
    assert f"<@{aiko.id}>: no like: withdrawn" in text


async def test_likes_in_return_are_discounted_and_explained(running: Live) -> None:
    mika, sol = running.sandbox.member("Mika"), running.sandbox.member("Sol")
    for number in range(5):
        mika_says = mika.say("general", f"mine {number}")
        sol_says = sol.say("general", f"mine as well {number}")
        sol.react(mika_says, "👍")
        mika.react(sol_says, "👍")
    text = await asked(running, "likes explain", member=mika.id)
    assert "got **5 Likes** in the last week" in text
    assert "2 not counted: likes in return" in text
    assert "from 1 member on 1 day" in text
    assert "**3** count in rankings" in text
    text = await asked(running, "likes explain", message=mika_says.id)
    assert "**1 Like**; 0 of them count" in text


async def test_the_top_shows_only_what_the_asker_may_see(running: Live) -> None:
    mika, sol, aiko = (running.sandbox.member(name) for name in ("Mika", "Sol", "Aiko"))
    post = mika.say("general", "look at my plotter")
    for giver in (sol, aiko):
        giver.react(post, "👍")
    text = await asked(running, "likes top", by="Emeka")
    where = f"{post.channel_id}/{post.id}) · <#{post.channel_id}> by <@{mika.id}>"
    assert where in text
    assert "[2 Likes](https://discord.com/channels/" in text
    assert f"<@{mika.id}> · 2 Likes" in text
    assert "1 post, 2 Likes" in text


async def test_the_top_names_private_threads_only_to_who_is_in_them(running: Live) -> None:
    noor, sol = running.sandbox.member("Noor"), running.sandbox.member("Sol")
    world = running.sandbox.state
    thread = noor.create_thread("general", "Private talk", private=True)
    for person in (world.bot_id, sol.id):
        join_thread(world, thread, person, added_by=noor.id)
    sol.react(noor.say(str(thread.id), "just between us"), "👍")
    assert str(thread.id) not in await asked(running, "likes top", by="Emeka")
    for name in ("Sol", "Tomas"):
        assert str(thread.id) in await asked(running, "likes top", by=name)


async def test_an_emoji_of_the_server_can_be_made_a_like_and_counts_backwards(
    running: Live,
) -> None:
    (own,) = running.sandbox.state.guild.emojis.values()
    mika, sol = running.sandbox.member("Mika"), running.sandbox.member("Sol")
    post = mika.say("general", "look at my plotter")
    sol.react(post, f"{own.name}:{own.id}")
    assert "I am reading the last 30 days" in await asked(
        running, "likes emoji add", emoji=f"<:{own.name}:{own.id}>"
    )
    assert "1 Like" in await asked(running, "likes explain", message=post.id)
    assert str(own.id) in await asked(running, "likes emoji list", by="Mika")
    assert "no longer counts" in await asked(running, "likes emoji remove", emoji=own.id)
    assert "**0 Likes**" in await asked(running, "likes explain", message=post.id)


async def test_an_emoji_that_no_longer_exists_is_named(running: Live) -> None:
    (own,) = running.sandbox.state.guild.emojis.values()
    await asked(running, "likes emoji add", emoji=f"<:{own.name}:{own.id}>")
    running.sandbox.state.guild.emojis.clear()
    text = await asked(running, "likes emoji list")
    assert f"{own.id} no longer exists here" in text


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("likes emoji add", {"emoji": "word"}, "That is not an emoji"),
        ("likes emoji add", {"emoji": "<:gone:123456789012345678>"}, "not one of this server's"),
        ("likes emoji add", {"emoji": "👍🏽"}, "counts as a like already"),
        ("likes emoji remove", {"emoji": "🐈"}, "does not count as a like"),
        ("likes explain", {"message": "hello"}, "That is no message"),
        ("likes explain", {"message": "123456789012345678"}, "No like of that message"),
        ("likes explain", {}, "Give either a message or a member"),
    ],
)
async def test_bad_input_gets_one_clear_sentence(
    running: Live, command: str, options: dict[str, str], sentence: str
) -> None:
    assert sentence in await asked(running, command, **options)


async def test_members_cannot_change_what_counts_or_look_into_others(running: Live) -> None:
    for command, options in (
        ("likes emoji add", {"emoji": "🐈"}),
        ("likes emoji remove", {"emoji": "👍"}),
        ("likes explain", {"message": "123456789012345678"}),
    ):
        assert "permission" in await asked(running, command, by="Mika", **options)


async def test_the_status_says_how_reading_back_went(running: Live) -> None:
    assert "Reading backUp to date" in await asked(running, "status", by="Mika")
