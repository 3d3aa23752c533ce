"""Routes about channels: reading, changing, overwrites, typing.

Knows channels as REST shows them; must never know their messages.
"""

from __future__ import annotations

from bot.sandbox import errors, overwrites, payloads, threads
from bot.sandbox.audit import Action, record
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P, require, require_in_guild
from bot.sandbox.pulse import Event
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Channel, ChannelKind

ROUTES = Routes()
_CREATABLE = (ChannelKind.TEXT, ChannelKind.CATEGORY, ChannelKind.NEWS, ChannelKind.FORUM)


@ROUTES.add("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Answer:
    """Answer a channel or thread that the bot sees."""
    channel = call.channel()
    require(call.world, channel, call.me)
    return 200, payloads.channel(call.world, channel)


@ROUTES.add("PATCH", "/channels/{channel_id}")
async def change_channel(call: Call) -> Answer:
    """Change a channel or thread: name, topic, slowmode, archive, lock, tags."""
    channel = call.channel()
    changes = dict(call.json)
    if "available_tags" in changes:
        require(call.world, channel, call.me, P.MANAGE_CHANNELS)
        threads.set_tags(call.world, channel, changes.pop("available_tags"))
    threads.change_channel(call.world, channel, call.me, changes, call.reason)
    return 200, payloads.channel(call.world, channel)


@ROUTES.add("DELETE", "/channels/{channel_id}")
async def delete_channel(call: Call) -> Answer:
    """Delete a channel or thread."""
    channel = call.channel()
    body = payloads.channel(call.world, channel)
    threads.delete_channel(call.world, channel, call.me, call.reason)
    return 200, body


@ROUTES.add("GET", "/guilds/{guild_id}/channels")
async def guild_channels(call: Call) -> Answer:
    """Answer a guild's channels, without threads."""
    guild = call.guild()
    require_in_guild(guild, call.me)
    return 200, [payloads.channel(call.world, c) for c in call.world.channels_of(guild.id)]


@ROUTES.add("POST", "/guilds/{guild_id}/channels")
async def create_channel(call: Call) -> Answer:
    """Create a text channel, category or forum."""
    guild = call.guild()
    require_in_guild(guild, call.me, P.MANAGE_CHANNELS)
    form = errors.FormErrors()
    form.longest("name", call.json.get("name") or "", 100, 1)
    form.refuse()
    kind = ChannelKind(int(call.json.get("type") or 0))
    if kind not in _CREATABLE:
        raise errors.invalid("type", "The sandbox makes text, forum and category channels.")
    parent = call.json.get("parent_id")
    channel = Channel(
        id=call.world.ids.next(),
        kind=kind,
        name=call.json["name"],
        guild_id=guild.id,
        position=len(list(call.world.channels_of(guild.id))),
        parent_id=str(parent) if parent else None,
        topic=call.json.get("topic"),
        overwrites=[threads.overwrite_of(o) for o in call.json.get("permission_overwrites") or []],
    )
    call.world.channels[channel.id] = channel
    emit_channel(call.world, "CHANNEL_CREATE", channel)
    record(call.world, guild.id, call.me, Action.CHANNEL_CREATE, channel.id, call.reason)
    return 201, payloads.channel(call.world, channel)


@ROUTES.add("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
async def set_overwrite(call: Call) -> Answer:
    """Set what a role or member may differently in a channel."""
    fresh = threads.overwrite_of(call.json | {"id": call.params["overwrite_id"]})
    overwrites.set_overwrite(call.world, call.channel(), call.me, fresh, call.reason)
    return 204, None


@ROUTES.add("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
async def delete_overwrite(call: Call) -> Answer:
    """Remove an overwrite."""
    about = call.params["overwrite_id"]
    overwrites.remove_overwrite(call.world, call.channel(), call.me, about, call.reason)
    return 204, None


@ROUTES.add("POST", "/channels/{channel_id}/typing")
async def typing(call: Call) -> Answer:
    """Show that the bot types."""
    channel = call.channel()
    require(call.world, channel, call.me, P.SEND_MESSAGES)
    data = {
        "channel_id": channel.id,
        "user_id": call.me,
        "timestamp": int(call.world.clock.now().timestamp()),
    }
    if channel.guild_id:
        data["guild_id"] = channel.guild_id
    call.world.bus.emit(Event("TYPING_START", data, channel.guild_id, channel.id))
    return 204, None
