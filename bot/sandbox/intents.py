"""Which gateway intent each event belongs to.

Knows Discord's table of intents; must never know the events' content.
"""

from __future__ import annotations

from bot.sandbox.pulse import Event

GUILDS, MEMBERS, MODERATION = 1 << 0, 1 << 1, 1 << 2
PRESENCES = 1 << 8
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, DIRECT_TYPING = 1 << 12, 1 << 13, 1 << 14
MESSAGE_CONTENT = 1 << 15
AUTOMOD_CONFIGURATION, AUTOMOD_EXECUTION = 1 << 20, 1 << 21

_GUILD_BITS = {
    "GUILD_MEMBER_ADD": MEMBERS,
    "GUILD_MEMBER_UPDATE": MEMBERS,
    "GUILD_MEMBER_REMOVE": MEMBERS,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": MODERATION,
    "GUILD_BAN_ADD": MODERATION,
    "GUILD_BAN_REMOVE": MODERATION,
    "AUTO_MODERATION_RULE_CREATE": AUTOMOD_CONFIGURATION,
    "AUTO_MODERATION_RULE_UPDATE": AUTOMOD_CONFIGURATION,
    "AUTO_MODERATION_RULE_DELETE": AUTOMOD_CONFIGURATION,
    "AUTO_MODERATION_ACTION_EXECUTION": AUTOMOD_EXECUTION,
    "TYPING_START": GUILD_TYPING,
}
_ALWAYS = ("INTERACTION_CREATE", "USER_UPDATE")


def wants(intents: int, event: Event, bot_id: str) -> bool:
    """Tell whether a session with these intents hears an event."""
    if event.name in _ALWAYS:
        return True
    if event.guild_id is None:
        return bool(intents & _direct_bit(event.name))
    if event.name == "GUILD_MEMBER_UPDATE" and event.data["user"]["id"] == bot_id:
        return True
    if event.name == "THREAD_MEMBERS_UPDATE":
        return bool(intents & (GUILDS | MEMBERS))
    return bool(intents & _guild_bit(event.name))


def _guild_bit(name: str) -> int:
    if name in _GUILD_BITS:
        return _GUILD_BITS[name]
    if name.startswith("MESSAGE_REACTION"):
        return GUILD_REACTIONS
    if name.startswith("MESSAGE_"):
        return GUILD_MESSAGES
    return GUILDS


def _direct_bit(name: str) -> int:
    if name.startswith("MESSAGE_REACTION"):
        return DIRECT_REACTIONS
    if name == "TYPING_START":
        return DIRECT_TYPING
    return DIRECT_MESSAGES
