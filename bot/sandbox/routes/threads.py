"""Routes about threads and forum posts.

Knows the lists of active and archived threads; must never know the rules of threads themselves.
"""

from __future__ import annotations

from datetime import datetime

from bot.sandbox import errors, messages, payloads, threads
from bot.sandbox.permissions import P, can_see, require, require_in_guild
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Channel, ChannelKind, Json

ROUTES = Routes()


@ROUTES.add("POST", "/channels/{channel_id}/threads")
async def create(call: Call) -> Answer:
    """Start a thread without a message, or open a forum post."""
    parent, body = call.channel(), call.json
    minutes = int(body.get("auto_archive_duration") or 4320)
    if parent.kind is ChannelKind.FORUM:
        draft = messages.draft_of(body.get("message") or {}, call.files)
        tags = [str(t) for t in body.get("applied_tags") or []]
        thread, first = threads.create_forum_post(
            call.world,
            parent,
            call.me,
            body["name"],
            draft,
            tags=tags,
            auto_archive_minutes=minutes,
        )
        answer = payloads.thread(call.world, thread)
        return 201, answer | {"message": payloads.message(call.world, first)}
    private = int(body.get("type") or ChannelKind.PRIVATE_THREAD) == ChannelKind.PRIVATE_THREAD
    thread = threads.create_thread(
        call.world,
        parent,
        call.me,
        body["name"],
        private=private,
        auto_archive_minutes=minutes,
    )
    return 201, payloads.thread(call.world, thread)


@ROUTES.add("POST", "/channels/{channel_id}/messages/{message_id}/threads")
async def create_from_message(call: Call) -> Answer:
    """Start a thread from a message."""
    thread = threads.create_thread(
        call.world,
        call.channel(),
        call.me,
        call.json["name"],
        message=call.message(),
        auto_archive_minutes=int(call.json.get("auto_archive_duration") or 4320),
    )
    return 201, payloads.thread(call.world, thread)


@ROUTES.add("GET", "/guilds/{guild_id}/threads/active")
async def active(call: Call) -> Answer:
    """Answer all active threads that the bot sees."""
    guild = call.guild()
    require_in_guild(guild, call.me)
    found = [
        t
        for t in call.world.threads_of(guild.id)
        if t.thread and not t.thread.archived and can_see(call.world, t, call.me)
    ]
    found.sort(key=lambda t: int(t.id), reverse=True)
    return 200, _listing(call, found)


def _listing(call: Call, found: list[Channel], has_more: bool = False) -> Json:
    members = [
        payloads.thread_member(t.id, call.me, t.thread.member_ids[call.me])
        for t in found
        if t.thread and call.me in t.thread.member_ids
    ]
    shown = [payloads.thread(call.world, t) for t in found]
    return {"threads": shown, "members": members, "has_more": has_more}


def _archived(call: Call, *, private: bool, joined_only: bool = False) -> Answer:
    parent = call.channel()
    needed = [P.READ_MESSAGE_HISTORY]
    if private and not joined_only:
        needed.append(P.MANAGE_THREADS)
    require(call.world, parent, call.me, *needed)
    kind = ChannelKind.PRIVATE_THREAD if private else ChannelKind.PUBLIC_THREAD
    limit = call.number("limit", 50, 100)
    found = [
        (t.thread.archive_changed_at, t)
        for t in call.world.channels.values()
        if t.parent_id == parent.id and t.kind is kind and t.thread and t.thread.archived
    ]
    if joined_only:
        found = [(m, t) for m, t in found if t.thread and call.me in t.thread.member_ids]
    if (before := call.query.get("before")) is not None:
        if joined_only:
            found = [(m, t) for m, t in found if int(t.id) < int(before)]
        else:
            moment = datetime.fromisoformat(before)
            found = [(m, t) for m, t in found if m < moment]
    found.sort(key=lambda pair: int(pair[1].id) if joined_only else pair[0], reverse=True)
    page = [t for _, t in found[:limit]]
    return 200, _listing(call, page, len(found) > limit)


@ROUTES.add("GET", "/channels/{channel_id}/threads/archived/public")
async def archived_public(call: Call) -> Answer:
    """Answer archived public threads, the last archived first."""
    return _archived(call, private=False)


@ROUTES.add("GET", "/channels/{channel_id}/threads/archived/private")
async def archived_private(call: Call) -> Answer:
    """Answer archived private threads; needs Manage Threads."""
    return _archived(call, private=True)


@ROUTES.add("GET", "/channels/{channel_id}/users/@me/threads/archived/private")
async def archived_joined(call: Call) -> Answer:
    """Answer archived private threads that the bot joined."""
    return _archived(call, private=True, joined_only=True)


@ROUTES.add("PUT", "/channels/{channel_id}/thread-members/@me")
async def join(call: Call) -> Answer:
    """Join a thread."""
    threads.join_thread(call.world, call.channel(), call.me)
    return 204, None


@ROUTES.add("DELETE", "/channels/{channel_id}/thread-members/@me")
async def leave(call: Call) -> Answer:
    """Leave a thread."""
    threads.leave_thread(call.world, call.channel(), call.me)
    return 204, None


@ROUTES.add("GET", "/channels/{channel_id}/thread-members/{user_id}")
async def one_member(call: Call) -> Answer:
    """Answer a member of a thread."""
    channel, user = call.channel(), call.params["user_id"]
    require(call.world, channel, call.me)
    if channel.thread is None or user not in channel.thread.member_ids:
        raise errors.unknown("Member")
    return 200, payloads.thread_member(channel.id, user, channel.thread.member_ids[user])


@ROUTES.add("PUT", "/channels/{channel_id}/thread-members/{user_id}")
async def add_member(call: Call) -> Answer:
    """Add somebody to a thread."""
    threads.join_thread(call.world, call.channel(), call.params["user_id"], added_by=call.me)
    return 204, None


@ROUTES.add("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
async def remove_member(call: Call) -> Answer:
    """Take somebody out of a thread."""
    channel = call.channel()
    require(call.world, channel, call.me, P.MANAGE_THREADS)
    threads.leave_thread(call.world, channel, call.params["user_id"])
    return 204, None


@ROUTES.add("GET", "/channels/{channel_id}/thread-members")
async def list_members(call: Call) -> Answer:
    """Answer the members of a thread."""
    channel = call.channel()
    require(call.world, channel, call.me)
    if channel.thread is None:
        raise errors.unknown("Channel")
    joined = channel.thread.member_ids
    return 200, [payloads.thread_member(channel.id, i, moment) for i, moment in joined.items()]
