"""`/check` searches the library; "Check this message" asks what a message raises."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.cards import ask_view, check_embed, details_embeds
from bot.discord_io.choices import claims_offered
from bot.domain.factchecks import SLUG_LIMIT, SLUG_PATTERN
from bot.domain.ids import CommunityId, PlaceId, PostId, Slug
from bot.domain.wording import N_, _
from bot.services.errors import NotFoundError

NO_TEXT = N_("This message has no text that could be checked.")
"""Characters of a choice's name and value."""


class CheckingCog(commands.Cog):
    """Answers members who ask by themselves; works without the message-content intent."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._menu = app_commands.ContextMenu(name="Check this message", callback=self.check_menu)

    async def cog_load(self) -> None:
        """Make the menu known."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take it back."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def check_menu(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Show what a message raises, to whoever asks."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if not message.content.strip():
            await interaction.followup.send(_(NO_TEXT), ephemeral=True)
            return
        community = CommunityId(interaction.guild_id or 0)
        channel = PlaceId(message.channel.id)
        checked = await self._bot.services.notes.check(community, message.content, channel=channel)
        embed = check_embed(checked)
        if checked.matches:
            await interaction.followup.send(embed=embed, ephemeral=True)
        else:
            view = ask_view(channel, PostId(message.id))
            await interaction.followup.send(embed=embed, view=view, ephemeral=True)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(claim="A claim, or a few words of it")
    async def check(self, interaction: discord.Interaction[Any], claim: str) -> None:
        """Look a claim up in the fact-check library."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        library = self._bot.services.library
        if len(claim) <= SLUG_LIMIT and SLUG_PATTERN.match(claim):
            try:
                fact_check = await library.get(community, Slug(claim))
            except NotFoundError:
                pass
            else:
                for embed in details_embeds(fact_check):
                    await interaction.followup.send(embed=embed, ephemeral=True)
                return
        checked = await self._bot.services.notes.search(community, claim)
        await interaction.followup.send(embed=check_embed(checked), ephemeral=True)

    @check.autocomplete("claim")
    async def claims(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the fact-checks that fit what is typed so far."""
        community = CommunityId(interaction.guild_id or 0)
        found = await self._bot.services.library.search(community, typed)
        return claims_offered(found)
