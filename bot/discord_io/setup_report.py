"""What still keeps the bot from doing what was chosen, and how to mend it, a sentence each.

Knows a server's channels, roles and permissions as they are now; changes nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import discord

from bot.discord_io.permissions import missing, missing_for_moderation
from bot.domain.ids import PlaceId
from bot.domain.policy import Mode
from bot.domain.wording import N_, _, ngettext
from bot.services.setting_up import Choices

Place = discord.abc.GuildChannel | discord.Thread
MODERATORS = N_("Members with <@&{role}> may moderate.")
ADMINS = N_("Members with <@&{role}> may moderate and change my settings.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; what is not well says in the same line how to mend it."""

    well: bool
    text: str


Places = Mapping[int, Place]
"""The chosen places that exist; archived threads are not in discord.py's memory."""


async def look_up(guild: discord.Guild, choices: Choices) -> Places:
    """Return the chosen places that exist and that the bot may see."""
    chosen = {watch.place for watch in choices.watches}
    chosen |= {place for place in (choices.rules.review_place, choices.plan.channel) if place}
    found: dict[int, Place] = {}
    for place in sorted(chosen):
        known = guild.get_channel_or_thread(place)
        with suppress(discord.NotFound, discord.Forbidden):
            found[place] = known or await guild.fetch_channel(place)
    return found


async def gone(guild: discord.Guild, choices: Choices) -> set[PlaceId]:
    """Return watched places that no longer exist; one that only cannot be seen is not gone."""
    found: set[PlaceId] = set()
    for watch in choices.watches:
        if guild.get_channel_or_thread(watch.place) is None:
            try:
                await guild.fetch_channel(watch.place)
            except discord.NotFound:
                found.add(watch.place)
            except discord.Forbidden:
                continue
    return found


def examine(
    guild: discord.Guild, choices: Choices, places: Places, *, reads_messages: bool
) -> tuple[Finding, ...]:
    """Look at everything that was chosen."""
    return (
        *_intent(reads_messages),
        *_watched(guild, choices, places),
        *_roles(guild, choices),
        *_review(guild, choices, places),
        *_digest(guild, choices, places),
        *_moderation(guild),
    )


def _intent(reads_messages: bool) -> Iterator[Finding]:
    if reads_messages:
        yield Finding(True, _("I can read posts: the message-content intent is on."))
    else:
        yield Finding(
            False,
            _(
                "I run without the message-content intent and see only posts that mention me: "
                "whoever runs me can switch it on, in the developer portal and in my settings."
            ),
        )


def _watched(guild: discord.Guild, choices: Choices, places: Places) -> Iterator[Finding]:
    if not choices.watches:
        yield Finding(
            False, _("No place is watched, so there will be no notes: go back to step 1.")
        )
        return
    problems = [
        problem
        for watch in choices.watches
        for problem in _place_problems(
            guild, places, watch.place, _("a choice in step 1 takes it away")
        )
    ]
    yield from problems
    if not problems:
        count = len(choices.watches)
        said = ngettext(
            "I can read and write in the {count} watched place.",
            "I can read and write in all {count} watched places.",
            count,
        )
        yield Finding(True, said.format(count=count))


def _place_problems(
    guild: discord.Guild, places: Places, place: int, if_gone: str
) -> Iterator[Finding]:
    """Yield what is wrong with one place."""
    found = places.get(place)
    if found is None:
        said = _("<#{place}> no longer exists, or I cannot see it: {remedy}.")
        yield Finding(False, said.format(place=place, remedy=if_gone))
        return
    allowed = found.permissions_for(guild.me)
    lacking = missing(allowed)
    if lacking:
        said = _(
            "In <#{place}> I lack {permissions}: give them to my role in that channel's settings."
        )
        yield Finding(False, said.format(place=place, permissions=", ".join(lacking)))


def _roles(guild: discord.Guild, choices: Choices) -> Iterator[Finding]:
    roles = choices.house.moderating_roles
    for role in sorted(roles):
        found = guild.get_role(role)
        if found is None:
            yield Finding(
                False, _("A role that you chose was deleted: choose another one in step 2.")
            )
        elif not (found.permissions.moderate_members or found.permissions.administrator):
            said = _(
                "Members with <@&{role}> do not see `/mod` and `/case` yet: give the role access "
                "under Server Settings → Integrations, or the permission Timeout Members."
            )
            yield Finding(False, said.format(role=role))
        else:
            said = ADMINS if role == choices.house.admin_role else MODERATORS
            yield Finding(True, _(said).format(role=role))
    if not roles:
        yield Finding(
            True, _("No role is chosen: who may moderate is as Discord's permissions say.")
        )


def _review(guild: discord.Guild, choices: Choices, places: Places) -> Iterator[Finding]:
    place = choices.rules.review_place
    if place is None:
        if any(watch.mode is Mode.SUGGEST for watch in choices.watches):
            said = _("Suggestions reach nobody without a review channel: choose one in step 3.")
            yield Finding(False, said)
        return
    problems = list(_place_problems(guild, places, place, _("choose another one in step 3")))
    yield from problems
    found = places.get(place)
    if found is not None and found.permissions_for(guild.default_role).view_channel:
        said = _("Everybody can read <#{place}>: moderators' cards are better kept private.")
        yield Finding(False, said.format(place=place))
    elif not problems:
        yield Finding(True, _("Moderators are asked in <#{place}>.").format(place=place))


def _digest(guild: discord.Guild, choices: Choices, places: Places) -> Iterator[Finding]:
    place = choices.plan.channel
    if place is None:
        return
    problems = list(_place_problems(guild, places, place, _("choose another one in step 4")))
    yield from problems
    if not problems:
        yield Finding(True, _("The digest is posted in <#{place}>.").format(place=place))


def _moderation(guild: discord.Guild) -> Iterator[Finding]:
    lacking = missing_for_moderation(guild.me.guild_permissions)
    if lacking:
        said = _(
            "For all of `/mod` and `/automod` my role needs {permissions} as well; leave them out "
            "if you moderate with something else."
        )
        yield Finding(False, said.format(permissions=", ".join(lacking)))
    else:
        yield Finding(True, _("I may do everything that `/mod` and `/automod` offer."))
