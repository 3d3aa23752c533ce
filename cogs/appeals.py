"""Appeals: the buttons in members' messages and on moderators' cards, their forms, and the queue.

Buttons in direct messages come without a server: their custom ids name the case, and the service
sees that it is about whoever presses. What moderators press is checked for their permission.
"""

import re
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.appeal_cards import appeal_form, queue_line
from bot.discord_io.case_cards import outcome_text
from bot.discord_io.orders import build_order, fetch_person, guild_of
from bot.discord_io.words import MESSAGE_LIMIT, message_link, plain, shorten
from bot.domain.appeals import AppealId, CaseRef, read_key
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, MemberId
from bot.domain.standing import NEEDED
from bot.domain.wording import N_, _, in_public, ngettext
from bot.forms import GuardedForm
from bot.services.appealing import Judge, Matter
from bot.services.appealing.service import UNKNOWN, UNKNOWN_CASE
from bot.services.errors import ConflictError, NotFoundError
from bot.services.moderating.acting import Order
from bot.tree import permitted, reply, require_permission

KEY = r"(?P<key>\d{1,20}-[a-z_]{1,20}-\d{1,17})"
APPEAL = r"(?P<appeal>[A-Za-z0-9_-]{22})"
SENT = N_("Your appeal is with the moderators. They will answer you here.")
ANSWERED = N_("Thank you: the moderators have your answer.")
ACCEPTED = N_("Accepted. The member is told.")
REJECTED = N_("Rejected. The member is told, with your reason.")
ASKED = N_("Asked. The member's answer will stand on the card.")
NOTHING = N_("No appeal is waiting.")
POSTED = N_("Cards that are gone are posted again.")
SHOWN = 15


class OpenButton(GuardedButton, template=f"ap1:open:{KEY}"):
    """Stands under a case's direct message."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form, or say why there is none."""
        case, member = _ref(self.found["key"]), MemberId(interaction.user.id)
        matter = await services_of(interaction).appeals.matter(case, member)
        if matter.hindrance is not None:
            raise ConflictError(_with_contact(matter))
        form = appeal_form("open", case.key, matter.case.number)
        await interaction.response.send_modal(form)


class AppealButton(GuardedButton, template=f"ap1:none:{APPEAL}"):
    """A button that knows its appeal by its custom id."""

    @property
    def appeal(self) -> AppealId:
        """Return which appeal it is about."""
        return AppealId(self.found["appeal"])


class AnswerButton(AppealButton, template=f"ap1:answer:{APPEAL}"):
    """Stands under a question that the moderators asked back."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form; whose appeal it is, is seen when it comes back."""
        matter = await services_of(interaction).appeals.before_deciding(self.appeal)
        form = appeal_form("answer", self.appeal, matter.case.number)
        await interaction.response.send_modal(form)


class AcceptButton(AppealButton, template=f"ap1:accept:{APPEAL}"):
    """Accepts an appeal, and lifts what is left of the action."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Check, decide, and say what came of it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        matter, judge = await _judged(interaction, self.appeal)
        order = await _lifting(interaction, self.appeal, matter)
        outcome = await services_of(interaction).appeals.accept(self.appeal, judge, order)
        lifted = f"\n{outcome_text(outcome)}" if outcome else ""
        await reply(interaction, shorten(_(ACCEPTED) + lifted, MESSAGE_LIMIT))


class RejectButton(AppealButton, template=f"ap1:reject:{APPEAL}"):
    """Opens the form for the reason of a refusal."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Check and ask for the reason."""
        matter, _judge = await _judged(interaction, self.appeal)
        form = appeal_form("reject", self.appeal, matter.case.number)
        await interaction.response.send_modal(form)


class AskButton(AppealButton, template=f"ap1:ask:{APPEAL}"):
    """Opens the form for a question to the member."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Check and ask for the question."""
        matter = await services_of(interaction).appeals.before_deciding(self.appeal)
        await _require_judge(interaction, matter)
        form = appeal_form("ask", self.appeal, matter.case.number)
        await interaction.response.send_modal(form)


