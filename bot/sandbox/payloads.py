"""State in, wire JSON out, with every key that clients and Discord's OpenAPI ask for.

Knows the shapes of REST answers and gateway events; must never change the state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.permissions import channel_permissions
from bot.sandbox.state import (
    Application,
    Attachment,
    AuditEntry,
    Channel,
    ChannelKind,
    Emoji,
    Json,
    Member,
    Message,
    MessageFlag,
    Reaction,
    Role,
    User,
    World,
)

PRESENCE_LIMITED = 1 << 13
MEMBERS_LIMITED = 1 << 15
CONTENT_LIMITED = 1 << 19


def when(moment: datetime | None) -> str | None:
    """Return a moment in the form Discord uses."""
    return moment.isoformat(timespec="microseconds") if moment else None


def user(who: User) -> Json:
    """Return a user object."""
    body: Json = {
        "id": who.id,
        "username": who.username,
        "discriminator": "0000" if who.bot else "0",
        "global_name": who.global_name,
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    if who.bot:
        body["bot"] = True
    return body


def member_core(who: Member) -> Json:
    """Return a member without its user, as message events carry it."""
    return {
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "communication_disabled_until": when(who.timed_out_until),
        "flags": 0,
        "joined_at": when(who.joined_at),
        "nick": who.nick,
        "pending": False,
        "premium_since": None,
        "roles": list(who.role_ids),
        "mute": False,
        "deaf": False,
    }


def member(who: Member) -> Json:
    """Return a member object."""
    return member_core(who) | {"user": user(who.user)}


def role(one: Role) -> Json:
    """Return a role object."""
    body: Json = {
        "id": one.id,
        "name": one.name,
        "description": None,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": one.color,
        "colors": {"primary_color": one.color, "secondary_color": None, "tertiary_color": None},
        "hoist": one.hoist,
        "managed": one.managed,
        "mentionable": one.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if one.bot_id:
        body["tags"] = {"bot_id": one.bot_id}
    return body


def emoji(one: Emoji) -> Json:
    """Return a reaction's emoji."""
    return {"id": one.id, "name": one.name}


def channel(world: World, where: Channel) -> Json:
    """Return a channel, thread or direct-message channel."""
    if where.kind is ChannelKind.DM:
        recipients = [user(world.users[i]) for i in where.recipient_ids]
        return {
            "id": where.id,
            "type": 1,
            "flags": 0,
            "last_message_id": where.last_message_id,
            "recipients": recipients,
        }
    if where.is_thread:
        return thread(world, where)
    return _guild_channel(where)


