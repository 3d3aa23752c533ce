"""What moderators do to members and places, each with a reason and a dry run.

Thin: who may do what to whom is decided by the service, on the server side, for every use.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot, services_of
from bot.discord_io.case_cards import outcome_text, plan_text
from bot.discord_io.orders import User, build_order, channel_of
from bot.discord_io.standings import Channel
from bot.discord_io.words import MESSAGE_LIMIT, shorten
from bot.domain.cases import LONGEST_REASON, CaseKind
from bot.domain.durations import (
    SLOWMODE_LIMIT,
    TEMPORARY_LIMIT,
    TIMEOUT_LIMIT,
    DurationError,
    parse_end,
    parse_span,
    require_within,
)
from bot.domain.escalation import MOST_POINTS
from bot.domain.ids import CommunityId
from bot.domain.wording import _
from bot.services.errors import InvalidInputError
from bot.services.moderating.acting import Order
from bot.services.moderating.house_rules import HouseRules
from bot.tree import reply

Reason = app_commands.Range[str, 1, LONGEST_REASON]
Points = app_commands.Range[int, 1, MOST_POINTS]
Place = app_commands.AppCommandChannel | app_commands.AppCommandThread
DELETE_DAYS = Literal["none", "1 day", "7 days"]
DELETE_SECONDS = {"none": 0, "1 day": 86_400, "7 days": 604_800}
REASON = "Why; the templates of this server are offered"
DRY_RUN = "Only say what would happen"
LASTS = "How long, such as “2h”, “3 days”, “until Friday 18:00”"


class ActionCommands(commands.Cog):
    """The part of `/mod` that acts on members and places."""

    _bot: FootnoteBot

    # Members

    @app_commands.command()
    @app_commands.describe(
        member="Whom", reason=REASON, points="How much it weighs", dry_run=DRY_RUN
    )
    async def warn(
        self,
        interaction: discord.Interaction[Any],
        member: User,
        reason: Reason,
        points: Points = 1,
        dry_run: bool = False,
    ) -> None:
        """Warn a member by direct message; warnings add up to points."""
        await self._on_member(
            interaction, CaseKind.WARN, member, reason, dry_run=dry_run, points=points
        )

    @app_commands.command()
    @app_commands.describe(member="About whom", reason="What to remember", dry_run=DRY_RUN)
    async def note(
        self,
        interaction: discord.Interaction[Any],
        member: User,
        reason: Reason,
        dry_run: bool = False,
    ) -> None:
        """Write down something about a member; they are not told."""
        await self._on_member(interaction, CaseKind.NOTE, member, reason, dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(member="Whom", duration=LASTS, reason=REASON, dry_run=DRY_RUN)
    async def timeout(
        self,
        interaction: discord.Interaction[Any],
        member: User,
        duration: app_commands.Range[str, 1, 100],
        reason: Reason,
        dry_run: bool = False,
    ) -> None:
        """Time a member out, for 28 days at most."""
        await self._on_member(
            interaction,
            CaseKind.TIMEOUT,
            member,
            reason,
            dry_run=dry_run,
            duration=duration,
            limit=TIMEOUT_LIMIT,
        )

    @app_commands.command()
    @app_commands.describe(member="Whose", reason=REASON, dry_run=DRY_RUN)
    async def untimeout(
        self,
        interaction: discord.Interaction[Any],
        member: User,
        reason: Reason,
        dry_run: bool = False,
    ) -> None:
        """End a member's timeout."""
        await self._on_member(interaction, CaseKind.UNTIMEOUT, member, reason, dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(member="Whom", reason=REASON, dry_run=DRY_RUN)
    async def kick(
        self,
        interaction: discord.Interaction[Any],
        member: User,
        reason: Reason,
        dry_run: bool = False,
    ) -> None:
        """Remove a member from the server."""
        await self._on_member(interaction, CaseKind.KICK, member, reason, dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(
        member="Whom; also by id, of somebody who is no member",
        reason=REASON,
        duration=f"{LASTS}; for ever if left out",
        delete_messages="Which of their messages to delete",
        dry_run=DRY_RUN,
    )
    async def ban(
        self,
        interaction: discord.Interaction[Any],
        member: User,
        reason: Reason,
        duration: app_commands.Range[str, 1, 100] | None = None,
        delete_messages: DELETE_DAYS = "none",
        dry_run: bool = False,
    ) -> None:
        """Ban somebody, for a time or for ever."""
        await self._on_member(
            interaction,
            CaseKind.BAN,
            member,
            reason,
            dry_run=dry_run,
            duration=duration,
            details={"delete_seconds": DELETE_SECONDS[delete_messages]},
        )

    @app_commands.command()
    @app_commands.describe(user="Whom, by id", reason=REASON, dry_run=DRY_RUN)
    async def unban(
        self,
        interaction: discord.Interaction[Any],
        user: User,
        reason: Reason,
        dry_run: bool = False,
    ) -> None:
        """Lift a ban."""
        await self._on_member(interaction, CaseKind.UNBAN, user, reason, dry_run=dry_run)

    # Places

    @app_commands.command()
    @app_commands.describe(
        delay="Time between two messages of a member, “off” for none",
        reason=REASON,
        channel="Where; here if left out",
        duration=f"{LASTS}; then the old value comes back",
        dry_run=DRY_RUN,
    )
    async def slowmode(
        self,
        interaction: discord.Interaction[Any],
        delay: app_commands.Range[str, 1, 100],
        reason: Reason,
        channel: Place | None = None,
        duration: app_commands.Range[str, 1, 100] | None = None,
        dry_run: bool = False,
    ) -> None:
        """Slow a channel or thread down, six hours at most between two messages."""
        await self._on_place(
            interaction,
            CaseKind.SLOWMODE,
            channel,
            reason,
            dry_run=dry_run,
            duration=duration,
            details={"seconds": _delay(delay)},
        )

    @app_commands.command()
    @app_commands.describe(
        reason=REASON,
        channel="Where; here if left out",
        duration=f"{LASTS}; then it opens again",
        dry_run=DRY_RUN,
    )
    async def lock(
        self,
        interaction: discord.Interaction[Any],
        reason: Reason,
        channel: Place | None = None,
        duration: app_commands.Range[str, 1, 100] | None = None,
        dry_run: bool = False,
    ) -> None:
        """Let nobody write in a channel or thread."""
        await self._on_place(
            interaction, CaseKind.LOCK, channel, reason, dry_run=dry_run, duration=duration
        )

    @app_commands.command()
    @app_commands.describe(reason=REASON, channel="Where; here if left out", dry_run=DRY_RUN)
    async def unlock(
        self,
        interaction: discord.Interaction[Any],
        reason: Reason,
        channel: Place | None = None,
        dry_run: bool = False,
    ) -> None:
        """Open a channel or thread again, as it was before the lock."""
        await self._on_place(interaction, CaseKind.UNLOCK, channel, reason, dry_run=dry_run)

    @warn.autocomplete("reason")
    @timeout.autocomplete("reason")
    @untimeout.autocomplete("reason")
    @kick.autocomplete("reason")
    @ban.autocomplete("reason")
    @unban.autocomplete("reason")
    @slowmode.autocomplete("reason")
    @lock.autocomplete("reason")
    @unlock.autocomplete("reason")
    async def offer_reasons(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer this server's templates that contain what was typed."""
        rules = await rules_of(interaction)
        fitting = [text for text in rules.templates if typed.casefold() in text.casefold()]
        return [app_commands.Choice(name=text, value=text) for text in fitting]

    async def _on_member(
        self,
        interaction: discord.Interaction[Any],
        kind: CaseKind,
        member: User,
        reason: str,
        *,
        dry_run: bool,
        points: int = 0,
        duration: str | None = None,
        limit: timedelta = TEMPORARY_LIMIT,
        details: dict[str, object] | None = None,
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        rules = await rules_of(interaction)
        until = self._end(duration, rules, limit, kind.value.capitalize() + "s")
        order = build_order(
            interaction, kind, rules, target=member, reason=reason, points=points, until=until,
            details=details,
        )  # fmt: skip
        await carry_out(interaction, order, dry_run=dry_run)

    async def _on_place(
        self,
        interaction: discord.Interaction[Any],
        kind: CaseKind,
        chosen: Place | None,
        reason: str,
        *,
        dry_run: bool,
        duration: str | None = None,
        details: dict[str, object] | None = None,
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        rules = await rules_of(interaction)
        until = self._end(duration, rules, TEMPORARY_LIMIT, _("This"))
        channel: Channel = channel_of(interaction, chosen.id if chosen else None)
        order = build_order(
            interaction, kind, rules, channel=channel, reason=reason, until=until, details=details
        )
        await carry_out(interaction, order, dry_run=dry_run)

    def _end(
        self, duration: str | None, rules: HouseRules, limit: timedelta, what: str
    ) -> datetime | None:
        if duration is None:
            return None
        now = self._bot.services.clock.now()
        try:
            end = parse_end(duration, now, rules.zone)
            require_within(end - now, limit, what)
        except DurationError as error:
            raise InvalidInputError(str(error)) from None
        return end


async def carry_out(
    interaction: discord.Interaction[Any], order: Order, *, dry_run: bool = False
) -> None:
    """Act, or say what would be done, and answer."""
    moderation = services_of(interaction).moderation.acting
    if dry_run:
        text = plan_text(await moderation.plan(order))
    else:
        text = outcome_text(await moderation.act(order))
    await reply(interaction, shorten(text, MESSAGE_LIMIT))


async def rules_of(interaction: discord.Interaction[Any]) -> HouseRules:
    """Return what the community decided about moderation."""
    community = CommunityId(interaction.guild_id or 0)
    return await services_of(interaction).moderation.house_rules.get(community)


def _delay(text: str) -> int:
    """Return the seconds of a slowmode; "off" and 0 turn it off."""
    if text.strip().lower() in ("off", "none", "0"):
        return 0
    try:
        span = parse_span(text)
        require_within(span, SLOWMODE_LIMIT, _("The pause of a slowmode"))
    except DurationError as error:
        raise InvalidInputError(str(error)) from None
    return max(1, int(span.total_seconds()))
