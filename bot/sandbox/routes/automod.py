"""Routes about Discord's own AutoMod rules.

Knows rules as data and how they are listed and changed; must never filter a message by them.
"""

from __future__ import annotations

from bot.sandbox import errors
from bot.sandbox.audit import Action, record
from bot.sandbox.permissions import P, require_in_guild
from bot.sandbox.pulse import Event
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Guild, Json

ROUTES = Routes()
_ALL = "/guilds/{guild_id}/auto-moderation/rules"
_ONE = _ALL + "/{rule_id}"


def _guild(call: Call) -> Guild:
    guild = call.guild()
    require_in_guild(guild, call.me, P.MANAGE_GUILD)
    return guild


def _rule(call: Call) -> Json:
    found = _guild(call).automod.get(call.params["rule_id"])
    if found is None:
        raise errors.unknown("Auto Moderation Rule")
    return found


def _tell(call: Call, action: Action, rule: Json) -> None:
    guild_id = call.params["guild_id"]
    call.world.bus.emit(Event(action.name, rule, guild_id))
    record(call.world, guild_id, call.me, action, rule["id"], call.reason)


@ROUTES.add("GET", _ALL)
async def list_rules(call: Call) -> Answer:
    """Answer all rules."""
    return 200, list(_guild(call).automod.values())


@ROUTES.add("GET", _ONE)
async def get_rule(call: Call) -> Answer:
    """Answer one rule."""
    return 200, _rule(call)


@ROUTES.add("POST", _ALL)
async def create_rule(call: Call) -> Answer:
    """Create a rule."""
    guild, body = _guild(call), call.json
    form = errors.FormErrors()
    form.longest("name", body.get("name") or "", 100, 1)
    if not body.get("actions"):
        form.add("actions", "BASE_TYPE_REQUIRED", "This field is required")
    form.refuse()
    rule: Json = {
        "id": call.world.ids.next(),
        "guild_id": guild.id,
        "creator_id": call.me,
        "name": body["name"],
        "event_type": int(body["event_type"]),
        "trigger_type": int(body["trigger_type"]),
        "trigger_metadata": _metadata(body),
        "actions": [a | {"metadata": a.get("metadata") or {}} for a in body["actions"]],
        "enabled": bool(body.get("enabled")),
        "exempt_roles": [str(i) for i in body.get("exempt_roles") or []],
        "exempt_channels": [str(i) for i in body.get("exempt_channels") or []],
    }
    guild.automod[rule["id"]] = rule
    _tell(call, Action.AUTO_MODERATION_RULE_CREATE, rule)
    return 200, rule


def _metadata(body: Json) -> Json:
    given = body.get("trigger_metadata") or {}
    if int(body["trigger_type"]) != 1:
        return dict(given)
    return {"keyword_filter": [], "regex_patterns": [], "allow_list": []} | given


@ROUTES.add("PATCH", _ONE)
async def change_rule(call: Call) -> Answer:
    """Change a rule."""
    rule = _rule(call)
    rule.update({k: v for k, v in call.json.items() if k in rule and k != "id"})
    _tell(call, Action.AUTO_MODERATION_RULE_UPDATE, rule)
    return 200, rule


@ROUTES.add("DELETE", _ONE)
async def delete_rule(call: Call) -> Answer:
    """Delete a rule."""
    rule = _rule(call)
    del _guild(call).automod[rule["id"]]
    _tell(call, Action.AUTO_MODERATION_RULE_DELETE, rule)
    return 204, None
