"""What a client sends for a pressed button, a chosen entry and a filled form.

Knows components and what a client checks before it sends; must never send anything.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox import payloads
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import BUTTON, SELECTS, STRING_SELECT, TEXT_INPUT, every_component
from bot.sandbox.state import Channel, Json, Message, World

USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
LINK_STYLE = 5


def _refuse(sentence: str) -> ApiError:
    return ApiError(400, 0, sentence)


def button_data(message: Message, named: str) -> Json:
    """Return the data of a press, or refuse a button that cannot be pressed."""
    buttons = [c for _, c in every_component(message.components) if c.get("type") == BUTTON]
    for one in buttons:
        if named in (one.get("custom_id"), one.get("label")):
            if one.get("disabled"):
                raise _refuse(f"The button {named!r} is disabled")
            if one.get("style") == LINK_STYLE:
                raise _refuse(f"The button {named!r} only opens a link")
            return {
                "component_type": BUTTON,
                "custom_id": one["custom_id"],
                "id": one["id"],
            }
    labels = ", ".join(str(b.get("label")) for b in buttons) or "none at all"
    raise _refuse(f"There is no button {named!r}; there are: {labels}")


def select_data(
    world: World, channel: Channel, message: Message, named: str, values: list[str]
) -> Json:
    """Return the data of a choice, or refuse values that the menu does not offer."""
    menus = [c for _, c in every_component(message.components) if c.get("type") in SELECTS]
    one = next((m for m in menus if named in (m["custom_id"], m.get("placeholder"))), None)
    if one is None:
        raise _refuse(f"There is no menu {named!r}")
    if one.get("disabled"):
        raise _refuse(f"The menu {named!r} is disabled")
    _check_values(one, values)
    data: Json = {
        "component_type": one["type"],
        "custom_id": one["custom_id"],
        "id": one["id"],
        "values": values,
    }
    if one["type"] != STRING_SELECT:
        data["resolved"] = resolve(world, channel, one["type"], values)
    return data


def _check_values(one: Json, values: list[str]) -> None:
    fewest, most = one.get("min_values", 1), one.get("max_values", 1)
    if not fewest <= len(values) <= most:
        raise _refuse(f"Between {fewest} and {most} entries can be chosen")
    if one["type"] == STRING_SELECT:
        offered = {o["value"] for o in one.get("options") or []}
        if missing := [v for v in values if v not in offered]:
            raise _refuse(f"The menu does not offer {missing[0]!r}")


def resolve(world: World, channel: Channel, kind: int, ids: list[str]) -> Json:
    """Return the objects behind chosen ids, as interactions carry them."""
    guild = world.guilds.get(channel.guild_id or "")
    users: Json = {}
    found_members: Json = {}
    roles: Json = {}
    channels: Json = {}
    for one in ids:
        if kind in (USER_SELECT, MENTIONABLE_SELECT) and one in world.users:
            users[one] = payloads.user(world.users[one])
            if guild and one in guild.members:
                found_members[one] = payloads.member_core(guild.members[one])
                found_members[one]["permissions"] = "0"
        elif kind in (ROLE_SELECT, MENTIONABLE_SELECT) and guild and one in guild.roles:
            roles[one] = payloads.role(guild.roles[one])
        elif kind == CHANNEL_SELECT and one in world.channels:
            target = world.channels[one]
            channels[one] = payloads.resolved_channel(world, target, world.bot_id)
        else:
            raise _refuse(f"There is nothing with the id {one}")
    everything = {
        "users": users,
        "members": found_members,
        "roles": roles,
        "channels": channels,
    }
    return {k: v for k, v in everything.items() if v}


def modal_data(modal: Json, values: dict[str, Any]) -> Json:
    """Return the data of a sent form, or refuse what its fields do not allow."""
    fields = {c["custom_id"] for _, c in every_component(modal["components"]) if "custom_id" in c}
    if strange := set(values) - fields:
        raise _refuse(f"The form has no field {sorted(strange)[0]!r}")
    return {
        "custom_id": modal["custom_id"],
        "components": [_filled(c, values) for c in modal["components"]],
        "resolved": {},
    }


def _filled(one: Json, values: dict[str, Any]) -> Json:
    body: Json = {"type": one["type"], "id": one.get("id", 0)}
    if "components" in one:
        return body | {"components": [_filled(c, values) for c in one["components"]]}
    if one.get("component"):
        return body | {"component": _filled(one["component"], values)}
    if "custom_id" not in one:
        return body
    body["custom_id"] = one["custom_id"]
    if one["type"] == TEXT_INPUT:
        return body | {"value": _text(one, values)}
    chosen = values.get(one["custom_id"], [])
    chosen = [chosen] if isinstance(chosen, str) else list(chosen)
    if one.get("required", True) or chosen:
        _check_values(one, chosen)
    return body | {"values": chosen}


def _text(one: Json, values: dict[str, Any]) -> str:
    text = str(values.get(one["custom_id"], one.get("value") or ""))
    name = one.get("label") or one["custom_id"]
    if one.get("required", True) and not text:
        raise _refuse(f"The field {name!r} must be filled in")
    fewest, most = one.get("min_length") or 0, one.get("max_length") or 4000
    if text and not fewest <= len(text) <= most:
        raise _refuse(f"The field {name!r} takes {fewest} to {most} characters")
    return text
