"""`/mod purge`: counts first, asks, and then deletes what was counted.

The buttons keep no memory: what to delete stands in their custom ids, the reason in the footer.
"""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.orders import User, build_order, channel_of
from bot.discord_io.purging import (
    KEEP_ID,
    MOST,
    Found,
    PurgeFilter,
    find_messages,
    purge_view,
)
from bot.domain.cases import LONGEST_REASON, CaseKind
from bot.domain.wording import N_, _, ngettext
from bot.services.errors import InvalidInputError
from bot.tree import reply
from cogs.moderation.actions import DRY_RUN, REASON, Place, Reason, carry_out, rules_of

NOTHING = N_("No message fits. Nothing would be deleted.")
KEPT = N_("Nothing was deleted.")
NEEDS_CONTENT = N_(
    "I cannot read messages here: the filter for links needs the message-content intent."
)


class PurgeCommands(commands.Cog):
    """The part of `/mod` that deletes messages."""

    _bot: FootnoteBot

    @app_commands.command()
    @app_commands.describe(
        amount="How many messages, the newest first",
        reason=REASON,
        member="Only messages of this member",
        bots="Only messages of bots",
        links="Only messages with a link",
        channel="Where; here if left out",
        dry_run=DRY_RUN,
    )
    async def purge(
        self,
        interaction: discord.Interaction[Any],
        amount: app_commands.Range[int, 1, MOST],
        reason: Reason,
        member: User | None = None,
        bots: bool = False,
        links: bool = False,
        channel: Place | None = None,
        dry_run: bool = False,
    ) -> None:
        """Delete messages: shows how many first, and asks."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if links and not self._bot.reads_messages:
            raise InvalidInputError(_(NEEDS_CONTENT))
        where = channel_of(interaction, channel.id if channel else None)
        order = build_order(
            interaction, CaseKind.PURGE, await rules_of(interaction), channel=where, reason=reason
        )
        await services_of(interaction).moderation.acting.plan(order)
        wanted = PurgeFilter(
            amount=amount,
            channel=where.id,
            member=member.id if member else 0,
            only_bots=bots,
            only_links=links,
        )
        found = await find_messages(where, wanted)
        await _preview(interaction, wanted, found, reason, dry_run=dry_run)

    @purge.autocomplete("reason")
    async def offer_purge_reasons(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer this server's templates that contain what was typed."""
        rules = await rules_of(interaction)
        fitting = [text for text in rules.templates if typed.casefold() in text.casefold()]
        return [app_commands.Choice(name=text, value=text) for text in fitting]


async def _preview(
    interaction: discord.Interaction[Any],
    wanted: PurgeFilter,
    found: Found,
    reason: str,
    *,
    dry_run: bool,
) -> None:
    """Say how many messages are meant; without a dry run, ask."""
    if not found.ids and not found.too_old:
        await reply(interaction, _(NOTHING))
        return
    lines = [
        ngettext(
            "**{count} message** in <#{channel}> would be deleted.",
            "**{count} messages** in <#{channel}> would be deleted.",
            len(found.ids),
        ).format(count=len(found.ids), channel=wanted.channel)
    ]
    if found.too_old:
        lines.append(
            _(
                "{count} more fit, but are older than 14 days: Discord does not let bots "
                "delete those in bulk, they stay."
            ).format(count=found.too_old)
        )
    lines.append(
        ngettext("{count} message was read.", "{count} messages were read.", found.read).format(
            count=found.read
        )
    )
    embed = discord.Embed(title=_("Delete these messages?"), description="\n".join(lines))
    embed.set_footer(text=reason)
    if dry_run or not found.ids:
        embed.title = _("Dry run: nothing was changed") if dry_run else _("Nothing can be deleted")
        await interaction.followup.send(embed=embed, ephemeral=True)
        return
    fixed = PurgeFilter(
        amount=len(found.ids),
        channel=wanted.channel,
        member=wanted.member,
        only_bots=wanted.only_bots,
        only_links=wanted.only_links,
        newest=found.ids[0],
        oldest=found.ids[-1],
    )
    await interaction.followup.send(embed=embed, view=purge_view(fixed), ephemeral=True)


class PurgeButton(GuardedButton, template=r"md1:purge:(?P<wanted>[0-9.bl]+)"):
    """Deletes what the preview counted."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Find the same messages again, newer and older ones left alone, and delete them."""
        wanted, preview = PurgeFilter.from_key(self.found["wanted"]), interaction.message
        embeds = preview.embeds if preview else []
        reason = (embeds[0].footer.text or "") if embeds else ""
        where = channel_of(interaction, wanted.channel)
        rules = await rules_of(interaction)
        order = build_order(
            interaction,
            CaseKind.PURGE,
            rules,
            channel=where,
            reason=reason[:LONGEST_REASON],
            origin=f"purge:{preview.id if preview else interaction.id}",
        )
        await services_of(interaction).moderation.acting.plan(order)
        await interaction.response.edit_message(content=_("Deleting…"), embed=None, view=None)
        found = await find_messages(where, wanted)
        if not found.ids:
            await reply(interaction, _("These messages are gone already."))
            return
        order.details["ids"] = list(found.ids)
        await carry_out(interaction, order)


class KeepButton(GuardedButton, template=KEEP_ID):
    """Leaves everything as it is."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Take the question away."""
        await interaction.response.edit_message(content=_(KEPT), embed=None, view=None)


PURGE_BUTTONS = (PurgeButton, KeepButton)
