import re
from datetime import timedelta
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.sandbox import ApiError, InteractionFailedError, Sandbox
from tests.e2e.wire import RunningBot, WireBot

Interaction = discord.Interaction[Any]


class CountButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"count:(?P<n>[0-9]+)"):
    def __init__(self, n: int) -> None:
        super().__init__(discord.ui.Button(label=f"Count {n}", custom_id=f"count:{n}"))
        self.n = n

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "CountButton":
        return cls(int(match["n"]))

    async def callback(self, interaction: Interaction) -> Any:
        view = discord.ui.View(timeout=None)
        view.add_item(CountButton(self.n + 1))
        await interaction.response.edit_message(view=view)


class Question(discord.ui.Modal, title="A question"):
    answer: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Answer", max_length=20)

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.send_message(f"You said {self.answer.value}", ephemeral=True)


class ActingBot(WireBot):
    async def setup_hook(self) -> None:
        self.add_dynamic_items(CountButton)
        await self.add_commands()
        await self.tree.sync()

    async def add_commands(self) -> None:
        group = app_commands.Group(
            name="watch",
            description="What is watched",
            default_permissions=discord.Permissions(manage_messages=True),
            guild_only=True,
        )

        @group.command(description="Watch a place")
        @app_commands.choices(mode=[app_commands.Choice(name="Auto", value="auto")])
        async def add(
            interaction: Interaction, place: discord.TextChannel, mode: str, minutes: int = 5
        ) -> None:
            await interaction.response.send_message(f"{place.name} {mode} {minutes}")

        @self.tree.command(description="Ask")
        async def ask(interaction: Interaction) -> None:
            await interaction.response.send_modal(Question())

        @self.tree.command(description="Check a claim")
        async def check(interaction: Interaction, claim: str) -> None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await interaction.edit_original_response(content=f"About {claim}")
            await interaction.followup.send("And more", ephemeral=True)

        @check.autocomplete("claim")
        async def complete(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{typed}-{n}", value=str(n)) for n in range(3)]

        @self.tree.command(description="Count")
        async def count(interaction: Interaction) -> None:
            view = discord.ui.View(timeout=None)
            view.add_item(CountButton(1))
            await interaction.response.send_message("Counting", view=view)

        @self.tree.command(description="Never answers")
        async def silent(interaction: Interaction) -> None:
            return None

        @self.tree.command(description="Answers twice")
        async def twice(interaction: Interaction) -> None:
            await interaction.response.send_message("One")
            interaction.response._response_type = None
            await interaction.response.send_message("Two")

        @self.tree.context_menu(name="Check this message")
        async def check_message(interaction: Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"It says {message.content}", ephemeral=True)

        self.tree.add_command(group)


async def test_a_slash_command_with_options_is_answered(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(ActingBot()):
        place = sandbox.channel("ai-art-talk")
        shown = sandbox.member("Tomas").slash("watch add", place=place, mode="auto")
        answer = await shown.answer()
    assert (answer.text, answer.ephemeral) == ("ai-art-talk auto 5", False)
    assert sandbox.messages("general")[0].content == "ai-art-talk auto 5"


async def test_what_a_client_would_not_send_is_refused_unless_forged(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(ActingBot()):
        mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
        place = sandbox.channel("general")
        with pytest.raises(ApiError, match="not offered"):
            mika.slash("watch add", place=place, mode="auto")
        with pytest.raises(ApiError, match="does not offer"):
            tomas.slash("watch add", place=place, mode="loud")
        with pytest.raises(ApiError, match="needs the option 'mode'"):
            tomas.slash("watch add", place=place)
        with pytest.raises(ApiError, match="needs a subcommand"):
            tomas.slash("watch")
        forged = mika.slash("watch add", place=place, mode="loud", forge=True)
        assert (await forged.answer()).text == "general loud 5"


async def test_a_deferred_answer_counts_once_it_is_filled(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(ActingBot()):
        asked = sandbox.member("Aiko").slash("check", claim="asia")
        assert await asked.acknowledged() == 5
        answer = await asked.answer()
        followup = await asked.followup()
    assert (answer.text, answer.ephemeral) == ("About asia", True)
    assert (followup.content, followup.ephemeral) == ("And more", True)


async def test_an_ephemeral_answer_is_seen_by_nobody_else(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(ActingBot()) as bot:
        aiko = sandbox.member("Aiko")
        answer = await aiko.slash("check", claim="asia").answer()
        assert answer.message is not None
        general = bot.get_partial_messageable(int(sandbox.channel("general").id))
        with pytest.raises(discord.NotFound):
            await general.fetch_message(int(answer.message.id))
        with pytest.raises(ApiError, match="only visible to another"):
            sandbox.member("Mika").press(answer.message, "anything")
    assert sandbox.messages("general") == []
    assert sandbox.member("Mika").ephemerals == []
    assert answer.message in aiko.ephemerals


async def test_autocomplete_offers_choices(sandbox: Sandbox, running_bot: RunningBot) -> None:
    async with running_bot(ActingBot()):
        typed = sandbox.member("Sol").autocomplete("check", "claim", claim="asi")
        answer = await typed.answer()
    assert [c["name"] for c in answer.choices] == ["asi-0", "asi-1", "asi-2"]


async def test_a_form_is_opened_filled_and_answered(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    async with running_bot(ActingBot()):
        sol = sandbox.member("Sol")
        opened = sol.slash("ask")
        form = await opened.answer()
        assert form.modal is not None
        field = form.modal["components"][0]["components"][0]["custom_id"]
        with pytest.raises(ApiError, match="to 20 characters"):
            sol.submit_modal(opened, {field: "x" * 21})
        with pytest.raises(ApiError, match="must be filled in"):
            sol.submit_modal(opened, {})
        answer = await sol.submit_modal(opened, {field: "yes"}).answer()
    assert (answer.text, answer.ephemeral) == ("You said yes", True)


async def test_a_message_menu_brings_the_message_along(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    intents = discord.Intents.all()
    intents.message_content = False
    async with running_bot(ActingBot(intents=intents)):
        said = sandbox.member("Mika").say("general", "Asia embraces AI art")
        answer = await sandbox.member("Sol").menu("Check this message", said).answer()
    assert answer.text == "It says Asia embraces AI art"


async def test_a_dynamic_button_survives_a_restart_of_the_bot(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    mika = sandbox.member("Mika")
    async with running_bot(ActingBot()):
        shown = (await mika.slash("count").answer()).message
        assert shown is not None
        assert (await mika.press(shown, "Count 1").answer()).labels == ["Count 2"]
    async with running_bot(ActingBot()):
        answer = await mika.press(shown, "count:2").answer()
    assert (answer.kind, answer.labels) == ("update", ["Count 3"])


async def test_no_answer_in_time_is_a_failed_interaction_and_then_unknown(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = ActingBot()
    async with running_bot(bot):
        mika = sandbox.member("Mika")
        mika.deadline_s = 0.05
        with pytest.raises(InteractionFailedError, match="did not respond"):
            await mika.slash("silent").answer()
        late = next(i for i in bot.all_heard("interaction"))
        with pytest.raises(discord.NotFound) as refused:
            await late.response.send_message("Too late")
    assert refused.value.code == 10062


async def test_a_second_first_answer_is_refused(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = ActingBot()
    codes = []

    @bot.tree.error
    async def on_error(_: Interaction, error: app_commands.AppCommandError) -> None:
        assert isinstance(error, app_commands.CommandInvokeError)
        assert isinstance(error.original, discord.HTTPException)
        codes.append(error.original.code)

    async with running_bot(bot):
        assert (await sandbox.member("Mika").slash("twice").answer()).text == "One"
        await sandbox.eventually(lambda: codes)
    assert codes == [40060]


async def test_a_token_ends_after_fifteen_minutes(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = ActingBot()
    async with running_bot(bot):
        await sandbox.member("Mika").slash("count").answer()
        sandbox.state.clock.advance(timedelta(minutes=16))
        with pytest.raises(discord.HTTPException) as refused:
            await bot.all_heard("interaction")[0].edit_original_response(content="Late")
    assert refused.value.code == 50027


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "Loud", "description": "Upper case"},
        {"name": "fine", "description": ""},
        {"name": "fine", "description": "x" * 101},
        {
            "name": "fine",
            "description": "Order",
            "options": [
                {"type": 3, "name": "a", "description": "Optional"},
                {"type": 3, "name": "b", "description": "Required", "required": True},
            ],
        },
    ],
)
async def test_wrong_command_definitions_are_refused(
    sandbox: Sandbox, running_bot: RunningBot, bad: dict[str, Any]
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        assert bot.application_id is not None
        with pytest.raises(discord.HTTPException) as refused:
            await bot.http.bulk_upsert_global_commands(bot.application_id, [bad])
    assert refused.value.code == 50035


async def test_a_guild_command_hides_the_global_one_of_its_name(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = ActingBot()
    async with running_bot(bot):
        guild = bot.guilds[0]
        bot.tree.copy_global_to(guild=guild)
        await bot.tree.sync(guild=guild)
        again = await bot.tree.sync(guild=guild)
        assert (await sandbox.member("Mika").slash("count").answer()).text == "Counting"
    assert {c.id for c in again} == {int(i) for i in sandbox.state.commands[str(guild.id)]}
