"""Routes that register application commands.

Knows the two scopes, global and guild; must never know what a command does.
"""

from __future__ import annotations

from bot.sandbox import commands, errors
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Json

ROUTES = Routes()
_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _scope(call: Call) -> str | None:
    if call.params["application_id"] != call.me:
        raise errors.ApiError(403, 20012, "You are not authorized on this application")
    guild_id = call.params.get("guild_id")
    if guild_id is not None and call.me not in call.world.find_guild(guild_id).members:
        raise errors.missing_access()
    return guild_id


def _one(call: Call) -> Json:
    found = call.world.commands.get(_scope(call), {}).get(call.params["command_id"])
    if found is None:
        raise errors.unknown("application command")
    return found


async def list_commands(call: Call) -> Answer:
    """Answer the commands of a scope."""
    return 200, list(call.world.commands.get(_scope(call), {}).values())


async def replace_commands(call: Call) -> Answer:
    """Replace all commands of a scope."""
    return 200, commands.register_all(call.world, _scope(call), call.items)


async def add_command(call: Call) -> Answer:
    """Add a command, or replace the one with its name."""
    scope = _scope(call)
    names = {(c["type"], c["name"]) for c in call.world.commands.get(scope, {}).values()}
    known = (call.json.get("type", 1), call.json.get("name")) in names
    return (200 if known else 201), commands.register(call.world, scope, call.json)


async def get_command(call: Call) -> Answer:
    """Answer one command."""
    return 200, _one(call)


async def change_command(call: Call) -> Answer:
    """Change one command."""
    merged = _one(call) | call.json
    commands.unregister(call.world, _scope(call), merged["id"])
    return 200, commands.register(call.world, _scope(call), merged)


async def delete_command(call: Call) -> Answer:
    """Remove one command."""
    commands.unregister(call.world, _scope(call), _one(call)["id"])
    return 204, None


for _base in (_GLOBAL, _GUILD):
    ROUTES.add("GET", _base)(list_commands)
    ROUTES.add("PUT", _base)(replace_commands)
    ROUTES.add("POST", _base)(add_command)
    ROUTES.add("GET", _base + "/{command_id}")(get_command)
    ROUTES.add("PATCH", _base + "/{command_id}")(change_command)
    ROUTES.add("DELETE", _base + "/{command_id}")(delete_command)
