"""Routes about messages: paging, posting, editing, deleting, pins.

Knows query and body of each route; must never know the rules of messages themselves.
"""

from __future__ import annotations

from bot.sandbox import messages, payloads
from bot.sandbox.audit import Action, record
from bot.sandbox.errors import invalid
from bot.sandbox.permissions import P, channel_permissions, require
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Json, Message

ROUTES = Routes()
_ALL = "/channels/{channel_id}/messages"
_ONE = "/channels/{channel_id}/messages/{message_id}"


def _shown(call: Call, message: Message) -> Json:
    """Return a message, emptied when the portal does not allow the content intent."""
    body = payloads.message(call.world, message)
    channel = call.world.channels[message.channel_id]
    if call.world.application.content_intent or channel.guild_id is None:
        return body
    stripped = payloads.without_content(body | {"guild_id": channel.guild_id}, call.me)
    return {k: v for k, v in stripped.items() if k != "guild_id"}


@ROUTES.add("GET", _ALL)
async def page(call: Call) -> Answer:
    """Answer a page of messages, newest first."""
    channel = call.channel()
    require(call.world, channel, call.me)
    limit = call.number("limit", 50, 100)
    if not channel_permissions(call.world, channel, call.me) & P.READ_MESSAGE_HISTORY:
        return 200, []
    stored = call.world.messages_in(channel)
    chosen = _slice(stored, call, limit)
    return 200, [_shown(call, m) for m in reversed(chosen)]


def _slice(stored: list[Message], call: Call, limit: int) -> list[Message]:
    asked = [k for k in ("around", "before", "after") if k in call.query]
    if len(asked) > 1:
        raise invalid("_", "Only one of around, before and after can be given.")
    if not asked:
        return stored[-limit:]
    pivot = int(call.query[asked[0]])
    older = [m for m in stored if int(m.id) < pivot]
    newer = [m for m in stored if int(m.id) > pivot]
    if asked[0] == "before":
        return older[-limit:]
    if asked[0] == "after":
        return newer[:limit]
    exact = [m for m in stored if int(m.id) == pivot]
    half = limit // 2
    return (older[-half:] if half else []) + exact + newer[: limit - half - len(exact)]


@ROUTES.add("GET", _ONE)
async def get_message(call: Call) -> Answer:
    """Answer one message."""
    require(call.world, call.channel(), call.me, P.READ_MESSAGE_HISTORY)
    return 200, _shown(call, call.message())


@ROUTES.add("POST", _ALL)
async def post(call: Call) -> Answer:
    """Post a message; a known nonce answers the message that it made before."""
    channel = call.channel()
    for file in call.files:
        file.channel_id = channel.id
    draft = messages.draft_of(call.json, call.files)
    return 200, payloads.message(call.world, messages.post(call.world, channel, call.me, draft))


@ROUTES.add("PATCH", _ONE)
async def edit(call: Call) -> Answer:
    """Edit one of the bot's messages."""
    message = call.message()
    changes = dict(call.json)
    if "attachments" in changes or call.files:
        kept_ids = {str(a.get("id")) for a in changes.get("attachments") or []}
        kept = [a for a in message.attachments if a.id in kept_ids]
        changes["attachments"] = kept + call.files
    edited = messages.edit(call.world, message, call.me, changes)
    return 200, payloads.message(call.world, edited)


@ROUTES.add("DELETE", _ONE)
async def delete(call: Call) -> Answer:
    """Delete one message."""
    channel, message = call.channel(), call.message()
    messages.delete(call.world, message, call.me)
    if message.author_id != call.me:
        options = {"channel_id": channel.id, "count": "1"}
        action, target = Action.MESSAGE_DELETE, message.author_id
        record(call.world, channel.guild_id, call.me, action, target, call.reason, options=options)
    return 204, None


@ROUTES.add("POST", "/channels/{channel_id}/messages/bulk-delete")
async def bulk_delete(call: Call) -> Answer:
    """Delete 2 to 100 messages that are younger than 14 days."""
    channel = call.channel()
    ids = [str(i) for i in call.json["messages"]]
    messages.bulk_delete(call.world, channel, ids, call.me)
    options = {"count": str(len(ids))}
    action = Action.MESSAGE_BULK_DELETE
    record(call.world, channel.guild_id, call.me, action, channel.id, call.reason, options=options)
    return 204, None


@ROUTES.add("GET", "/channels/{channel_id}/messages/pins")
async def pins(call: Call) -> Answer:
    """Answer the pinned messages, newest pin first."""
    channel = call.channel()
    require(call.world, channel, call.me, P.READ_MESSAGE_HISTORY)
    pinned = [(m.pinned_at, m) for m in call.world.messages_in(channel) if m.pinned_at is not None]
    pinned.sort(key=lambda pair: pair[0], reverse=True)
    items = [
        {"pinned_at": payloads.when(moment), "message": _shown(call, m)} for moment, m in pinned
    ]
    return 200, {"items": items, "has_more": False}


@ROUTES.add("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
async def pin(call: Call) -> Answer:
    """Pin a message."""
    messages.set_pinned(call.world, call.message(), call.me, pinned=True)
    return 204, None


@ROUTES.add("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
async def unpin(call: Call) -> Answer:
    """Unpin a message."""
    messages.set_pinned(call.world, call.message(), call.me, pinned=False)
    return 204, None
