"""Listens to posts, edits and deletions, and hands them to the ingest queue in order.

Whenever events may have been missed, it asks for the places to be read back.
"""

import logging

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io import translate
from bot.domain.events import PlaceDeleted, PostCreated, PostEdited, PostsDeleted
from bot.domain.ids import CommunityId, PlaceId, PostId

logger = logging.getLogger(__name__)


class WatchingCog(commands.Cog):
    """What is taken at once is only put into the queue: order is kept there."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._ingest = bot.services.ingest
        self._catching_up = bot.services.catching_up
        bot.at_once("message", self._written)
        bot.at_once("raw_message_edit", self._edited)
        bot.at_once("raw_message_delete", self._message_deleted)
        bot.at_once("raw_bulk_message_delete", self._messages_deleted)
        bot.at_once("raw_thread_delete", self._thread_deleted)
        bot.at_once("guild_channel_delete", self._channel_deleted)

    @property
    def _me(self) -> int:
        return self._bot.user.id if self._bot.user else 0

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """Read back what was missed: a session that is not resumed is a gap (pitfalls 1.3)."""
        for guild in self._bot.guilds:
            if guild.shard_id == shard_id:
                self._catching_up.request(CommunityId(guild.id))

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Read back what was missed while Discord had lost a server."""
        self._catching_up.request(CommunityId(guild.id))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Read back what was missed while the bot was not a member."""
        self._catching_up.request(CommunityId(guild.id))

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Read back a channel that may be read now: its permissions are part of it."""
        self._catching_up.permissions_changed(CommunityId(after.guild.id))

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Read back what a role of ours may let us read now."""
        self._catching_up.permissions_changed(CommunityId(after.guild.id))

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Read back what a new role of ours lets us read; of ourselves it is told."""
        if after.id == self._me:
            self._catching_up.permissions_changed(CommunityId(after.guild.id))

    def _written(self, message: discord.Message) -> None:
        """Take a new post; one of our own confirms its delivery."""
        if message.guild is None:
            return
        if message.author.id != self._me:
            self._ingest.put(PostCreated(translate.post(message, message.guild.id, self._me)))
        elif message.nonce is not None:
            confirming = self._confirm(str(message.nonce), PostId(message.id))
            self._bot.loop.create_task(confirming, name="confirming a delivery")

    async def _confirm(self, nonce: str, message: PostId) -> None:
        try:
            await self._bot.services.sender.confirm(nonce, message)
        except Exception:
            logger.exception("a delivery could not be confirmed")

    def _edited(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Take an edit; an update without a time of edit is only a link that unfurled."""
        message = payload.message
        if payload.guild_id is None or message.edited_at is None or message.author.id == self._me:
            return
        self._ingest.put(PostEdited(translate.post(message, payload.guild_id, self._me)))

    def _message_deleted(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take a deletion."""
        self._deleted(payload.guild_id, payload.channel_id, (payload.message_id,))

    def _messages_deleted(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take a bulk deletion."""
        self._deleted(payload.guild_id, payload.channel_id, tuple(payload.message_ids))

    def _deleted(self, guild: int | None, channel: int, messages: tuple[int, ...]) -> None:
        if guild is not None:
            posts = tuple(PostId(message) for message in messages)
            self._ingest.put(PostsDeleted(CommunityId(guild), PlaceId(channel), posts))

    def _thread_deleted(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Take the deletion of a thread; its posts get no event of their own."""
        self._place_deleted(payload.guild_id, payload.thread_id)

    def _channel_deleted(self, channel: discord.abc.GuildChannel) -> None:
        """Take the deletion of a channel."""
        self._place_deleted(channel.guild.id, channel.id)

    def _place_deleted(self, guild: int, place: int) -> None:
        self._ingest.put(PlaceDeleted(CommunityId(guild), PlaceId(place)))
