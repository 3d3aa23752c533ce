"""What Discord's own AutoMod tells when one of its rules fires.

Knows the event and the audit line; must never decide which text breaks a rule.
"""

from __future__ import annotations

from bot.sandbox.audit import Action, record
from bot.sandbox.pulse import Event
from bot.sandbox.state import Channel, Json, World

BLOCK, ALERT, TIMEOUT = 1, 2, 3
_AUDITED = {
    BLOCK: Action.AUTO_MODERATION_BLOCK_MESSAGE,
    ALERT: Action.AUTO_MODERATION_FLAG_TO_CHANNEL,
    TIMEOUT: Action.AUTO_MODERATION_USER_COMMUNICATION_DISABLED,
}


def fire(
    world: World, channel: Channel, rule: Json, user_id: str, content: str, keyword: str
) -> None:
    """Tell that a rule hit what somebody wrote; one event for each action of the rule."""
    for action in rule["actions"]:
        data: Json = {
            "guild_id": channel.guild_id,
            "action": action,
            "rule_id": rule["id"],
            "rule_trigger_type": rule["trigger_type"],
            "user_id": user_id,
            "channel_id": channel.id,
            "content": content,
            "matched_keyword": keyword,
            "matched_content": keyword,
        }
        event = Event("AUTO_MODERATION_ACTION_EXECUTION", data, channel.guild_id, channel.id)
        world.bus.emit(event)
        if action["type"] in _AUDITED:
            options = {
                "channel_id": channel.id,
                "auto_moderation_rule_name": rule["name"],
                "auto_moderation_rule_trigger_type": str(rule["trigger_type"]),
            }
            kind = _AUDITED[action["type"]]
            record(world, channel.guild_id, user_id, kind, user_id, None, options=options)
