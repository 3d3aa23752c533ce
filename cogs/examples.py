"""`/factcheck example`, and the button that keeps a judged post's text: how moderators teach.

Every use is checked on the server side: what Discord shows to whom is no permission.
"""

import io
import re
from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.choices import choice, claims_offered
from bot.discord_io.examples import ADDED_ID, FIELD, KEPT_ID, add_form, kept_form, taught_embeds
from bot.domain.factchecks import Example
from bot.domain.ids import CommunityId, MemberId, NoteId, Slug
from bot.domain.matches import Stance
from bot.domain.wording import N_, _, ngettext
from bot.forms import GuardedForm
from bot.services.errors import InvalidInputError, NotFoundError
from bot.services.teaching import LARGEST_FILE, POSTS, UNKNOWN, Lesson, handle_of
from bot.tree import MANAGE, may, moderators_only, reply, require_moderator, require_reviewer

CHOICES = 25
KEPT = N_("Kept. It counts from now on; `/factcheck example list` shows it.")
REMOVED = N_("Removed. Posts are judged as if it had never been there.")
FILE_NAME = "examples.jsonl"
TAKEN_IN = N_(
    "Added: {kept}. There already: {known}. Left out, because the fact-check is not here or the "
    "text is too long: {left_out}."
)
ALL_POSTS = N_("All judged posts, {count} (their text is not kept)")
Kind = Literal["says so", "asks about it", "disputes it", "tells what others say", "not this claim"]
STANCES: Mapping[str, Stance] = {
    "says so": Stance.ASSERT,
    "asks about it": Stance.ASK,
    "disputes it": Stance.DENY,
    "tells what others say": Stance.REPORT,
    "not this claim": Stance.NONE,
}


async def _lesson(interaction: discord.Interaction[Any], about: str) -> Lesson:
    """Return what was decided, if it was decided in this community."""
    lesson = await services_of(interaction).teaching.decided(NoteId(about))
    if lesson.community != interaction.guild_id:
        raise NotFoundError(_(UNKNOWN))
    return lesson


class KeepButton(GuardedButton, template=r"ex1:keep:(?P<about>[A-Za-z0-9_-]{22})"):
    """Opens the form with the judged post's sentence, for a moderator to edit and confirm."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Show the sentence as it stands now; a form must be the first answer."""
        await require_reviewer(interaction)
        about = self.found["about"]
        lesson = await _lesson(interaction, about)
        draft = await services_of(interaction).teaching.draft(lesson)
        await interaction.response.send_modal(kept_form(about, draft, raises=lesson.raises))


class KeptForm(GuardedForm):
    """Stores the text of a judged post that a moderator confirmed."""

    template = KEPT_ID
    name = "factcheck example keep"

    async def sent(
        self,
        interaction: discord.Interaction[Any],
        found: re.Match[str],
        fields: Mapping[str, str],
    ) -> None:
        """Check once more who sends it, and keep the text in the place of the imprint."""
        await require_reviewer(interaction)
        lesson, by = await _lesson(interaction, found["about"]), MemberId(interaction.user.id)
        await services_of(interaction).teaching.keep(lesson, fields.get(FIELD, ""), by=by)
        await reply(interaction, _(KEPT))


class AddedForm(GuardedForm):
    """Stores an example that a moderator wrote by hand."""

    template = ADDED_ID
    name = "factcheck example form"

    async def sent(
        self,
        interaction: discord.Interaction[Any],
        found: re.Match[str],
        fields: Mapping[str, str],
    ) -> None:
        """Check once more who sends it, and keep the text."""
        await require_moderator(interaction)
        example = Example(
            slug=Slug(found["slug"]),
            text=fields.get(FIELD, ""),
            raises=found["raises"] == "1",
            stance=found["stance"],
        )
        by = MemberId(interaction.user.id)
        await services_of(interaction).teaching.add(_community(interaction), example, by=by)
        await reply(interaction, _(KEPT))


