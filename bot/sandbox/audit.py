"""The guild's audit log: who did what to whom, and why.

Knows the action numbers and the event; must never know who reads it.
"""

from __future__ import annotations

from enum import IntEnum

from bot.sandbox import payloads
from bot.sandbox.pulse import Event
from bot.sandbox.state import AuditEntry, Json, World


class Action(IntEnum):
    """Audit-log action types that the sandbox makes, by Discord's names."""

    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    CHANNEL_OVERWRITE_CREATE = 13
    CHANNEL_OVERWRITE_UPDATE = 14
    CHANNEL_OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    MESSAGE_PIN = 74
    MESSAGE_UNPIN = 75
    THREAD_CREATE = 110
    THREAD_UPDATE = 111
    THREAD_DELETE = 112
    AUTO_MODERATION_RULE_CREATE = 140
    AUTO_MODERATION_RULE_UPDATE = 141
    AUTO_MODERATION_RULE_DELETE = 142
    AUTO_MODERATION_BLOCK_MESSAGE = 143
    AUTO_MODERATION_FLAG_TO_CHANNEL = 144
    AUTO_MODERATION_USER_COMMUNICATION_DISABLED = 145


def record(
    world: World,
    guild_id: str | None,
    actor_id: str,
    action: Action,
    target_id: str | None,
    reason: str | None,
    changes: list[Json] | None = None,
    options: Json | None = None,
) -> None:
    """Write one line and tell those who may read the log."""
    if guild_id is None:
        return
    entry = AuditEntry(
        id=world.ids.next(),
        action=int(action),
        user_id=actor_id,
        target_id=target_id,
        reason=reason,
        changes=changes or [],
        options=options,
    )
    world.guilds[guild_id].audit.append(entry)
    data = payloads.audit_entry(entry) | {"guild_id": guild_id}
    world.bus.emit(Event("GUILD_AUDIT_LOG_ENTRY_CREATE", data, guild_id))
