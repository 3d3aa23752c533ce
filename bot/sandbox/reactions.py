"""Adding and taking away reactions, normal and burst.

Knows the rules and events of reactions; must never know which of them count as likes.
"""

from __future__ import annotations

import re

from bot.sandbox import errors, payloads
from bot.sandbox.errors import ApiError
from bot.sandbox.permissions import P, require
from bot.sandbox.pulse import Event
from bot.sandbox.state import Channel, Emoji, Json, Message, Reaction, World

MOST_KINDS = 20
_CUSTOM = re.compile(r"^<?a?:?(\w{2,32}):(\d+)>?$")


def parse_emoji(world: World, text: str) -> Emoji:
    """Return the emoji of a route or of a person, or refuse with 10014."""
    if found := _CUSTOM.match(text):
        name, emoji_id = found.groups()
        for guild in world.guilds.values():
            if emoji_id in guild.emojis:
                return guild.emojis[emoji_id]
        raise ApiError(400, 10014, f"Unknown Emoji {name}")
    if not text or text.isascii() or any(c.isalpha() for c in text):
        raise ApiError(400, 10014, "Unknown Emoji")
    return Emoji(text)


def react(
    world: World, message: Message, user_id: str, emoji: Emoji, *, burst: bool = False
) -> None:
    """Add a reaction; adding it again changes nothing."""
    channel = _writable(world, message)
    require(world, channel, user_id, P.READ_MESSAGE_HISTORY)
    existing = find(message, emoji)
    if existing is None:
        require(world, channel, user_id, P.ADD_REACTIONS)
        if len(message.reactions) >= MOST_KINDS:
            raise ApiError(400, 30010, "Maximum number of reactions reached (20)")
        existing = Reaction(emoji)
        message.reactions.append(existing)
    givers = existing.burst if burst else existing.normal
    if user_id in givers:
        return
    givers.append(user_id)
    data = _event(channel, message, emoji, user_id, burst)
    data["message_author_id"] = message.author_id
    if burst:
        data["burst_colors"] = ["#ffcc4d"]
    if (member := world.member_of(channel, user_id)) is not None:
        data["member"] = payloads.member(member)
    world.bus.emit(Event("MESSAGE_REACTION_ADD", data, channel.guild_id, channel.id))


def unreact(
    world: World,
    message: Message,
    user_id: str,
    emoji: Emoji,
    *,
    actor_id: str,
    burst: bool = False,
) -> None:
    """Take one reaction away; another user's needs Manage Messages."""
    channel = _writable(world, message)
    require(world, channel, actor_id)
    if actor_id != user_id:
        require(world, channel, actor_id, P.MANAGE_MESSAGES)
    existing = find(message, emoji)
    if existing is None:
        raise ApiError(400, 10014, "Unknown Emoji")
    givers = existing.burst if burst else existing.normal
    if user_id not in givers:
        return
    givers.remove(user_id)
    _drop_empty(message)
    data = _event(channel, message, emoji, user_id, burst)
    world.bus.emit(Event("MESSAGE_REACTION_REMOVE", data, channel.guild_id, channel.id))


def clear(world: World, message: Message, actor_id: str) -> None:
    """Take all reactions away."""
    channel = _writable(world, message)
    require(world, channel, actor_id, P.MANAGE_MESSAGES)
    message.reactions.clear()
    data = _where(channel, message)
    world.bus.emit(Event("MESSAGE_REACTION_REMOVE_ALL", data, channel.guild_id, channel.id))


def clear_emoji(world: World, message: Message, emoji: Emoji, actor_id: str) -> None:
    """Take all reactions with one emoji away."""
    channel = _writable(world, message)
    require(world, channel, actor_id, P.MANAGE_MESSAGES)
    message.reactions = [r for r in message.reactions if r.emoji.key != emoji.key]
    data = _where(channel, message) | {"emoji": payloads.emoji(emoji)}
    world.bus.emit(Event("MESSAGE_REACTION_REMOVE_EMOJI", data, channel.guild_id, channel.id))


def find(message: Message, emoji: Emoji) -> Reaction | None:
    """Return a message's reactions with one emoji, if there are any."""
    return next((r for r in message.reactions if r.emoji.key == emoji.key), None)


def _drop_empty(message: Message) -> None:
    message.reactions = [r for r in message.reactions if r.normal or r.burst]


def _writable(world: World, message: Message) -> Channel:
    channel = world.channels[message.channel_id]
    if channel.thread and channel.thread.archived:
        raise errors.archived()
    return channel


def _where(channel: Channel, message: Message) -> Json:
    data: Json = {"channel_id": channel.id, "message_id": message.id}
    if channel.guild_id:
        data["guild_id"] = channel.guild_id
    return data


def _event(channel: Channel, message: Message, emoji: Emoji, user_id: str, burst: bool) -> Json:
    return _where(channel, message) | {
        "user_id": user_id,
        "emoji": payloads.emoji(emoji),
        "burst": burst,
        "type": int(burst),
    }
