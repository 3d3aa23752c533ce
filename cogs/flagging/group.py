"""The menu "Flag to moderators" with its form, and `/flags` for moderators."""

import re
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot, services_of
from bot.discord_io.choices import choice, claims_offered
from bot.discord_io.flag_cards import flag_embed, flag_view
from bot.discord_io.flag_forms import FORM_ID, TEXT, flag_form, reason_chosen
from bot.discord_io.flagged_posts import as_flagged, read_flagged, visible_channel
from bot.discord_io.words import MESSAGE_LIMIT, MOST_COUNTED, fitted, message_link, plain, shorten
from bot.domain.flags import CardSource, FlagCard, weight_of
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.wording import N_, _
from bot.forms import GuardedForm
from bot.services.dates import say_number
from bot.services.errors import NotFoundError
from bot.services.flagging.rules import MOST_URGENT, FlagRules
from bot.tree import may, permitted, reply
from cogs.flagging.buttons import ATTACHED, FLAG_BUTTONS

TAKEN = N_(
    "Thank you. The moderators see your flag, and you will hear what they decide. `/mydata show` "
    "tells what is stored of it."
)
WOULD_ATTACH = N_(
    "**Dry run: nothing was changed.** I would agree with the flags, tell whoever flagged the "
    "post, record a case, and attach the note on “{claim}”."
)
CLAIM_SHOWN = 300
NOTHING_WAITS = N_("No flag waits for a moderator.")
NO_CARD = N_("Choose a card from the list that appears while you type.")


