"""Turns discord.py's reaction events into the domain's; decides nothing."""

from datetime import datetime

import discord

from bot.domain.events import ReactionAdded, ReactionRemoved, ReactionsCleared
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import ANY_EMOJI, Emoji, normalise

Clear = discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent


def emoji_key(emoji: discord.PartialEmoji | discord.Emoji | str) -> Emoji:
    """Return the key of an emoji; a custom one may have lost its name on the way."""
    if isinstance(emoji, str):
        return normalise(emoji)
    return normalise(emoji.name or "", emoji.id)


def reaction(
    payload: discord.RawReactionActionEvent, bot_id: int, now: datetime
) -> ReactionAdded | ReactionRemoved | None:
    """Return what a raw reaction event tells; None outside servers."""
    if payload.guild_id is None:
        return None
    community, channel = CommunityId(payload.guild_id), PlaceId(payload.channel_id)
    post, member = PostId(payload.message_id), MemberId(payload.user_id)
    written_at = discord.utils.snowflake_time(payload.message_id)
    emoji = emoji_key(payload.emoji)
    if payload.event_type == "REACTION_REMOVE":
        return ReactionRemoved(
            community=community,
            channel=channel,
            post=post,
            written_at=written_at,
            member=member,
            emoji=emoji,
            burst=payload.burst,
            at=now,
        )
    author = payload.message_author_id
    by_bot = payload.member is not None and payload.member.bot
    return ReactionAdded(
        community=community,
        channel=channel,
        post=post,
        written_at=written_at,
        author=None if author is None else MemberId(author),
        author_is_person=False if author == bot_id else None,
        member=member,
        by_person=not by_bot and payload.user_id != bot_id,
        emoji=emoji,
        burst=payload.burst,
        at=now,
    )


def clear(payload: Clear, now: datetime) -> ReactionsCleared | None:
    """Return which reactions a moderator took away; None outside servers."""
    if payload.guild_id is None:
        return None
    emoji = ANY_EMOJI
    if isinstance(payload, discord.RawReactionClearEmojiEvent):
        emoji = emoji_key(payload.emoji)
    return ReactionsCleared(
        community=CommunityId(payload.guild_id),
        channel=PlaceId(payload.channel_id),
        post=PostId(payload.message_id),
        written_at=discord.utils.snowflake_time(payload.message_id),
        emoji=emoji,
        at=now,
    )
