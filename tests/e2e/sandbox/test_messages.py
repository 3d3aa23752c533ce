import io

import discord
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.permissions import P
from bot.sandbox.state import Overwrite
from tests.e2e.wire import RunningBot, WireBot


def channel_of(sandbox: Sandbox, bot: discord.Client, name: str) -> discord.PartialMessageable:
    return bot.get_partial_messageable(int(sandbox.channel(name).id))


async def test_what_the_bot_says_comes_back_to_it_with_its_nonce(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        await channel_of(sandbox, bot, "general").send("Hello", nonce="n-1")
        await sandbox.eventually(lambda: bot.all_heard("message"))
    heard = bot.all_heard("message")[0]
    assert (heard.content, heard.nonce) == ("Hello", "n-1")


async def test_the_same_nonce_posts_once_until_its_window_ends(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        channel = channel_of(sandbox, bot, "general")
        first = await channel.send("Once", nonce="same")
        again = await channel.send("Twice", nonce="same")
        sandbox.forget_nonces()
        later = await channel.send("Later", nonce="same")
    assert first.id == again.id != later.id
    assert [m.content for m in sandbox.messages("general")] == ["Once", "Later"]


async def test_a_nonce_of_a_deleted_message_is_an_unknown_message(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        channel = channel_of(sandbox, bot, "general")
        await (await channel.send("Gone", nonce="gone")).delete()
        with pytest.raises(discord.NotFound) as refused:
            await channel.send("Gone", nonce="gone")
    assert refused.value.code == 10008


async def test_history_pages_through_everything_in_both_directions(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    mika = sandbox.member("Mika")
    said = [mika.say("general", f"Line {n}").id for n in range(230)]
    bot = WireBot()
    async with running_bot(bot):
        channel = channel_of(sandbox, bot, "general")
        newest_first = [str(m.id) async for m in channel.history(limit=None)]
        after = discord.Object(int(said[9]))
        forward = [
            str(m.id) async for m in channel.history(limit=None, after=after, oldest_first=True)
        ]
        around = [str(m.id) async for m in channel.history(limit=5, around=after)]
    assert newest_first == said[::-1]
    assert forward == said[10:]
    assert sorted(around, key=int) == said[7:12]


async def test_an_edit_by_a_person_arrives_with_its_time(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    mika = sandbox.member("Mika")
    async with running_bot(bot):
        mika.edit(mika.say("general", "Befor"), "Before")
        await sandbox.eventually(lambda: bot.all_heard("raw_message_edit"))
    payload = bot.all_heard("raw_message_edit")[0]
    assert payload.data["content"] == "Before"
    assert payload.data["edited_timestamp"] is not None


async def test_a_link_preview_is_no_edit(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    said = sandbox.member("Mika").say("general", "https://museum.example/show")
    async with running_bot(bot):
        sandbox.unfurl(said, "The show", "https://museum.example/show")
        await sandbox.eventually(lambda: bot.all_heard("raw_message_edit"))
    data = bot.all_heard("raw_message_edit")[0].data
    assert (data["edited_timestamp"], data["embeds"][0]["title"]) == (None, "The show")


async def test_the_bot_cannot_edit_what_another_wrote(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    theirs = sandbox.member("Mika").say("general", "Mine")
    bot = WireBot()
    async with running_bot(bot):
        message = channel_of(sandbox, bot, "general").get_partial_message(int(theirs.id))
        with pytest.raises(discord.Forbidden) as refused:
            await message.edit(content="Yours")
    assert refused.value.code == 50005


async def test_a_mention_pings_only_when_it_is_allowed(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    mika = sandbox.member("Mika")
    text = f"{mika.mention} @everyone"
    bot = WireBot()
    async with running_bot(bot):
        channel = channel_of(sandbox, bot, "general")
        await channel.send(text)
        await channel.send(text, allowed_mentions=discord.AllowedMentions(users=True))
        original = mika.say("general", "A question")
        await channel.get_partial_message(int(original.id)).reply("Quiet")
        await channel.get_partial_message(int(original.id)).reply("Loud", mention_author=True)
    quiet, loud, quiet_reply, loud_reply = sandbox.bot_messages("general")
    assert (quiet.mentions, quiet.mention_everyone) == ([], False)
    assert (loud.mentions, loud.mention_everyone) == ([mika.id], False)
    assert (quiet_reply.mentions, loud_reply.mentions) == ([], [mika.id])


async def test_files_go_up_and_come_down(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        chart = discord.File(io.BytesIO(b"\x89PNG..."), "chart.png", description="A line")
        sent = await channel_of(sandbox, bot, "general").send(file=chart)
        assert sent.attachments[0].description == "A line"
        assert sent.attachments[0].content_type == "image/png"
        assert await sent.attachments[0].read() == b"\x89PNG..."
        sandbox.member("Mika").say("general", "notes", files=[("notes.txt", b"words")])
        await sandbox.eventually(lambda: len(bot.all_heard("message")) == 2)
        assert await bot.all_heard("message")[1].attachments[0].read() == b"words"


@pytest.mark.parametrize(
    "embeds",
    [
        [discord.Embed(description="x" * 4097)],
        [discord.Embed(description="x" * 3500), discord.Embed(description="y" * 2501)],
        [discord.Embed(title="t" * 257)],
    ],
)
async def test_embeds_over_the_limits_are_refused(
    sandbox: Sandbox, running_bot: RunningBot, embeds: list[discord.Embed]
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises(discord.HTTPException) as refused:
            await channel_of(sandbox, bot, "general").send(embeds=embeds)
    assert refused.value.code == 50035
    assert sandbox.messages("general") == []


async def test_text_over_the_limits_and_nothing_at_all_are_refused(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    codes = []
    async with running_bot(bot):
        channel = channel_of(sandbox, bot, "general")
        for text, nonce in (("x" * 2001, "a"), ("x", "n" * 26), ("", "b")):
            with pytest.raises(discord.HTTPException) as refused:
                await channel.send(text, nonce=nonce)
            codes.append(refused.value.code)
    assert codes == [50035, 50035, 50006]


async def test_a_layout_view_is_kept_as_components(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("Two lines"), accent_color=0x5B8DEF))
    bot = WireBot()
    async with running_bot(bot):
        sent = await channel_of(sandbox, bot, "general").send(view=view)
        assert sent.flags.components_v2
        too_long = discord.ui.LayoutView()
        too_long.add_item(discord.ui.TextDisplay("x" * 4000))
        too_long.add_item(discord.ui.TextDisplay("y"))
        with pytest.raises(discord.HTTPException, match="displayable text"):
            await channel_of(sandbox, bot, "general").send(view=too_long)


async def test_a_channel_that_the_bot_cannot_see_or_write_in_refuses(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    general = sandbox.channel("general")
    bot = WireBot()
    codes = []
    async with running_bot(bot):
        for denied in (P.SEND_MESSAGES, P.VIEW_CHANNEL):
            own = Overwrite(sandbox.state.bot_id, is_member=True, deny=int(denied))
            general.overwrites = [own]
            with pytest.raises(discord.Forbidden) as refused:
                await channel_of(sandbox, bot, "general").send("Hello")
            codes.append(refused.value.code)
        sandbox.member("Mika").say("general", "Unseen")
        sandbox.member("Mika").say("ai-art-talk", "Seen")
        await sandbox.eventually(lambda: bot.all_heard("message"))
    assert codes == [50013, 50001]
    assert [m.content for m in bot.all_heard("message")] == ["Seen"]


async def test_without_the_history_permission_a_page_is_empty(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    sandbox.member("Mika").say("general", "There")
    deny = int(P.READ_MESSAGE_HISTORY)
    general = sandbox.channel("general")
    general.overwrites = [Overwrite(sandbox.state.bot_id, is_member=True, deny=deny)]
    bot = WireBot()
    async with running_bot(bot):
        assert [m async for m in channel_of(sandbox, bot, "general").history()] == []


async def test_pins_are_listed_newest_first(sandbox: Sandbox, running_bot: RunningBot) -> None:
    said = [sandbox.member("Mika").say("general", f"Pin {n}") for n in range(3)]
    bot = WireBot()
    async with running_bot(bot):
        channel = channel_of(sandbox, bot, "general")
        for one in said:
            await channel.get_partial_message(int(one.id)).pin()
        await channel.get_partial_message(int(said[1].id)).unpin()
        pinned = [m.content async for m in channel.pins()]
    assert pinned == ["Pin 2", "Pin 0"]