class FlagForm(GuardedForm):
    """Takes a flag; what the form says about the post is read anew from Discord."""

    template = FORM_ID
    name = "flag form"

    async def sent(
        self,
        interaction: discord.Interaction[Any],
        found: re.Match[str],
        fields: Mapping[str, str],
    ) -> None:
        """Store the flag and say so."""
        reason = reason_chosen(dict(interaction.data or {}))
        post = await read_flagged(interaction, int(found["channel"]), int(found["post"]))
        member = MemberId(interaction.user.id)
        taking = services_of(interaction).flagging.taking
        await taking.flag(post, member, reason, fields.get(TEXT, ""))
        await reply(interaction, _(TAKEN))


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class FlagsCog(commands.GroupCog, group_name="flags", group_description="What members flagged"):
    """Members flag by the menu; each command of moderators is checked on the server side."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._menu = app_commands.ContextMenu(name="Flag to moderators", callback=self.flag_menu)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Make the buttons, the form and the menu known."""
        self._bot.add_dynamic_items(*FLAG_BUTTONS)
        self._bot.add_forms(FlagForm())
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the buttons and the menu back."""
        self._bot.remove_dynamic_items(*FLAG_BUTTONS)
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def flag_menu(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Open the form, unless the flag would not be taken anyway."""
        await visible_channel(interaction, message.channel.id)
        bot_id = self._bot.user.id if self._bot.user else 0
        post = as_flagged(message, interaction.guild_id or 0, bot_id)
        taking = self._bot.services.flagging.taking
        await taking.require_may_flag(post, MemberId(interaction.user.id))
        form = flag_form(PlaceId(message.channel.id), PostId(message.id))
        await interaction.response.send_modal(form)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Have the post's card say that the post is gone."""
        taking = self._bot.services.flagging.taking
        await taking.post_deleted(PlaceId(payload.channel_id), PostId(payload.message_id))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Have the posts' cards say that the posts are gone."""
        taking = self._bot.services.flagging.taking
        posts = [PostId(each) for each in payload.message_ids]
        await taking.post_deleted(PlaceId(payload.channel_id), *posts)

    @app_commands.command(name="list")
    @permitted("manage_messages")
    async def waiting(self, interaction: discord.Interaction[Any]) -> None:
        """Show the cards that wait for a moderator, urgent ones first."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        taking = self._bot.services.flagging.taking
        found = await taking.waiting(community, limit=MOST_COUNTED)
        lines = [_line(card) for card in found]
        await reply(interaction, fitted(lines, MESSAGE_LIMIT) or _(NOTHING_WAITS))

    @app_commands.command()
    @app_commands.describe(card="A card from the list")
    @permitted("manage_messages")
    async def show(self, interaction: discord.Interaction[Any], card: str) -> None:
        """Show a card with its buttons, also where its message is gone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen, flags = await self._bot.services.flagging.taking.flags_on(
            (await self._chosen(interaction, card)).id
        )
        await interaction.followup.send(
            embed=flag_embed(chosen, flags), view=flag_view(chosen, flags), ephemeral=True
        )

    @app_commands.command()
    @app_commands.describe(
        urgent_at="From which weight of flags a card is urgent, 0 for never",
        lock_threads="Whether urgent flags on a forum thread's opening post lock the thread",
    )
    @permitted("manage_guild")
    async def settings(
        self,
        interaction: discord.Interaction[Any],
        urgent_at: app_commands.Range[float, 0.0, MOST_URGENT] | None = None,
        lock_threads: bool | None = None,
    ) -> None:
        """Show or change what urgent flags lead to; all of it is off at first."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        rules = await self._bot.services.flagging.rules.change(
            community, urgent_weight=urgent_at, lock_threads=lock_threads
        )
        await reply(interaction, _settings_text(rules))

    @app_commands.command()
    @app_commands.describe(member="Whose flags")
    @permitted("manage_messages")
    async def record(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        """Show how a member's flags were decided, and what their next one weighs."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        taking = self._bot.services.flagging.taking
        record, trust = await taking.record(community, MemberId(member.id))
        text = _(
            "Of the newest flags of {who}, moderators agreed with {agreed} and disagreed with "
            "{disagreed}. The next one weighs {weight}: twice the accuracy of {accuracy}, times "
            "{trust} for their trust level."
        )
        await reply(
            interaction,
            text.format(
                who=f"<@{member.id}>",
                agreed=record.agreed,
                disagreed=record.disagreed,
                weight=say_number(weight_of(record, trust), decimals=2),
                accuracy=f"{record.accuracy:.0%}",
                trust=say_number(trust),
            ),
        )

    @app_commands.command()
    @app_commands.describe(
        card="A card from the list",
        fact_check="The fact-check to attach",
        dry_run="Only say what would happen",
    )
    @permitted("manage_messages")
    async def attach(
        self,
        interaction: discord.Interaction[Any],
        card: str,
        fact_check: str,
        dry_run: bool = False,
    ) -> None:
        """Agree with the flags on a post, and attach any fact-check to it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = await self._chosen(interaction, card)
        deciding, by = self._bot.services.flagging.deciding, MemberId(interaction.user.id)
        if dry_run:
            found = await deciding.plan_attach(chosen.id, Slug(fact_check), by=by)
            claim = shorten(plain(found.claim), CLAIM_SHOWN)
            await reply(interaction, _(WOULD_ATTACH).format(claim=claim))
            return
        await deciding.attach(chosen.id, Slug(fact_check), by=by)
        await reply(interaction, _(ATTACHED))

    @show.autocomplete("card")
    @attach.autocomplete("card")
    async def cards(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the cards that wait; nothing to members who may not see them."""
        if not await may(interaction, "manage_messages"):
            return []
        choices = []
        for card in await self._waiting(interaction):
            place = self._bot.get_channel(card.channel)
            where = f"#{place}" if place is not None else str(card.channel)
            what = card.details.get("rule_name") or card.post
            name = f"{where} · {card.created_at:%d %b %H:%M} · {what}"
            choices.append(choice(name, card.id))
        return choices

    @attach.autocomplete("fact_check")
    async def fact_checks(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the fact-checks that fit what is typed so far."""
        community = CommunityId(interaction.guild_id or 0)
        found = await self._bot.services.library.search(community, typed)
        return claims_offered(found)

    async def _chosen(self, interaction: discord.Interaction[Any], card: str) -> FlagCard:
        found = [each for each in await self._waiting(interaction) if each.id == card]
        if not found:
            raise NotFoundError(_(NO_CARD))
        return found[0]

    async def _waiting(self, interaction: discord.Interaction[Any]) -> tuple[FlagCard, ...]:
        community = CommunityId(interaction.guild_id or 0)
        return await self._bot.services.flagging.taking.waiting(community)


def _line(card: FlagCard) -> str:
    what = _("urgent") if card.urgent else _("waiting")
    if card.source is CardSource.AUTOMOD:
        what += " · AutoMod"
    since = f"<t:{int(card.created_at.timestamp())}:R>"
    if card.message is None:
        return f"{what} · <#{card.channel}> · {since}"
    link = message_link(card.community, card.review_place, card.message)
    return f"{what} · {link} · <#{card.channel}> · {since}"


def _settings_text(rules: FlagRules) -> str:
    if rules.urgent_weight is None:
        return _("No flag is urgent: moderators see all of them as cards, without a ping.")
    said = _("From a weight of {weight} on, a card is urgent and the moderator role is pinged.")
    lines = [said.format(weight=say_number(rules.urgent_weight))]
    if rules.lock_threads:
        lines.append(
            _("Where the post opens a forum thread, the thread is locked until `/mod unlock`.")
        )
    return "\n".join(lines)