class AppealForms(GuardedForm):
    """All forms of appeals; each checks again what its button checked."""

    template = re.compile(rf"ap1:f-(?:(?P<open>open):{KEY}|(?P<form>answer|reject|ask):{APPEAL})")

    def audited_as(self, found: re.Match[str]) -> str:
        """Return under which name the audit has it."""
        return f"appeal form {found['open'] or found['form']}"

    async def sent(
        self, interaction: discord.Interaction[Any], found: re.Match[str], fields: Mapping[str, str]
    ) -> None:
        """Store what was written."""
        text, appeals = fields.get("text", ""), services_of(interaction).appeals
        member, name = MemberId(interaction.user.id), interaction.user.display_name
        if found["open"]:
            await appeals.open(_ref(found["key"]), member, name, text)
            await reply(interaction, _(SENT))
        elif found["form"] == "answer":
            await appeals.answer(AppealId(found["appeal"]), member, name, text)
            await reply(interaction, _(ANSWERED))
        else:
            await self._judge(interaction, found["form"], AppealId(found["appeal"]), text)

    async def _judge(
        self, interaction: discord.Interaction[Any], form: str, appeal: AppealId, text: str
    ) -> None:
        appeals = services_of(interaction).appeals
        await _require_judge(interaction, await appeals.before_deciding(appeal))
        if form == "reject":
            await appeals.reject(appeal, _judge_of(interaction), text)
            await reply(interaction, _(REJECTED))
        else:
            await appeals.ask_back(appeal, _judge_of(interaction), text)
            await reply(interaction, _(ASKED))


BUTTONS = (OpenButton, AnswerButton, AcceptButton, RejectButton, AskButton)


@app_commands.guild_only()
@app_commands.default_permissions(moderate_members=True)
class AppealsCog(
    commands.GroupCog, group_name="appeals", group_description="What members ask to look at again"
):
    """The queue, for moderators; members need no command."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make the buttons and forms known."""
        self._bot.add_dynamic_items(*BUTTONS)
        self._bot.add_forms(AppealForms())

    async def cog_unload(self) -> None:
        """Take the buttons back."""
        self._bot.remove_dynamic_items(*BUTTONS)

    @app_commands.command(name="list")
    @permitted("moderate_members")
    async def waiting(self, interaction: discord.Interaction[Any]) -> None:
        """List the appeals that wait, oldest first."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        lines = []
        for view in (await self._bot.services.appeals.waiting(community))[:SHOWN]:
            appeal = view.appeal
            link = appeal.message and message_link(community, appeal.card_place, appeal.message)
            lines.append(queue_line(view, link or None))
        await reply(interaction, shorten("\n".join(lines), MESSAGE_LIMIT) or _(NOTHING))

    @app_commands.command()
    @permitted("moderate_members")
    async def cards(self, interaction: discord.Interaction[Any]) -> None:
        """Post the cards of waiting appeals again, where they were lost or the channel changed."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        count = await self._bot.services.appeals.post_again(CommunityId(interaction.guild_id or 0))
        text = ngettext("{count} appeal waits.", "{count} appeals wait.", count)
        await reply(interaction, f"{text.format(count=count)} {_(POSTED)}" if count else _(NOTHING))


def _ref(key: str) -> CaseRef:
    found = read_key(key)
    if found is None:
        raise NotFoundError(_(UNKNOWN_CASE))
    return found


def _with_contact(matter: Matter) -> str:
    sentence = matter.hindrance or ""
    if matter.contact:
        contact = _("Questions? {contact}").format(contact=shorten(plain(matter.contact), 400))
        return f"{sentence} {contact}"
    return sentence


def _judge_of(interaction: discord.Interaction[Any]) -> Judge:
    guild = guild_of(interaction)
    return Judge(
        member=MemberId(interaction.user.id),
        name=interaction.user.display_name,
        is_owner=guild.owner_id == interaction.user.id,
    )


async def _judged(interaction: discord.Interaction[Any], appeal: AppealId) -> tuple[Matter, Judge]:
    """Return what an appeal is about, where whoever presses may decide it."""
    appeals, judge = services_of(interaction).appeals, _judge_of(interaction)
    await _require_judge(interaction, await appeals.before_deciding(appeal))
    return await appeals.before_deciding(appeal, judge), judge


async def _require_judge(interaction: discord.Interaction[Any], matter: Matter) -> None:
    """See that whoever acts may do what the case did, here, on this server."""
    if interaction.guild_id != matter.case.community:
        raise NotFoundError(_(UNKNOWN))
    await require_permission(interaction, NEEDED[matter.case.kind])


async def _lifting(
    interaction: discord.Interaction[Any], appeal: AppealId, matter: Matter
) -> Order | None:
    """Return the order that takes the action back, None where nothing is left to take back."""
    target = matter.case.target
    if matter.lift is None or target is None:
        return None
    user = await fetch_person(interaction, target)
    if user is None:
        return None
    if matter.lift is CaseKind.UNTIMEOUT and not isinstance(user, discord.Member):
        return None  # they left, and a timeout is a member's
    services = services_of(interaction)
    rules = await services.moderation.house_rules.get(matter.case.community)
    with in_public():
        said = _("Appeal of case {number} accepted").format(number=matter.case.number)
    return build_order(
        interaction,
        matter.lift,
        rules,
        target=user,
        reason=said,
        origin=f"appeal:{appeal}",
    )
