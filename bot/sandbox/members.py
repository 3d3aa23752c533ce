"""What moderators do to members: timeouts, kicks, bans, roles; and members who come and go.

Knows hierarchy, permissions and audit lines; must never know why somebody is moderated.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.sandbox import errors, payloads
from bot.sandbox.audit import Action, record
from bot.sandbox.permissions import P, guild_permissions, require_above, require_in_guild
from bot.sandbox.pulse import Event
from bot.sandbox.snowflakes import moment_of
from bot.sandbox.state import Guild, Json, Member, User, World

LONGEST_TIMEOUT = timedelta(days=28)


def join(world: World, guild: Guild, user: User, role_ids: list[str]) -> Member:
    """Let a user become a member."""
    world.users[user.id] = user
    member = Member(user, guild.id, world.clock.now(), role_ids)
    guild.members[user.id] = member
    data = payloads.member(member) | {"guild_id": guild.id}
    world.bus.emit(Event("GUILD_MEMBER_ADD", data, guild.id))
    return member


def leave(world: World, guild: Guild, user_id: str) -> None:
    """Take a member out of the guild."""
    member = guild.members.pop(user_id, None)
    if member is None:
        raise errors.unknown("Member")
    if user_id == world.bot_id:
        world.bus.emit(Event("GUILD_DELETE", {"id": guild.id}, guild.id))
        return
    data = {"guild_id": guild.id, "user": payloads.user(member.user)}
    world.bus.emit(Event("GUILD_MEMBER_REMOVE", data, guild.id))


def kick(world: World, guild: Guild, user_id: str, actor_id: str, reason: str | None) -> None:
    """Kick a member who stands below the actor."""
    require_in_guild(guild, actor_id, P.KICK_MEMBERS)
    world.find_member(guild.id, user_id)
    require_above(guild, actor_id, user_id)
    leave(world, guild, user_id)
    record(world, guild.id, actor_id, Action.MEMBER_KICK, user_id, reason)


def ban(
    world: World,
    guild: Guild,
    user_id: str,
    actor_id: str,
    reason: str | None,
    delete_seconds: int = 0,
) -> None:
    """Ban a user, member or not, and delete what they wrote lately."""
    require_in_guild(guild, actor_id, P.BAN_MEMBERS)
    user = world.find_user(user_id)
    require_above(guild, actor_id, user_id)
    if not 0 <= delete_seconds <= 604800:
        raise errors.invalid("delete_message_seconds", "Must be between 0 and 604800.")
    guild.bans[user_id] = reason
    _delete_recent(world, guild, user_id, delete_seconds)
    if user_id in guild.members:
        leave(world, guild, user_id)
    data = {"guild_id": guild.id, "user": payloads.user(user)}
    world.bus.emit(Event("GUILD_BAN_ADD", data, guild.id))
    record(world, guild.id, actor_id, Action.MEMBER_BAN_ADD, user_id, reason)


def unban(world: World, guild: Guild, user_id: str, actor_id: str, reason: str | None) -> None:
    """Lift a ban."""
    require_in_guild(guild, actor_id, P.BAN_MEMBERS)
    if user_id not in guild.bans:
        raise errors.unknown("Ban")
    del guild.bans[user_id]
    data = {"guild_id": guild.id, "user": payloads.user(world.find_user(user_id))}
    world.bus.emit(Event("GUILD_BAN_REMOVE", data, guild.id))
    record(world, guild.id, actor_id, Action.MEMBER_BAN_REMOVE, user_id, reason)


def _delete_recent(world: World, guild: Guild, user_id: str, seconds: int) -> None:
    since = world.clock.now() - timedelta(seconds=seconds)
    for channel in [c for c in world.channels.values() if c.guild_id == guild.id]:
        stored = world.messages.get(channel.id, {})
        gone = [m for m in stored.values() if m.author_id == user_id and moment_of(m.id) >= since]
        if seconds and gone:
            for message in gone:
                del stored[message.id]
            data = {
                "ids": [m.id for m in gone],
                "channel_id": channel.id,
                "guild_id": guild.id,
            }
            world.bus.emit(Event("MESSAGE_DELETE_BULK", data, guild.id, channel.id))


def change_member(
    world: World, guild: Guild, user_id: str, actor_id: str, changes: Json, reason: str | None
) -> Member:
    """Change a member's timeout, nickname or roles."""
    member = world.find_member(guild.id, user_id)
    if actor_id != user_id or set(changes) - {"nick"}:
        require_above(guild, actor_id, user_id)
    if "communication_disabled_until" in changes:
        _set_timeout(world, guild, member, actor_id, changes, reason)
    if "nick" in changes:
        needed = P.CHANGE_NICKNAME if actor_id == user_id else P.MANAGE_NICKNAMES
        require_in_guild(guild, actor_id, needed)
        member.nick = changes["nick"] or None
    if changes.get("roles") is not None:
        set_roles(world, guild, member, actor_id, [str(r) for r in changes["roles"]], reason)
    emit_member(world, member)
    return member


def _set_timeout(
    world: World, guild: Guild, member: Member, actor_id: str, changes: Json, reason: str | None
) -> None:
    require_in_guild(guild, actor_id, P.MODERATE_MEMBERS)
    if guild_permissions(guild, member) & P.ADMINISTRATOR:
        raise errors.missing_permissions()
    wanted = changes["communication_disabled_until"]
    until = _moment(wanted) if wanted else None
    if until and until > world.clock.now() + LONGEST_TIMEOUT + timedelta(seconds=60):
        raise errors.invalid(
            "communication_disabled_until",
            "Timeouts can be at most 28 days long.",
            "GUILD_COMMUNICATION_DISABLED_UNTIL_TOO_LATE",
        )
    change = {"key": "communication_disabled_until", "new_value": payloads.when(until)}
    if member.timed_out_until:
        change["old_value"] = payloads.when(member.timed_out_until)
    member.timed_out_until = until
    record(world, guild.id, actor_id, Action.MEMBER_UPDATE, member.user.id, reason, [change])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        field = "communication_disabled_until"
        raise errors.invalid(field, "Not a valid ISO 8601 moment.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def set_roles(
    world: World,
    guild: Guild,
    member: Member,
    actor_id: str,
    role_ids: list[str],
    reason: str | None,
) -> None:
    """Replace a member's roles by known ones."""
    require_in_guild(guild, actor_id, P.MANAGE_ROLES)
    if any(r not in guild.roles for r in role_ids):
        raise errors.unknown("Role")
    before = set(member.role_ids)
    member.role_ids = role_ids
    changes = [
        {"key": key, "new_value": [{"id": r, "name": guild.roles[r].name} for r in sorted(ids)]}
        for key, ids in (("$add", set(role_ids) - before), ("$remove", before - set(role_ids)))
        if ids
    ]
    target = member.user.id
    record(world, guild.id, actor_id, Action.MEMBER_ROLE_UPDATE, target, reason, changes)


def emit_member(world: World, member: Member) -> None:
    """Tell about a changed member."""
    data = payloads.member(member) | {"guild_id": member.guild_id}
    world.bus.emit(Event("GUILD_MEMBER_UPDATE", data, member.guild_id))
