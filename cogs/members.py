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
    "Your posts get no notes from now on, none of them is counted as raising a claim, and your "
    "reactions are not recorded. Notes that are there stay; `/optin` takes this back."
)
BACK = N_(
    "Your posts can get notes again. Your reactions are recorded, too. `/optout` takes this back."
)


class MembersCog(commands.Cog):
    """Everybody decides for themselves; nobody needs a permission."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    async def optout(self, interaction: discord.Interaction[Any]) -> None:
        """Get no notes on my posts."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.members.opt_out(*_who(interaction))
        await reply(interaction, _(OUT))

    @app_commands.command()
    @app_commands.guild_only()
    async def optin(self, interaction: discord.Interaction[Any]) -> None:
        """Let my posts get notes again."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.members.opt_in(*_who(interaction))
        await reply(interaction, _(BACK))


def _who(interaction: discord.Interaction[Any]) -> tuple[CommunityId, MemberId]:
    return CommunityId(interaction.guild_id or 0), MemberId(interaction.user.id)
