"""The buttons under a note, and the menu "Why this note?"."""

import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.cards import details_embeds, dispute_view, why_embed
from bot.domain.ids import MemberId, NoteId, PlaceId, PostId
from bot.domain.notes import Helpfulness
from bot.services.rating import Rater
from bot.tree import reply

NOTE = r"(?P<note>[A-Za-z0-9_-]{22})"
RATED = {
    Helpfulness.HELPFUL: "Thank you. You rated this note as helpful.",
    Helpfulness.NOT_HELPFUL: "Thank you. You rated this note as not helpful.",
}
CHANGED = " It replaces your earlier rating."
DISPUTED = (
    "Thank you. It is counted as “not helpful”, and a moderator can take the note back with this "
    "same button."
)
TAKEN_BACK = "The note was taken back."
NO_NOTE = "There is no note on this message, and it is no note."


def rater_of(interaction: discord.Interaction[Any]) -> Rater:
    """Return who pressed."""
    return Rater(MemberId(interaction.user.id), is_bot=interaction.user.bot)


class NoteButton(GuardedButton, discord.ui.DynamicItem[Any], template=f"fc1:none:{NOTE}"):
    """A button that knows its note by its custom id."""

    verb = "none"

    def __init__(self, note: NoteId) -> None:
        self.note = note
        super().__init__(discord.ui.Button(label=self.verb, custom_id=f"fc1:{self.verb}:{note}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], found: re.Match[str]
    ) -> "NoteButton":
        """Rebuild the button from what Discord sends."""
        return cls(NoteId(found["note"]))


class DetailsButton(NoteButton, template=f"fc1:details:{NOTE}"):
    """Shows the whole fact-check with its sources to whoever asks."""

    verb = "details"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with as many messages as the text needs."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        _, fact_check = await services_of(interaction).notes.details(self.note)
        for embed in details_embeds(fact_check):
            await interaction.followup.send(embed=embed, ephemeral=True)


class WhyButton(NoteButton, template=f"fc1:why:{NOTE}"):
    """Shows why the note is there."""

    verb = "why"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Judge the post anew and show the reasons."""
        await answer_why(interaction, self.note)


class _RatingButton(NoteButton, template=f"fc1:rate:{NOTE}"):
    """Stores a rating."""

    value = Helpfulness.HELPFUL

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Store the rating, and say so."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        before = await services_of(interaction).rating.rate(
            self.note, rater_of(interaction), self.value
        )
        changed = CHANGED if before not in (None, self.value) else ""
        await reply(interaction, RATED[self.value] + changed)


class HelpfulButton(_RatingButton, template=f"fc1:helpful:{NOTE}"):
    """Rates the note as helpful."""

    verb = "helpful"


class NotHelpfulButton(_RatingButton, template=f"fc1:unhelpful:{NOTE}"):
    """Rates the note as not helpful."""

    verb = "unhelpful"
    value = Helpfulness.NOT_HELPFUL


class DisputeButton(NoteButton, template=f"fc1:dispute:{NOTE}"):
    """Says that the post does not make this claim."""

    verb = "dispute"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Count it; from a moderator it takes the note back."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services = services_of(interaction)
        if interaction.permissions.manage_messages:
            await services.reviewing.dispute(self.note, by=MemberId(interaction.user.id))
            await reply(interaction, TAKEN_BACK)
            return
        await services.rating.rate(self.note, rater_of(interaction), Helpfulness.NOT_HELPFUL)
        await reply(interaction, DISPUTED)


BUTTONS = (DetailsButton, WhyButton, HelpfulButton, NotHelpfulButton, DisputeButton)


async def answer_why(interaction: discord.Interaction[Any], note: NoteId) -> None:
    """Show why a note is there, to whoever asks."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    why = await services_of(interaction).notes.why(note)
    await interaction.followup.send(embed=why_embed(why), view=dispute_view(note), ephemeral=True)


class NotesCog(commands.Cog):
    """Registers the buttons, so that those of earlier runs work as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._menu = app_commands.ContextMenu(name="Why this note?", callback=self.why_menu)

    async def cog_load(self) -> None:
        """Make the buttons and the menu known."""
        self._bot.add_dynamic_items(*BUTTONS)
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take them back."""
        self._bot.remove_dynamic_items(*BUTTONS)
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def why_menu(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Explain a note from the note itself or from the post that it is on."""
        channel, target = PlaceId(message.channel.id), PostId(message.id)
        note = await self._bot.services.notes.on_message(channel, target)
        if note is None:
            await reply(interaction, NO_NOTE)
        else:
            await answer_why(interaction, note)
