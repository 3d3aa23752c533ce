"""`/digest`: when and where digests are posted, a preview, and what was posted."""

import asyncio
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.digest_publisher import DiscordDigestPublisher, chart_files
from bot.discord_io.digests import jump, page_embeds
from bot.discord_io.words import MESSAGE_LIMIT, fitted
from bot.domain.digest_runs import Audience, DigestPlan, DigestRun, RunState
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.periods import Cadence, Weekday
from bot.domain.wording import N_, _
from bot.services.dates import say_weekday
from bot.services.digests.chart import paint
from bot.services.digests.zones import zones_like
from bot.tree import moderators_only, reply

Channel = discord.TextChannel | discord.Thread
ABOUT = N_(
    "**How this is counted.** Posts are those of people, without deleted ones. A like is one "
    "member's counted reaction to somebody else's post, never a bot's. A claim counts each "
    "time a post raises a fact-check of the library, whether or not a note was shown. "
    "Members who opted out are left out. Quotations were read when this was posted; they are "
    "not kept.\nNext digest <t:{next}:R>."
)
NAMED = N_("The pages of posted digests on the web name members, those who opted out excepted.")
NOT_NAMED = N_("The pages of posted digests on the web name no members.")
STATE_WORDS: dict[RunState, str] = {
    RunState.PENDING: N_("being built"),
    RunState.SENDING: N_("being posted"),
    RunState.DONE: N_("posted"),
    RunState.SKIPPED: N_("skipped"),
    RunState.BLOCKED: N_("waiting"),
    RunState.FAILED: N_("given up"),
}


