"""Takes the forms in which moderators write fact-checks, whenever they come back."""

import io
from typing import Any

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.factcheck_cards import saved_embed
from bot.discord_io.factcheck_forms import SentForm, sent_form
from bot.domain.ids import CommunityId, MemberId
from bot.services.auditing import DONE
from bot.services.editing import Saved
from bot.services.editing.service import OvertakenError
from bot.services.formats import markdown
from bot.tree import note_down, outcome_of, report, require_moderator

OVERTAKEN = "Your version is attached, so that nothing is lost: compare it with `/factcheck show`."


class FactCheckFormsCog(commands.Cog):
    """Forms are found by their custom ids, as the notes' buttons are; nothing is remembered."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Store what a form of ours says; the permission is checked again."""
        sent = sent_form(interaction)
        if sent is None:
            return
        outcome = DONE
        try:
            await interaction.response.defer(ephemeral=True, thinking=True)
            require_moderator(interaction)
            await self._store(interaction, sent)
        except Exception as error:  # noqa: BLE001 - the edge of forms
            await report(interaction, error)
            outcome = outcome_of(error)
        await note_down(interaction, f"factcheck form {sent.form}", outcome)

    async def _store(self, interaction: discord.Interaction[Any], sent: SentForm) -> None:
        try:
            saved = await self._saved(interaction, sent)
        except OvertakenError as conflict:
            text = markdown.render(conflict.mine).encode()
            file = discord.File(io.BytesIO(text), f"{conflict.mine.slug}-yours.md")
            await interaction.followup.send(f"{conflict} {OVERTAKEN}", file=file, ephemeral=True)
            return
        await interaction.followup.send(embed=saved_embed(saved), ephemeral=True)

    async def _saved(self, interaction: discord.Interaction[Any], sent: SentForm) -> Saved:
        editing = self._bot.services.editing
        community = CommunityId(interaction.guild_id or 0)
        member = MemberId(interaction.user.id)
        if sent.slug is None:
            return await editing.add(community, sent.fields, by=member)
        fields = {name: text for name, text in sent.fields.items() if name != "reason"}
        return await editing.edit(
            community,
            sent.slug,
            fields,
            begun_at=sent.revision,
            reason=sent.fields.get("reason", ""),
            by=member,
        )
