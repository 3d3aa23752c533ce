"""Routes about reactions.

Knows the routes' emoji and paging; must never know which reactions count.
"""

from __future__ import annotations

from bot.sandbox import payloads, reactions
from bot.sandbox.permissions import P, require
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Emoji

ROUTES = Routes()
_ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
_EMOJI = _ALL + "/{emoji_name}"


def _emoji(call: Call) -> Emoji:
    return reactions.parse_emoji(call.world, call.params["emoji_name"])


@ROUTES.add("PUT", _EMOJI + "/@me")
async def add(call: Call) -> Answer:
    """React as the bot."""
    reactions.react(call.world, call.message(), call.me, _emoji(call))
    return 204, None


@ROUTES.add("DELETE", _EMOJI + "/@me")
async def remove_own(call: Call) -> Answer:
    """Take the bot's reaction away."""
    message, emoji = call.message(), _emoji(call)
    reactions.unreact(call.world, message, call.me, emoji, actor_id=call.me)
    return 204, None


@ROUTES.add("DELETE", _EMOJI + "/{user_id}")
async def remove_other(call: Call) -> Answer:
    """Take another user's reaction away, normal and burst."""
    message, emoji, user_id = call.message(), _emoji(call), call.params["user_id"]
    for burst in (False, True):
        if reactions.find(message, emoji) is not None or not burst:
            reactions.unreact(call.world, message, user_id, emoji, actor_id=call.me, burst=burst)
    return 204, None


@ROUTES.add("DELETE", _EMOJI)
async def clear_emoji(call: Call) -> Answer:
    """Take all reactions with one emoji away."""
    reactions.clear_emoji(call.world, call.message(), _emoji(call), call.me)
    return 204, None


@ROUTES.add("DELETE", _ALL)
async def clear(call: Call) -> Answer:
    """Take all reactions away."""
    reactions.clear(call.world, call.message(), call.me)
    return 204, None


@ROUTES.add("GET", _EMOJI)
async def who(call: Call) -> Answer:
    """Answer the users who reacted, by id, normal ones unless ``type=1`` asks for burst."""
    message = call.message()
    require(call.world, call.channel(), call.me, P.READ_MESSAGE_HISTORY)
    limit = call.number("limit", 25, 100)
    found = reactions.find(message, _emoji(call))
    burst = call.query.get("type") == "1"
    ids = sorted((found.burst if burst else found.normal) if found else [], key=int)
    after = int(call.query.get("after") or 0)
    page = [i for i in ids if int(i) > after][:limit]
    return 200, [payloads.user(call.world.users[i]) for i in page]
