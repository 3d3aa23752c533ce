"""The buttons and choices on moderators' cards of flags.

Every press is checked on the server side: what Discord shows to whom is no permission.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import discord

from bot.buttons import GuardedButton
from bot.client import services_of
from bot.discord_io.case_cards import outcome_text
from bot.discord_io.flag_cards import flag_line, reasons_text
from bot.discord_io.flag_forms import (
    KINDS,
    SPANS,
    Act,
    act_chosen,
    acts_view,
    candidates_view,
    chosen_in,
)
from bot.discord_io.flagged_posts import GONE, author_of, channel_named, context_of
from bot.discord_io.orders import build_order
from bot.discord_io.words import MESSAGE_LIMIT, pages
from bot.domain.flags import LONGEST_TEXT, CardSource, CardState, Flag, FlagCard, FlagCardId
from bot.domain.ids import CommunityId, MemberId, Slug
from bot.domain.wording import N_, _, in_public
from bot.services.errors import InvalidInputError, NotFoundError
from bot.services.flagging.wiring import Flagging
from bot.services.moderating.acting import Order
from bot.tree import reply, reply_in_place, require_reviewer

CARD = r"(?P<card>[A-Za-z0-9_-]{22})"
CHOOSE_ACT = N_(
    "You agree with the flags. What is to be done? Nothing is decided until you choose."
)
CHOOSE_CHECK = N_("Which fact-check is to be attached? The percentages are the matcher’s.")
NO_CANDIDATE = N_(
    "No fact-check seems to be about this post. `/flags attach` lets you choose any other."
)
AGREED = N_("Agreed; whoever flagged it will hear.")
ATTACHED = N_("Agreed. The note will be there in a moment.")
DISAGREED = N_("Disagreed; whoever flagged it will hear.")
IGNORED = N_("Closed. It counts neither for nor against whoever flagged it.")
PUT_OFF = N_("Put off for a day, or until somebody else flags the post.")


def flagging_of(interaction: discord.Interaction[Any]) -> Flagging:
    """Return the services of flags."""
    return services_of(interaction).flagging


class CardButton(GuardedButton, template=f"fl1:none:{CARD}"):
    """A button or choice that knows its card by its custom id."""

    card: FlagCard
    """What was pressed on, once it is seen that it is of this server."""

    async def require_here(self, interaction: discord.Interaction[Any]) -> None:
        """See that the card is of this server."""
        self.card = await flagging_of(interaction).taking.card(FlagCardId(self.found["card"]))
        if self.card.community != interaction.guild_id:
            raise NotFoundError(_("This card is not known here any more."))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Check who presses, and answer."""
        await require_reviewer(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.answer(interaction, self.card, MemberId(interaction.user.id))

    async def answer(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> None:
        """Do what the button is for."""
        raise AssertionError(f"{type(self).__name__} must say what it does")


class AgreeButton(CardButton, template=f"fl1:agree:{CARD}"):
    """Asks what is to be done."""

    audited = False

    async def answer(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> None:
        """Offer what can be done."""
        await flagging_of(interaction).deciding.require_open(card.id, by)
        view = acts_view(card)
        await interaction.followup.send(_(CHOOSE_ACT), view=view, ephemeral=True)


class _DecidingSelect(CardButton, template=f"fl1:choose:{CARD}"):
    """A choice that decides a card; its answer takes the place of the question and the menu."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Check who chooses, decide, and say so; what is refused leaves the menu as it is."""
        await require_reviewer(interaction)
        await interaction.response.defer()
        said = await self.decide(interaction, self.card, MemberId(interaction.user.id))
        await reply_in_place(interaction, said)

    async def decide(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> str:
        """Do what was chosen, and return what to say."""
        raise AssertionError(f"{type(self).__name__} must say what it does")


class ActSelect(_DecidingSelect, template=f"fl1:act:{CARD}"):
    """Agrees, and does what was chosen."""

    async def decide(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> str:
        """Decide and act in one transaction; the card itself is changed by the outbox."""
        act = act_chosen(_data(interaction))
        deciding = flagging_of(interaction).deciding
        if act is Act.NOTHING:
            await deciding.close(card.id, CardState.AGREED, by=by)
            return _(AGREED)
        await deciding.require_open(card.id, by)
        order = await _order(interaction, card, act)
        return outcome_text(await deciding.agree_and_act(card.id, order))


class _ClosingButton(CardButton, template=f"fl1:close:{CARD}"):
    """Closes a card without doing anything else."""

    state: ClassVar[CardState]
    said: ClassVar[str]

    async def answer(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> None:
        """Close the card."""
        await flagging_of(interaction).deciding.close(card.id, self.state, by=by)
        await reply(interaction, _(self.said))


class DisagreeButton(_ClosingButton, template=f"fl1:disagree:{CARD}"):
    """Says that there is nothing wrong."""

    state, said = CardState.DISAGREED, DISAGREED


class IgnoreButton(_ClosingButton, template=f"fl1:ignore:{CARD}"):
    """Closes a card without judging whoever flagged."""

    state, said = CardState.IGNORED, IGNORED


class LaterButton(CardButton, template=f"fl1:later:{CARD}"):
    """Leaves a card for later."""

    async def answer(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> None:
        """Put the card off."""
        await flagging_of(interaction).deciding.put_off(card.id, by=by)
        await reply(interaction, _(PUT_OFF))


class ContextButton(CardButton, template=f"fl1:context:{CARD}"):
    """Shows the post with its neighbours, and the flags in full, to whoever presses."""

    audited = False

    async def answer(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> None:
        """Read it live."""
        _card, flags = await flagging_of(interaction).taking.flags_on(card.id)
        lines = [await context_of(interaction, card)]
        lines += [flag_line(flag, LONGEST_TEXT) for flag in flags]
        for page in pages(lines, MESSAGE_LIMIT):
            await interaction.followup.send(page, ephemeral=True)


class CheckButton(CardButton, template=f"fl1:check:{CARD}"):
    """Asks which fact-check is to be attached."""

    audited = False

    async def answer(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> None:
        """Offer the matcher's best candidates."""
        found = await flagging_of(interaction).deciding.candidates(card.id, by)
        if not found:
            await reply(interaction, _(NO_CANDIDATE))
            return
        view = candidates_view(card, found)
        await interaction.followup.send(_(CHOOSE_CHECK), view=view, ephemeral=True)


class AttachSelect(_DecidingSelect, template=f"fl1:attach:{CARD}"):
    """Agrees, and attaches the fact-check that was chosen."""

    async def decide(
        self, interaction: discord.Interaction[Any], card: FlagCard, by: MemberId
    ) -> str:
        """Attach the note."""
        chosen = chosen_in(_data(interaction))
        if not chosen:
            raise InvalidInputError(_("Please choose a fact-check."))
        await flagging_of(interaction).deciding.attach(card.id, Slug(chosen[0]), by=by)
        return _(ATTACHED)


FLAG_BUTTONS = (
    AgreeButton,
    ActSelect,
    DisagreeButton,
    IgnoreButton,
    LaterButton,
    ContextButton,
    CheckButton,
    AttachSelect,
)


def _data(interaction: discord.Interaction[Any]) -> dict[str, Any]:
    return dict(interaction.data or {})


async def _order(interaction: discord.Interaction[Any], card: FlagCard, act: Act) -> Order:
    """Return what is to be done, with the standings of all whom it concerns as they are now."""
    services = services_of(interaction)
    rules = await services.moderation.house_rules.get(CommunityId(card.community))
    _card, flags = await services.flagging.taking.flags_on(card.id)
    with in_public():
        reason = _reason(card, flags)
    origin = f"flag:{card.id}"
    if act is Act.DELETE:
        # Whoever has the menu open can still choose it, and a client can send anything.
        if card.post is None or card.post_deleted:
            raise NotFoundError(_(GONE))
        channel = await channel_named(interaction, card.channel)
        return build_order(
            interaction, KINDS[act], rules, channel=channel, reason=reason,
            details={"ids": [card.post]}, origin=origin,
        )  # fmt: skip
    span = SPANS.get(act)
    return build_order(
        interaction,
        KINDS[act],
        rules,
        target=await author_of(interaction, card),
        reason=reason,
        points=1 if act is Act.WARN else 0,
        until=services.clock.now() + span if span else None,
        details=_about(card),
        origin=origin,
    )


def _about(card: FlagCard) -> dict[str, object]:
    """Return which post a case is about, so that its author knows what an appeal would be about."""
    if card.post is None or card.post_deleted:
        return {}
    return {"channel": card.channel, "post": card.post}


def _reason(card: FlagCard, flags: Sequence[Flag]) -> str:
    if card.source is CardSource.AUTOMOD:
        name = str(card.details.get("rule_name", ""))
        return _("AutoMod’s rule “{name}”").format(name=name)
    return _("Flagged by members: {reasons}").format(reasons=reasons_text(flags))
