"""Writing, editing and deleting messages: the state changes first, then the event goes out.

Knows the rules of channels, threads and nonces; must never know whether a person or the bot asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.sandbox import errors, limits, payloads
from bot.sandbox.errors import ApiError
from bot.sandbox.mentions import pinged, visible_text
from bot.sandbox.permissions import P, channel_permissions, require
from bot.sandbox.pulse import Event
from bot.sandbox.snowflakes import moment_of
from bot.sandbox.state import (
    Attachment,
    Channel,
    ChannelKind,
    Json,
    Message,
    MessageFlag,
    MessageKind,
    World,
)

NONCE_WINDOW = timedelta(minutes=5)
BULK_AGE = timedelta(days=14)
SENDABLE_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2
)


@dataclass(slots=True)
class Draft:
    """What somebody wants to say."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    enforce_nonce: bool = False
    reply_to: str | None = None
    allowed_mentions: Json | None = None
    fail_if_no_reply: bool = True
    tts: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.content.strip() or self.embeds or self.components or self.attachments)


def draft_of(body: Json, attachments: list[Attachment]) -> Draft:
    """Check a request body against the limits and return it as a draft."""
    flags = int(body.get("flags") or 0)
    limits.check_message(body, flags)
    reference = body.get("message_reference") or {}
    return Draft(
        content=body.get("content") or "",
        embeds=rich(body.get("embeds") or []),
        components=limits.with_ids(body.get("components") or []),
        attachments=attachments,
        flags=flags,
        nonce=body.get("nonce"),
        enforce_nonce=bool(body.get("enforce_nonce")),
        reply_to=str(reference["message_id"]) if reference.get("message_id") else None,
        allowed_mentions=body.get("allowed_mentions"),
        fail_if_no_reply=bool(reference.get("fail_if_not_exists", True)),
        tts=bool(body.get("tts")),
    )


def rich(embeds: list[Json]) -> list[Json]:
    """Return embeds as they are stored: typed, and with each field's ``inline`` spelled out."""
    stored = []
    for one in embeds:
        body = {k: v for k, v in one.items() if v is not None} | {"type": "rich"}
        if "fields" in body:
            body["fields"] = [f | {"inline": bool(f.get("inline"))} for f in body["fields"]]
        stored.append(body)
    return stored


def post(world: World, channel: Channel, author_id: str, draft: Draft) -> Message:
    """Post a message as a user or the bot, with all of Discord's refusals."""
    check_may_write(world, channel, author_id, draft)
    if draft.is_empty:
        raise errors.empty_message()
    if (known := _known_nonce(world, author_id, draft)) is not None:
        return known
    reference = _reference(world, channel, draft)
    reopen(world, channel)
    message = make(world, channel, author_id, draft, reference)
    publish(world, channel, message)
    if draft.nonce is not None:
        moment = world.clock.now()
        world.nonces[author_id, str(draft.nonce)] = (channel.id, message.id, moment)
    return message


def check_may_write(world: World, channel: Channel, author_id: str, draft: Draft) -> None:
    """Refuse when this user may not write here, or not with these parts."""
    if channel.kind in (ChannelKind.CATEGORY, ChannelKind.FORUM):
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    needed = [P.SEND_MESSAGES_IN_THREADS if channel.is_thread else P.SEND_MESSAGES]
    if draft.attachments:
        needed.append(P.ATTACH_FILES)
    require(world, channel, author_id, *needed)
    if channel.kind is ChannelKind.DM and channel.recipient_ids[0] in world.refuses_dms:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    require_unlocked(world, channel, author_id)
    _require_slowness(world, channel, author_id)
    if draft.reply_to:
        require(world, channel, author_id, P.READ_MESSAGE_HISTORY)
    if draft.embeds and not channel_permissions(world, channel, author_id) & P.EMBED_LINKS:
        draft.embeds = []


def require_unlocked(world: World, channel: Channel, user_id: str) -> None:
    """Refuse with 160005 in a locked thread, unless the user manages threads."""
    manages = bool(channel_permissions(world, channel, user_id) & P.MANAGE_THREADS)
    if channel.thread and channel.thread.locked and not manages:
        raise errors.locked()


def _require_slowness(world: World, channel: Channel, author_id: str) -> None:
    """Refuse with 20016 a person who writes again before the slowmode's time is over."""
    if not channel.slowmode_seconds or world.users[author_id].bot:
        return
    bits = channel_permissions(world, channel, author_id)
    if bits & (P.MANAGE_MESSAGES | P.MANAGE_CHANNELS):
        return
    since = world.clock.now() - timedelta(seconds=channel.slowmode_seconds)
    if any(m.author_id == author_id and m.created_at > since for m in world.messages_in(channel)):
        raise ApiError(429, 20016, "This action cannot be performed due to slowmode rate limit")


