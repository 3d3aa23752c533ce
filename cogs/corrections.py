"""Listens to what opens a place again: edits that waited for it can be made now."""

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from bot.domain.ids import CommunityId, PlaceId


class CorrectionsCog(commands.Cog):
    """An archived thread or a closed channel takes no edits (pitfalls 1.12); events say when."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Take up what waited for a thread that is not archived any more."""
        archived = payload.data.get("thread_metadata", {}).get("archived", True)
        if not archived:
            await self._bot.services.correcting.reachable_again(PlaceId(payload.thread_id))

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Take up what waited for a permission in a channel or category."""
        if before.overwrites != after.overwrites or before.category_id != after.category_id:
            await self._access_changed(after.guild)

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Take up what waited for a permission of a role."""
        if before.permissions != after.permissions:
            await self._access_changed(after.guild)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Take up what waited for a role of the bot's own; others' events are not subscribed to."""
        if after.id == after.guild.me.id and before.roles != after.roles:
            await self._access_changed(after.guild)

    async def _access_changed(self, guild: discord.Guild) -> None:
        def is_open(place: PlaceId) -> bool:
            found = guild.get_channel_or_thread(place)
            if found is None or (isinstance(found, discord.Thread) and found.archived):
                return False
            return found.permissions_for(guild.me).view_channel

        await self._bot.services.correcting.access_changed(CommunityId(guild.id), is_open)
