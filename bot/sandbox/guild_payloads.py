"""The two shapes of a guild: as REST answers it, and as GUILD_CREATE carries it.

Knows the guild's wire form; must never change the state.
"""

from __future__ import annotations

from bot.sandbox import payloads
from bot.sandbox.permissions import can_see
from bot.sandbox.state import Emoji, Guild, Json, World

# What the sandbox does not model, as a plain community has it.
PLAIN_SETTINGS: Json = {
    "icon": None,
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "features": [],
    "banner": None,
    "application_id": None,
    "region": "deprecated",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 1,
    "default_message_notifications": 1,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "stickers": [],
    "incidents_data": None,
}


def guild(world: World, one: Guild) -> Json:
    """Return a guild as REST answers it."""
    return {
        "id": one.id,
        "name": one.name,
        "owner_id": one.owner_id,
        "preferred_locale": one.preferred_locale,
        "roles": [payloads.role(r) for r in one.roles.values()],
        "emojis": [custom_emoji(world, e) for e in one.emojis.values()],
    } | PLAIN_SETTINGS


def custom_emoji(world: World, one: Emoji) -> Json:
    """Return one of the guild's own emojis."""
    return {
        "id": one.id,
        "name": one.name,
        "roles": [],
        "user": payloads.user(world.application.user),
        "require_colons": True,
        "managed": False,
        "animated": False,
        "available": True,
    }


def guild_create(world: World, one: Guild, *, for_user: str, all_members: bool) -> Json:
    """Return what the gateway tells about a guild when it becomes available to the bot.

    Only sessions with the presence intent get all members; others get themselves.
    """
    shown = one.members.values() if all_members else [one.members[for_user]]
    channels = [payloads.channel(world, c) for c in world.channels_of(one.id)]
    for body in channels:
        body.pop("guild_id")
    active = [
        payloads.channel(world, t)
        for t in world.threads_of(one.id)
        if t.thread and not t.thread.archived and can_see(world, t, for_user)
    ]
    return guild(world, one) | {
        "joined_at": payloads.when(one.members[for_user].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [payloads.member(m) for m in shown],
        "channels": channels,
        "threads": active,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
