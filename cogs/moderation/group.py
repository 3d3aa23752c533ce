"""The group `/mod`, put together from its parts."""

from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from cogs.moderation.actions import ActionCommands
from cogs.moderation.house import HouseCommands
from cogs.moderation.purging import PURGE_BUTTONS, PurgeCommands


@app_commands.guild_only()
@app_commands.default_permissions(moderate_members=True)
class ModerationCog(
    ActionCommands,
    PurgeCommands,
    HouseCommands,
    commands.GroupCog,
    group_name="mod",
    group_description="Moderators' actions",
):
    """Every action becomes one case and is carried out once."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make the buttons known."""
        self._bot.add_dynamic_items(*PURGE_BUTTONS)

    async def cog_unload(self) -> None:
        """Take them back."""
        self._bot.remove_dynamic_items(*PURGE_BUTTONS)
