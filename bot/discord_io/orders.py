"""Turns what a moderator asked for on Discord into an order.

Knows interactions and channels; never decides whether the order is allowed.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import discord

from bot.discord_io.actions import previous_state
from bot.discord_io.publisher import translated
from bot.discord_io.standings import Channel, actor_of, bot_of, target_of
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.wording import _
from bot.services.errors import GoneError, InvalidInputError
from bot.services.moderating.acting import Order
from bot.services.moderating.house_rules import HouseRules

User = discord.Member | discord.User
WITH_PREVIOUS = frozenset({CaseKind.LOCK, CaseKind.SLOWMODE})


def build_order(
    interaction: discord.Interaction[Any],
    kind: CaseKind,
    rules: HouseRules,
    *,
    target: User | None = None,
    channel: Channel | None = None,
    reason: str = "",
    points: int = 0,
    until: datetime | None = None,
    details: dict[str, object] | None = None,
    origin: str | None = None,
) -> Order:
    """Return the order, with the standings of all whom it concerns as they are now."""
    guild = guild_of(interaction)
    more = dict(details or {})
    if channel is not None and kind in WITH_PREVIOUS:
        more |= previous_state(channel, kind)
    return Order(
        kind=kind,
        community=CommunityId(guild.id),
        actor=actor_of(interaction, rules.moderating_roles, channel),
        bot=bot_of(guild, channel),
        origin=origin or f"interaction:{interaction.id}",
        target=target_of(target, guild) if target is not None else None,
        place=PlaceId(channel.id) if channel is not None else None,
        in_thread=isinstance(channel, discord.Thread),
        reason=reason,
        points=points,
        until=until,
        details=more,
    )


async def fetch_person(interaction: discord.Interaction[Any], person: int) -> User | None:
    """Return a member, or the account of somebody who is none; None where there is none either.

    Raises:
        UnavailableError: Discord does not answer.
    """
    fetches: tuple[Callable[[int], Awaitable[User]], ...] = (
        guild_of(interaction).fetch_member,
        interaction.client.fetch_user,
    )
    for fetch in fetches:
        with suppress(GoneError):
            async with translated():
                return await fetch(person)
    return None


def guild_of(interaction: discord.Interaction[Any]) -> discord.Guild:
    """Return the server in which something was asked for."""
    if interaction.guild is None:
        raise InvalidInputError(_("This works on a server only."))
    return interaction.guild


def channel_of(interaction: discord.Interaction[Any], chosen: int | None = None) -> Channel:
    """Return the chosen channel, or the one in which the command was used, as the bot knows it."""
    guild = guild_of(interaction)
    found = guild.get_channel_or_thread(chosen or interaction.channel_id or 0)
    if found is None:
        raise InvalidInputError(_("I cannot see this channel."))
    return found
