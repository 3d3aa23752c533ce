"""The world as the web page sees it: the snapshot and one object per change.

Knows the page's contract in ``docs/sandbox.md``; must never change the world.
"""

from __future__ import annotations

from bot.sandbox import commands
from bot.sandbox.errors import ApiError
from bot.sandbox.payloads import when
from bot.sandbox.permissions import MODERATOR, can_see, guild_permissions
from bot.sandbox.pulse import Event
from bot.sandbox.state import Channel, ChannelKind, Json, Member, Message, Reaction, User, World

_TYPES = {
    ChannelKind.CATEGORY: "category",
    ChannelKind.FORUM: "forum",
    ChannelKind.DM: "dm",
    ChannelKind.PUBLIC_THREAD: "thread",
    ChannelKind.PRIVATE_THREAD: "thread",
    ChannelKind.NEWS_THREAD: "thread",
}
EXCERPT = 100


def snapshot(world: World, *, online: bool) -> Json:
    """Return everything that the page shows."""
    guild = world.guild
    shown = [c for c in world.channels.values() if c.guild_id in (guild.id, None)]
    hidden: dict[str, list[Json]] = {}
    for message in world.ephemerals.values():
        hidden.setdefault(message.ephemeral_for or "", []).append(message_view(world, message))
    bot = world.application.user
    roles = [{"id": r.id, "name": r.name} for r in guild.roles.values()]
    return {
        "guild": {"id": guild.id, "name": guild.name, "roles": roles},
        "bot": {"id": bot.id, "name": bot.username, "online": online},
        "members": [member_view(world, m) for m in guild.members.values()]
        + [former_view(user) for user in world.former_members(guild.id)],
        "channels": [channel_view(world, c) for c in shown],
        "messages": {c.id: [message_view(world, m) for m in world.messages_in(c)] for c in shown},
        "commands": commands.visible(world, guild.id),
        "ephemerals": hidden,
    }


def member_view(world: World, member: Member) -> Json:
    """Return a member with the color and names of the roles."""
    guild = world.guilds[member.guild_id]
    roles = sorted(
        (guild.roles[r] for r in member.role_ids if r in guild.roles),
        key=lambda r: r.position,
        reverse=True,
    )
    color = next((r.color for r in roles if r.color), None)
    bits = guild_permissions(guild, member)
    return {
        "id": member.user.id,
        "name": member.name,
        "color": f"#{color:06x}" if color is not None else None,
        "bot": member.user.bot,
        "roles": [r.name for r in roles],
        "moderator": bits & MODERATOR == MODERATOR and not member.user.bot,
        "permissions": str(int(bits)),
    }


def former_view(user: User) -> Json:
    """Return somebody who left, and whom the page lets read their direct messages."""
    return {
        "id": user.id,
        "name": user.global_name or user.username,
        "color": None,
        "bot": False,
        "roles": ["Not a member any more"],
        "moderator": False,
        "permissions": "0",
        "left": True,
    }


def channel_view(world: World, channel: Channel) -> Json:
    """Return a channel, thread or direct-message channel."""
    tags = channel.tags
    info = channel.thread
    if info is not None and (parent := world.parent_of(channel)) is not None:
        tags = [t for t in parent.tags if t.id in info.applied_tags]
    return {
        "id": channel.id,
        "name": _channel_name(world, channel),
        "type": _TYPES.get(channel.kind, "text"),
        "parent_id": channel.parent_id,
        "topic": channel.topic or "",
        "archived": bool(info and info.archived),
        "locked": bool(info and info.locked),
        "position": channel.position,
        "tags": [{"id": t.id, "name": t.name} for t in tags],
        "visible_to": _visible_to(world, channel),
    }


def _channel_name(world: World, channel: Channel) -> str:
    """Return a channel's name; a direct message bears the name of whom it is with."""
    if channel.kind is ChannelKind.DM:
        return world.application.user.username
    return channel.name


def _visible_to(world: World, channel: Channel) -> list[str] | None:
    if channel.guild_id is None:
        return [*channel.recipient_ids, world.bot_id]
    members = world.guilds[channel.guild_id].members
    seen = [i for i in members if can_see(world, channel, i)]
    return None if len(seen) == len(members) else seen


def message_view(world: World, message: Message) -> Json:
    """Return a message."""
    return {
        "id": message.id,
        "channel_id": message.channel_id,
        "author_id": message.author_id,
        "author_name": _name(world, message.author_id),
        "content": message.content,
        "timestamp": when(message.created_at),
        "edited_timestamp": when(message.edited_at),
        "type": int(message.kind),
        "reply_to": _reply(world, message),
        "embeds": message.embeds,
        "components": message.components,
        "attachments": [
            {
                "name": a.filename,
                "url": f"/attachments/{a.channel_id}/{a.id}/{a.filename}",
                "size": len(a.data),
                "content_type": a.content_type,
                "description": a.description,
            }
            for a in message.attachments
        ],
        "reactions": [reaction_view(r) for r in message.reactions],
        "mentions": message.mentions,
        "flags": message.flags,
        "nonce": message.nonce,
        "thread_id": message.thread_id,
    }


