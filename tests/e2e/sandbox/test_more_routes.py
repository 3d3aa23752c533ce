"""The routes that a moderation bot touches less often; each answer is checked against OpenAPI."""

import io
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.sandbox import ApiError, Sandbox
from tests.e2e.wire import RunningBot, WireBot

Interaction = discord.Interaction[Any]


def text_channel(bot: WireBot, name: str) -> discord.TextChannel:
    return next(c for c in bot.guilds[0].text_channels if c.name == name)


async def test_channels_are_made_changed_closed_and_deleted(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        guild = bot.guilds[0]
        made = await guild.create_text_channel("reviews", topic="Cards", category=None)
        forum = await guild.create_forum("ideas")
        await made.edit(name="review", topic="Review cards")
        await made.set_permissions(guild.me.roles[-1], view_channel=True)
        await made.set_permissions(guild.default_role, view_channel=False)
        with pytest.raises(ApiError, match="Missing Access"):
            sandbox.member("Mika").say("review", "Let me in")
        await made.set_permissions(guild.default_role, overwrite=None)
        sandbox.member("Mika").say("review", "Thanks")
        async with made.typing():
            pass
        fetched = await bot.fetch_channel(made.id)
        assert isinstance(fetched, discord.TextChannel)
        assert fetched.topic == "Review cards"
        assert {c.name for c in await guild.fetch_channels()} >= {"review", "ideas"}
        await made.delete(reason="Done")
        await forum.delete()
    assert str(made.id) not in sandbox.state.channels


async def test_the_bot_opens_tags_joins_and_leaves_threads(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        forum = bot.guilds[0].forums[0]
        await forum.create_tag(name="resolved")
        tag = next(t for t in forum.available_tags if t.name == "has context")
        post = await forum.create_thread(
            name="Weekly", content="Digest", applied_tags=[tag], file=_file()
        )
        assert post.message.id == post.thread.id
        assert [t.name for t in post.thread.applied_tags] == ["has context"]
        thread = await text_channel(bot, "general").create_thread(name="Private talk")
        mika = discord.Object(int(sandbox.member("Mika").id))
        await thread.add_user(mika)
        assert {m.id for m in await thread.fetch_members()} >= {mika.id}
        await thread.remove_user(mika)
        with pytest.raises(ApiError, match="Missing Access"):
            sandbox.member("Mika").say(str(thread.id), "Hello?")
        await thread.edit(archived=True)
        parent = text_channel(bot, "general")
        private = [t.name async for t in parent.archived_threads(private=True)]
        joined = [t.name async for t in parent.archived_threads(private=True, joined=True)]
        await thread.edit(archived=False)
        await thread.leave()
        await thread.join()
        await thread.delete()
    assert (private, joined) == (["Private talk"], ["Private talk"])


def _file() -> discord.File:
    return discord.File(io.BytesIO(b"a,b"), "table.csv")


async def test_a_thread_from_a_message_of_the_bot(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sent = await text_channel(bot, "general").send("Discuss here")
        thread = await sent.create_thread(name="Discussion")
        fetched = await sent.channel.fetch_message(sent.id)
        with pytest.raises(discord.HTTPException) as refused:
            await sent.create_thread(name="Again")
    assert fetched.thread is not None
    assert (thread.id, fetched.thread.id) == (sent.id, sent.id)
    assert refused.value.code == 160004


async def test_members_roles_and_guilds_are_looked_up(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot(intents=discord.Intents(guilds=True, members=True))
    async with running_bot(bot):
        guild = bot.guilds[0]
        mika_id = int(sandbox.member("Mika").id)
        assert (await guild.fetch_member(mika_id)).display_name == "Mika"
        assert len([m async for m in guild.fetch_members(limit=None)]) == guild.member_count
        assert [m.display_name for m in await guild.query_members("Mik")] == ["Mika"]
        assert "Moderators" in {r.name for r in await guild.fetch_roles()}
        assert [e.name for e in await guild.fetch_emojis()] == ["pencil_heart"]
        assert (await bot.fetch_guild(guild.id)).approximate_member_count == guild.member_count
        assert [g.id async for g in bot.fetch_guilds(limit=5)] == [guild.id]
        await guild.me.edit(nick="Foot")
        assert sandbox.member("Foot").user.bot
        with pytest.raises(discord.NotFound) as refused:
            await guild.fetch_member(1)
    assert refused.value.code == 10007


async def test_several_are_banned_at_once(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        guild = bot.guilds[0]
        targets = [discord.Object(int(sandbox.member(n).id)) for n in ("Sol", "Emeka", "Noor")]
        result = await guild.bulk_ban(targets, reason="Raid")
        ban = await guild.fetch_ban(targets[0])
    assert {b.id for b in result.banned} == {t.id for t in targets[:2]}
    assert [b.id for b in result.failed] == [targets[2].id]
    assert ban.reason == "Raid"


async def test_single_commands_are_added_changed_and_removed(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        app_id = bot.application_id
        assert app_id is not None
        ping: Any = {"name": "ping", "description": "Answers", "type": 1}
        made = await bot.http.upsert_global_command(app_id, ping)
        await bot.http.edit_global_command(app_id, int(made["id"]), {"description": "Pong"})
        fetched = await bot.tree.fetch_commands()
        assert [c.description for c in fetched] == ["Pong"]
        await fetched[0].delete()
        with pytest.raises(discord.NotFound) as refused:
            await bot.tree.fetch_command(fetched[0].id)
    assert refused.value.code == 10063


class Picker(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.select(
        placeholder="Reason",
        options=[discord.SelectOption(label=word) for word in ("sources", "tone")],
        max_values=2,
    )
    async def reason(self, interaction: Interaction, menu: discord.ui.Select[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"Chosen: {', '.join(menu.values)}")

    @discord.ui.select(cls=discord.ui.UserSelect, placeholder="Who")
    async def who(self, interaction: Interaction, menu: discord.ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(menu.values[0].display_name, file=_file())


class RichBot(WireBot):
    async def setup_hook(self) -> None:
        @self.tree.command(description="Everything at once")
        async def all(
            interaction: Interaction,
            member: discord.Member,
            role: discord.Role,
            weight: app_commands.Range[float, 0, 1],
            loud: bool,
            file: discord.Attachment,
        ) -> None:
            read = (await file.read()).decode()
            words = [member.display_name, role.name, str(weight), str(loud), read]
            await interaction.response.defer()
            await interaction.followup.send(" ".join(words))
            more = await interaction.followup.send("More", wait=True)
            await more.edit(content="More of it")
            await more.delete()
            original = await interaction.original_response()
            assert original.content.startswith("Sol")

        @self.tree.command(description="Pick")
        async def pick(interaction: Interaction) -> None:
            await interaction.response.send_message("Pick", view=Picker())

        @self.tree.context_menu(name="Trust")
        async def trust(interaction: Interaction, member: discord.Member) -> None:
            await interaction.response.send_message(member.display_name, ephemeral=True)
            await interaction.delete_original_response()

        await super().setup_hook()


async def test_options_of_every_kind_arrive_resolved(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(RichBot()):
        mika = sandbox.member("Mika")
        role = next(r for r in sandbox.state.guild.roles.values() if r.name == "Moderators")
        given: dict[str, Any] = {
            "member": sandbox.member("Sol").id,
            "role": role.id,
            "weight": "0.5",
            "loud": True,
        }
        files = {"file": ("import.txt", b"words")}
        with pytest.raises(ApiError, match="takes 0"):
            mika.slash_with("all", given | {"weight": 2}, files=files)
        shown = mika.slash_with("all", given, files=files)
        answer = await shown.answer()
        await sandbox.eventually(
            lambda: [r.method for r in sandbox.requests if "messages" in r.route][-1:] == ["GET"]
        )
    assert answer.text == "Sol Moderators 0.5 True words"
    assert shown.followups == []


async def test_menus_take_one_or_several_entries(sandbox: Sandbox, running_bot: RunningBot) -> None:
    async with running_bot(RichBot()):
        mika = sandbox.member("Mika")
        message = (await mika.slash("pick").answer()).message
        assert message is not None
        with pytest.raises(ApiError, match="does not offer"):
            mika.select(message, "Reason", ["length"])
        with pytest.raises(ApiError, match="Between 1 and 2"):
            mika.select(message, "Reason", [])
        chosen = await mika.select(message, "Reason", ["sources", "tone"]).answer()
        picked = await mika.select(message, "Who", [sandbox.member("Aiko").id]).answer()
    assert (chosen.kind, chosen.text) == ("update", "Chosen: sources, tone")
    assert picked.message is not None
    assert (picked.text, picked.message.attachments[0].filename) == ("Aiko", "table.csv")


async def test_a_user_menu_and_an_answer_that_is_deleted(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(RichBot()):
        tomas = sandbox.member("Tomas")
        shown = tomas.menu("Trust", sandbox.member("Mika"))
        assert await shown.acknowledged() == 4
        await sandbox.eventually(lambda: not tomas.ephemerals)
