"""`/setup`: five steps from an invited bot to a working one, on one message.

Every choice takes effect at once; each press is checked again on the server side, and nothing is
remembered between presses: the step is in the custom id, the choices are in the database.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import discord
from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.orders import guild_of
from bot.discord_io.setup_cards import setup_embed, setup_view, zone_form
from bot.discord_io.setup_report import Finding, examine, gone, look_up
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.periods import Cadence, Weekday
from bot.domain.policy import Mode
from bot.domain.wording import N_, _
from bot.forms import GuardedForm
from bot.services.errors import InvalidInputError
from bot.services.setting_up import SetupService, Step
from bot.tree import MANAGE, moderators_only, require_moderator

ZONE_FORM = "su1:zone"
STALE = N_("That is no longer offered: open `/setup` again.")
EVERYBODY = N_("Everybody would moderate: choose another role.")
MANAGED = N_("That role belongs to a bot or an integration: choose another one.")


async def show(interaction: discord.Interaction[Any], step: Step) -> None:
    """Show a step in place of what the message showed before."""
    guild = guild_of(interaction)
    choices = await _service(interaction).choices(CommunityId(guild.id))
    reads = bool(getattr(interaction.client, "reads_messages", True))
    findings: Sequence[Finding] = ()
    if step is Step.REPORT:
        places = await look_up(guild, choices)
        findings = examine(guild, choices, places, reads_messages=reads)
    await interaction.edit_original_response(
        embed=setup_embed(step, choices, findings), view=setup_view(step, choices, guild)
    )


class GoButton(GuardedButton, template=r"su1:go:(?P<step>[a-z]+)"):
    """Leads to another step; changes nothing."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Show the step; an unknown one begins anew."""
        await require_moderator(interaction)
        await interaction.response.defer()
        step = self.found["step"]
        await show(interaction, Step(step) if step in list(Step) else Step.PLACES)


class ZoneButton(GuardedButton, template=re.escape(ZONE_FORM)):
    """Opens the form for the time zone."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with the form; it has to be the first answer."""
        await require_moderator(interaction)
        community = CommunityId(interaction.guild_id or 0)
        plan = await services_of(interaction).digests.plan(community)
        form = zone_form(ZONE_FORM, plan.schedule.zone)
        await interaction.response.send_modal(form)
        form.stop()


class ZoneForm(GuardedForm):
    """Takes the time zone, and shows the step anew."""

    template = re.compile(re.escape(ZONE_FORM))
    changes_its_message: ClassVar[bool] = True
    name = "setup zone"

    @override
    async def sent(
        self, interaction: discord.Interaction[Any], found: re.Match[str], fields: Mapping[str, str]
    ) -> None:
        """Store the zone."""
        await require_moderator(interaction)
        await interaction.response.defer()
        community = CommunityId(interaction.guild_id or 0)
        await _service(interaction).set_zone(community, fields.get("zone", ""))
        await show(interaction, Step.DIGEST)


