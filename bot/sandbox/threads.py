"""Channels, threads and forum posts: made, changed, archived, locked, deleted.

Knows the rules of Discord's threads; must never know what is discussed in them.
"""

from __future__ import annotations

from bot.sandbox import errors, payloads
from bot.sandbox.audit import Action, record
from bot.sandbox.errors import ApiError, FormErrors
from bot.sandbox.messages import (
    Draft,
    check_may_write,
    emit_channel,
    emit_message,
    emit_thread_members,
    make,
    publish,
)
from bot.sandbox.permissions import P, channel_permissions, require
from bot.sandbox.pulse import Event
from bot.sandbox.state import (
    Channel,
    ChannelKind,
    Json,
    Message,
    MessageFlag,
    MessageKind,
    Overwrite,
    Tag,
    ThreadInfo,
    World,
)

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


def create_thread(
    world: World,
    parent: Channel,
    owner_id: str,
    name: str,
    *,
    private: bool = False,
    message: Message | None = None,
    auto_archive_minutes: int = 4320,
) -> Channel:
    """Start a thread in a text channel, from a message or on its own."""
    needed = P.CREATE_PRIVATE_THREADS if private else P.CREATE_PUBLIC_THREADS
    require(world, parent, owner_id, needed)
    if parent.kind not in (ChannelKind.TEXT, ChannelKind.NEWS):
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if message is not None and message.thread_id is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    kind = ChannelKind.PRIVATE_THREAD if private else ChannelKind.PUBLIC_THREAD
    thread = _new_thread(world, parent, owner_id, name, kind, auto_archive_minutes, message)
    if message is not None:
        message.thread_id = thread.id
        message.flags |= MessageFlag.HAS_THREAD
    _emit_created(world, thread)
    if message is not None:
        emit_message(world, "MESSAGE_UPDATE", message)
    elif not private:
        _announce(world, parent, thread, owner_id)
    return thread


def create_forum_post(
    world: World,
    forum: Channel,
    owner_id: str,
    name: str,
    draft: Draft,
    *,
    tags: list[str],
    auto_archive_minutes: int = 4320,
) -> tuple[Channel, Message]:
    """Open a forum post: a thread whose first message has the thread's id."""
    require(world, forum, owner_id, P.SEND_MESSAGES)
    if forum.kind is not ChannelKind.FORUM:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if draft.is_empty:
        raise errors.empty_message()
    known = {t.id for t in forum.tags}
    if any(t not in known for t in tags) or len(tags) > 5:
        raise errors.invalid("applied_tags", "Unknown tag, or more than five.")
    kind = ChannelKind.PUBLIC_THREAD
    thread = _new_thread(world, forum, owner_id, name, kind, auto_archive_minutes, None)
    if thread.thread:
        thread.thread.applied_tags = tags
    check_may_write(world, thread, owner_id, draft)
    first = make(world, thread, owner_id, draft)
    first.id = thread.id
    _emit_created(world, thread)
    publish(world, thread, first)
    return thread, first


def _new_thread(
    world: World,
    parent: Channel,
    owner_id: str,
    name: str,
    kind: ChannelKind,
    auto_archive_minutes: int,
    message: Message | None,
) -> Channel:
    form = FormErrors()
    form.longest("name", name, 100, 1)
    if auto_archive_minutes not in ARCHIVE_MINUTES:
        form.add("auto_archive_duration", "BASE_TYPE_CHOICES", "Not an allowed duration.")
    form.refuse()
    now = world.clock.now()
    thread = Channel(
        id=message.id if message else world.ids.next(),
        kind=kind,
        name=name,
        guild_id=parent.guild_id,
        parent_id=parent.id,
        thread=ThreadInfo(
            owner_id=owner_id,
            created_at=now,
            archive_changed_at=now,
            auto_archive_minutes=auto_archive_minutes,
            member_ids={owner_id: now},
        ),
    )
    world.channels[thread.id] = thread
    return thread


def _emit_created(world: World, thread: Channel) -> None:
    data = payloads.channel(world, thread) | {"newly_created": True}
    world.bus.emit(Event("THREAD_CREATE", data, thread.guild_id, thread.id))


def _announce(world: World, parent: Channel, thread: Channel, owner_id: str) -> None:
    note = make(world, parent, owner_id, Draft(content=thread.name))
    note.kind = MessageKind.THREAD_CREATED
    note.reference = {"type": 0, "channel_id": thread.id, "guild_id": parent.guild_id}
    publish(world, parent, note)


def join_thread(
    world: World, thread: Channel, user_id: str, *, added_by: str | None = None
) -> None:
    """Let a user join a thread; others can add anybody who sees the parent channel."""
    if added_by is None:
        require(world, thread, user_id)
    else:
        require(world, thread, added_by, P.SEND_MESSAGES_IN_THREADS)
        require(world, world.parent_of(thread) or thread, user_id)
    if thread.thread is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if thread.thread.archived:
        raise errors.archived()
    if user_id not in thread.thread.member_ids:
        thread.thread.member_ids[user_id] = world.clock.now()
        emit_thread_members(world, thread, added=(user_id,))


