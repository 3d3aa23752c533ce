"""A small discord.py bot with one of each thing that the page has to show.

Knows discord.py only; must never know the page.
"""

from __future__ import annotations

import asyncio
import io
import struct
import zlib

import discord
from discord import app_commands

CLAIMS = {
    "Asia embraces AI art": "asia-embraces-ai-art",
    "Prompting takes no skill": "prompting-takes-no-skill",
    "Artists were paid for training": "artists-were-paid",
}
NOTE = discord.Embed(
    color=0xC79A1B,
    description=(
        '**⚖ Context · "Asia embraces AI art instead of resisting it"** — mixed\n'
        "Optimism about AI is higher in several Asian countries (China 83%, US 39%), yet creators "
        "in Japan and Korea organised against AI art. "
        "Sources: [Stanford AI Index](https://aiindex.example/) · "
        "[Mainichi](https://mainichi.example/) · [Korea Herald](https://herald.example/)"
    ),
).set_footer(text="Checked 22 Nov 2026 · may be incomplete")


class ReasonForm(discord.ui.Modal, title="Tell us why"):
    """Asks for a text."""

    words: discord.ui.TextInput[ReasonForm] = discord.ui.TextInput(
        label="Reason", custom_id="words", style=discord.TextStyle.paragraph, max_length=200
    )
    kind: discord.ui.Label[ReasonForm] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            custom_id="kind",
            options=[discord.SelectOption(label="Outdated"), discord.SelectOption(label="Unclear")],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        select = self.kind.component
        assert isinstance(select, discord.ui.Select)
        answer = f"Thanks: {self.words.value} ({select.values[0]})"
        await interaction.response.send_message(answer, ephemeral=True)


class NoteButtons(discord.ui.View):
    """The row under a note, and a menu under it."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        site = discord.ui.Button[NoteButtons](label="Library", url="https://library.example/")
        self.add_item(site)

    @discord.ui.button(label="Sources & details", custom_id="sources")
    async def sources(
        self, interaction: discord.Interaction, _button: discord.ui.Button[NoteButtons]
    ) -> None:
        await interaction.response.send_message("1. Stanford AI Index 2025", ephemeral=True)

    @discord.ui.button(label="Helpful", custom_id="helpful", style=discord.ButtonStyle.success)
    async def helpful(
        self, interaction: discord.Interaction, button: discord.ui.Button[NoteButtons]
    ) -> None:
        button.label = "Helpful (1)"
        await interaction.response.edit_message(view=self)

    @discord.ui.button(label="Not helpful", custom_id="unhelpful", style=discord.ButtonStyle.danger)
    async def unhelpful(
        self, interaction: discord.Interaction, _button: discord.ui.Button[NoteButtons]
    ) -> None:
        await interaction.response.send_modal(ReasonForm())

    @discord.ui.button(label="Never answered", custom_id="silent")
    async def silent(
        self, _interaction: discord.Interaction, _button: discord.ui.Button[NoteButtons]
    ) -> None:
        return

    @discord.ui.select(
        custom_id="mode",
        placeholder="Mode of this place",
        row=2,
        options=[discord.SelectOption(label=mode) for mode in ("auto", "suggest", "silent")],
    )
    async def mode(
        self, interaction: discord.Interaction, select: discord.ui.Select[NoteButtons]
    ) -> None:
        await interaction.response.send_message(f"Mode: {select.values[0]}", ephemeral=True)


class Card(discord.ui.LayoutView):
    """A review card of layout components."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        button = discord.ui.Button[Card](label="Attach", custom_id="attach")
        words = discord.ui.TextDisplay[Card](
            "### Review\n> Asia embraces AI\nWould attach **now**."
        )
        section = discord.ui.Section[Card](words, accessory=button)
        rule = discord.ui.Separator[Card]()
        last = discord.ui.TextDisplay[Card]("-# suggested, 0.81")
        self.add_item(discord.ui.Container(section, rule, last, accent_color=0x2F7D75))


class LittleBot(discord.Client):
    """Answers what the page's tests ask of it."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, guild_ready_timeout=0.05, max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.synced = asyncio.Event()

    async def setup_hook(self) -> None:
        add_commands(self.tree)
        await self.tree.sync()
        self.synced.set()

    async def on_message(self, message: discord.Message) -> None:
        """Attach a note, a card or a chart, by the word that was said."""
        if message.author.bot:
            return
        if "Asia" in message.content:
            await message.reply(embed=NOTE, view=NoteButtons(), mention_author=False)
        elif message.content == "card":
            await message.channel.send(view=Card())
        elif message.content == "chart":
            chart = discord.File(io.BytesIO(picture()), "chart.png", description="Likes per day")
            embed = discord.Embed(title="The week", color=0x2F7D75)
            embed.add_field(name="Likes", value="**12** (+3)").add_field(name="Posts", value="40")
            embed.set_image(url="attachment://chart.png")
            await message.channel.send(embed=embed, file=chart)


def add_commands(tree: app_commands.CommandTree[LittleBot]) -> None:
    """Register a slash command, a moderators' one, and two menus."""

    @tree.command(name="check", description="Look a claim up")
    @app_commands.describe(
        claim="The claim", loud="Whether everybody sees the answer", times="How often"
    )
    async def check(
        interaction: discord.Interaction,
        claim: str,
        loud: bool = False,
        times: app_commands.Range[int, 1, 5] = 1,
        place: discord.TextChannel | None = None,
        picture: discord.Attachment | None = None,
    ) -> None:
        await interaction.response.defer(ephemeral=not loud)
        file = f", {picture.filename} of {picture.size} bytes" if picture else ""
        where = f" in {place.name}" if place else ""
        await interaction.followup.send(f"Found {claim} ×{times}{where}{file}")

    @check.autocomplete("claim")
    async def suggest(
        _interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        found = (name for name in CLAIMS if typed.lower() in name.lower())
        return [app_commands.Choice(name=name, value=CLAIMS[name]) for name in found]

    @tree.command(name="purge", description="Delete messages")
    @app_commands.default_permissions(manage_messages=True)
    async def purge(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Nothing to purge", ephemeral=True)

    @tree.context_menu(name="Check this message")
    async def check_message(interaction: discord.Interaction, message: discord.Message) -> None:
        answer = f"Checked: {message.content[:40]}"
        await interaction.response.send_message(answer, ephemeral=True)

    @tree.context_menu(name="Show the profile")
    async def profile(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"This is {member.name}", ephemeral=True)


def picture() -> bytes:
    """Return a small PNG with a gradient."""
    width, height = 320, 120
    rows = b"".join(
        b"\0" + bytes(part for x in range(width) for part in (40, 90 + y, 80 + x // 2))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
