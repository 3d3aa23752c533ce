"""Who somebody is on a Discord server at this moment, as values for the rules.

A role that was deleted counts no more: discord.py leaves out what the server has no longer.
"""

from collections.abc import Collection
from typing import Any

import discord

from bot.domain.ids import MemberId
from bot.domain.standing import Standing

Channel = discord.abc.GuildChannel | discord.Thread


def actor_of(
    interaction: discord.Interaction[Any],
    moderating: Collection[int],
    channel: Channel | None = None,
) -> Standing:
    """Return the standing of whoever acts, with what they may do in the channel concerned.

    Without one it is what Discord says of where they are: that holds for no other channel.
    """
    user = interaction.user
    allowed = interaction.permissions
    if channel is not None and isinstance(user, discord.Member):
        allowed = channel.permissions_for(user)
    roles = user.roles if isinstance(user, discord.Member) else []
    return Standing(
        member=MemberId(user.id),
        name=user.display_name,
        rank=_rank(user),
        is_owner=interaction.guild is not None and interaction.guild.owner_id == user.id,
        permissions=_names(allowed),
        has_moderator_role=any(role.id in moderating for role in roles),
    )


def target_of(user: discord.Member | discord.User, guild: discord.Guild) -> Standing:
    """Return the standing of whom an action is about; a user who is no member has no rank."""
    present = isinstance(user, discord.Member)
    return Standing(
        member=MemberId(user.id),
        name=user.display_name,
        rank=_rank(user),
        is_owner=guild.owner_id == user.id,
        is_present=present,
        permissions=_names(user.guild_permissions)
        if isinstance(user, discord.Member)
        else frozenset(),
    )


def bot_of(guild: discord.Guild, channel: Channel | None = None) -> Standing:
    """Return the bot's own standing, in a channel or on the server as a whole."""
    me = guild.me
    allowed = me.guild_permissions if channel is None else channel.permissions_for(me)
    return Standing(
        member=MemberId(me.id),
        name=me.display_name,
        rank=_rank(me),
        permissions=_names(allowed),
    )


def _rank(user: discord.Member | discord.User) -> int:
    return user.top_role.position if isinstance(user, discord.Member) else 0


def _names(permissions: discord.Permissions) -> frozenset[str]:
    return frozenset(name for name, allowed in permissions if allowed)
