"""Routes about guilds, roles and members as they are read.

Knows lookups and role changes; must never know moderation.
"""

from __future__ import annotations

from bot.sandbox import errors, guild_payloads, members, payloads
from bot.sandbox.audit import Action, record
from bot.sandbox.permissions import P, require_in_guild
from bot.sandbox.pulse import Event
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Role

ROUTES = Routes()


@ROUTES.add("GET", "/guilds/{guild_id}")
async def get_guild(call: Call) -> Answer:
    """Answer a guild, with counts when asked."""
    guild = call.guild()
    require_in_guild(guild, call.me)
    body = guild_payloads.guild(call.world, guild)
    if call.query.get("with_counts") in ("1", "true", "True"):
        body |= {
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": len(guild.members),
        }
    return 200, body


@ROUTES.add("GET", "/guilds/{guild_id}/members/{user_id}")
async def get_member(call: Call) -> Answer:
    """Answer one member."""
    require_in_guild(call.guild(), call.me)
    found = call.world.find_member(call.guild().id, call.params["user_id"])
    return 200, payloads.member(found)


@ROUTES.add("GET", "/guilds/{guild_id}/members/search")
async def search_members(call: Call) -> Answer:
    """Answer members whose name starts with the query."""
    guild = call.guild()
    require_in_guild(guild, call.me)
    query = call.query.get("query", "").lower()
    limit = call.number("limit", 1, 1000)
    found = [m for m in guild.members.values() if m.name.lower().startswith(query)]
    return 200, [payloads.member(m) for m in found[:limit]]


@ROUTES.add("GET", "/guilds/{guild_id}/members")
async def list_members(call: Call) -> Answer:
    """Answer members by id; needs the members intent in the portal."""
    guild = call.guild()
    require_in_guild(guild, call.me)
    if not call.world.application.members_intent:
        raise errors.missing_access()
    limit = call.number("limit", 1, 1000)
    after = int(call.query.get("after") or 0)
    ids = sorted((i for i in guild.members if int(i) > after), key=int)[:limit]
    return 200, [payloads.member(guild.members[i]) for i in ids]


@ROUTES.add("PATCH", "/guilds/{guild_id}/members/{user_id}")
async def change_member(call: Call) -> Answer:
    """Change a member: timeout, nickname, roles."""
    changed = members.change_member(
        call.world, call.guild(), call.params["user_id"], call.me, call.json, call.reason
    )
    return 200, payloads.member(changed)


@ROUTES.add("PATCH", "/guilds/{guild_id}/members/@me")
async def change_me(call: Call) -> Answer:
    """Change the bot's own nickname."""
    changed = members.change_member(
        call.world, call.guild(), call.me, call.me, call.json, call.reason
    )
    return 200, payloads.member(changed)


@ROUTES.add("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def add_role(call: Call) -> Answer:
    """Give a member a role."""
    guild = call.guild()
    member = call.world.find_member(guild.id, call.params["user_id"])
    wanted = [*dict.fromkeys([*member.role_ids, call.params["role_id"]])]
    members.set_roles(call.world, guild, member, call.me, wanted, call.reason)
    members.emit_member(call.world, member)
    return 204, None


@ROUTES.add("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def remove_role(call: Call) -> Answer:
    """Take a role from a member."""
    guild = call.guild()
    member = call.world.find_member(guild.id, call.params["user_id"])
    wanted = [r for r in member.role_ids if r != call.params["role_id"]]
    members.set_roles(call.world, guild, member, call.me, wanted, call.reason)
    members.emit_member(call.world, member)
    return 204, None


@ROUTES.add("GET", "/guilds/{guild_id}/roles")
async def list_roles(call: Call) -> Answer:
    """Answer the guild's roles."""
    require_in_guild(call.guild(), call.me)
    return 200, [payloads.role(r) for r in call.guild().roles.values()]


@ROUTES.add("POST", "/guilds/{guild_id}/roles")
async def create_role(call: Call) -> Answer:
    """Create a role at the bottom."""
    guild = call.guild()
    require_in_guild(guild, call.me, P.MANAGE_ROLES)
    role = Role(
        id=call.world.ids.next(),
        name=call.json.get("name") or "new role",
        permissions=int(call.json.get("permissions") or 0),
        position=1,
        color=int(call.json.get("color") or 0),
        hoist=bool(call.json.get("hoist")),
        mentionable=bool(call.json.get("mentionable")),
    )
    guild.roles[role.id] = role
    data = {"guild_id": guild.id, "role": payloads.role(role)}
    call.world.bus.emit(Event("GUILD_ROLE_CREATE", data, guild.id))
    record(call.world, guild.id, call.me, Action.ROLE_CREATE, role.id, call.reason)
    return 200, payloads.role(role)


@ROUTES.add("DELETE", "/guilds/{guild_id}/roles/{role_id}")
async def delete_role(call: Call) -> Answer:
    """Delete a role."""
    guild, role_id = call.guild(), call.params["role_id"]
    require_in_guild(guild, call.me, P.MANAGE_ROLES)
    if role_id == guild.id or guild.roles.pop(role_id, None) is None:
        raise errors.unknown("Role")
    for member in guild.members.values():
        member.role_ids = [r for r in member.role_ids if r != role_id]
    data = {"guild_id": guild.id, "role_id": role_id}
    call.world.bus.emit(Event("GUILD_ROLE_DELETE", data, guild.id))
    record(call.world, guild.id, call.me, Action.ROLE_DELETE, role_id, call.reason)
    return 204, None


@ROUTES.add("GET", "/guilds/{guild_id}/emojis")
async def list_emojis(call: Call) -> Answer:
    """Answer the guild's own emojis."""
    guild = call.guild()
    require_in_guild(guild, call.me)
    return 200, [guild_payloads.custom_emoji(call.world, e) for e in guild.emojis.values()]
