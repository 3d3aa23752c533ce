"""The buttons under a note, and the menu "Why this note?"."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.cards import details_embeds, dispute_view, why_embed
from bot.discord_io.examples import LEARNED, keep_view
from bot.discord_io.ratings import appeal_view, reasons_view
from bot.discord_io.words import message_link
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId
from bot.domain.notes import Helpfulness
from bot.domain.ratings import RatingReason
from bot.domain.wording import N_, _
from bot.services.rating import OwnPostError, Rater
from bot.tree import may_review, reply

NOTE = r"(?P<note>[A-Za-z0-9_-]{22})"
RATED = {
    Helpfulness.HELPFUL: N_("Thank you. You rated this note as helpful."),
    Helpfulness.SOMEWHAT: N_("Thank you. You rated this note as somewhat helpful."),
    Helpfulness.NOT_HELPFUL: N_("Thank you. You rated this note as not helpful."),
}
CHANGED = N_(" It replaces your earlier rating.")
EXPLAINED = N_("Thank you, your reasons are stored. You can change them at any time.")
APPEALED = N_(
    "Thank you. The moderators will look at this note once more; you find their decision on "
    "the note itself."
)
DISPUTED = N_(
    "Thank you. It is counted as “not helpful”, and a moderator can take the note back with "
    "this same button."
)
TAKEN_BACK = N_("The note was taken back.")
NO_NOTE = N_("There is no note on this message, and it is no note.")
ELSEWHERE = N_("This claim came up here before, so it got no second note: [the note]({link}).")


def rater_of(interaction: discord.Interaction[Any]) -> Rater:
    """Return who pressed."""
    return Rater(MemberId(interaction.user.id), is_bot=interaction.user.bot)


class NoteButton(GuardedButton, template=f"fc1:none:{NOTE}"):
    """A button or choice that knows its note by its custom id."""

    @property
    def note(self) -> NoteId:
        """Return which note it is about."""
        return NoteId(self.found["note"])

    async def require_here(self, interaction: discord.Interaction[Any]) -> None:
        """See that the note is of this server."""
        community = CommunityId(interaction.guild_id or 0)
        await services_of(interaction).notes.require_in(community, self.note)


class DetailsButton(NoteButton, template=f"fc1:details:{NOTE}"):
    """Shows the whole fact-check with its sources to whoever asks."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with as many messages as the text needs."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services = services_of(interaction)
        _note, fact_check = await services.notes.details(self.note)
        states = await services.sources.states(fact_check)
        for embed in details_embeds(fact_check, states):
            await interaction.followup.send(embed=embed, ephemeral=True)


class WhyButton(NoteButton, template=f"fc1:why:{NOTE}"):
    """Shows why the note is there."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Judge the post anew and show the reasons."""
        await answer_why(interaction, self.note)


class _RatingButton(NoteButton, template=f"fc1:rate:{NOTE}"):
    """Stores a rating."""

    value = Helpfulness.HELPFUL
    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Store the rating, say so, and offer the reasons."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        rating = services_of(interaction).rating
        try:
            before = await rating.rate(self.note, rater_of(interaction), self.value)
        except OwnPostError as refusal:
            await interaction.followup.send(
                str(refusal), view=appeal_view(self.note), ephemeral=True
            )
            return
        changed = _(CHANGED) if before not in (None, self.value) else ""
        await interaction.followup.send(
            _(RATED[self.value]) + changed, view=reasons_view(self.note, self.value), ephemeral=True
        )


class HelpfulButton(_RatingButton, template=f"fc1:helpful:{NOTE}"):
    """Rates the note as helpful."""


class NotHelpfulButton(_RatingButton, template=f"fc1:unhelpful:{NOTE}"):
    """Rates the note as not helpful."""

    value = Helpfulness.NOT_HELPFUL


class SomewhatButton(_RatingButton, template=f"fc1:somewhat:{NOTE}"):
    """Rates the note as somewhat helpful; offered with the reasons."""

    value = Helpfulness.SOMEWHAT


class AppealButton(NoteButton, template=f"fc1:appeal:{NOTE}"):
    """Gives the note back to the moderators, because the post's author asks for it."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Ask the moderators, once."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        member = MemberId(interaction.user.id)
        await services_of(interaction).reviewing.appeal(self.note, by=member)
        await reply(interaction, _(APPEALED))


class ReasonsSelect(NoteButton, template=f"fc1:reasons:{NOTE}"):
    """Stores why a member rated as they did."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Store the reasons; values that a client made up are refused by the service."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = dict(interaction.data or {}).get("values")
        names = [str(name) for name in chosen] if isinstance(chosen, list) else []
        reasons = [reason for reason in RatingReason if reason.value in names]
        member = MemberId(interaction.user.id)
        await services_of(interaction).rating.explain(self.note, member, reasons)
        await reply(interaction, _(EXPLAINED))


class DisputeButton(NoteButton, template=f"fc1:dispute:{NOTE}"):
    """Says that the post does not make this claim."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Count it; from a moderator it takes the note back."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services = services_of(interaction)
        if await may_review(interaction):
            by = MemberId(interaction.user.id)
            learned = await services.reviewing.dispute(self.note, by=by)
            if learned:
                said = f"{_(TAKEN_BACK)}\n{_(LEARNED)}"
                await interaction.followup.send(said, view=keep_view(self.note), ephemeral=True)
            else:
                await reply(interaction, _(TAKEN_BACK))
            return
        await services.rating.rate(self.note, rater_of(interaction), Helpfulness.NOT_HELPFUL)
        await reply(interaction, _(DISPUTED))


BUTTONS = (
    DetailsButton,
    WhyButton,
    HelpfulButton,
    NotHelpfulButton,
    SomewhatButton,
    ReasonsSelect,
    AppealButton,
    DisputeButton,
)


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
            await reply(interaction, await self._elsewhere(interaction, message) or _(NO_NOTE))
        else:
            await answer_why(interaction, note)

    async def _elsewhere(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> str | None:
        """Link to the note that the thread has on what a message says, if there is one."""
        community, channel = CommunityId(interaction.guild_id or 0), PlaceId(message.channel.id)
        checked = await self._bot.services.notes.check(community, message.content, channel=channel)
        for note in checked.notes.values():
            if note.message is not None:
                return _(ELSEWHERE).format(link=message_link(community, channel, note.message))
        return None
