"""Whom a message really pings: its text, its reply, and the allowed mentions together.

Knows Discord's rules for mentions; must never know how a message is stored or sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.permissions import P, channel_permissions
from bot.sandbox.state import Channel, Json, World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass(slots=True)
class Pinged:
    """The outcome: users, roles, and whether everyone."""

    users: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    everyone: bool = False


def pinged(
    world: World,
    channel: Channel,
    author_id: str,
    text: str,
    allowed: Json | None,
    replied_to: str | None,
) -> Pinged:
    """Compute what a message pings. ``allowed`` of ``None`` means Discord's defaults."""
    found = Pinged()
    if _may(allowed, "users"):
        found.users = [u for u in _ids(_USER, text, allowed, "users") if u in world.users]
    if _may(allowed, "roles"):
        roles = _ids(_ROLE, text, allowed, "roles")
        found.roles = [r for r in roles if _can_ping_role(world, channel, author_id, r)]
    found.everyone = (
        (allowed is None or "everyone" in allowed.get("parse", []))
        and bool(_EVERYONE.search(text))
        and bool(channel_permissions(world, channel, author_id) & P.MENTION_EVERYONE)
    )
    reply_pings = allowed is None or bool(allowed.get("replied_user"))
    if replied_to and reply_pings and replied_to not in found.users:
        found.users.append(replied_to)
    return found


def _may(allowed: Json | None, what: str) -> bool:
    return allowed is None or what in allowed.get("parse", []) or bool(allowed.get(what))


def _ids(pattern: re.Pattern[str], text: str, allowed: Json | None, what: str) -> list[str]:
    ids = list(dict.fromkeys(pattern.findall(text)))
    if allowed is None or what in allowed.get("parse", []):
        return ids
    listed = {str(i) for i in allowed.get(what) or []}
    return [i for i in ids if i in listed]


def _can_ping_role(world: World, channel: Channel, author_id: str, role_id: str) -> bool:
    if channel.guild_id is None:
        return False
    role = world.guilds[channel.guild_id].roles.get(role_id)
    if role is None:
        return False
    bits = channel_permissions(world, channel, author_id)
    return role.mentionable or bool(bits & P.MENTION_EVERYONE)


def visible_text(content: str, components: list[Json]) -> str:
    """Return a message's text: its content and the text displays in its components."""
    return "\n".join(part for part in [content, *_displays(components)] if part)


def _displays(components: list[Json]) -> list[str]:
    found: list[str] = []
    for one in components:
        if one.get("type") == 10:
            found.append(one.get("content", ""))
        found.extend(_displays(one.get("components") or []))
        if accessory := one.get("accessory"):
            found.extend(_displays([accessory]))
    return found
