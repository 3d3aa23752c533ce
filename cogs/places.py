"""`/watch`: which places are watched, and how."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.permissions import missing
from bot.discord_io.words import MESSAGE_LIMIT, plain, shorten
from bot.domain.autonomy import EARNED_BOUND, Precision
from bot.domain.ids import CommunityId, MemberId, PlaceId, Slug
from bot.domain.policy import Mode
from bot.domain.rules import EVERYWHERE, NoteRules, Pause
from bot.domain.wording import N_, _
from bot.tree import moderators_only, reply

Place = app_commands.AppCommandChannel | app_commands.AppCommandThread
MARK = "\N{WARNING SIGN}"
NOTHING_WATCHED = N_("No place is watched yet: `/setup` leads through it, or `/watch add`.")
NO_CARDS = N_("Moderators get no cards: suggestions are only counted.")
EARNED = N_(
    "A fact-check only suggests until at least {bound:.0%} of its matches are right with "
    "95 % certainty, by what moderators press on its cards; it goes back by itself. "
    "`/watch list` shows how far each has come."
)
NOT_EARNED = N_("Fact-checks attach their notes by themselves in places with the mode auto.")
NO_TAG = N_("Threads get no tag.")
MEANING = {
    Mode.AUTO: N_("notes are attached by themselves"),
    Mode.SUGGEST: N_("moderators are asked about each match in the review channel"),
    Mode.SILENT: N_("claims are counted, nothing is posted or suggested"),
}


def rules_lines(
    rules: NoteRules, pauses: Sequence[Pause], precisions: Mapping[Slug, Precision]
) -> list[str]:
    """Say what a server has decided, in a line each."""
    place = f"<#{rules.review_place}>" if rules.review_place else _("none (`/watch review`)")
    lines = [_("Review channel: {place}").format(place=place)]
    if rules.thresholds is not None:
        auto, suggest = rules.thresholds.auto, rules.thresholds.suggest
        lines.append(
            _("Thresholds: attach from {auto:.1%}, suggest from {suggest:.1%}").format(
                auto=auto, suggest=suggest
            )
        )
    if rules.hold is not None:
        lines.append(_("Hold: {seconds:.0f} seconds").format(seconds=rules.hold.total_seconds()))
    if rules.tag:
        lines.append(_("Forum tag: {tag}").format(tag=plain(rules.tag)))
    for pause in pauses:
        where = (
            _("everywhere")
            if pause.place == EVERYWHERE
            else _("in <#{place}>").format(place=pause.place)
        )
        lines.append(_("{mark} Automatic notes are paused {where}.").format(mark=MARK, where=where))
    if rules.earned:
        lines.append(
            _("Autonomy is earned: a fact-check needs a bound of {bound:.0%}.").format(
                bound=EARNED_BOUND
            )
        )
        lines += [precision_line(slug, found) for slug, found in precisions.items()]
    return lines


def precision_line(slug: Slug, precision: Precision) -> str:
    """Say how far a fact-check has come."""
    state = _("attaches by itself") if precision.earned else _("suggests")
    return _("`{slug}` · {right} of {judged} right · bound {bound:.0%} · {state}").format(
        slug=slug,
        right=precision.right,
        judged=precision.judged,
        bound=precision.bound,
        state=state,
    )


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class PlacesCog(
    commands.GroupCog, group_name="watch", group_description="Which places are watched"
):
    """Commands for moderators; each checks the permission on the server side as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.describe(place="Channel, forum, category or thread", mode="What the bot does")
    @moderators_only()
    async def add(
        self,
        interaction: discord.Interaction[Any],
        place: Place,
        mode: Literal["auto", "suggest", "silent"] = "auto",
    ) -> None:
        """Watch a place; threads and channels inherit from what they are in."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = Mode(mode)
        await self._bot.services.places.watch(
            CommunityId(interaction.guild_id or 0),
            PlaceId(place.id),
            chosen,
            by=MemberId(interaction.user.id),
        )
        await reply(
            interaction,
            _("Watching {place}: {meaning}.{gaps}").format(
                place=place.mention, meaning=_(MEANING[chosen]), gaps=self._gaps(place)
            ),
        )

    @app_commands.command()
    @app_commands.describe(place="A place from the list")
    @moderators_only()
    async def remove(self, interaction: discord.Interaction[Any], place: Place) -> None:
        """Stop watching a place."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        await self._bot.services.places.unwatch(community, PlaceId(place.id))
        await reply(interaction, _("No longer watching {place}.").format(place=place.mention))

    @app_commands.command(name="list")
    @moderators_only()
    async def watched(self, interaction: discord.Interaction[Any]) -> None:
        """Show which places are watched, and what this server has decided about notes."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        services = self._bot.services
        watches = await services.places.watched(community)
        lines = [
            f"<#{watch.place}> · {_(watch.mode)}: {_(MEANING[watch.mode])}" for watch in watches
        ]
        rules = await services.rules.get(community)
        pauses = await services.rules.pauses(community)
        precisions = await services.rules.precisions(community) if rules.earned else {}
        decided = rules_lines(rules, pauses, precisions)
        shown = "\n".join([*(lines or [_(NOTHING_WATCHED)]), "", *decided])
        await reply(interaction, shorten(shown, MESSAGE_LIMIT))

    @app_commands.command()
    @app_commands.describe(channel="Where moderators get cards; left out, they get none")
    @moderators_only()
    async def review(
        self, interaction: discord.Interaction[Any], channel: discord.TextChannel | None = None
    ) -> None:
        """Choose the channel in which moderators are asked about suggestions."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        place = None if channel is None else PlaceId(channel.id)
        await self._bot.services.rules.review_in(community, place)
        if channel is None:
            await reply(interaction, _(NO_CARDS))
            return
        lacking = missing(channel.permissions_for(channel.guild.me))
        gap = (
            _("\n{mark} I lack there: {lacking}.").format(mark=MARK, lacking=", ".join(lacking))
            if lacking
            else ""
        )
        seen = channel.permissions_for(channel.guild.default_role).view_channel
        open_to_all = (
            _("\n{mark} Everybody can read that channel.").format(mark=MARK) if seen else ""
        )
        await reply(
            interaction,
            _("Moderators are asked in {channel}.{gap}{open_to_all}").format(
                channel=channel.mention, gap=gap, open_to_all=open_to_all
            ),
        )

    @app_commands.command()
    @app_commands.describe(state="on: a fact-check starts with suggestions until it proves itself")
    @moderators_only()
    async def autonomy(
        self, interaction: discord.Interaction[Any], state: Literal["on", "off"]
    ) -> None:
        """Choose whether fact-checks have to earn that their notes attach by themselves."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        await self._bot.services.rules.earn(community, earned=state == "on")
        await reply(
            interaction, _(EARNED if state == "on" else NOT_EARNED).format(bound=EARNED_BOUND)
        )

    @app_commands.command()
    @app_commands.describe(seconds="0 to 600; a post that is deleted in this time gets no note")
    @moderators_only()
    async def hold(self, interaction: discord.Interaction[Any], seconds: int) -> None:
        """Choose how long a note waits before it is posted."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        await self._bot.services.rules.hold(community, seconds)
        await reply(
            interaction,
            _("Notes wait {seconds} seconds before they are posted.").format(seconds=seconds),
        )

    @app_commands.command()
    @app_commands.describe(name="A tag that the forum has, such as “has context”; empty: none")
    @moderators_only()
    async def tag(self, interaction: discord.Interaction[Any], name: str = "") -> None:
        """Choose the forum tag that a thread with a note gets (needs Manage Threads)."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.rules.tag(CommunityId(interaction.guild_id or 0), name)
        shown = (
            _("Forum threads with a note get the tag “{name}”.").format(name=plain(name))
            if name
            else _(NO_TAG)
        )
        await reply(interaction, shown)

    @app_commands.command()
    @app_commands.describe(place="Where the circuit breaker stopped automatic notes")
    @moderators_only()
    async def resume(self, interaction: discord.Interaction[Any], place: Place) -> None:
        """Let notes attach by themselves again in a place where they are paused."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.rules.resume(
            CommunityId(interaction.guild_id or 0),
            PlaceId(place.id),
            by=MemberId(interaction.user.id),
        )
        await reply(
            interaction,
            _("Notes attach by themselves in {place} again.").format(place=place.mention),
        )

    def _gaps(self, place: Place) -> str:
        """Say what the bot lacks in a place, before somebody wonders why nothing happens."""
        found = self._bot.get_channel(place.id)
        problems = []
        if isinstance(found, discord.abc.GuildChannel | discord.Thread):
            lacking = missing(found.permissions_for(found.guild.me))
            if lacking:
                problems.append(_("I lack there: {lacking}.").format(lacking=", ".join(lacking)))
        if not self._bot.reads_messages:
            problems.append(
                _("I run without the message-content intent: I see only posts that mention me.")
            )
        return "".join(f"\n{MARK} {problem}" for problem in problems)
