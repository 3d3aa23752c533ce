"""Reads back what Discord's channels show now; never writes, and decides nothing."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.discord_io import translate
from bot.discord_io.publisher import translated
from bot.domain.events import HistoryRead
from bot.domain.ids import CommunityId, PostId
from bot.domain.posts import Where
from bot.services.errors import GoneError

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class DiscordHistory:
    """Implements the `HistorySource` port over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def places(self, community: CommunityId) -> Sequence[Where]:
        """Return the channels and active threads whose history the bot may read.

        Without the permission Discord answers an empty list, not an error (pitfalls 1.10).
        """
        guild = self._client.get_guild(community)
        if guild is None:
            return ()
        found: list[Readable] = [*guild.text_channels, *guild.threads]
        found += [*guild.voice_channels]
        found += [*guild.stage_channels]
        return [translate.where(each, guild.id) for each in found if _may_read(each)]

    async def read(self, where: Where, *, since: datetime, limit: int) -> HistoryRead:
        """Return the newest posts of a place, at most `limit`, none older than `since`."""
        channel = self._client.get_channel(where.channel)
        if not isinstance(channel, Readable):
            raise GoneError("the place is gone")
        start = discord.utils.time_snowflake(since)
        messages = []
        # The newest id that Discord told is enough to know that nothing was said since.
        if channel.last_message_id is None or channel.last_message_id >= start:
            async with translated():
                history = channel.history(limit=limit, after=since, oldest_first=False)
                messages = [message async for message in history]
        reaches_back_to = messages[-1].id if len(messages) == limit else start
        bot_id = self._client.user.id if self._client.user else 0
        return HistoryRead(
            community=where.community,
            channel=where.channel,
            posts=[translate.post(m, where.community, bot_id) for m in reversed(messages)],
            reaches_back_to=PostId(reaches_back_to),
        )


def _may_read(channel: Readable) -> bool:
    allowed = channel.permissions_for(channel.guild.me)
    speaks = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    return allowed.view_channel and allowed.read_message_history and (allowed.connect or not speaks)
