"""The REST routes of the sandbox, one module per kind of thing.

Knows the list of all routes; must never know how they are served.
"""

from __future__ import annotations

from bot.sandbox.rest import Route
from bot.sandbox.routes import (
    applications,
    automod,
    channels,
    guilds,
    interactions,
    messages,
    moderation,
    reactions,
    threads,
    users,
)

ALL_ROUTES: list[Route] = [
    *users.ROUTES,
    *applications.ROUTES,
    *channels.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
    *threads.ROUTES,
    *guilds.ROUTES,
    *moderation.ROUTES,
    *automod.ROUTES,
    *interactions.ROUTES,
]
