"""Listens to threads that are opened again: edits that waited for them can be made now."""

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from bot.domain.ids import PlaceId


class CorrectionsCog(commands.Cog):
    """An archived thread takes no edits (pitfalls 1.12); its update event says when it does."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Take up what waited for a thread that is not archived any more."""
        archived = payload.data.get("thread_metadata", {}).get("archived", True)
        if not archived:
            await self._bot.services.correcting.reachable_again(PlaceId(payload.thread_id))
