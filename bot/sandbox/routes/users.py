"""Routes about the bot itself, users and direct-message channels.

Knows the login calls; must never know sessions of the gateway.
"""

from __future__ import annotations

from bot.sandbox import guild_payloads, interactions, payloads
from bot.sandbox.rest import Answer, Call, Routes
from bot.sandbox.state import Json

ROUTES = Routes()


@ROUTES.add("GET", "/users/@me")
async def me(call: Call) -> Answer:
    """Answer who the bot is."""
    extra: Json = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
    return 200, payloads.user(call.world.application.user) | extra


@ROUTES.add("GET", "/oauth2/applications/@me")
async def my_application(call: Call) -> Answer:
    """Answer the application, with the intents that the portal allows in its flags."""
    owner = call.world.users[call.world.guild.owner_id]
    return 200, payloads.application(call.world.application, owner)


@ROUTES.add("GET", "/applications/@me")
async def my_application_too(call: Call) -> Answer:
    """Answer the application under its newer address."""
    return await my_application(call)


@ROUTES.add("GET", "/gateway", needs_token=False)
async def gateway(call: Call) -> Answer:
    """Answer where the gateway is."""
    return 200, {"url": call.world.gateway_url}


@ROUTES.add("GET", "/gateway/bot")
async def gateway_for_bot(call: Call) -> Answer:
    """Answer where the gateway is, with shards and identifies left."""
    return 200, {
        "url": call.world.gateway_url,
        "shards": call.world.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": 1000,
            "reset_after": 0,
            "max_concurrency": 1,
        },
    }


@ROUTES.add("GET", "/users/@me/guilds")
async def my_guilds(call: Call) -> Answer:
    """Answer the guilds that the bot is in."""
    kept = ("id", "name", "icon", "banner", "features")
    return 200, [
        {k: v for k, v in guild_payloads.guild(call.world, g).items() if k in kept}
        | {"owner": g.owner_id == call.me, "permissions": "0"}
        for g in call.world.guilds.values()
        if call.me in g.members
    ]


@ROUTES.add("POST", "/users/@me/channels")
async def open_dm(call: Call) -> Answer:
    """Open a direct-message channel."""
    channel = interactions.open_dm(call.world, str(call.json["recipient_id"]))
    return 200, payloads.channel(call.world, channel)


@ROUTES.add("GET", "/users/{user_id}")
async def user(call: Call) -> Answer:
    """Answer a user."""
    return 200, payloads.user(call.world.find_user(call.params["user_id"]))
