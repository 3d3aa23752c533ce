"""Discord's permission arithmetic: roles, overwrites, threads, timeouts, hierarchy.

Knows bits and who has them; must never know which of the bot's features need them.
"""

from __future__ import annotations

from enum import IntFlag

from bot.sandbox.errors import missing_access, missing_permissions
from bot.sandbox.state import Channel, ChannelKind, Guild, Member, World


class P(IntFlag):
    """Permission bits, by Discord's names."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


EVERYTHING = (1 << 53) - 1
TIMED_OUT = int(P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY)
IN_A_DM = int(
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS
    | P.EMBED_LINKS | P.ATTACH_FILES | P.USE_EXTERNAL_EMOJIS | P.USE_APPLICATION_COMMANDS
    | P.PIN_MESSAGES
)  # fmt: skip
MEMBER_DEFAULT = int(
    P.CREATE_INSTANT_INVITE | P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES
    | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.USE_EXTERNAL_EMOJIS
    | P.CHANGE_NICKNAME | P.USE_APPLICATION_COMMANDS | P.CREATE_PUBLIC_THREADS
    | P.SEND_MESSAGES_IN_THREADS
)  # fmt: skip
MODERATOR = int(
    P.KICK_MEMBERS | P.BAN_MEMBERS | P.MANAGE_MESSAGES | P.MANAGE_THREADS | P.VIEW_AUDIT_LOG
    | P.MODERATE_MEMBERS | P.PIN_MESSAGES | P.MANAGE_NICKNAMES
)  # fmt: skip
BOT_NEEDS = int(
    MEMBER_DEFAULT | MODERATOR | P.MANAGE_CHANNELS | P.MANAGE_GUILD | P.MANAGE_ROLES
    | P.CREATE_PRIVATE_THREADS
)  # fmt: skip


def guild_permissions(guild: Guild, member: Member) -> int:
    """Return what a member may do in the guild as a whole."""
    if member.user.id == guild.owner_id:
        return EVERYTHING
    bits = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        if (role := guild.roles.get(role_id)) is not None:
            bits |= role.permissions
    return EVERYTHING if bits & P.ADMINISTRATOR else bits


def channel_permissions(world: World, channel: Channel, user_id: str) -> int:
    """Return what a user may do in a channel; nothing at all without seeing it."""
    if channel.guild_id is None:
        return IN_A_DM if user_id in channel.recipient_ids or user_id == world.bot_id else 0
    guild = world.guilds[channel.guild_id]
    if (member := guild.members.get(user_id)) is None:
        return 0
    bits = guild_permissions(guild, member)
    if bits == EVERYTHING:
        return bits
    where = (world.parent_of(channel) or channel) if channel.is_thread else channel
    bits = _with_overwrites(bits, where, guild, member)
    if not bits & P.VIEW_CHANNEL or _is_closed_to(channel, bits, user_id):
        return 0
    if member.timed_out_until and member.timed_out_until > world.clock.now():
        bits &= TIMED_OUT
    return bits


def _with_overwrites(bits: int, channel: Channel, guild: Guild, member: Member) -> int:
    everyone = next((o for o in channel.overwrites if o.id == guild.id), None)
    if everyone:
        bits = bits & ~everyone.deny | everyone.allow
    roles = [o for o in channel.overwrites if not o.is_member and o.id in member.role_ids]
    deny = allow = 0
    for overwrite in roles:
        deny |= overwrite.deny
        allow |= overwrite.allow
    bits = bits & ~deny | allow
    own = next((o for o in channel.overwrites if o.is_member and o.id == member.user.id), None)
    return bits & ~own.deny | own.allow if own else bits


def _is_closed_to(channel: Channel, bits: int, user_id: str) -> bool:
    if channel.kind is not ChannelKind.PRIVATE_THREAD or channel.thread is None:
        return False
    return user_id not in channel.thread.member_ids and not bits & P.MANAGE_THREADS


def can_see(world: World, channel: Channel, user_id: str) -> bool:
    """Tell whether a user sees a channel."""
    return bool(channel_permissions(world, channel, user_id) & P.VIEW_CHANNEL)


def require(world: World, channel: Channel, user_id: str, *needed: P) -> None:
    """Refuse with 50001 when the channel is not visible, with 50013 when a bit is missing."""
    bits = channel_permissions(world, channel, user_id)
    if not bits & P.VIEW_CHANNEL:
        raise missing_access()
    if any(not bits & bit for bit in needed):
        raise missing_permissions()


def require_in_guild(guild: Guild, user_id: str, *needed: P) -> None:
    """Refuse with 50001 for outsiders, with 50013 when a guild-wide bit is missing."""
    if (member := guild.members.get(user_id)) is None:
        raise missing_access()
    bits = guild_permissions(guild, member)
    if any(not bits & bit for bit in needed):
        raise missing_permissions()


def top_position(guild: Guild, member: Member) -> int:
    """Return the position of a member's highest role."""
    return max((guild.roles[r].position for r in member.role_ids if r in guild.roles), default=0)


def require_above(guild: Guild, actor_id: str, target_id: str) -> None:
    """Refuse with 50013 unless the actor stands above the target in the role hierarchy."""
    actor, target = guild.members.get(actor_id), guild.members.get(target_id)
    if target is None or actor_id == guild.owner_id:
        return
    if actor is None or target_id == guild.owner_id:
        raise missing_permissions()
    if top_position(guild, actor) <= top_position(guild, target):
        raise missing_permissions()