def _guild_channel(where: Channel) -> Json:
    body: Json = {
        "id": where.id,
        "type": int(where.kind),
        "flags": 0,
        "guild_id": where.guild_id,
        "name": where.name,
        "position": where.position,
        "parent_id": where.parent_id,
        "nsfw": where.nsfw,
        "permission_overwrites": [
            {"id": o.id, "type": int(o.is_member), "allow": str(o.allow), "deny": str(o.deny)}
            for o in where.overwrites
        ],
    }
    if where.kind is not ChannelKind.CATEGORY:
        body |= {
            "topic": where.topic,
            "last_message_id": where.last_message_id,
            "rate_limit_per_user": where.slowmode_seconds,
            "default_thread_rate_limit_per_user": 0,
        }
    if where.kind is ChannelKind.FORUM:
        body |= {
            "available_tags": [tag(t) for t in where.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return body


def tag(one: Any) -> Json:
    """Return a forum tag."""
    return {
        "id": one.id,
        "name": one.name,
        "moderated": one.moderated,
        "emoji_id": None,
        "emoji_name": None,
    }


def thread(world: World, where: Channel) -> Json:
    """Return a thread, with the bot's own membership when it joined."""
    info = where.thread
    if info is None:
        raise ValueError(f"channel {where.id} is no thread")
    body: Json = {
        "id": where.id,
        "type": int(where.kind),
        "flags": 0,
        "guild_id": where.guild_id,
        "parent_id": where.parent_id,
        "name": where.name,
        "owner_id": info.owner_id,
        "last_message_id": where.last_message_id,
        "rate_limit_per_user": where.slowmode_seconds,
        "message_count": info.message_count,
        "total_message_sent": info.total_sent,
        "member_count": min(len(info.member_ids), 50),
        "thread_metadata": {
            "archived": info.archived,
            "archive_timestamp": when(info.archive_changed_at),
            "auto_archive_duration": info.auto_archive_minutes,
            "locked": info.locked,
            "create_timestamp": when(info.created_at),
        },
    }
    parent = world.parent_of(where)
    if parent and parent.kind is ChannelKind.FORUM:
        body["applied_tags"] = list(info.applied_tags)
    if where.kind is ChannelKind.PRIVATE_THREAD:
        body["thread_metadata"]["invitable"] = info.invitable
    if (joined := info.member_ids.get(world.bot_id)) is not None:
        body["member"] = thread_member(where.id, world.bot_id, joined)
    return body


def thread_member(thread_id: str, user_id: str, joined: datetime) -> Json:
    """Return a membership of a thread."""
    return {"id": thread_id, "user_id": user_id, "join_timestamp": when(joined), "flags": 0}


def attachment(one: Attachment, base: str) -> Json:
    """Return an attachment; ``base`` is the address that serves the files."""
    url = f"{base}/attachments/{one.channel_id}/{one.id}/{one.filename}"
    body: Json = {
        "id": one.id,
        "filename": one.filename,
        "size": len(one.data),
        "url": url,
        "proxy_url": url,
        "content_type": one.content_type,
    }
    if one.description is not None:
        body["description"] = one.description
    if one.ephemeral:
        body["ephemeral"] = True
    return body


def reaction(one: Reaction, me: str) -> Json:
    """Return the sum of one emoji's reactions."""
    return {
        "emoji": emoji(one.emoji),
        "count": len(one.normal) + len(one.burst),
        "count_details": {"normal": len(one.normal), "burst": len(one.burst)},
        "burst_colors": [],
        "me": me in one.normal,
        "me_burst": me in one.burst,
    }


def message(world: World, one: Message, *, nested: bool = False) -> Json:
    """Return a message as REST answers it; a nested one carries no referenced message."""
    body: Json = {
        "id": one.id,
        "channel_id": one.channel_id,
        "author": user(world.users[one.author_id]),
        "type": int(one.kind),
        "content": one.content,
        "timestamp": when(one.created_at),
        "edited_timestamp": when(one.edited_at),
        "tts": one.tts,
        "flags": one.flags,
        "pinned": one.pinned_at is not None,
        "mention_everyone": one.mention_everyone,
        "mentions": [user(world.users[i]) for i in one.mentions],
        "mention_roles": list(one.mention_roles),
        "attachments": [attachment(a, world.files_base) for a in one.attachments],
        "embeds": one.embeds,
        "components": one.components,
    }
    if one.reactions:
        body["reactions"] = [reaction(r, world.bot_id) for r in one.reactions]
    if one.nonce is not None:
        body["nonce"] = one.nonce
    if one.thread_id in world.channels:
        body["thread"] = thread(world, world.channels[one.thread_id])
    if one.interaction is not None:
        body["application_id"] = body["webhook_id"] = world.bot_id
        body["interaction_metadata"] = one.interaction
    if one.reference is not None:
        body["message_reference"] = one.reference
        if not nested:
            body["referenced_message"] = _referenced(world, one.reference)
    return body


def _referenced(world: World, reference: Json) -> Json | None:
    found = world.messages.get(reference["channel_id"], {}).get(reference.get("message_id", ""))
    return message(world, found, nested=True) if found else None


def message_event(world: World, one: Message) -> Json:
    """Return a message as the gateway carries it: with guild and member."""
    body = message(world, one)
    where = world.channels[one.channel_id]
    if where.guild_id is not None:
        body["guild_id"] = where.guild_id
        if (author := world.member_of(where, one.author_id)) is not None:
            body["member"] = member_core(author)
    return body


def without_content(body: Json, bot_id: str) -> Json:
    """Return a message as an application without the message-content intent gets it."""
    if (
        body["author"]["id"] == bot_id
        or "guild_id" not in body
        or any(m["id"] == bot_id for m in body["mentions"])
    ):
        return body
    emptied = body | {"content": "", "embeds": [], "attachments": [], "components": []}
    if emptied.get("referenced_message"):
        inner = emptied["referenced_message"] | {"guild_id": body["guild_id"]}
        inner = without_content(inner, bot_id)
        emptied["referenced_message"] = {k: v for k, v in inner.items() if k != "guild_id"}
    return emptied


def audit_entry(one: AuditEntry) -> Json:
    """Return a line of the audit log."""
    body: Json = {
        "id": one.id,
        "action_type": one.action,
        "user_id": one.user_id,
        "target_id": one.target_id,
        "changes": one.changes,
    }
    if one.options:
        body["options"] = one.options
    if one.reason is not None:
        body["reason"] = one.reason
    return body


def application(app: Application, owner: User) -> Json:
    """Return the application as its owner sees it."""
    flags = (
        (PRESENCE_LIMITED if app.presence_intent else 0)
        | (MEMBERS_LIMITED if app.members_intent else 0)
        | (CONTENT_LIMITED if app.content_intent else 0)
    )
    return {
        "id": app.user.id,
        "name": app.user.username,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(app.user),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": app.verify_key,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def resolved_channel(world: World, where: Channel, user_id: str) -> Json:
    """Return a channel as interactions carry it: with the user's permissions there."""
    body = channel(world, where)
    if where.guild_id is not None:
        body["permissions"] = str(channel_permissions(world, where, user_id))
    return body


def is_loading(one: Message) -> bool:
    """Tell whether the bot is still thinking about this message."""
    return bool(one.flags & MessageFlag.LOADING)
