import discord
import pytest

from bot.sandbox import ApiError, Sandbox
from bot.sandbox.state import Emoji, Reaction, User
from tests.e2e.wire import RunningBot, WireBot


async def test_reactions_of_people_arrive_normal_and_burst(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    said = sandbox.member("Mika").say("general", "Look")
    async with running_bot(bot):
        sandbox.member("Sol").react(said, "👍")
        sandbox.member("Sol").react(said, "👍")
        sandbox.member("Aiko").react(said, "👍", burst=True)
        sandbox.member("Sol").unreact(said, "👍")
        await sandbox.eventually(lambda: bot.all_heard("raw_reaction_remove"))
        fetched = await bot.get_partial_messageable(int(said.channel_id)).fetch_message(
            int(said.id)
        )
        burst = [u.name async for u in fetched.reactions[0].users(type=discord.ReactionType.burst)]
        normal = [u.name async for u in fetched.reactions[0].users()]
    added = bot.all_heard("raw_reaction_add")
    assert [(str(p.emoji), p.burst) for p in added] == [("👍", False), ("👍", True)]
    assert (fetched.reactions[0].count, fetched.reactions[0].burst_count) == (1, 1)
    assert (burst, normal) == (["aiko"], [])


async def test_the_bot_reacts_and_clears(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    said = sandbox.member("Mika").say("general", "Look")
    custom = next(iter(sandbox.state.guild.emojis.values()))
    async with running_bot(bot):
        message = bot.get_partial_messageable(int(said.channel_id)).get_partial_message(
            int(said.id)
        )
        await message.add_reaction("⭐")
        await message.add_reaction(f"<:{custom.key}>")
        assert [r.emoji.name for r in said.reactions] == ["⭐", "pencil_heart"]
        await message.remove_reaction("⭐", discord.Object(int(sandbox.state.bot_id)))
        sandbox.member("Sol").react(said, "🔥")
        await message.clear_reaction("🔥")
        await message.clear_reactions()
    assert said.reactions == []
    assert len(bot.all_heard("raw_reaction_clear")) == 1


async def test_a_plain_member_cannot_clear_reactions(sandbox: Sandbox) -> None:
    said = sandbox.member("Mika").say("general", "Look")
    sandbox.member("Sol").react(said, "👍")
    with pytest.raises(ApiError) as refused:
        sandbox.member("Mika").clear_reactions(said)
    assert refused.value.code == 50013


async def test_many_reactions_are_paged_by_user(sandbox: Sandbox, running_bot: RunningBot) -> None:
    said = sandbox.member("Mika").say("general", "Popular")
    ids = [sandbox.state.ids.next() for _ in range(230)]
    for n, user_id in enumerate(ids):
        sandbox.state.users[user_id] = User(user_id, f"fan{n}", None)
    said.reactions.append(Reaction(Emoji("👍"), normal=ids))
    bot = WireBot()
    async with running_bot(bot):
        fetched = await bot.get_partial_messageable(int(said.channel_id)).fetch_message(
            int(said.id)
        )
        found = [str(u.id) async for u in fetched.reactions[0].users(limit=None)]
    assert sorted(found, key=int) == ids


async def test_a_forum_post_is_a_thread_whose_first_message_has_its_id(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        post, first = sandbox.member("Priya").forum_post(
            "debates", "Is it art?", "I say yes", tags=["open question"]
        )
        await sandbox.eventually(lambda: bot.all_heard("message"))
        thread = bot.all_heard("thread_create")[0]
        assert isinstance(thread, discord.Thread)
        assert [t.name for t in thread.applied_tags] == ["open question"]
        await thread.send("A note")
    assert post.id == first.id
    assert [m.content for m in sandbox.messages(post)] == ["I say yes", "A note"]


async def test_a_thread_from_a_message_and_one_on_its_own(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        mika = sandbox.member("Mika")
        said = mika.say("general", "Let us talk")
        started = mika.create_thread("general", "Talk", message=said)
        own = mika.create_thread("general", "Own")
        channel = bot.get_channel(int(sandbox.channel("general").id))
        assert isinstance(channel, discord.TextChannel)
        made = await channel.create_thread(
            name="By the bot", type=discord.ChannelType.public_thread
        )
        active = await bot.guilds[0].active_threads()
    assert started.id == said.id
    assert {t.id for t in active} == {int(started.id), int(own.id), made.id}


async def test_archived_threads_are_read_only_until_somebody_writes(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    thread = sandbox.member("Mika").create_thread("general", "Old")
    said = sandbox.member("Mika").say(thread, "Long ago")
    bot = WireBot()
    async with running_bot(bot):
        channel = bot.get_partial_messageable(int(thread.id))
        own = await channel.send("Note")
        sandbox.member("Tomas").change_channel(thread, archived=True)
        with pytest.raises(discord.HTTPException) as edit_refused:
            await own.edit(content="Newer")
        with pytest.raises(discord.HTTPException) as reaction_refused:
            await channel.get_partial_message(int(said.id)).add_reaction("👍")
        parent = bot.get_channel(int(sandbox.channel("general").id))
        assert isinstance(parent, discord.TextChannel)
        assert [t.name async for t in parent.archived_threads(limit=None)] == ["Old"]
        await channel.send("Awake")
        assert thread.thread is not None
        assert not thread.thread.archived
    assert (edit_refused.value.code, reaction_refused.value.code) == (50083, 50083)


async def test_a_locked_thread_takes_no_message_of_a_plain_member(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    thread = sandbox.member("Mika").create_thread("general", "Heated")
    bot = WireBot()
    async with running_bot(bot):
        found = bot.get_channel(int(thread.id))
        assert isinstance(found, discord.Thread)
        await found.edit(locked=True, reason="Cooling down")
        with pytest.raises(ApiError) as refused:
            sandbox.member("Mika").say(thread, "But")
        sandbox.member("Tomas").say(thread, "Please rest")
    assert refused.value.code == 160005
    assert sandbox.state.guild.audit[-1].reason == "Cooling down"


async def test_a_deleted_channel_takes_its_threads_along_silently(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    thread = sandbox.member("Mika").create_thread("general", "Doomed")
    sandbox.member("Mika").say(thread, "Hello?")
    bot = WireBot()
    async with running_bot(bot):
        sandbox.member("Noor").delete_channel("general")
        await sandbox.eventually(lambda: bot.all_heard("guild_channel_delete"))
    assert thread.id not in sandbox.state.channels
    assert bot.all_heard("raw_message_delete") == []