class ExampleCommands(
    app_commands.Group, name="example", description="Teach the matcher how people say a claim"
):
    """Commands for moderators; each checks the permission on the server side as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        super().__init__()
        self._bot = bot

    @app_commands.command()
    @app_commands.describe(claim="The fact-check", kind="What the text does with the claim")
    @moderators_only()
    async def add(self, interaction: discord.Interaction[Any], claim: str, kind: Kind) -> None:
        """Write a way in which people say a claim, or one that only looks like it."""
        found = await self._bot.services.library.get(_community(interaction), Slug(claim))
        stance = STANCES[kind]
        example = Example(
            slug=found.slug, text="", raises=stance is not Stance.NONE, stance=stance.value
        )
        await interaction.response.send_modal(add_form(example))

    @app_commands.command()
    @app_commands.describe(claim="The fact-check", example="Which one")
    @moderators_only()
    async def remove(self, interaction: discord.Interaction[Any], claim: str, example: str) -> None:
        """Remove an example; posts are judged as if it had never been there."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.teaching.remove(_community(interaction), Slug(claim), example)
        await reply(interaction, _(REMOVED))

    @app_commands.command(name="list")
    @app_commands.describe(claim="The fact-check")
    @moderators_only()
    async def list_(self, interaction: discord.Interaction[Any], claim: str) -> None:
        """Show what this server has taught about a fact-check, who and when."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services, community = self._bot.services, _community(interaction)
        record = await services.library.get(community, Slug(claim))
        for embed in taught_embeds(
            record.slug, await services.teaching.taught(community, record.slug)
        ):
            await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(claim="One fact-check; without it, all")
    @moderators_only()
    async def export(self, interaction: discord.Interaction[Any], claim: str | None = None) -> None:
        """Hand out the examples that this server has added, as a library's sidecar file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        slug = Slug(claim) if claim else None
        data, count = await self._bot.services.teaching.export(_community(interaction), slug)
        said = ngettext("{count} example.", "{count} examples.", count).format(count=count)
        attached = discord.File(io.BytesIO(data), FILE_NAME)
        await interaction.followup.send(said, file=attached, ephemeral=True)

    @app_commands.command(name="import")
    @app_commands.describe(file="JSON lines, as the export writes them")
    @moderators_only()
    async def import_(
        self, interaction: discord.Interaction[Any], file: discord.Attachment
    ) -> None:
        """Add examples from a file: all of it, or after a mistake nothing."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if file.size > LARGEST_FILE:
            raise InvalidInputError(_("{name} is larger than 2 MB.").format(name=file.filename))
        taken = await self._bot.services.teaching.take_in(
            _community(interaction),
            file.filename,
            await file.read(),
            by=MemberId(interaction.user.id),
        )
        said = _(TAKEN_IN).format(kept=taken.kept, known=taken.known, left_out=taken.left_out)
        await reply(interaction, said)

    @add.autocomplete("claim")
    @remove.autocomplete("claim")
    @list_.autocomplete("claim")
    @export.autocomplete("claim")
    async def claims(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer fact-checks; to members who may not change them, none."""
        if not await may(interaction, MANAGE):
            return []
        found = await self._bot.services.editing.search(_community(interaction), typed)
        return claims_offered(found)

    @remove.autocomplete("example")
    async def examples(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer what was taught about the fact-check that was chosen, newest first."""
        claim = getattr(interaction.namespace, "claim", None)
        if not isinstance(claim, str) or not await may(interaction, MANAGE):
            return []
        teaching = self._bot.services.teaching
        taught = await teaching.taught(_community(interaction), Slug(claim))
        texts = [kept.example.text for kept in reversed(taught.examples)]
        choices = [
            choice(text, handle_of(text)) for text in texts if typed.casefold() in text.casefold()
        ]
        if taught.posts:
            name = _(ALL_POSTS).format(count=taught.posts)
            choices.insert(0, choice(name, POSTS))
        return choices[:CHOICES]


class ExamplesCog(commands.Cog):
    """Puts the commands under `/factcheck`, and makes the button and the form known."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make them known; `FactChecksCog` is loaded before."""
        self._bot.add_dynamic_items(KeepButton)
        self._bot.add_forms(KeptForm(), AddedForm())
        self._parent().add_command(ExampleCommands(self._bot))

    async def cog_unload(self) -> None:
        """Take them back."""
        self._bot.remove_dynamic_items(KeepButton)
        self._parent().remove_command("example")

    def _parent(self) -> app_commands.Group:
        found = self._bot.tree.get_command("factcheck")
        if not isinstance(found, app_commands.Group):
            raise RuntimeError("/factcheck is not there; load FactChecksCog first")
        return found


def _community(interaction: discord.Interaction[Any]) -> CommunityId:
    return CommunityId(interaction.guild_id or 0)
