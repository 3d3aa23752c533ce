"""Routes about kicks, bans and the audit log.

Knows their queries and bodies; must never know why somebody is moderated.
"""

from __future__ import annotations

from bot.sandbox import errors, members, payloads
from bot.sandbox.errors import ApiError
from bot.sandbox.permissions import P, require_in_guild
from bot.sandbox.rest import Answer, Call, Routes

ROUTES = Routes()


@ROUTES.add("DELETE", "/guilds/{guild_id}/members/{user_id}")
async def kick(call: Call) -> Answer:
    """Kick a member."""
    members.kick(call.world, call.guild(), call.params["user_id"], call.me, call.reason)
    return 204, None


@ROUTES.add("GET", "/guilds/{guild_id}/bans")
async def list_bans(call: Call) -> Answer:
    """Answer the bans by user id."""
    guild = call.guild()
    require_in_guild(guild, call.me, P.BAN_MEMBERS)
    limit = call.number("limit", 1000, 1000)
    after, before = int(call.query.get("after") or 0), int(call.query.get("before") or 1 << 63)
    ids = sorted((i for i in guild.bans if after < int(i) < before), key=int)[:limit]
    return 200, [_ban(call, i) for i in ids]


def _ban(call: Call, user_id: str) -> dict[str, object]:
    reason = call.guild().bans[user_id]
    return {"user": payloads.user(call.world.find_user(user_id)), "reason": reason}


@ROUTES.add("GET", "/guilds/{guild_id}/bans/{user_id}")
async def get_ban(call: Call) -> Answer:
    """Answer one ban."""
    require_in_guild(call.guild(), call.me, P.BAN_MEMBERS)
    if call.params["user_id"] not in call.guild().bans:
        raise errors.unknown("Ban")
    return 200, _ban(call, call.params["user_id"])


@ROUTES.add("PUT", "/guilds/{guild_id}/bans/{user_id}")
async def ban(call: Call) -> Answer:
    """Ban a user."""
    # The documentation puts it into the body, discord.py into the query.
    asked = call.json.get("delete_message_seconds") or call.query.get("delete_message_seconds")
    seconds, user_id = int(asked or 0), call.params["user_id"]
    members.ban(call.world, call.guild(), user_id, call.me, call.reason, seconds)
    return 204, None


@ROUTES.add("DELETE", "/guilds/{guild_id}/bans/{user_id}")
async def unban(call: Call) -> Answer:
    """Lift a ban."""
    members.unban(call.world, call.guild(), call.params["user_id"], call.me, call.reason)
    return 204, None


@ROUTES.add("POST", "/guilds/{guild_id}/bulk-ban")
async def bulk_ban(call: Call) -> Answer:
    """Ban several users; those that cannot be banned are listed as failed."""
    guild = call.guild()
    require_in_guild(guild, call.me, P.BAN_MEMBERS, P.MANAGE_GUILD)
    seconds = int(call.json.get("delete_message_seconds") or 0)
    done: list[str] = []
    failed: list[str] = []
    for user_id in map(str, call.json["user_ids"]):
        try:
            members.ban(call.world, guild, user_id, call.me, call.reason, seconds)
        except ApiError:
            failed.append(user_id)
        else:
            done.append(user_id)
    if not done:
        raise ApiError(400, 500000, "Failed to ban users")
    return 200, {"banned_users": done, "failed_users": failed}


@ROUTES.add("GET", "/guilds/{guild_id}/audit-logs")
async def audit_log(call: Call) -> Answer:
    """Answer the audit log, newest first, filtered by user, action and id."""
    guild = call.guild()
    require_in_guild(guild, call.me, P.VIEW_AUDIT_LOG)
    limit = call.number("limit", 50, 100)
    found = list(guild.audit)
    if action := call.query.get("action_type"):
        found = [e for e in found if e.action == int(action)]
    if user_id := call.query.get("user_id"):
        found = [e for e in found if e.user_id == user_id]
    if after := call.query.get("after"):
        page = [e for e in found if int(e.id) > int(after)][:limit]
    else:
        before = int(call.query.get("before") or 1 << 63)
        page = [e for e in found if int(e.id) < before][-limit:][::-1]
    ids = {e.user_id for e in page} | {e.target_id for e in page if e.target_id}
    users = [payloads.user(call.world.users[i]) for i in sorted(ids) if i in call.world.users]
    return 200, {
        "audit_log_entries": [payloads.audit_entry(e) for e in page],
        "users": users,
        "integrations": [],
        "webhooks": [],
        "guild_scheduled_events": [],
        "threads": [],
        "application_commands": [],
        "auto_moderation_rules": [],
    }
