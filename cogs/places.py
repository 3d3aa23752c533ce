"""`/watch`: which places are watched, and how."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.permissions import missing
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.policy import Mode
from bot.tree import moderators_only, reply

Place = app_commands.AppCommandChannel | app_commands.AppCommandThread
MESSAGE_LIMIT = 2000
NOTHING_WATCHED = "No place is watched yet: `/watch add`."
MEANING = {
    Mode.AUTO: "notes are attached by themselves",
    Mode.SUGGEST: "matches are only counted as suggestions, nothing is posted",
    Mode.SILENT: "claims are counted, nothing is posted or suggested",
}


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class PlacesCog(
    commands.GroupCog, group_name="watch", group_description="Which places are watched"
):
    """Commands for moderators; each checks the permission on the server side as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.describe(place="Channel, forum, category or thread", mode="What the bot does")
    @moderators_only()
    async def add(
        self,
        interaction: discord.Interaction[Any],
        place: Place,
        mode: Literal["auto", "suggest", "silent"] = "auto",
    ) -> None:
        """Watch a place; threads and channels inherit from what they are in."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = Mode(mode)
        await self._bot.services.places.watch(
            CommunityId(interaction.guild_id or 0),
            PlaceId(place.id),
            chosen,
            by=MemberId(interaction.user.id),
        )
        await reply(interaction, f"Watching {place.mention}: {MEANING[chosen]}.{self._gaps(place)}")

    @app_commands.command()
    @app_commands.describe(place="A place from the list")
    @moderators_only()
    async def remove(self, interaction: discord.Interaction[Any], place: Place) -> None:
        """Stop watching a place."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        await self._bot.services.places.unwatch(community, PlaceId(place.id))
        await reply(interaction, f"No longer watching {place.mention}.")

    @app_commands.command()
    @moderators_only()
    async def list(self, interaction: discord.Interaction[Any]) -> None:
        """Show which places are watched."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        watches = await self._bot.services.places.watched(CommunityId(interaction.guild_id or 0))
        lines = [f"<#{watch.place}> · {watch.mode}: {MEANING[watch.mode]}" for watch in watches]
        await reply(
            interaction, "\n".join(lines)[:2000] or "No place is watched yet: `/watch add`."
        )

    def _gaps(self, place: Place) -> str:
        """Say what the bot lacks in a place, before somebody wonders why nothing happens."""
        found = self._bot.get_channel(place.id)
        problems = []
        if isinstance(found, discord.abc.GuildChannel | discord.Thread):
            lacking = missing(found.permissions_for(found.guild.me))
            if lacking:
                problems.append(f"I lack there: {', '.join(lacking)}.")
        if not self._bot.reads_messages:
            problems.append(
                "I run without the message-content intent: I see only posts that mention me."
            )
        return "".join(f"\n\N{WARNING SIGN} {problem}" for problem in problems)
