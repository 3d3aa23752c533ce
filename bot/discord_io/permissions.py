"""What the bot must be allowed to do, and how to say what is missing."""

from collections.abc import Mapping

import discord

from bot.domain.wording import N_, _

REQUIRED: Mapping[str, str] = {
    "view_channel": N_("View Channel"),
    "read_message_history": N_("Read Message History"),
    "send_messages": N_("Send Messages"),
    "send_messages_in_threads": N_("Send Messages in Threads"),
    "embed_links": N_("Embed Links"),
    "attach_files": N_("Attach Files"),
    "add_reactions": N_("Add Reactions"),
}
"""Permission by discord.py's name, with the name that Discord's settings show.

Send Messages has no effect in threads, hence its twin (Discord's documentation on threads).
Attach Files is for the picture of the digest alone.
"""
MODERATING: Mapping[str, str] = {
    "moderate_members": N_("Timeout Members"),
    "kick_members": N_("Kick Members"),
    "ban_members": N_("Ban Members"),
    "manage_messages": N_("Manage Messages"),
    "manage_channels": N_("Manage Channels"),
    "manage_threads": N_("Manage Threads"),
    "manage_roles": N_("Manage Roles"),
    "manage_guild": N_("Manage Server"),
    "view_audit_log": N_("View Audit Log"),
}
"""What moderators' commands need of the bot; notes, likes and digests work without.

Manage Roles is what a lock needs (in a channel's settings it is called Manage Permissions), Manage
Server what AutoMod's rules need; with View Audit Log the bot recognises its own work after a crash
and records what is done by hand.
"""
SCOPES = ("bot", "applications.commands")


def required() -> discord.Permissions:
    """Return the permissions for the invite link."""
    return discord.Permissions(**dict.fromkeys([*REQUIRED, *MODERATING], True))


def invite_link(application_id: int) -> str:
    """Return the address under which an administrator adds the bot."""
    return discord.utils.oauth_url(application_id, permissions=required(), scopes=SCOPES)


def missing(permissions: discord.Permissions) -> list[str]:
    """Return the names of what is missing, as Discord's settings show them."""
    return [_(name) for key, name in REQUIRED.items() if not getattr(permissions, key)]


def missing_for_moderation(permissions: discord.Permissions) -> list[str]:
    """Return the names of what moderators' commands lack."""
    return [_(name) for key, name in MODERATING.items() if not getattr(permissions, key)]
