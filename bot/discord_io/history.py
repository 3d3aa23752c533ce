"""Reads back what Discord's channels show now; never writes, and decides nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import discord

from bot.discord_io import translate
from bot.discord_io.pacing import Pace
from bot.discord_io.publisher import translated
from bot.discord_io.reactions import emoji_key
from bot.domain.events import Form
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Where
from bot.services.errors import GoneError, UnavailableError, UnknownEmojiError
from bot.services.ports import HistoryPage, Listing, Seen

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
PAGE = 100
"""What Discord returns in one answer, of messages as of members who reacted."""
UNKNOWN_EMOJI = 10014


class DiscordHistory:
    """Implements the `HistorySource` port over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._pace = Pace()

    def hears(self, community: CommunityId) -> bool:
        """Tell whether events of a community arrive at this moment."""
        guild = self._client.get_guild(community)
        return guild is not None and not guild.unavailable and self._client.is_ready()

    def places(self, community: CommunityId) -> Listing:
        """Return the channels and active threads, by whether the bot may read their history.

        Without the permission Discord answers an empty list, not an error (pitfalls 1.10).
        """
        guild = self._client.get_guild(community)
        if guild is None:
            return Listing()
        found: list[Readable] = [*guild.text_channels, *guild.threads]
        found += [*guild.voice_channels]
        found += [*guild.stage_channels]
        readable = [each for each in found if _may_read(each)]
        hidden = {PlaceId(each.id) for each in found if not _may_read(each)}
        others = [*guild.forums, *guild.categories]
        return Listing(
            readable=[translate.where(each, guild.id) for each in readable],
            hidden=hidden | {PlaceId(each.id) for each in others},
        )

    async def archived(self, community: CommunityId, since: datetime) -> Sequence[Where]:
        """Return threads that were archived since then; private ones only as a moderator sees."""
        guild = self._client.get_guild(community)
        if guild is None:
            return ()
        found: list[Where] = []
        parents: list[discord.TextChannel | discord.ForumChannel] = [*guild.text_channels]
        parents += [*guild.forums]
        for parent in parents:
            allowed = parent.permissions_for(guild.me)
            if not (allowed.view_channel and allowed.read_message_history):
                continue
            kinds = [False]
            if allowed.manage_threads and isinstance(parent, discord.TextChannel):
                kinds.append(True)
            for private in kinds:
                found += [
                    translate.where(thread, guild.id)
                    async for thread in self._archived_in(parent, since, private=private)
                ]
        return found

    async def _archived_in(
        self, parent: discord.TextChannel | discord.ForumChannel, since: datetime, *, private: bool
    ) -> AsyncIterator[discord.Thread]:
        before: datetime | None = None
        while True:
            await self._pace.turn()
            async with translated():
                if isinstance(parent, discord.TextChannel):
                    threads = parent.archived_threads(limit=PAGE, before=before, private=private)
                else:
                    threads = parent.archived_threads(limit=PAGE, before=before)
                page = [thread async for thread in threads]
            for thread in page:
                if thread.archive_timestamp >= since:
                    yield thread
            if len(page) < PAGE or page[-1].archive_timestamp < since:
                return
            before = page[-1].archive_timestamp

    async def is_there(self, place: PlaceId) -> bool:
        """Tell whether a place still exists; a refusal means that it does."""
        await self._pace.turn()
        try:
            async with translated():
                await self._client.fetch_channel(place)
        except GoneError:
            return False
        except UnavailableError as problem:
            if problem.retryable:
                raise
        return True

    async def page(self, where: Where, *, after: PostId) -> HistoryPage:
        """Return the oldest posts of a place after this id, up to a hundred."""
        channel = self._client.get_channel(where.channel)
        known = channel if isinstance(channel, Readable) else None
        if known is not None and not _may_read(known):
            raise UnavailableError("the place may not be read", retryable=False)
        newest = known.last_message_id if known is not None else None
        place = known or self._partial(where.community, where.channel)
        await self._pace.turn()
        async with translated():
            history = place.history(limit=PAGE, after=discord.Object(after), oldest_first=True)
            messages = [message async for message in history]
        if known is not None and not _may_read(known):
            raise UnavailableError("the place may not be read any more", retryable=False)
        last = len(messages) < PAGE
        up_to = messages[-1].id if messages else after
        if last and newest is not None:
            up_to = max(up_to, newest)
        return HistoryPage(
            seen=[self._seen(message, where) for message in messages],
            after=after,
            up_to=PostId(up_to),
            last=last,
        )

    async def look(self, community: CommunityId, channel: PlaceId, post: PostId) -> Seen:
        """Return one post."""
        known = self._client.get_channel(channel)
        place = known if isinstance(known, Readable) else self._partial(community, channel)
        await self._pace.turn()
        async with translated():
            message = await place.fetch_message(post)
        return self._seen(message, translate.where(place, community))

    def first_id(self, moment: datetime) -> PostId:
        """Return the least id that a post of this moment can have."""
        return PostId(discord.utils.time_snowflake(moment))

    def _partial(self, community: CommunityId, channel: PlaceId) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel, guild_id=community)

    def _seen(self, message: discord.Message, where: Where) -> Seen:
        forms: Counter[Form] = Counter()
        reactions: dict[Form, list[discord.Reaction]] = {}
        for each in message.reactions:
            key = emoji_key(each.emoji)
            for form, count in (((key, False), each.normal_count), ((key, True), each.burst_count)):
                if count:
                    forms[form] += count
                    reactions.setdefault(form, []).append(each)
        bot_id = self._client.user.id if self._client.user else 0
        return Seen(
            post=translate.post(message, where.community, bot_id, place=where),
            forms=forms,
            givers=partial(self._givers, reactions),
        )

    async def _givers(
        self, reactions: Mapping[Form, Sequence[discord.Reaction]], form: Form
    ) -> Mapping[MemberId, bool]:
        """Ask who gave one form; skin tones of one emoji are one form and several questions."""
        found: dict[MemberId, bool] = {}
        for reaction in reactions.get(form, ()):
            found |= await self._givers_of(reaction, burst=form[1])
        return found

    async def _givers_of(self, reaction: discord.Reaction, *, burst: bool) -> dict[MemberId, bool]:
        """Read everybody, page by page.

        discord.py's own method reads as many as there were when the message was read: whoever
        reacts in between takes the place of another in its answer, which is sorted by id.
        """
        message, emoji = reaction.message, reaction.emoji
        asked = emoji if isinstance(emoji, str) else f"{emoji.name}:{emoji.id}"
        found: dict[MemberId, bool] = {}
        last: int | None = None
        while True:
            await self._pace.turn()
            async with translated(), _naming_unknown_emoji():
                page = await self._client.http.get_reaction_users(
                    message.channel.id, message.id, asked, PAGE, after=last, type=1 if burst else 0
                )
            found |= {MemberId(int(user["id"])): not user.get("bot", False) for user in page}
            if len(page) < PAGE:
                return found
            last = int(page[-1]["id"])


@asynccontextmanager
async def _naming_unknown_emoji() -> AsyncIterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        if error.code == UNKNOWN_EMOJI:
            raise UnknownEmojiError from error
        raise


def _may_read(channel: Readable) -> bool:
    allowed = channel.permissions_for(channel.guild.me)
    speaks = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    return allowed.view_channel and allowed.read_message_history and (allowed.connect or not speaks)
