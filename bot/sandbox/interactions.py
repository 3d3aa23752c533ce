"""Interactions from their start to the end of their token: deadlines, answers, follow-ups.

Knows what Discord allows in which order; must never know what the bot answers.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.sandbox import errors, limits, payloads
from bot.sandbox.errors import ApiError
from bot.sandbox.messages import (
    Draft,
    apply_changes,
    draft_of,
    emit_message,
    make,
    publish,
    remove,
)
from bot.sandbox.permissions import channel_permissions
from bot.sandbox.pulse import Event
from bot.sandbox.state import (
    Attachment,
    Channel,
    ChannelKind,
    Interaction,
    Json,
    Message,
    MessageFlag,
    MessageKind,
    World,
)

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
PONG, SAY, THINK, THINK_UPDATE, UPDATE, CHOICES, OPEN_MODAL = 1, 4, 5, 6, 7, 8, 9
TOKEN_LIFE = timedelta(minutes=15)
NO_ANSWER = "The application did not respond"


def start(
    world: World,
    kind: int,
    user_id: str,
    channel: Channel,
    data: Json,
    *,
    source: Message | None = None,
    deadline_s: float = 3.0,
) -> Interaction:
    """Send an interaction to the bot; it fails unless the bot answers within the deadline."""
    one = Interaction(
        id=world.ids.next(),
        token="",
        kind=kind,
        user_id=user_id,
        channel_id=channel.id,
        guild_id=channel.guild_id,
        created_at=world.clock.now(),
        data=data,
        source_message_id=source.id if source else None,
    )
    one.token = f"sandbox-interaction-{one.id}"
    world.interactions[one.id] = one
    event = Event("INTERACTION_CREATE", payload(world, one, source), one.guild_id, channel.id)
    world.bus.emit(event)
    asyncio.get_running_loop().call_later(deadline_s, _expire, world, one)
    return one


def _expire(world: World, one: Interaction) -> None:
    if one.acknowledged:
        return
    one.failed = NO_ANSWER
    _note(world, "SANDBOX_INTERACTION_FAILED", one, error=NO_ANSWER)


def payload(world: World, one: Interaction, source: Message | None) -> Json:
    """Return an INTERACTION_CREATE."""
    channel = world.channels[one.channel_id]
    owner = {"0": one.guild_id} if one.guild_id else {"1": one.user_id}
    body: Json = {
        "id": one.id,
        "application_id": world.bot_id,
        "type": one.kind,
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel_id": channel.id,
        "channel": payloads.resolved_channel(world, channel, one.user_id),
        "app_permissions": str(channel_permissions(world, channel, world.bot_id)),
        "locale": world.users[one.user_id].locale,
        "entitlements": [],
        "authorizing_integration_owners": owner,
        "context": 0 if one.guild_id else 1,
        "attachment_size_limit": 10 * 1024 * 1024,
    }
    member = world.member_of(channel, one.user_id)
    if one.guild_id and member:
        bits = channel_permissions(world, channel, one.user_id)
        body["member"] = payloads.member(member) | {"permissions": str(bits)}
        body["guild_id"] = one.guild_id
        locale = world.find_guild(one.guild_id).preferred_locale
        body["guild_locale"] = locale
        body["guild"] = {"id": one.guild_id, "locale": locale, "features": []}
    else:
        body["user"] = payloads.user(world.users[one.user_id])
    if source is not None:
        body["message"] = payloads.message(world, source)
    return body


def find(world: World, interaction_id: str, token: str) -> Interaction:
    """Return an interaction by id and token, or refuse with 10062."""
    one = world.interactions.get(interaction_id)
    if one is None or one.token != token:
        raise errors.unknown("Interaction")
    return one


def by_token(world: World, token: str) -> Interaction:
    """Return the interaction of a webhook token, or refuse as Discord does."""
    one = next((i for i in world.interactions.values() if i.token == token), None)
    if one is None or not one.acknowledged:
        raise errors.unknown("Webhook")
    if world.clock.now() - one.created_at > TOKEN_LIFE:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return one


def answer(world: World, one: Interaction, body: Json, files: list[Attachment]) -> Message | None:
    """Take the bot's first answer; return the message that it made or changed."""
    if one.failed or world.clock.now() - one.created_at > timedelta(seconds=60):
        raise errors.unknown("Interaction")
    if one.acknowledged:
        raise errors.already_acknowledged()
    kind, data = int(body["type"]), body.get("data") or {}
    if kind not in _ALLOWED[one.kind]:
        raise errors.invalid("type", "This response type is not valid here.", "BASE_TYPE_CHOICES")
    message: Message | None = None
    if kind in (SAY, THINK):
        message = _say(world, one, data, files, thinking=kind == THINK)
    elif kind == UPDATE:
        message = _update_source(world, one, data, files)
    elif kind == THINK_UPDATE:
        one.original_id = one.source_message_id
    elif kind == CHOICES:
        limits.check_choices(data.get("choices") or [])
        one.choices = list(data.get("choices") or [])
    elif kind == OPEN_MODAL:
        limits.check_modal(data)
        one.modal = data | {"components": limits.with_ids(data.get("components") or [])}
    one.answer_kind = kind
    _tell_answer(world, one)
    return message


