import discord
import pytest

from bot.sandbox import Sandbox
from tests.e2e.wire import RunningBot, WireBot, pointed_at


async def test_an_unmodified_client_logs_in_and_sees_the_guild(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        guild = bot.guilds[0]
        assert guild.name == "Paper & Pixel"
        assert {c.name for c in guild.text_channels} == {"general", "ai-art-talk", "mod-room"}
        assert [f.name for f in guild.forums] == ["debates"]
        assert guild.me.name == "Footnote"
        assert bot.application is not None
        assert bot.application.flags.gateway_message_content_limited


class Sharded(discord.AutoShardedClient):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return None


async def test_a_sharded_client_gets_each_guild_on_its_shard(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = Sharded(intents=discord.Intents.default(), shard_count=2, guild_ready_timeout=0.05)
    async with running_bot(bot):
        guild = bot.guilds[0]
        assert guild.shard_id == (guild.id >> 22) % 2
        assert len(sandbox.gateway.sessions) == 2


async def test_a_wrong_token_is_refused_at_login(sandbox: Sandbox) -> None:
    async with WireBot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong.token.here")


async def test_a_wrong_token_at_the_gateway_closes_with_4004(sandbox: Sandbox) -> None:
    async with WireBot() as bot:
        await bot.login(sandbox.token)
        bot.http.token = "wrong"
        with pytest.raises(discord.ConnectionClosed) as closed:
            await bot.connect()
    assert closed.value.code == 4004


async def test_an_intent_that_the_portal_refuses_closes_with_4014(sandbox: Sandbox) -> None:
    sandbox.state.application.content_intent = False
    async with WireBot() as bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(sandbox.token)


async def test_without_the_content_intent_messages_arrive_empty(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    intents = discord.Intents.all()
    intents.message_content = False
    bot = WireBot(intents=intents)
    mika = sandbox.member("Mika")
    async with running_bot(bot):
        mika.say("general", "Nobody reads this")
        mika.say("general", f"<@{sandbox.state.bot_id}> reads this")
        await bot.get_partial_messageable(int(sandbox.channel("general").id)).send("My own")
        await sandbox.eventually(lambda: len(bot.all_heard("message")) == 3)
    assert [m.content for m in bot.all_heard("message")] == [
        "",
        f"<@{sandbox.state.bot_id}> reads this",
        "My own",
    ]


async def test_a_session_without_the_members_intent_hears_no_member_leave(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot(intents=discord.Intents(guilds=True, guild_messages=True))
    async with running_bot(bot):
        sandbox.member("Sol").leave()
        sandbox.member("Mika").say("general", "bye")
        await sandbox.eventually(lambda: bot.all_heard("message"))
    assert bot.all_heard("raw_member_remove") == []


async def test_the_addresses_of_discord_py_are_restored(sandbox: Sandbox) -> None:
    before = discord.http.Route.BASE
    async with Sandbox.demo() as other:
        with pointed_at(other):
            assert other.api_base == discord.http.Route.BASE
    assert before == discord.http.Route.BASE == sandbox.api_base