def _known_nonce(world: World, author_id: str, draft: Draft) -> Message | None:
    if draft.nonce is None or not draft.enforce_nonce:
        return None
    known = world.nonces.get((author_id, str(draft.nonce)))
    if known is None or world.clock.now() - known[2] > NONCE_WINDOW:
        return None
    return world.find_message(known[0], known[1])


def _reference(world: World, channel: Channel, draft: Draft) -> Json | None:
    if draft.reply_to is None:
        return None
    if draft.reply_to not in world.messages.get(channel.id, {}):
        if draft.fail_if_no_reply:
            raise errors.invalid("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
        return None
    reference: Json = {"type": 0, "channel_id": channel.id, "message_id": draft.reply_to}
    if channel.guild_id:
        reference["guild_id"] = channel.guild_id
    return reference


def reopen(world: World, channel: Channel) -> None:
    """Unarchive a thread that somebody writes in."""
    if channel.thread and channel.thread.archived:
        channel.thread.archived = False
        channel.thread.archive_changed_at = world.clock.now()
        emit_channel(world, "THREAD_UPDATE", channel)


def make(
    world: World,
    channel: Channel,
    author_id: str,
    draft: Draft,
    reference: Json | None = None,
) -> Message:
    """Return a new message that is not stored yet."""
    message = Message(
        id=world.ids.next(),
        channel_id=channel.id,
        author_id=author_id,
        content=draft.content,
        created_at=world.clock.now(),
        kind=MessageKind.REPLY if reference else MessageKind.SAID,
        embeds=draft.embeds,
        components=draft.components,
        attachments=draft.attachments,
        flags=draft.flags & SENDABLE_FLAGS,
        nonce=draft.nonce,
        reference=reference,
        tts=draft.tts,
    )
    set_mentions(world, channel, message, draft.allowed_mentions)
    return message


def set_mentions(world: World, channel: Channel, message: Message, allowed: Json | None) -> None:
    """Compute whom a message pings, and keep it with the message."""
    replied = None
    if message.reference:
        target = world.messages.get(channel.id, {}).get(message.reference["message_id"])
        replied = target.author_id if target and target.author_id != message.author_id else None
    text = visible_text(message.content, message.components)
    found = pinged(world, channel, message.author_id, text, allowed, replied)
    message.mentions, message.mention_roles = found.users, found.roles
    message.mention_everyone = found.everyone


def publish(world: World, channel: Channel, message: Message) -> None:
    """Store a message that everybody may see, and tell about it."""
    world.messages.setdefault(channel.id, {})[message.id] = message
    for one in message.attachments:
        world.attachments[one.id] = one
    channel.last_message_id = message.id
    if channel.thread:
        # The post that opens a forum thread counts neither as sent nor as a message of it.
        if message.id != channel.id:
            channel.thread.message_count += 1
            channel.thread.total_sent += 1
        if message.author_id not in channel.thread.member_ids:
            channel.thread.member_ids[message.author_id] = world.clock.now()
            emit_thread_members(world, channel, added=(message.author_id,))
    emit_message(world, "MESSAGE_CREATE", message)


def emit_message(world: World, name: str, message: Message) -> None:
    """Tell about a created or changed message."""
    channel = world.channels[message.channel_id]
    data = payloads.message_event(world, message)
    world.bus.emit(Event(name, data, channel.guild_id, channel.id))


def emit_channel(world: World, name: str, channel: Channel) -> None:
    """Tell about a created or changed channel or thread."""
    data = payloads.channel(world, channel)
    world.bus.emit(Event(name, data, channel.guild_id, channel.id))


def emit_thread_members(
    world: World, channel: Channel, *, added: tuple[str, ...] = (), removed: tuple[str, ...] = ()
) -> None:
    """Tell who joined or left a thread."""
    if channel.thread is None or channel.guild_id is None:
        return
    data: Json = {
        "id": channel.id,
        "guild_id": channel.guild_id,
        "member_count": min(len(channel.thread.member_ids), 50),
    }
    if added:
        data["added_members"] = [
            payloads.thread_member(channel.id, i, channel.thread.member_ids[i])
            | {"member": payloads.member(member), "presence": None}
            for i in added
            if (member := world.member_of(channel, i)) is not None
        ]
    if removed:
        data["removed_member_ids"] = list(removed)
    world.bus.emit(Event("THREAD_MEMBERS_UPDATE", data, channel.guild_id, channel.id))


def edit(world: World, message: Message, editor_id: str, changes: Json) -> Message:
    """Change a message; only its author may, moderators only suppress its embeds."""
    channel = world.channels[message.channel_id]
    if message.author_id != editor_id:
        if set(changes) != {"flags"}:
            raise errors.not_the_author()
        require(world, channel, editor_id, P.MANAGE_MESSAGES)
    if channel.thread and channel.thread.archived:
        raise errors.archived()
    if not channel_permissions(world, channel, editor_id) & P.VIEW_CHANNEL:
        raise errors.missing_access()
    apply_changes(world, channel, message, changes)
    emit_message(world, "MESSAGE_UPDATE", message)
    return message


def apply_changes(world: World, channel: Channel, message: Message, changes: Json) -> None:
    """Put checked changes into a message and mark it as edited."""
    flags = message.flags | int(changes.get("flags") or 0)
    limits.check_message(changes, flags)
    proposal = replace(message)
    if "content" in changes:
        proposal.content = changes["content"] or ""
    if "embeds" in changes:
        proposal.embeds = rich(changes["embeds"] or [])
    if "components" in changes:
        proposal.components = limits.with_ids(changes["components"] or [])
    if "attachments" in changes:
        proposal.attachments = list(changes["attachments"] or [])
    if flags & MessageFlag.COMPONENTS_V2 and (proposal.content or proposal.embeds):
        raise errors.invalid(
            "flags",
            "The 'content' and 'embeds' fields cannot be used with components V2.",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        )
    nothing = not (
        proposal.content.strip() or proposal.embeds or proposal.components or proposal.attachments
    )
    if nothing:
        raise errors.empty_message()
    for name in ("content", "embeds", "components", "attachments"):
        setattr(message, name, getattr(proposal, name))
    if "flags" in changes and changes["flags"] is not None:
        kept = message.flags & ~MessageFlag.SUPPRESS_EMBEDS
        message.flags = kept | int(changes["flags"]) & SENDABLE_FLAGS
    message.edited_at = world.clock.now()
    for one in message.attachments:
        world.attachments[one.id] = one
    set_mentions(world, channel, message, changes.get("allowed_mentions"))


def delete(world: World, message: Message, actor_id: str) -> None:
    """Delete one message; other people's need Manage Messages."""
    channel = world.channels[message.channel_id]
    if message.author_id != actor_id:
        if channel.kind is ChannelKind.DM:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        require(world, channel, actor_id, P.MANAGE_MESSAGES)
    else:
        require(world, channel, actor_id)
    if channel.thread and channel.thread.archived:
        raise errors.archived()
    remove(world, message)
    data: Json = {"id": message.id, "channel_id": channel.id}
    if channel.guild_id:
        data["guild_id"] = channel.guild_id
    world.bus.emit(Event("MESSAGE_DELETE", data, channel.guild_id, channel.id))


def remove(world: World, message: Message) -> None:
    """Take a message and its files out of the state."""
    world.messages[message.channel_id].pop(message.id, None)
    for one in message.attachments:
        world.attachments.pop(one.id, None)
    channel = world.channels[message.channel_id]
    if channel.thread and message.id != channel.id:
        channel.thread.message_count = max(0, channel.thread.message_count - 1)


def bulk_delete(world: World, channel: Channel, ids: list[str], actor_id: str) -> None:
    """Delete 2 to 100 messages at once, none older than 14 days; unknown ids are ignored."""
    require(world, channel, actor_id, P.MANAGE_MESSAGES)
    if not 2 <= len(ids) <= 100:
        raise errors.invalid(
            "messages", "Must be between 2 and 100 in length.", "BASE_TYPE_BAD_LENGTH"
        )
    oldest = world.clock.now() - BULK_AGE
    if any(moment_of(i) < oldest for i in ids):
        raise errors.too_old_for_bulk()
    stored = world.messages.get(channel.id, {})
    gone = [i for i in ids if i in stored]
    for message_id in gone:
        remove(world, stored[message_id])
    data = {"ids": gone, "channel_id": channel.id, "guild_id": channel.guild_id}
    world.bus.emit(Event("MESSAGE_DELETE_BULK", data, channel.guild_id, channel.id))


def set_pinned(world: World, message: Message, actor_id: str, pinned: bool) -> None:
    """Pin or unpin a message."""
    channel = world.channels[message.channel_id]
    require(world, channel, actor_id, P.PIN_MESSAGES)
    message.pinned_at = world.clock.now() if pinned else None
    emit_message(world, "MESSAGE_UPDATE", message)
    pins: Any = {"channel_id": channel.id, "last_pin_timestamp": payloads.when(message.pinned_at)}
    if channel.guild_id:
        pins["guild_id"] = channel.guild_id
    world.bus.emit(Event("CHANNEL_PINS_UPDATE", pins, channel.guild_id, channel.id))
