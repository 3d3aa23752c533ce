"""`/optout` and `/optin`: whether the bot may react to a member's posts."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import N_, _
from bot.tree import reply

OUT = N_(
    "Your posts get no notes from now on, and none of them is counted as raising a claim. "
    "Notes that are there stay; `/optin` takes this back."
)
BACK = N_("Your posts can get notes again. `/optout` takes this back.")


class MembersCog(commands.Cog):
    """Everybody decides for themselves; nobody needs a permission."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    async def optout(self, interaction: discord.Interaction[Any]) -> None:
        """Get no notes on my posts."""
        await self._choose(interaction, opted_out=True)

    @app_commands.command()
    @app_commands.guild_only()
    async def optin(self, interaction: discord.Interaction[Any]) -> None:
        """Let my posts get notes again."""
        await self._choose(interaction, opted_out=False)

    async def _choose(self, interaction: discord.Interaction[Any], *, opted_out: bool) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        services = self._bot.services
        async with services.database.writing() as stores:
            await stores.members.set_opted_out(
                CommunityId(interaction.guild_id or 0),
                MemberId(interaction.user.id),
                opted_out,
                services.clock.now(),
            )
        await reply(interaction, _(OUT) if opted_out else _(BACK))
