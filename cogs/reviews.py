"""The buttons on moderators' cards, and the form for thresholds.

Every press is checked on the server side: what Discord shows to whom is no permission.
"""

import re
from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.cards import details_embeds
from bot.discord_io.examples import LEARNED, keep_view
from bot.domain.ids import CommunityId, MemberId
from bot.domain.policy import Thresholds
from bot.domain.reviews import ReviewId
from bot.domain.wording import N_, _
from bot.forms import GuardedForm
from bot.services.errors import NotFoundError
from bot.services.reviewing import UNKNOWN_CARD, ReviewService
from bot.tree import reply, require_reviewer

REVIEW = r"(?P<review>[A-Za-z0-9_-]{22})"
ATTACHED = N_("The note will be there in a moment.")
WRONG = N_("Noted: not this claim.")
KEPT = N_("The note stays.")
RESUMED = N_("Notes attach by themselves there again.")
CHANGED = N_(
    "From now on, posts from {auto} get a note and posts from {suggest} become a suggestion."
)
THRESHOLD_FORM = "fc1:thresholds"


class ReviewButton(GuardedButton, template=f"fc1:rv-none:{REVIEW}"):
    """A button that knows its review by its custom id."""

    @property
    def review(self) -> ReviewId:
        """Return which review it is about."""
        return ReviewId(self.found["review"])

    async def require_here(self, interaction: discord.Interaction[Any]) -> None:
        """See that the card is of this server."""
        community = await services_of(interaction).reviewing.community(self.review)
        if community != interaction.guild_id:
            raise NotFoundError(_(UNKNOWN_CARD))


class _DecisionButton(ReviewButton, template=f"fc1:rv-decision:{REVIEW}"):
    """Decides a review; the card itself is changed by the outbox."""

    said = ""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Check, decide, and say so."""
        await require_reviewer(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        member = MemberId(interaction.user.id)
        learned = await self.decide(services_of(interaction).reviewing, member)
        if not learned:
            await reply(interaction, _(self.said))
            return
        said = f"{_(self.said)}\n{_(LEARNED)}"
        await interaction.followup.send(said, view=keep_view(self.review), ephemeral=True)

    async def decide(self, reviewing: ReviewService, by: MemberId) -> bool:
        """Carry the decision out; tell whether the matcher learned from it."""
        raise AssertionError(f"{type(self).__name__} must say what it decides")


class AttachButton(_DecisionButton, template=f"fc1:rv-attach:{REVIEW}"):
    """Attaches the suggested note."""

    said = ATTACHED

    async def decide(self, reviewing: ReviewService, by: MemberId) -> bool:
        """Attach it."""
        return await reviewing.attach(self.review, by=by)


class WrongButton(_DecisionButton, template=f"fc1:rv-wrong:{REVIEW}"):
    """Says that the post does not make the claim."""

    said = WRONG

    async def decide(self, reviewing: ReviewService, by: MemberId) -> bool:
        """Label the match as wrong; a note that is there goes."""
        return await reviewing.not_this_claim(self.review, by=by)


class KeepButton(_DecisionButton, template=f"fc1:rv-keep:{REVIEW}"):
    """Lets a note stay that its post's author had asked about."""

    said = KEPT

    async def decide(self, reviewing: ReviewService, by: MemberId) -> bool:
        """Keep it."""
        return await reviewing.keep(self.review, by=by)


class ResumeButton(_DecisionButton, template=f"fc1:rv-resume:{REVIEW}"):
    """Ends a pause of the circuit breaker."""

    said = RESUMED

    async def decide(self, reviewing: ReviewService, by: MemberId) -> bool:
        """Resume."""
        await reviewing.resume(self.review, by=by)
        return False


class OpenButton(ReviewButton, template=f"fc1:rv-open:{REVIEW}"):
    """Shows the whole fact-check with its sources to whoever asks."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer with as many messages as the text needs."""
        await require_reviewer(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        fact_check = await services_of(interaction).reviewing.fact_check(self.review)
        for embed in details_embeds(fact_check):
            await interaction.followup.send(embed=embed, ephemeral=True)


class ThresholdButton(ReviewButton, template=f"fc1:rv-threshold:{REVIEW}"):
    """Opens the form with the community's thresholds."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Show the thresholds as they are; a form must be the first answer."""
        await require_reviewer(interaction)
        services = services_of(interaction)
        community = await services.reviewing.community(self.review)
        rules = await services.rules.get(community)
        reader = await services.library.reader(community)
        await interaction.response.send_modal(threshold_form(rules.thresholds or reader.thresholds))


def threshold_form(thresholds: Thresholds) -> discord.ui.Modal:
    """Return the form that begins with these thresholds; `ThresholdForm` takes it."""
    modal = discord.ui.Modal(title=_("Thresholds of this server"), custom_id=THRESHOLD_FORM)
    for name, label, value in (
        ("auto", _("Attach by itself from (percent)"), thresholds.auto),
        ("suggest", _("Suggest to moderators from (percent)"), thresholds.suggest),
    ):
        field = discord.ui.TextInput[Any](custom_id=name, default=f"{value:.1%}", max_length=10)
        modal.add_item(discord.ui.Label(text=label, component=field))
    modal.stop()
    return modal


class ThresholdForm(GuardedForm):
    """Stores both thresholds, where they fit."""

    template = re.compile(re.escape(THRESHOLD_FORM))
    name = "thresholds form"

    async def sent(
        self,
        interaction: discord.Interaction[Any],
        found: re.Match[str],
        fields: Mapping[str, str],
    ) -> None:
        """Check once more who sends the form, and store what fits."""
        await require_reviewer(interaction)
        thresholds = await services_of(interaction).rules.set_thresholds(
            CommunityId(interaction.guild_id or 0),
            fields.get("auto", ""),
            fields.get("suggest", ""),
        )
        said = _(CHANGED).format(auto=f"{thresholds.auto:.1%}", suggest=f"{thresholds.suggest:.1%}")
        await reply(interaction, said)


BUTTONS = (AttachButton, WrongButton, KeepButton, ResumeButton, OpenButton, ThresholdButton)


class ReviewsCog(commands.Cog):
    """Registers the buttons and the form, so that those of earlier runs work as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make the buttons and the form known."""
        self._bot.add_dynamic_items(*BUTTONS)
        self._bot.add_forms(ThresholdForm())

    async def cog_unload(self) -> None:
        """Take them back."""
        self._bot.remove_dynamic_items(*BUTTONS)
