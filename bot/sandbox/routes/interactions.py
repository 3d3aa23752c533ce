"""Routes that answer interactions: the callback, the original answer, follow-ups.

Knows their shapes; must never know deadlines and order, which the operations check.
"""

from __future__ import annotations

from bot.sandbox import errors, interactions, payloads
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Interaction, Json, Message

ROUTES = Routes()
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"


@ROUTES.add(
    "POST", "/interactions/{interaction_id}/{interaction_token}/callback", needs_token=False
)
async def callback(call: Call) -> Answer:
    """Take the first answer to an interaction."""
    params = call.params
    one = interactions.find(call.world, params["interaction_id"], params["interaction_token"])
    _place(call, one)
    message = interactions.answer(call.world, one, call.json, call.files)
    if call.query.get("with_response") not in ("1", "true"):
        return 204, None
    return 200, _described(call, one, message)


def _place(call: Call, one: Interaction) -> None:
    for file in call.files:
        file.channel_id = one.channel_id


def _described(call: Call, one: Interaction, message: Message | None) -> Json:
    described: Json = {"id": one.id, "type": one.kind}
    body: Json = {"interaction": described}
    if message is not None:
        described["response_message_id"] = message.id
        described["response_message_loading"] = payloads.is_loading(message)
        described["response_message_ephemeral"] = message.ephemeral
        if not payloads.is_loading(message):
            body["resource"] = {
                "type": one.answer_kind,
                "message": payloads.message(call.world, message),
            }
    return body


def _interaction(call: Call) -> Interaction:
    if call.params["webhook_id"] != call.me:
        raise errors.unknown("Webhook")
    one = interactions.by_token(call.world, call.params["webhook_token"])
    _place(call, one)
    return one


@ROUTES.add("POST", _HOOK, needs_token=False)
async def follow_up(call: Call) -> Answer:
    """Post a follow-up."""
    message = interactions.follow_up(call.world, _interaction(call), call.json, call.files)
    return 200, payloads.message(call.world, message)


async def get_message(call: Call) -> Answer:
    """Answer the original answer or a follow-up."""
    return 200, payloads.message(call.world, _message(call))


async def edit_message(call: Call) -> Answer:
    """Edit the original answer or a follow-up."""
    one, message = _interaction(call), _message(call)
    changed = interactions.edit_own(call.world, one, message, call.json, call.files)
    return 200, payloads.message(call.world, changed)


async def delete_message(call: Call) -> Answer:
    """Delete the original answer or a follow-up."""
    interactions.delete_own(call.world, _message(call))
    return 204, None


def _message(call: Call) -> Message:
    message_id = call.params.get("message_id", "@original")
    return interactions.own_message(call.world, _interaction(call), message_id)


for _path in (_HOOK + "/messages/@original", _HOOK + "/messages/{message_id}"):
    ROUTES.add("GET", _path, needs_token=False)(get_message)
    ROUTES.add("PATCH", _path, needs_token=False)(edit_message)
    ROUTES.add("DELETE", _path, needs_token=False)(delete_message)