class AboutButton(GuardedButton, template=r"dg1:about:(?P<marker>[A-Za-z0-9_-]{22})"):
    """Explains the figures to whoever asks; its custom id also marks the message."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer for this member only."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        digests = services_of(interaction).digests
        due = await digests.next_due(CommunityId(interaction.guild_id or 0))
        await reply(interaction, _(ABOUT).format(next=int(due.timestamp())))


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class DigestsCog(
    commands.GroupCog, group_name="digest", group_description="The digest of what happened"
):
    """Commands for moderators; each checks the permission on the server side as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._digests = bot.services.digests

    async def cog_load(self) -> None:
        """Make the button known, so that those of earlier runs work as well."""
        self._bot.add_dynamic_items(AboutButton)

    async def cog_unload(self) -> None:
        """Take it back."""
        self._bot.remove_dynamic_items(AboutButton)

    @app_commands.command()
    @app_commands.describe(
        members="Where everybody reads it; left out, it stays as it is",
        moderators="Where moderators read theirs; left out, it stays as it is",
        off="Post no digests from now on",
    )
    @moderators_only()
    async def channel(
        self,
        interaction: discord.Interaction[Any],
        members: Channel | None = None,
        moderators: Channel | None = None,
        off: bool = False,
    ) -> None:
        """Say where digests are posted, or that there are none."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        plan = await self._digests.plan(community)
        if members is not None or moderators is not None or off:
            plan = await self._digests.set_channels(
                community,
                members=None if off else _place(members) or plan.channel,
                moderators=None if off else _place(moderators) or plan.moderators_channel,
            )
        await reply(interaction, await self._told(plan) + self._gaps(interaction, plan))

    @app_commands.command()
    @app_commands.describe(
        cadence="How often",
        weekday="On which day, for a weekly digest",
        hour="At which hour of the day, 0 to 23",
        zone="The time zone, such as Europe/Berlin",
    )
    @moderators_only()
    async def schedule(
        self,
        interaction: discord.Interaction[Any],
        cadence: Literal["daily", "weekly", "monthly"] | None = None,
        weekday: Literal[
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
        ]
        | None = None,
        hour: app_commands.Range[int, 0, 23] | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
    ) -> None:
        """Say when digests are posted; what is left out stays as it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        plan = await self._digests.set_schedule(
            CommunityId(interaction.guild_id or 0),
            cadence=None if cadence is None else Cadence(cadence),
            weekday=None if weekday is None else Weekday(weekday),
            hour=hour,
            zone=zone,
        )
        await reply(interaction, await self._told(plan))

    @schedule.autocomplete("zone")
    async def zones(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the time zones that fit what is typed so far."""
        return [app_commands.Choice(name=name, value=name) for name in zones_like(typed)]

    @app_commands.command()
    @app_commands.describe(names="Whether members are named; left out, it stays as it is")
    @moderators_only()
    async def archive(
        self, interaction: discord.Interaction[Any], names: bool | None = None
    ) -> None:
        """Say whether the pages of posted digests on the web name members."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        if names is None:
            plan = await self._digests.plan(community)
        else:
            plan = await self._digests.set_archive(community, names=names)
        await reply(interaction, _(NAMED if plan.names_in_archive else NOT_NAMED))

    @app_commands.command()
    @app_commands.describe(audience="Whose digest")
    @moderators_only()
    async def preview(
        self,
        interaction: discord.Interaction[Any],
        audience: Literal["members", "moderators"] = "members",
    ) -> None:
        """Show the digest of the running period as it is so far, to you alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        preview = await self._digests.preview(community, Audience(audience))
        publisher = DiscordDigestPublisher(self._bot)
        for page in preview.pages:
            picture = None
            if page.chart and preview.digest is not None:
                picture = await asyncio.to_thread(paint, preview.digest)
            quotations = await publisher.quotations(page.lines)
            await interaction.followup.send(
                embeds=page_embeds(page, quotations, picture=picture is not None),
                files=chart_files(picture),
                ephemeral=True,
            )

    @app_commands.command()
    @app_commands.describe(again="Post it once more, although it stands already")
    @moderators_only()
    async def post(self, interaction: discord.Interaction[Any], again: bool = False) -> None:
        """Post the last ended period's digest now, if it does not stand yet."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        run = await self._digests.post(community, again=again)
        self._bot.services.sender.wake()
        await reply(interaction, _history_line(run))

    @app_commands.command()
    @moderators_only()
    async def history(self, interaction: discord.Interaction[Any]) -> None:
        """Show which digests were posted, skipped or refused."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        runs = await self._digests.history(CommunityId(interaction.guild_id or 0))
        lines = [_history_line(run) for run in runs]
        await reply(interaction, fitted(lines, MESSAGE_LIMIT) or _("There was no digest yet."))

    async def _told(self, plan: DigestPlan) -> str:
        if plan.channel is None and plan.moderators_channel is None:
            return _("No digest is posted: `/digest channel` names a place.")
        schedule = plan.schedule
        day = {
            Cadence.DAILY: _("every day"),
            Cadence.WEEKLY: _("every {weekday}").format(
                weekday=say_weekday(schedule.weekday.number)
            ),
            Cadence.MONTHLY: _("on the first of the month"),
        }[schedule.cadence]
        where = [
            said.format(place=place)
            for said, place in (
                (_("for members in <#{place}>"), plan.channel),
                (_("for moderators in <#{place}>"), plan.moderators_channel),
            )
            if place is not None
        ]
        due = int((await self._digests.next_due(plan.community)).timestamp())
        return _(
            "A digest {places}, {day} at {hour:02}:00 ({zone}). The next is due <t:{due}:R>."
        ).format(
            places=_(" and ").join(where),
            day=day,
            hour=schedule.hour,
            zone=schedule.zone,
            due=due,
        )

    def _gaps(self, interaction: discord.Interaction[Any], plan: DigestPlan) -> str:
        """Say what the bot lacks in a place, before a digest has to wait for it."""
        guild = interaction.guild
        problems = []
        for place in filter(None, {plan.channel, plan.moderators_channel}):
            found = guild.get_channel_or_thread(place) if guild else None
            if guild is None or found is None:
                continue
            allowed = found.permissions_for(guild.me)
            thread = isinstance(found, discord.Thread)
            needed = {
                "View Channel": allowed.view_channel,
                "Read Message History": allowed.read_message_history,
                "Send Messages": allowed.send_messages_in_threads
                if thread
                else allowed.send_messages,
                "Embed Links": allowed.embed_links,
                N_("Attach Files"): allowed.attach_files,
            }
            lacking = [_(name) for name, granted in needed.items() if not granted]
            if lacking:
                problems.append(
                    _("I lack in <#{place}>: {lacking}.").format(
                        place=place, lacking=", ".join(lacking)
                    )
                )
        return "".join(f"\n\N{WARNING SIGN} {problem}" for problem in problems)


def _place(channel: Channel | None) -> PlaceId | None:
    return None if channel is None else PlaceId(channel.id)


def _history_line(run: DigestRun) -> str:
    for_whom = " (moderators)" if run.audience is Audience.MODERATORS else ""
    line = f"**{run.period.key}**{for_whom} · {_(STATE_WORDS[run.state])}"
    if run.problem:
        line += f": {_(run.problem)}"
    if run.state is RunState.BLOCKED and run.retry_at is not None:
        line += _("; next try <t:{timestamp}:R>").format(timestamp=int(run.retry_at.timestamp()))
    if run.messages and run.channel is not None:
        line += f" · {jump(run.community, run.channel, run.messages[0])}"
    return line
