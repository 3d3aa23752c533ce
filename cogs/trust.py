"""`/trust explain`: a member's trust level, with every figure that it follows from."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.orders import User
from bot.discord_io.standings import target_of
from bot.discord_io.trust_words import explained_text
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, MemberId
from bot.domain.standing import NEEDED
from bot.tree import reply, require_permission


@app_commands.guild_only()
class TrustCog(commands.GroupCog, group_name="trust", group_description="Trust levels"):
    """Everybody sees their own; others' are for moderators."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.describe(member="Whose level, for moderators; your own if left out")
    async def explain(
        self, interaction: discord.Interaction[Any], member: User | None = None
    ) -> None:
        """Show a trust level, its figures, and what is missing for the next one."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        whose = member or interaction.user
        if whose.id != interaction.user.id:
            await require_permission(interaction, "moderate_members")
        community = CommunityId(interaction.guild_id or 0)
        explained = await self._bot.services.trust.explain(
            community, MemberId(whose.id), moderates=await self._moderates(interaction, whose)
        )
        await reply(interaction, explained_text(explained, whose.id))

    async def _moderates(self, interaction: discord.Interaction[Any], whose: User) -> bool:
        """Tell whether somebody may warn others here, by a permission or the moderator role."""
        if interaction.guild is None or not isinstance(whose, discord.Member):
            return False
        community = CommunityId(interaction.guild.id)
        rules = await self._bot.services.moderation.house_rules.get(community)
        has_role = any(role.id in rules.moderating_roles for role in whose.roles)
        return has_role or target_of(whose, interaction.guild).may(NEEDED[CaseKind.WARN])
