"""What a client sends for a slash command, an autocomplete and a context menu.

Knows registered commands and what a client checks before it sends; must never send anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import commands, payloads
from bot.sandbox.commands import GROUP, MESSAGE_MENU, SLASH, SUBCOMMAND, USER_MENU
from bot.sandbox.component_data import resolve
from bot.sandbox.errors import ApiError
from bot.sandbox.permissions import P, channel_permissions
from bot.sandbox.state import Attachment, Channel, Json, Message, User, World

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(3, 12)
_SELECT_KIND = {USER: 5, CHANNEL: 8, ROLE: 6, MENTIONABLE: 7}


def _refuse(sentence: str) -> ApiError:
    return ApiError(400, 0, sentence)


@dataclass(slots=True)
class _Filling:
    """Options as they are filled in, and what they refer to."""

    world: World
    channel: Channel
    forge: bool
    resolved: Json = field(default_factory=dict)

    def merge(self, more: Json) -> None:
        for key, value in more.items():
            self.resolved.setdefault(key, {}).update(value)


def slash_data(
    world: World, channel: Channel, user_id: str, words: str, given: Json, *, forge: bool
) -> Json:
    """Return the data of a slash command, or refuse what a client would not send."""
    command, path, options = _walk(world, channel, words)
    if not forge:
        _check_allowed(world, channel, user_id, command)
    filling = _Filling(world, channel, forge)
    filled = _fill(filling, options, given)
    if not forge:
        missing = [o["name"] for o in options if o.get("required") and o["name"] not in given]
        if missing:
            raise _refuse(f"/{words} needs the option {missing[0]!r}")
    return _data(channel, command, path, filled, filling)


def autocomplete_data(
    world: World, channel: Channel, user_id: str, words: str, given: Json, focused: str
) -> Json:
    """Return the data of an autocomplete; only the focused option is typed."""
    command, path, options = _walk(world, channel, words)
    _check_allowed(world, channel, user_id, command)
    definition = next((o for o in options if o["name"] == focused), None)
    if definition is None or not definition.get("autocomplete"):
        raise _refuse(f"The option {focused!r} of /{words} has no autocomplete")
    filling = _Filling(world, channel, forge=True)
    others = {k: v for k, v in given.items() if k != focused}
    filled = _fill(filling, options, others)
    typed = {
        "name": focused,
        "type": definition["type"],
        "value": str(given.get(focused, "")),
        "focused": True,
    }
    return _data(channel, command, path, [*filled, typed], filling)


def menu_data(
    world: World,
    channel: Channel,
    user_id: str,
    name: str,
    target: Message | User,
    *,
    forge: bool,
) -> Json:
    """Return the data of a message menu or user menu."""
    kind = MESSAGE_MENU if isinstance(target, Message) else USER_MENU
    command = commands.find(world, channel.guild_id, kind, name)
    if command is None:
        raise _refuse(f"There is no menu {name!r}")
    if not forge:
        _check_allowed(world, channel, user_id, command)
    if isinstance(target, Message):
        resolved: Json = {"messages": {target.id: payloads.message(world, target)}}
    else:
        resolved = resolve(world, channel, 5, [target.id])
    body: Json = {
        "id": command["id"],
        "name": command["name"],
        "type": kind,
        "target_id": target.id,
        "resolved": resolved,
    }
    return _scoped(body, channel, command)


def _scoped(body: Json, channel: Channel, command: Json) -> Json:
    if "guild_id" in command and channel.guild_id is not None:
        body["guild_id"] = channel.guild_id
    return body


def _walk(world: World, channel: Channel, words: str) -> tuple[Json, list[Json], list[Json]]:
    first, *rest = words.split()
    command = commands.find(world, channel.guild_id, SLASH, first)
    if command is None:
        raise _refuse(f"There is no command /{first}")
    path: list[Json] = []
    options: list[Json] = command.get("options") or []
    for word in rest:
        deeper = next(
            (o for o in options if o["name"] == word and o["type"] in (SUBCOMMAND, GROUP)), None
        )
        if deeper is None:
            raise _refuse(f"There is no command /{words}")
        path.append(deeper)
        options = deeper.get("options") or []
    if any(o["type"] in (SUBCOMMAND, GROUP) for o in options):
        raise _refuse(f"/{words} needs a subcommand")
    return command, path, options


def _check_allowed(world: World, channel: Channel, user_id: str, command: Json) -> None:
    if channel.guild_id is None:
        contexts = command.get("contexts")
        if (contexts is not None and 1 not in contexts) or not command["dm_permission"]:
            raise _refuse(f"/{command['name']} cannot be used in direct messages")
        return
    needed = command.get("default_member_permissions")
    if needed is None:
        return
    bits = channel_permissions(world, channel, user_id)
    wanted = int(needed) or int(P.ADMINISTRATOR)
    if bits & wanted != wanted:
        raise _refuse(f"/{command['name']} is not offered to this member")


def _fill(filling: _Filling, options: list[Json], given: Json) -> list[Json]:
    known = {o["name"]: o for o in options}
    if strange := [k for k in given if k not in known]:
        raise _refuse(f"There is no option {strange[0]!r}")
    filled = []
    for name, value in given.items():
        if value is None:
            continue
        definition = known[name]
        taken = _value(filling, definition, value)
        if not filling.forge:
            _check(definition, taken)
        filled.append({"name": name, "type": definition["type"], "value": taken})
    return filled


def _value(filling: _Filling, definition: Json, value: Any) -> Any:
    kind = definition["type"]
    try:
        if kind == INTEGER:
            return int(value)
        if kind == NUMBER:
            return float(value)
    except ValueError:
        raise _refuse(f"The option {definition['name']!r} must be a number") from None
    if kind == BOOLEAN:
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if kind == STRING:
        return str(value)
    if kind == FILE:
        return _file(filling, definition, value)
    reference = value if isinstance(value, str) else str(value.id)
    filling.merge(resolve(filling.world, filling.channel, _SELECT_KIND[kind], [reference]))
    return reference


def _file(filling: _Filling, definition: Json, value: Any) -> str:
    stored = value if isinstance(value, Attachment) else filling.world.attachments.get(str(value))
    if stored is None:
        raise _refuse(f"The option {definition['name']!r} needs an uploaded file")
    body = payloads.attachment(stored, filling.world.files_base)
    filling.merge({"attachments": {stored.id: body}})
    return stored.id


def _check(definition: Json, value: Any) -> None:
    name = definition["name"]
    choices = definition.get("choices")
    if choices and value not in [c["value"] for c in choices]:
        raise _refuse(f"The option {name!r} does not offer {value!r}")
    if isinstance(value, str):
        fewest, most = definition.get("min_length", 0), definition.get("max_length", 6000)
        if not fewest <= len(value) <= most:
            raise _refuse(f"The option {name!r} takes {fewest} to {most} characters")
    elif not isinstance(value, bool):
        lowest = definition.get("min_value", -(2**53))
        highest = definition.get("max_value", 2**53)
        if not lowest <= value <= highest:
            raise _refuse(f"The option {name!r} takes {lowest} to {highest}")


def _data(
    channel: Channel, command: Json, path: list[Json], filled: list[Json], filling: _Filling
) -> Json:
    inner = filled
    for step in reversed(path):
        inner = [{"name": step["name"], "type": step["type"], "options": inner}]
    body: Json = {
        "id": command["id"],
        "name": command["name"],
        "type": SLASH,
        "options": inner,
    }
    if filling.resolved:
        body["resolved"] = filling.resolved
    return _scoped(body, channel, command)
