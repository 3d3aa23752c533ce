"""`/mod templates`, `points` and `settings`: what a community decides about moderation."""

from datetime import timedelta
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.words import MESSAGE_LIMIT, plain, shorten
from bot.domain.durations import DurationError, in_words, parse_span
from bot.domain.ids import CommunityId
from bot.domain.wording import _
from bot.services.errors import InvalidInputError
from bot.services.moderating.house_rules import LONGEST_TEMPLATE, HouseRules
from bot.tree import permitted, reply


class HouseCommands(commands.Cog):
    """The part of `/mod` that changes how moderation works here."""

    _bot: FootnoteBot

    @app_commands.command()
    @app_commands.describe(action="What to do", text="The template to add or remove")
    @permitted("manage_guild")
    async def templates(
        self,
        interaction: discord.Interaction[Any],
        action: Literal["list", "add", "remove"] = "list",
        text: app_commands.Range[str, 1, LONGEST_TEMPLATE] | None = None,
    ) -> None:
        """Show or change the reasons that are offered."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        service, community = self._bot.services.moderation.house_rules, _community(interaction)
        if action != "list":
            if text is None:
                raise InvalidInputError(_("Which one? Give its `text` as well."))
            change = service.add_template if action == "add" else service.remove_template
            await change(community, text)
        rules = await service.get(community)
        lines = [f"- {plain(each)}" for each in rules.templates]
        await reply(
            interaction,
            shorten("\n".join(lines), MESSAGE_LIMIT) or _("There are no templates yet."),
        )

    @app_commands.command()
    @app_commands.describe(
        points="At how many points of warnings",
        length="How long the timeout is, such as “1h”; left out: nothing happens at these points",
        automatic="Whether it comes by itself; otherwise it is only suggested",
    )
    @permitted("manage_guild")
    async def points(
        self,
        interaction: discord.Interaction[Any],
        points: app_commands.Range[int, 1, 1000],
        length: app_commands.Range[str, 1, 100] | None = None,
        automatic: bool = False,
    ) -> None:
        """Say what happens when warnings add up."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        span: timedelta | None = None
        if length is not None:
            try:
                span = parse_span(length)
            except DurationError as error:
                raise InvalidInputError(str(error)) from None
        service, community = self._bot.services.moderation.house_rules, _community(interaction)
        await service.set_step(community, points, span, automatic=automatic)
        await reply(interaction, _rules_text(await service.get(community)))

    @app_commands.command()
    @app_commands.describe(
        moderator_role="Its members may moderate, whatever their permissions on Discord",
        zone="Time zone for moments such as “until Friday 18:00”",
        contact="Where a member can ask about an action; said in direct messages",
    )
    @permitted("manage_guild")
    async def settings(
        self,
        interaction: discord.Interaction[Any],
        moderator_role: discord.Role | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
        contact: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        """Show or change who moderates, the time zone, and the contact."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        service, community = self._bot.services.moderation.house_rules, _community(interaction)
        if zone is not None:
            await service.set_zone(community, zone)
        if moderator_role is not None:
            if moderator_role.is_default():
                raise InvalidInputError(_("Everybody would be a moderator: choose another role."))
            await service.set_moderator_role(community, moderator_role.id)
        if contact is not None:
            await service.set_contact(community, contact)
        await reply(interaction, _rules_text(await service.get(community)))


def _community(interaction: discord.Interaction[Any]) -> CommunityId:
    return CommunityId(interaction.guild_id or 0)


def _rules_text(rules: HouseRules) -> str:
    role = f"<@&{rules.moderator_role}>" if rules.moderator_role else _("none")
    lines = [
        _("Moderator role: {role}").format(role=role),
        _("Admin role: {role}").format(
            role=f"<@&{rules.admin_role}>" if rules.admin_role else _("none")
        ),
        _("Time zone: {zone}").format(zone=plain(rules.zone)),
        _("Contact: {contact}").format(contact=plain(rules.contact) or _("none")),
        _("Templates: {count}").format(count=len(rules.templates)),
    ]
    for step in rules.steps:
        said = (
            _("At {points} points a timeout of {span} comes by itself.")
            if step.automatic
            else _("At {points} points a timeout of {span} is suggested.")
        )
        lines.append(said.format(points=step.points, span=in_words(step.timeout)))
    return shorten("\n".join(lines), MESSAGE_LIMIT)