def leave_thread(world: World, thread: Channel, user_id: str) -> None:
    """Take a user out of a thread."""
    if thread.thread is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if thread.thread.member_ids.pop(user_id, None) is not None:
        emit_thread_members(world, thread, removed=(user_id,))


def change_channel(
    world: World, channel: Channel, actor_id: str, changes: Json, reason: str | None
) -> Channel:
    """Change a channel's or thread's settings."""
    form = FormErrors()
    form.longest("name", changes.get("name"), 100, 1)
    form.longest("topic", changes.get("topic"), 4096 if channel.tags else 1024)
    slowmode = changes.get("rate_limit_per_user")
    if slowmode is not None and not 0 <= int(slowmode) <= 21600:
        form.add("rate_limit_per_user", "NUMBER_TYPE_MAX", "Must be between 0 and 21600.")
    form.refuse()
    if channel.thread:
        _change_thread(world, channel, actor_id, changes)
    else:
        require(world, channel, actor_id, P.MANAGE_CHANNELS)
        _change_plain(channel, changes)
    if "name" in changes:
        channel.name = changes["name"]
    before = channel.slowmode_seconds
    if "rate_limit_per_user" in changes:
        channel.slowmode_seconds = int(slowmode or 0)
    noted = [
        {"key": k, "old_value": before, "new_value": v}
        if k == "rate_limit_per_user"
        else {"key": k, "new_value": v}
        for k, v in changes.items()
        if k in _AUDITED
    ]
    action = Action.THREAD_UPDATE if channel.thread else Action.CHANNEL_UPDATE
    emit_channel(world, action.name, channel)
    record(world, channel.guild_id, actor_id, action, channel.id, reason, noted)
    return channel


_AUDITED = ("name", "topic", "archived", "locked", "rate_limit_per_user", "nsfw")


def _change_thread(world: World, channel: Channel, actor_id: str, changes: Json) -> None:
    info = channel.thread
    if info is None:
        return
    bits = channel_permissions(world, channel, actor_id)
    if not bits & P.VIEW_CHANNEL:
        raise errors.missing_access()
    manages = bool(bits & P.MANAGE_THREADS)
    touches_more = info.locked or set(changes) - {"archived"}
    unarchiving = changes.get("archived") is False
    if info.archived and not unarchiving:
        raise errors.archived()
    is_owner = info.owner_id == actor_id
    if not manages and ("locked" in changes or "rate_limit_per_user" in changes):
        raise errors.missing_permissions()
    if not manages and not is_owner and not (unarchiving and not touches_more):
        raise errors.missing_permissions()
    if "archived" in changes and bool(changes["archived"]) != info.archived:
        info.archived = bool(changes["archived"])
        info.archive_changed_at = world.clock.now()
    info.locked = bool(changes.get("locked", info.locked))
    info.invitable = bool(changes.get("invitable", info.invitable))
    if "auto_archive_duration" in changes:
        info.auto_archive_minutes = int(changes["auto_archive_duration"])
    if "applied_tags" in changes:
        info.applied_tags = [str(t) for t in changes["applied_tags"]]


def _change_plain(channel: Channel, changes: Json) -> None:
    if "topic" in changes:
        channel.topic = changes["topic"]
    if "nsfw" in changes:
        channel.nsfw = bool(changes["nsfw"])
    if "parent_id" in changes:
        channel.parent_id = str(changes["parent_id"]) if changes["parent_id"] else None
    if changes.get("position") is not None:
        channel.position = int(changes["position"])
    if changes.get("permission_overwrites") is not None:
        channel.overwrites = [overwrite_of(o) for o in changes["permission_overwrites"]]


def overwrite_of(body: Json) -> Overwrite:
    """Return an overwrite from its wire form."""
    allow, deny = int(body.get("allow") or 0), int(body.get("deny") or 0)
    return Overwrite(str(body["id"]), bool(int(body["type"])), allow, deny)


def set_tags(world: World, forum: Channel, wanted: list[Json]) -> None:
    """Replace a forum's tags; a tag with a known id keeps it."""
    form = FormErrors()
    form.most("available_tags", wanted, 20)
    for n, one in enumerate(wanted):
        form.longest(f"available_tags.{n}.name", one.get("name"), 50, 1)
    form.refuse()
    known = {t.id for t in forum.tags}
    forum.tags = [
        Tag(
            str(one["id"]) if str(one.get("id")) in known else world.ids.next(),
            one["name"],
            bool(one.get("moderated")),
        )
        for one in wanted
    ]


def delete_channel(world: World, channel: Channel, actor_id: str, reason: str | None) -> None:
    """Delete a channel or thread with everything in it; no message gets an event of its own."""
    require(world, channel, actor_id, P.MANAGE_THREADS if channel.thread else P.MANAGE_CHANNELS)
    for thread in [c for c in world.channels.values() if c.parent_id == channel.id and c.thread]:
        world.channels.pop(thread.id)
        world.messages.pop(thread.id, None)
    data = payloads.channel(world, channel)
    action = Action.THREAD_DELETE if channel.thread else Action.CHANNEL_DELETE
    world.bus.emit(Event(action.name, data, channel.guild_id, channel.id))
    world.channels.pop(channel.id, None)
    world.messages.pop(channel.id, None)
    record(world, channel.guild_id, actor_id, action, channel.id, reason)