_ALLOWED = {
    COMMAND: (SAY, THINK, OPEN_MODAL),
    COMPONENT: (SAY, THINK, THINK_UPDATE, UPDATE, OPEN_MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (SAY, THINK, THINK_UPDATE, UPDATE),
}


def _tell_answer(world: World, one: Interaction) -> None:
    if one.modal is not None:
        _note(world, "SANDBOX_MODAL", one, modal=one.modal)
    if one.choices is not None:
        _note(world, "SANDBOX_CHOICES", one, choices=one.choices)
    _note(world, "SANDBOX_INTERACTION_DONE", one)


def _note(world: World, name: str, one: Interaction, **more: object) -> None:
    data: Json = {
        "interaction_id": one.id,
        "member_id": one.user_id,
        "channel_id": one.channel_id,
    }
    world.bus.emit(Event(name, data | more, one.guild_id, one.channel_id))


def _say(
    world: World, one: Interaction, data: Json, files: list[Attachment], *, thinking: bool
) -> Message:
    draft = draft_of(data, files)
    hidden = bool(int(data.get("flags") or 0) & MessageFlag.EPHEMERAL)
    if draft.is_empty and not thinking:
        raise errors.empty_message()
    message = _make(world, one, draft, hidden)
    if thinking:
        message.flags |= MessageFlag.LOADING
    _publish(world, message)
    one.original_id = message.id
    return message


def _make(world: World, one: Interaction, draft: Draft, hidden: bool) -> Message:
    channel = world.channels[one.channel_id]
    message = make(world, channel, world.bot_id, draft)
    message.interaction = metadata(world, one)
    if one.kind == COMMAND:
        message.kind = (
            MessageKind.SLASH_COMMAND if one.data.get("type") == 1 else MessageKind.CONTEXT_MENU
        )
    if hidden:
        message.flags |= MessageFlag.EPHEMERAL
        message.ephemeral_for = one.user_id
        for file in message.attachments:
            file.ephemeral = True
    return message


def metadata(world: World, one: Interaction) -> Json:
    """Return the ``interaction_metadata`` of messages that answer an interaction."""
    kind = COMMAND if one.kind == AUTOCOMPLETE else one.kind
    owner = {"0": one.guild_id} if one.guild_id else {"1": one.user_id}
    body: Json = {
        "id": one.id,
        "type": kind,
        "user": payloads.user(world.users[one.user_id]),
        "authorizing_integration_owners": owner,
    }
    if kind == COMPONENT:
        body["interacted_message_id"] = one.source_message_id
    if kind == MODAL_SUBMIT:
        body["triggering_interaction_metadata"] = {
            "id": one.id,
            "type": COMMAND if one.source_message_id is None else COMPONENT,
            "user": body["user"],
            "authorizing_integration_owners": owner,
        }
        if one.source_message_id is not None:
            trigger = body["triggering_interaction_metadata"]
            trigger["interacted_message_id"] = one.source_message_id
    return body


def _publish(world: World, message: Message) -> None:
    if message.ephemeral:
        world.ephemerals[message.id] = message
        for file in message.attachments:
            world.attachments[file.id] = file
        _tell_ephemeral(world, message)
    else:
        publish(world, world.channels[message.channel_id], message)


def _tell_ephemeral(world: World, message: Message) -> None:
    channel = world.channels[message.channel_id]
    data = {"member_id": message.ephemeral_for, "message_id": message.id}
    world.bus.emit(Event("SANDBOX_EPHEMERAL", data, channel.guild_id, channel.id))


def _update_source(world: World, one: Interaction, data: Json, files: list[Attachment]) -> Message:
    if one.source_message_id is None:
        raise errors.invalid("type", "There is no message to update.", "BASE_TYPE_CHOICES")
    message = world.any_message(one.source_message_id)
    one.original_id = message.id
    return _change(world, message, data, files)


def _change(world: World, message: Message, data: Json, files: list[Attachment]) -> Message:
    changes = dict(data)
    if "attachments" in changes or files:
        kept_ids = {str(a.get("id")) for a in changes.get("attachments") or []}
        kept = [a for a in message.attachments if a.id in kept_ids]
        changes["attachments"] = kept + files
    was_loading = bool(message.flags & MessageFlag.LOADING)
    if changes:
        apply_changes(world, world.channels[message.channel_id], message, changes)
    message.flags &= ~MessageFlag.LOADING
    if was_loading:
        message.edited_at = None
        message.flags |= int(data.get("flags") or 0) & MessageFlag.COMPONENTS_V2
    if message.ephemeral:
        _tell_ephemeral(world, message)
    else:
        emit_message(world, "MESSAGE_UPDATE", message)
    return message


def original(world: World, one: Interaction) -> Message:
    """Return the message of the first answer, or refuse with 10008."""
    if one.original_id is None:
        raise errors.unknown("Message")
    return world.any_message(one.original_id)


def own_message(world: World, one: Interaction, message_id: str) -> Message:
    """Return one of the interaction's messages: ``@original`` or a follow-up."""
    if message_id == "@original":
        return original(world, one)
    if message_id != one.original_id and message_id not in one.followup_ids:
        raise errors.unknown("Message")
    return world.any_message(message_id)


def edit_own(
    world: World, one: Interaction, message: Message, body: Json, files: list[Attachment]
) -> Message:
    """Edit an answer or a follow-up; a thinking message gets its content this way."""
    changed = _change(world, message, body, files)
    one.edited = one.edited or message.id == one.original_id
    world.bus.beat()
    return changed


def delete_own(world: World, message: Message) -> None:
    """Delete an answer or a follow-up."""
    channel = world.channels[message.channel_id]
    if message.ephemeral:
        dismiss(world, message)
        return
    remove(world, message)
    data: Json = {"id": message.id, "channel_id": channel.id}
    if channel.guild_id:
        data["guild_id"] = channel.guild_id
    world.bus.emit(Event("MESSAGE_DELETE", data, channel.guild_id, channel.id))


def dismiss(world: World, message: Message) -> None:
    """Take an ephemeral message away from the member who sees it."""
    world.ephemerals.pop(message.id, None)
    for file in message.attachments:
        world.attachments.pop(file.id, None)
    channel = world.channels[message.channel_id]
    data = {"member_id": message.ephemeral_for, "message_id": message.id}
    world.bus.emit(Event("SANDBOX_EPHEMERAL_DELETED", data, channel.guild_id, channel.id))


def follow_up(world: World, one: Interaction, body: Json, files: list[Attachment]) -> Message:
    """Post a follow-up; the first one after a deferral fills the thinking message."""
    if one.answer_kind == THINK and one.original_id:
        first = world.any_message(one.original_id)
        if first.flags & MessageFlag.LOADING:
            draft = draft_of(body, files)
            if draft.is_empty:
                raise errors.empty_message()
            return edit_own(world, one, first, _as_changes(body), files)
    draft = draft_of(body, files)
    if draft.is_empty:
        raise errors.empty_message()
    message = _make(world, one, draft, bool(int(body.get("flags") or 0) & MessageFlag.EPHEMERAL))
    if one.original_id and message.kind is not MessageKind.SAID:
        message.kind = MessageKind.SAID
    one.followup_ids.append(message.id)
    _publish(world, message)
    return message


def _as_changes(body: Json) -> Json:
    kept = ("content", "embeds", "components", "flags", "allowed_mentions")
    return {k: body[k] for k in kept if k in body}


def open_dm(world: World, user_id: str) -> Channel:
    """Return the direct-message channel with a user, made when there is none."""
    world.find_user(user_id)
    for channel in world.channels.values():
        if channel.kind is ChannelKind.DM and user_id in channel.recipient_ids:
            return channel
    if world.users[user_id].bot:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    channel = Channel(world.ids.next(), ChannelKind.DM, "", recipient_ids=[user_id])
    world.channels[channel.id] = channel
    world.bus.emit(Event("CHANNEL_CREATE", payloads.channel(world, channel), None, channel.id))
    return channel
