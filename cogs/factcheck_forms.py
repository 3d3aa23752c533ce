"""Takes the forms in which moderators write fact-checks, whenever they come back."""

import io
import re
from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.factcheck_cards import saved_embed, unfit_embed
from bot.discord_io.factcheck_forms import (
    FORM_ID,
    SentForm,
    again_view,
    form_named,
    own_reason,
    own_version,
    sent_form,
)
from bot.domain.factchecks import FactCheck
from bot.domain.ids import CommunityId, MemberId, Slug
from bot.domain.wording import N_, _
from bot.forms import GuardedForm
from bot.services.editing import Saved
from bot.services.editing.forms import prefilled
from bot.services.editing.service import OvertakenError, UnfitError
from bot.services.errors import NotFoundError
from bot.services.formats import markdown
from bot.services.library_import import parse_text
from bot.tree import require_moderator

OVERTAKEN = N_(
    "Your version is attached, so that nothing is lost: compare it with `/factcheck show`."
)
NO_VERSION = N_("Your version is not attached here any more. Please use `/factcheck edit`.")


class FactCheckForm(GuardedForm):
    """Stores what a form on a fact-check says; the permission is checked again."""

    template = FORM_ID

    def audited_as(self, found: re.Match[str]) -> str:
        """Name the form."""
        return f"factcheck form {found['form']}"

    async def sent(
        self,
        interaction: discord.Interaction[Any],
        found: re.Match[str],
        fields: Mapping[str, str],
    ) -> None:
        """Store it, or hand back what was typed where it cannot be stored."""
        await require_moderator(interaction)
        form = sent_form(found, fields)
        try:
            saved = await _saved(interaction, form)
        except OvertakenError as conflict:
            said = f"{conflict} {_(OVERTAKEN)}"
            file = _as_file(conflict.mine)
            await interaction.followup.send(said, file=file, ephemeral=True)
        except UnfitError as refusal:
            await interaction.followup.send(
                embed=unfit_embed(refusal, form.fields.get("reason", "")),
                file=_as_file(refusal.mine),
                view=again_view(form),
                ephemeral=True,
            )
        else:
            await interaction.followup.send(embed=saved_embed(saved), ephemeral=True)


class AgainButton(
    GuardedButton,
    template=r"fe1:again:(?P<form>text|more):(?P<revision>\d{1,9}):(?P<slug>[a-z0-9-]{1,80})",
):
    """Opens a form again with what was typed; it is read from the file beside the button."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form; a form must be the first answer."""
        await require_moderator(interaction)
        slug = Slug(self.found["slug"])
        version = own_version(interaction.message, slug)
        if version is None:
            raise NotFoundError(_(NO_VERSION))
        try:
            text = (await version.read()).decode()
        except discord.HTTPException as gone:
            raise NotFoundError(_(NO_VERSION)) from gone
        (mine,) = parse_text(text, version.filename).fact_checks
        fields = prefilled(mine) | {"reason": own_reason(interaction.message)}
        form, revision = self.found["form"], int(self.found["revision"])
        await interaction.response.send_modal(
            form_named(form, fields, slug=slug, revision=revision)
        )


class FactCheckFormsCog(commands.Cog):
    """Registers the forms and the button, so that those of earlier runs work as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make them known."""
        self._bot.add_forms(FactCheckForm())
        self._bot.add_dynamic_items(AgainButton)

    async def cog_unload(self) -> None:
        """Take the button back."""
        self._bot.remove_dynamic_items(AgainButton)


async def _saved(interaction: discord.Interaction[Any], sent: SentForm) -> Saved:
    editing = services_of(interaction).editing
    community = CommunityId(interaction.guild_id or 0)
    member = MemberId(interaction.user.id)
    if sent.slug is None:
        return await editing.add(community, sent.fields, by=member)
    fields = {name: text for name, text in sent.fields.items() if name != "reason"}
    return await editing.edit(
        community,
        sent.slug,
        fields,
        begun_at=sent.revision,
        reason=sent.fields.get("reason", ""),
        by=member,
    )


def _as_file(mine: FactCheck) -> discord.File:
    return discord.File(io.BytesIO(markdown.render(mine).encode()), f"{mine.slug}-yours.md")