class Menu(GuardedButton, template=r"su1:pick:(?P<what>[a-z]+)"):
    """Takes a choice, stores it, and shows the step with it."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Store what was chosen, in the step that the menu belongs to."""
        await require_moderator(interaction)
        await interaction.response.defer()
        values = dict(interaction.data or {}).get("values")
        chosen = [str(value) for value in values] if isinstance(values, list) else []
        await show(interaction, await self._store(interaction, chosen))

    async def _store(self, interaction: discord.Interaction[Any], chosen: list[str]) -> Step:
        setup, guild = _service(interaction), guild_of(interaction)
        community = CommunityId(guild.id)
        by = MemberId(interaction.user.id)
        match self.found["what"]:
            case "places":
                places = [PlaceId(_channel(guild, each)) for each in chosen]
                shown = _shown(interaction) | await gone(guild, await setup.choices(community))
                await setup.watch(community, places, shown=shown, by=by)
                return Step.PLACES
            case "mode":
                await setup.set_mode(community, Mode(_one(chosen, Mode)), by=by)
                return Step.PLACES
            case "moderators":
                await setup.set_moderators(community, _role(guild, chosen))
                return Step.ROLES
            case "admins":
                _require_more_than_the_role(interaction)
                await setup.set_admins(community, _role(guild, chosen))
                return Step.ROLES
            case "review":
                await setup.review_in(community, _place(guild, chosen))
                return Step.REVIEW
            case _:
                await self._store_digest(setup, guild, chosen)
                return Step.DIGEST

    async def _store_digest(
        self, setup: SetupService, guild: discord.Guild, chosen: list[str]
    ) -> None:
        community = CommunityId(guild.id)
        match self.found["what"]:
            case "digest":
                await setup.post_digest_in(community, _place(guild, chosen))
            case "day":
                day = _one(chosen, [*Weekday, Cadence.DAILY, Cadence.MONTHLY])
                is_weekday = day in list(Weekday)
                await setup.set_day(community, Weekday(day) if is_weekday else Cadence(day))
            case "hour":
                hour = _one(chosen, [str(hour) for hour in range(24)])
                await setup.set_hour(community, int(hour))
            case _:
                raise InvalidInputError(_(STALE))


class SetupCog(commands.Cog):
    """One command; the rest is presses."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make the buttons, menus and the form known, so that those of earlier runs work."""
        self._bot.add_dynamic_items(GoButton, ZoneButton, Menu)
        self._bot.add_forms(ZoneForm())

    async def cog_unload(self) -> None:
        """Take the buttons back."""
        self._bot.remove_dynamic_items(GoButton, ZoneButton, Menu)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @moderators_only()
    async def setup(self, interaction: discord.Interaction[Any]) -> None:
        """Set the bot up in five steps: places, roles, review channel, digest, and a check."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show(interaction, Step.PLACES)


def _service(interaction: discord.Interaction[Any]) -> SetupService:
    services = services_of(interaction)
    return SetupService(
        services.places, services.moderation.house_rules, services.rules, services.digests
    )


def _require_more_than_the_role(interaction: discord.Interaction[Any]) -> None:
    """See that whoever chooses the admin role may manage the server without it.

    Raises:
        MissingPermissions: they may not; the role could make itself larger.
    """
    granted = interaction.permissions
    if not (granted.manage_guild or granted.administrator):
        raise app_commands.MissingPermissions([MANAGE])


def _one(chosen: list[str], offered: Any) -> str:
    """Return the one value that was chosen, if it is one of those offered."""
    if len(chosen) != 1 or chosen[0] not in [str(each) for each in offered]:
        raise InvalidInputError(_(STALE))
    return chosen[0]


def _place(guild: discord.Guild, chosen: list[str]) -> PlaceId | None:
    return PlaceId(_channel(guild, chosen[0])) if chosen else None


def _channel(guild: discord.Guild, typed: str) -> int:
    """Return the id of a channel of this server; a client can send anything."""
    if not typed.isdecimal() or guild.get_channel_or_thread(int(typed)) is None:
        raise InvalidInputError(_(STALE))
    return int(typed)


def _role(guild: discord.Guild, chosen: list[str]) -> int | None:
    if not chosen:
        return None
    role = guild.get_role(int(chosen[0])) if chosen[0].isdecimal() else None
    if role is None:
        raise InvalidInputError(_(STALE))
    if role.is_default():
        raise InvalidInputError(_(EVERYBODY))
    if role.managed:
        raise InvalidInputError(_(MANAGED))
    return role.id


def _shown(interaction: discord.Interaction[Any]) -> set[PlaceId]:
    """Return the places that the menu showed as chosen when it was opened."""
    rows = interaction.message.components if interaction.message else []
    menus = [item for row in rows for item in getattr(row, "children", [])]
    return {
        PlaceId(int(value.id))  # discord.py leaves it as the text that it is on the wire
        for menu in menus
        if isinstance(menu, discord.SelectMenu) and menu.custom_id == "su1:pick:places"
        for value in menu.default_values
    }
