"""`/status`: what the bot does here, and what it lacks."""

from collections.abc import Iterator, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.cards import NEUTRAL
from bot.discord_io.permissions import missing
from bot.discord_io.words import message_link, plain, with_ages
from bot.domain.ids import CommunityId
from bot.domain.notes import NoteState
from bot.domain.policy import Outcome
from bot.domain.rules import EVERYWHERE
from bot.domain.wording import N_, _, ngettext
from bot.services.reading_back import Progress
from bot.services.stale_notes import StaleNote
from bot.services.status import Status

FIELD_LIMIT = 1024
STALE_SHOWN = 3
NO_REVIEW_CHANNEL = N_(
    "There is no review channel, so suggestions are only counted: a moderator can use "
    "`/watch review`."
)


class StatusCog(commands.Cog):
    """Shows figures of the last seven days."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    async def status(self, interaction: discord.Interaction[Any]) -> None:
        """Show what the bot watches and did in the last seven days."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        status = await self._bot.services.status.status(community)
        embed = discord.Embed(colour=NEUTRAL, title="Footnote")
        places = "\n".join(f"<#{watch.place}> · {_(watch.mode)}" for watch in status.watches)
        none = _("None yet: a moderator can use `/setup`.")
        embed.add_field(name=_("Watched places"), value=places[:FIELD_LIMIT] or none, inline=False)
        embed.add_field(name=_("Last 7 days"), value=_week(status), inline=False)
        progress = self._bot.services.catching_up.progress(community)
        if progress is not None:
            embed.add_field(name=_("Reading back"), value=_reading(progress), inline=False)
        found = [*self._problems(interaction, status), *await self._held_digests(community)]
        problems = "\n".join(found)[:FIELD_LIMIT]
        embed.add_field(name=_("Missing"), value=problems or _("Nothing."), inline=False)
        embed.set_footer(
            text=ngettext(
                "{count} fact-check · matcher {matcher}",
                "{count} fact-checks · matcher {matcher}",
                status.fact_checks,
            ).format(count=status.fact_checks, matcher=status.matcher)
        )
        await interaction.followup.send(embed=embed, ephemeral=True)

    async def _held_digests(self, community: CommunityId) -> list[str]:
        held = await self._bot.services.digests.held(community)
        return [
            _("The digest for {key} waits: {problem}.").format(
                key=run.period.key, problem=_(run.problem)
            )
            for run in held
        ]

    def _problems(self, interaction: discord.Interaction[Any], status: Status) -> list[str]:
        problems = []
        if not self._bot.reads_messages:
            problems.append(
                _(
                    "The message-content intent is off: I see only posts that mention me. “Check "
                    "this message” and `/check` work."
                )
            )
        if status.needs_review_place:
            problems.append(_(NO_REVIEW_CHANNEL))
        for pause in status.pauses:
            where = (
                _("everywhere")
                if pause.place == EVERYWHERE
                else _("in <#{place}>").format(place=pause.place)
            )
            problems.append(_("Automatic notes are paused {where}.").format(where=where))
        if status.stale:
            problems.append(_stale(CommunityId(interaction.guild_id or 0), status.stale))
        guild = interaction.guild
        places = [watch.place for watch in status.watches]
        if status.rules.review_place is not None:
            places.append(status.rules.review_place)
        for place_id in places:
            place = guild.get_channel_or_thread(place_id) if guild else None
            if guild is None or place is None:
                problems.append(
                    _("<#{place_id}>: I cannot see it (deleted, archived or hidden).").format(
                        place_id=place_id
                    )
                )
                continue
            lacking = missing(place.permissions_for(guild.me))
            if lacking:
                problems.append(f"<#{place_id}>: {', '.join(lacking)}")
        return problems


def _stale(community: CommunityId, notes: Sequence[StaleNote]) -> str:
    """Name the notes that show an older text, why, and when it is tried again, if ever."""
    links = [
        f"{message_link(community, note.channel, note.message)} ({_why_stale(note)})"
        for note in notes[:STALE_SHOWN]
    ]
    said = ngettext(
        "{count} note shows an older text, because its edit was refused:",
        "{count} notes show an older text, because their edits were refused:",
        len(notes),
    )
    return f"{said.format(count=len(notes))} {', '.join(links)}"


def _why_stale(note: StaleNote) -> str:
    if note.again_at is None:
        return plain(note.problem)
    return _("{problem}; tried again {when}, or when the place opens").format(
        problem=plain(note.problem), when=f"<t:{int(note.again_at.timestamp())}:R>"
    )


def _reading(progress: Progress) -> str:
    """Say how far the reading of what was missed has come; what is hidden stays unknown."""
    if progress.running:
        lines = [
            _("{read} of {places} places read").format(read=progress.read, places=progress.places)
        ]
    else:
        lines = [
            _("Up to date: {posts} posts and {reactions} reactions read").format(
                posts=progress.posts, reactions=progress.reactions
            )
        ]
    if progress.hidden:
        hidden = ngettext(
            "{count} place that I may not read: what happens there is unknown",
            "{count} places that I may not read: what happens there is unknown",
            progress.hidden,
        )
        lines.append(hidden.format(count=progress.hidden))
    if progress.failed:
        failed = ngettext(
            "{count} place did not answer; I try again",
            "{count} places did not answer; I try again",
            progress.failed,
        )
        lines.append(failed.format(count=progress.failed))
    return "\n".join(lines)


def _week(status: Status) -> str:
    posted = status.notes.get(NoteState.POSTED, 0)
    read = ngettext("{count} post read", "{count} posts read", status.posts)
    attached = ngettext("{count} note attached", "{count} notes attached", posted)
    lines = [
        _("{read}, {raised} raised a fact-checked claim").format(
            read=read.format(count=status.posts), raised=sum(status.judgements.values())
        ),
        _("{attached}, {withdrawn} taken back, {failed} failed").format(
            attached=attached.format(count=posted),
            withdrawn=status.notes.get(NoteState.WITHDRAWN, 0),
            failed=status.notes.get(NoteState.FAILED, 0),
        ),
        _("{suggest} only suggested").format(suggest=status.judgements.get(Outcome.SUGGEST, 0)),
    ]
    lines.extend(_waiting(status))
    if status.backlog:
        lines.append(_("{backlog} waiting to be sent").format(backlog=status.backlog))
    return "\n".join(lines)


def _waiting(status: Status) -> Iterator[str]:
    """Say what waits for moderators, and how long the oldest of it has."""
    cards = ngettext(
        "{count} card waits for a moderator",
        "{count} cards wait for a moderator",
        status.reviews.count,
    )
    flagged = ngettext(
        "{count} flagged post waits for a moderator",
        "{count} flagged posts wait for a moderator",
        status.flags.count,
    )
    appeals = ngettext(
        "{count} appeal waits for a moderator",
        "{count} appeals wait for a moderator",
        status.appeals.count,
    )
    queues = ((cards, status.reviews), (flagged, status.flags), (appeals, status.appeals))
    return with_ages(queues)
