"""What a role or member may differently in a channel: set, removed, and written into the audit log.

Knows overwrites and their log entries; must never know why somebody changes them.
"""

from __future__ import annotations

from bot.sandbox import errors
from bot.sandbox.audit import Action, record
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P, require
from bot.sandbox.state import Channel, Json, Overwrite, World


def set_overwrite(
    world: World, channel: Channel, actor_id: str, fresh: Overwrite, reason: str | None
) -> None:
    """Set an overwrite, in place of the one that is there."""
    require(world, channel, actor_id, P.MANAGE_ROLES)
    old = _find(channel, fresh.id)
    channel.overwrites = [o for o in channel.overwrites if o.id != fresh.id] + [fresh]
    emit_channel(world, "CHANNEL_UPDATE", channel)
    action = Action.CHANNEL_OVERWRITE_UPDATE if old else Action.CHANNEL_OVERWRITE_CREATE
    _record(world, channel, actor_id, action, old, fresh, reason)


def remove_overwrite(
    world: World, channel: Channel, actor_id: str, overwrite_id: str, reason: str | None
) -> None:
    """Remove an overwrite."""
    require(world, channel, actor_id, P.MANAGE_ROLES)
    old = _find(channel, overwrite_id)
    if old is None:
        raise errors.unknown("Overwrite")
    channel.overwrites = [o for o in channel.overwrites if o.id != overwrite_id]
    emit_channel(world, "CHANNEL_UPDATE", channel)
    _record(world, channel, actor_id, Action.CHANNEL_OVERWRITE_DELETE, old, None, reason)


def _find(channel: Channel, overwrite_id: str) -> Overwrite | None:
    return next((o for o in channel.overwrites if o.id == overwrite_id), None)


def _record(
    world: World,
    channel: Channel,
    actor_id: str,
    action: Action,
    old: Overwrite | None,
    new: Overwrite | None,
    reason: str | None,
) -> None:
    about = new or old
    if about is None:
        return
    options: Json = {"id": about.id, "type": "1" if about.is_member else "0"}
    if not about.is_member and channel.guild_id:
        options["role_name"] = world.guilds[channel.guild_id].roles[about.id].name
    changes = [
        _change(
            key,
            None if old is None else str(getattr(old, key)),
            None if new is None else str(getattr(new, key)),
        )
        for key in ("allow", "deny")
        if old is None or new is None or getattr(old, key) != getattr(new, key)
    ]
    record(world, channel.guild_id, actor_id, action, channel.id, reason, changes, options)


def _change(key: str, old: str | None, new: str | None) -> Json:
    change: Json = {"key": key}
    if old is not None:
        change["old_value"] = old
    if new is not None:
        change["new_value"] = new
    return change