def _name(world: World, user_id: str) -> str:
    member = world.guild.members.get(user_id)
    user = world.users[user_id]
    return member.name if member else user.global_name or user.username


def _reply(world: World, message: Message) -> Json | None:
    target_id = (message.reference or {}).get("message_id")
    if target_id is None:
        return None
    target = world.messages.get(message.channel_id, {}).get(target_id)
    if target is None:
        return {"id": target_id, "author_id": None, "excerpt": None}
    line = " ".join(target.content.split())
    excerpt = line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
    return {"id": target.id, "author_id": target.author_id, "excerpt": excerpt}


def reaction_view(reaction: Reaction) -> Json:
    """Return one emoji's reactions with who gave them."""
    return {
        "emoji": {"id": reaction.emoji.id, "name": reaction.emoji.name},
        "count": len(reaction.normal) + len(reaction.burst),
        "burst": len(reaction.burst),
        "members": list(dict.fromkeys([*reaction.normal, *reaction.burst])),
    }


def change_of(world: World, event: Event) -> list[Json]:
    """Return the page's changes for one event; none when it is nothing to show."""
    if event.guild_id not in (world.guild.id, None):
        return []
    data, name = event.data, event.name
    try:
        if name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return [_message_change(world, data["channel_id"], data["id"])]
        if name.startswith("MESSAGE_REACTION"):
            return [_reactions_change(world, data["channel_id"], data["message_id"])]
    except ApiError:
        return []
    if name in ("CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE"):
        channel = world.channels[data["id"]]
        return [{"type": "channel", "channel": channel_view(world, channel)}]
    if name in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE"):
        member = world.guild.members[data["user"]["id"]]
        return [{"type": "member", "member": member_view(world, member)}]
    return _small_change(world, event)


def _message_change(world: World, channel_id: str, message_id: str) -> Json:
    message = world.find_message(channel_id, message_id)
    view = message_view(world, message)
    return {"type": "message", "channel_id": channel_id, "message": view}


def _reactions_change(world: World, channel_id: str, message_id: str) -> Json:
    message = world.find_message(channel_id, message_id)
    return {
        "type": "reactions",
        "channel_id": channel_id,
        "message_id": message_id,
        "reactions": [reaction_view(r) for r in message.reactions],
    }


def _small_change(world: World, event: Event) -> list[Json]:
    data = event.data
    match event.name:
        case "MESSAGE_DELETE":
            return [_deleted(data["channel_id"], [data["id"]])]
        case "MESSAGE_DELETE_BULK":
            return [_deleted(data["channel_id"], data["ids"])]
        case "CHANNEL_DELETE" | "THREAD_DELETE":
            return [{"type": "channel_deleted", "channel_id": data["id"]}]
        case "GUILD_MEMBER_REMOVE":
            return [_departure(world, data["user"]["id"])]
        case "TYPING_START":
            return [
                {
                    "type": "typing",
                    "channel_id": data["channel_id"],
                    "member_id": data["user_id"],
                }
            ]
        case _:
            return _sandbox_change(world, event)


def _departure(world: World, user_id: str) -> Json:
    for user in world.former_members(world.guild.id):
        if user.id == user_id:
            return {"type": "member", "member": former_view(user)}
    return {"type": "member_removed", "member_id": user_id}


def _deleted(channel_id: str, ids: list[str]) -> Json:
    return {"type": "message_deleted", "channel_id": channel_id, "message_ids": ids}


def _sandbox_change(world: World, event: Event) -> list[Json]:
    data = event.data
    match event.name:
        case "SANDBOX_EPHEMERAL":
            message = world.ephemerals.get(data["message_id"])
            if message is None:
                return []
            view = message_view(world, message)
            return [{"type": "ephemeral", "member_id": data["member_id"], "message": view}]
        case "SANDBOX_EPHEMERAL_DELETED":
            return [{"type": "ephemeral_deleted"} | data]
        case "SANDBOX_COMMANDS":
            listed = commands.visible(world, world.guild.id)
            return [{"type": "commands", "commands": listed}]
        case "SANDBOX_MODAL":
            return [{"type": "modal"} | data]
        case "SANDBOX_CHOICES":
            return [{"type": "choices"} | data]
        case "SANDBOX_INTERACTION_FAILED":
            return [{"type": "interaction_failed"} | data]
        case "SANDBOX_INTERACTION_DONE":
            return [{"type": "interaction_done"} | data]
        case "SANDBOX_BOT_STATUS":
            return [{"type": "bot_status", "online": data["online"]}]
        case _:
            return []
