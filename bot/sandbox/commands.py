"""Application commands: checked, registered, and found again by their words.

Knows Discord's rules for command definitions; must never know what a command does.
"""

from __future__ import annotations

import re

from bot.sandbox.errors import FormErrors, unknown
from bot.sandbox.pulse import Event
from bot.sandbox.state import Json, World

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
_NAME = re.compile(r"^[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}$")
_MENU_NAME = re.compile(r"^.{1,32}$")
MOST = {SLASH: 100, USER_MENU: 15, MESSAGE_MENU: 15}


def register_all(world: World, guild_id: str | None, bodies: list[Json]) -> list[Json]:
    """Replace all commands of one scope, keeping the ids of those that stay."""
    check_commands(bodies)
    known = {(c["type"], c["name"]): c for c in world.commands.get(guild_id, {}).values()}
    fresh = [_stored(world, guild_id, body, known) for body in bodies]
    world.commands[guild_id] = {c["id"]: c for c in fresh}
    _tell(world)
    return fresh


def register(world: World, guild_id: str | None, body: Json) -> Json:
    """Add one command or replace the one with its name."""
    others = [
        c
        for c in world.commands.get(guild_id, {}).values()
        if (c["type"], c["name"]) != (body.get("type", SLASH), body.get("name"))
    ]
    check_commands([*others, body])
    known = {(c["type"], c["name"]): c for c in world.commands.get(guild_id, {}).values()}
    fresh = _stored(world, guild_id, body, known)
    world.commands.setdefault(guild_id, {})[fresh["id"]] = fresh
    _tell(world)
    return fresh


def unregister(world: World, guild_id: str | None, command_id: str) -> None:
    """Remove one command."""
    if world.commands.get(guild_id, {}).pop(command_id, None) is None:
        raise unknown("application command")
    _tell(world)


def _tell(world: World) -> None:
    world.bus.emit(Event("SANDBOX_COMMANDS", {}))


def _stored(
    world: World, guild_id: str | None, body: Json, known: dict[tuple[int, str], Json]
) -> Json:
    kind = int(body.get("type") or SLASH)
    before = known.get((kind, body["name"]))
    stored: Json = {
        "id": before["id"] if before else world.ids.next(),
        "application_id": world.bot_id,
        "version": world.ids.next(),
        "type": kind,
        "name": body["name"],
        "name_localizations": body.get("name_localizations"),
        "description": body.get("description") or "",
        "description_localizations": body.get("description_localizations"),
        "default_member_permissions": _text(body.get("default_member_permissions")),
        "nsfw": bool(body.get("nsfw")),
        "contexts": body.get("contexts"),
        "integration_types": body.get("integration_types") or [0],
        "dm_permission": bool(body.get("dm_permission", True)),
    }
    if kind == SLASH:
        stored["options"] = [_option(o) for o in body.get("options") or []]
    if guild_id is not None:
        stored["guild_id"] = guild_id
    return stored


def _text(bits: object) -> str | None:
    return None if bits is None else str(bits)


def _option(body: Json) -> Json:
    stored = {k: v for k, v in body.items() if v is not None}
    if body["type"] in (SUBCOMMAND, GROUP):
        stored.pop("required", None)
        stored.pop("choices", None)
        stored.pop("autocomplete", None)
    if body.get("options") is not None:
        stored["options"] = [_option(o) for o in body["options"]]
    if not stored.get("choices"):
        stored.pop("choices", None)
    return stored


def check_commands(bodies: list[Json]) -> None:
    """Refuse definitions that Discord would refuse."""
    form = FormErrors()
    seen: set[tuple[int, object]] = set()
    for n, body in enumerate(bodies):
        kind = int(body.get("type") or SLASH)
        key = (kind, body.get("name"))
        if key in seen:
            form.add(
                f"{n}.name",
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        seen.add(key)
        if kind == SLASH:
            _check_slash(form, str(n), body)
        else:
            _check_menu(form, str(n), body)
    for kind, most in MOST.items():
        if sum(1 for k, _ in seen if k == kind) > most:
            form.add("_", "APPLICATION_COMMANDS_MAX", f"At most {most} commands of type {kind}.")
    form.refuse()


def _check_menu(form: FormErrors, at: str, body: Json) -> None:
    if not _MENU_NAME.match(str(body.get("name") or "")):
        form.add(f"{at}.name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.")
    if body.get("description") or body.get("options"):
        form.add(
            f"{at}.description",
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
            "Context menu commands cannot have a description or options",
        )


def _check_slash(form: FormErrors, at: str, body: Json) -> None:
    _check_names(form, at, body)
    size = _size(body)
    if size > 8000:
        form.add(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    _check_options(form, at, body.get("options") or [], depth=0)


def _size(body: Json) -> int:
    own = len(body.get("name") or "") + len(body.get("description") or "")
    choices = sum(
        len(str(c.get("name"))) + len(str(c.get("value"))) for c in body.get("choices") or []
    )
    return own + choices + sum(_size(o) for o in body.get("options") or [])


def _check_names(form: FormErrors, at: str, body: Json) -> None:
    name = str(body.get("name") or "")
    if not _NAME.match(name) or name != name.lower():
        form.add(
            f"{at}.name",
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        )
    form.longest(f"{at}.description", body.get("description") or "", 100, 1)


def _check_options(form: FormErrors, at: str, options: list[Json], depth: int) -> None:
    form.most(f"{at}.options", options, 25)
    kinds = {o.get("type") in (SUBCOMMAND, GROUP) for o in options}
    if len(kinds) == 2:
        form.add(
            f"{at}.options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other",
        )
    names: set[str] = set()
    optional_seen = False
    for n, one in enumerate(options):
        path = f"{at}.options.{n}"
        _check_names(form, path, one)
        if one.get("name") in names:
            form.add(f"{path}.name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Not unique")
        names.add(str(one.get("name")))
        required = bool(one.get("required"))
        if required and optional_seen:
            form.add(
                f"{path}.required",
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen |= not required
        _check_option(form, path, one, depth)


def _check_option(form: FormErrors, path: str, one: Json, depth: int) -> None:
    if one.get("type") in (SUBCOMMAND, GROUP):
        if depth + (one.get("type") == GROUP) > 1:
            form.add(f"{path}.type", "APPLICATION_COMMAND_OPTIONS_DEPTH", "Nested too deeply")
        _check_options(form, path, one.get("options") or [], depth + 1)
        return
    choices = one.get("choices") or []
    form.most(f"{path}.choices", choices, 25)
    if choices and one.get("autocomplete"):
        form.add(
            f"{path}.autocomplete",
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
            "Options with choices cannot have autocomplete",
        )
    for n, choice in enumerate(choices):
        form.longest(f"{path}.choices.{n}.name", choice.get("name"), 100, 1)
        if isinstance(choice.get("value"), str):
            form.longest(f"{path}.choices.{n}.value", choice["value"], 100)


def visible(world: World, guild_id: str | None) -> list[Json]:
    """Return the commands that exist in a guild (or in direct messages), the guild's own first."""
    own = list(world.commands.get(guild_id, {}).values()) if guild_id else []
    names = {(c["type"], c["name"]) for c in own}
    return own + [c for c in world.commands[None].values() if (c["type"], c["name"]) not in names]


def find(world: World, guild_id: str | None, kind: int, name: str) -> Json | None:
    """Return a command by type and name."""
    return next(
        (c for c in visible(world, guild_id) if c["type"] == kind and c["name"] == name), None
    )
