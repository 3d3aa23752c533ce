"""Turns discord.py's objects into the domain's values; decides nothing."""

import discord

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Post, Where

PERSON_TYPES = frozenset({discord.MessageType.default, discord.MessageType.reply})
"""Other message types are Discord's own: joins, pins, boosts, "started a thread"."""


def where(channel: "discord.abc.MessageableChannel", guild_id: int) -> Where:
    """Return the places around a channel.

    A thread that is not in the cache arrives as a `PartialMessageable`: its parents are unknown
    then, so that only a watch on the thread itself is found (pitfalls 1.11).
    """
    community = CommunityId(guild_id)
    place = PlaceId(channel.id)
    if isinstance(channel, discord.Thread):
        parent = channel.parent
        category = parent.category_id if parent is not None else None
        return Where(
            community=community,
            channel=place,
            parent=PlaceId(channel.parent_id),
            category=PlaceId(category) if category else None,
            is_thread=True,
        )
    category = getattr(channel, "category_id", None)
    return Where(
        community=community, channel=place, category=PlaceId(category) if category else None
    )


def post(
    message: discord.Message, guild_id: int, bot_id: int, *, place: Where | None = None
) -> Post:
    """Return a message as a post; `place` where that is known better than from the message."""
    by_person = (
        not message.author.bot and message.webhook_id is None and message.type in PERSON_TYPES
    )
    return Post(
        id=PostId(message.id),
        where=place or where(message.channel, guild_id),
        author=MemberId(message.author.id),
        created_at=message.created_at,
        edited_at=message.edited_at,
        text=message.content,
        by_person=by_person,
        asks_bot=by_person and f"<@{bot_id}>" in message.content,
    )
