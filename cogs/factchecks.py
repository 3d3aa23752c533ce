"""`/factcheck`: the library from inside Discord, for moderators."""

import io
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.cards import details_embeds
from bot.discord_io.choices import choice
from bot.discord_io.factcheck_cards import (
    diff_embeds,
    due_embeds,
    finding_lines,
    history_embeds,
    list_embed,
    list_view,
    outcome_text,
    saved_embed,
)
from bot.discord_io.factcheck_forms import FIELDS, form_named
from bot.discord_io.simulations import simulation_text
from bot.discord_io.words import shorten
from bot.domain.differences import differences
from bot.domain.factchecks import STATUS_WORDS, Status
from bot.domain.ids import CommunityId, MemberId, PlaceId, Slug
from bot.domain.policy import Mode
from bot.domain.rules import EVERYWHERE
from bot.domain.wording import N_, _, ngettext
from bot.services.editing import ImportOutcome
from bot.services.editing.forms import prefilled, require_room
from bot.services.editing.importing import LARGEST_FILE
from bot.services.errors import InvalidInputError
from bot.services.simulating import Trial
from bot.tree import MANAGE, may, moderators_only, reply, require_moderator

HIDDEN = N_("You cannot read that place yourself, so it is not simulated for you.")
Place = app_commands.AppCommandChannel | app_commands.AppCommandThread
Reason = app_commands.Range[str, 1, 200]
Shown = Literal["all", "published", "draft", "paused", "retired"]


class PageButton(GuardedButton, template=r"fe1:list:(?P<status>\w+):(?P<page>\d{1,6})"):
    """Turns the page of a list."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page in the place of this one."""
        await require_moderator(interaction)
        status, page = self.found["status"], int(self.found["page"])
        editing = services_of(interaction).editing
        records = await editing.listing(_community(interaction), _status(status))
        await interaction.response.edit_message(
            embed=list_embed(records, page, _list_title(status)),
            view=list_view(status, page, len(records)),
        )


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class FactChecksCog(
    commands.GroupCog, group_name="factcheck", group_description="The library of fact-checks"
):
    """Commands for moderators; each checks the permission on the server side as well."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make the buttons known."""
        self._bot.add_dynamic_items(PageButton)

    async def cog_unload(self) -> None:
        """Take them back."""
        self._bot.remove_dynamic_items(PageButton)

    @app_commands.command()
    @moderators_only()
    async def add(self, interaction: discord.Interaction[Any]) -> None:
        """Write a new fact-check."""
        await interaction.response.send_modal(form_named("add", {}))

    @app_commands.command()
    @app_commands.describe(claim="The fact-check to edit", part="Which half of it")
    @moderators_only()
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        claim: str,
        part: Literal["claim and summary", "details and sources"] = "claim and summary",
    ) -> None:
        """Edit a fact-check; live notes follow."""
        old = await self._bot.services.library.get(_community(interaction), Slug(claim))
        form = "text" if part == "claim and summary" else "more"
        fields = prefilled(old)
        require_room(fields, [name for name in FIELDS[form] if name != "reason"])
        await interaction.response.send_modal(
            form_named(form, fields, slug=old.slug, revision=old.revision)
        )

    @app_commands.command()
    @app_commands.describe(claim="The fact-check to retire", reason="Shown on its notes")
    @moderators_only()
    async def retire(
        self, interaction: discord.Interaction[Any], claim: str, reason: Reason
    ) -> None:
        """Retire a fact-check for good; its notes collapse."""
        await self._set_status(interaction, claim, Status.RETIRED, reason)

    @app_commands.command()
    @app_commands.describe(claim="The fact-check to pause", reason="Shown on its notes")
    @moderators_only()
    async def pause(
        self, interaction: discord.Interaction[Any], claim: str, reason: Reason
    ) -> None:
        """Pause a fact-check while it is looked into; its notes collapse."""
        await self._set_status(interaction, claim, Status.PAUSED, reason)

    @app_commands.command()
    @app_commands.describe(claim="A draft, paused or retired fact-check", reason="Why now")
    @moderators_only()
    async def resume(
        self, interaction: discord.Interaction[Any], claim: str, reason: Reason
    ) -> None:
        """Publish a fact-check, if the linter lets it; its notes come back."""
        await self._set_status(interaction, claim, Status.PUBLISHED, reason)

    async def _set_status(
        self, interaction: discord.Interaction[Any], claim: str, status: Status, reason: str
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        saved = await self._bot.services.editing.set_status(
            _community(interaction), Slug(claim), status, reason=reason, by=_member(interaction)
        )
        await interaction.followup.send(embed=saved_embed(saved), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(claim="The fact-check")
    @moderators_only()
    async def history(self, interaction: discord.Interaction[Any], claim: str) -> None:
        """Show who changed a fact-check, when and why."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._bot.services.editing.history(_community(interaction), Slug(claim))
        for embed in history_embeds(claim, found):
            await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(claim="The fact-check", before="An older revision", after="A newer one")
    @moderators_only()
    async def diff(
        self,
        interaction: discord.Interaction[Any],
        claim: str,
        before: app_commands.Range[int, 1, 1_000_000] | None = None,
        after: app_commands.Range[int, 1, 1_000_000] | None = None,
    ) -> None:
        """Show what differs between two revisions, the newest two by default."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        old, new = await self._bot.services.editing.two_revisions(
            _community(interaction), Slug(claim), before, after
        )
        for embed in diff_embeds(old, new, differences(old, new)):
            await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command(name="list")
    @app_commands.describe(status="Which ones")
    @moderators_only()
    async def list_(self, interaction: discord.Interaction[Any], status: Shown = "all") -> None:
        """List the fact-checks of the library."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = _community(interaction)
        records = await self._bot.services.editing.listing(community, _status(status))
        await interaction.followup.send(
            embed=list_embed(records, 1, _list_title(status)),
            view=list_view(status, 1, len(records)),
            ephemeral=True,
        )

    @app_commands.command()
    @app_commands.describe(claim="The fact-check")
    @moderators_only()
    async def show(self, interaction: discord.Interaction[Any], claim: str) -> None:
        """Show a fact-check with its sources and what should be mended."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services = self._bot.services
        record = await services.library.get(_community(interaction), Slug(claim))
        embeds = details_embeds(record, await services.sources.states(record))
        lines = [_("Status: **{status}**").format(status=_(STATUS_WORDS[record.status]))]
        lines += finding_lines(services.editing.checked(record).findings)
        embeds[-1].add_field(name=_("For moderators"), value=shorten("\n".join(lines), 1000))
        for embed in embeds:
            await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command()
    @moderators_only()
    async def due(self, interaction: discord.Interaction[Any]) -> None:
        """List fact-checks whose review is due, or whose sources are gone or moved."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._bot.services.sources.due(_community(interaction))
        for embed in due_embeds(found):
            await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command(name="import")
    @app_commands.describe(
        file="Markdown, JSON lines, ClaimReview or Factually text",
        address="An https page with ClaimReview in it",
        overwrite="Make a new revision of fact-checks that are there already",
    )
    @moderators_only()
    async def import_(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment | None = None,
        address: app_commands.Range[str, 1, 2000] | None = None,
        overwrite: bool = False,
    ) -> None:
        """Import fact-checks from a file or a web page."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (file is None) == (address is None):
            raise InvalidInputError(_("Give either a file or an address."))
        if file is not None:
            outcome = await self._import_file(interaction, file, overwrite=overwrite)
        else:
            outcome = await self._bot.services.importing.from_address(
                _community(interaction),
                address or "",
                by=_member(interaction),
                overwrite=overwrite,
            )
        await reply(interaction, outcome_text(outcome))

    async def _import_file(
        self, interaction: discord.Interaction[Any], file: discord.Attachment, *, overwrite: bool
    ) -> ImportOutcome:
        if file.size > LARGEST_FILE:
            raise InvalidInputError(_("{name} is larger than 2 MB.").format(name=file.filename))
        return await self._bot.services.importing.from_file(
            _community(interaction),
            file.filename,
            await file.read(),
            by=_member(interaction),
            overwrite=overwrite,
        )

    @app_commands.command()
    @app_commands.describe(form="The form of the file", claim="One fact-check; without it, all")
    @moderators_only()
    async def export(
        self,
        interaction: discord.Interaction[Any],
        form: Literal["markdown", "jsonl", "claimreview"] = "markdown",
        claim: str | None = None,
    ) -> None:
        """Hand out fact-checks as a file, without loss."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._bot.services.importing.export(
            _community(interaction), Slug(claim) if claim else None, form
        )
        attached = discord.File(io.BytesIO(found.data), found.name)
        text = ngettext("{count} fact-check.", "{count} fact-checks.", found.count).format(
            count=found.count
        )
        await interaction.followup.send(text, file=attached, ephemeral=True)

    @app_commands.command(name="pause-all")
    @moderators_only()
    async def pause_all(self, interaction: discord.Interaction[Any]) -> None:
        """Stop all automatic notes on this server; claims are still counted."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.rules.pause(
            _community(interaction), EVERYWHERE, by=_member(interaction)
        )
        await reply(
            interaction,
            _(
                "Automatic notes are paused. Whoever asks the bot is still answered. `/factcheck "
                "resume-all` lets them go on."
            ),
        )

    @app_commands.command(name="resume-all")
    @moderators_only()
    async def resume_all(self, interaction: discord.Interaction[Any]) -> None:
        """Let automatic notes go on."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._bot.services.rules.resume(
            _community(interaction), EVERYWHERE, by=_member(interaction)
        )
        await reply(interaction, _("Automatic notes go on."))

    @app_commands.command()
    @app_commands.describe(
        place="Channel, forum, category or thread",
        days="How many days back, 1 to 14",
        threshold="Attach from this percentage; the present one when left out",
        mode="As if the place were watched like this",
        claim="Only this fact-check, also a draft",
        review="Also ask moderators about the first 10 in the review channel",
    )
    @moderators_only()
    async def simulate(
        self,
        interaction: discord.Interaction[Any],
        place: Place,
        days: app_commands.Range[int, 1, 14],
        threshold: app_commands.Range[float, 30.0, 100.0] | None = None,
        mode: Literal["auto", "suggest", "silent"] | None = None,
        claim: str | None = None,
        review: bool = False,
    ) -> None:
        """Try a threshold, mode or fact-check on past posts; posts no note."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if not place.permissions.read_message_history:
            raise InvalidInputError(_(HIDDEN))
        trial = Trial(
            community=_community(interaction),
            place=PlaceId(place.id),
            days=days,
            threshold=None if threshold is None else threshold / 100,
            mode=None if mode is None else Mode(mode),
            slug=None if claim is None else Slug(claim),
        )
        found = await self._bot.services.simulating.run(trial, review=review)
        await reply(interaction, simulation_text(trial, found, review=review))

    @edit.autocomplete("claim")
    @retire.autocomplete("claim")
    @pause.autocomplete("claim")
    @resume.autocomplete("claim")
    @history.autocomplete("claim")
    @diff.autocomplete("claim")
    @show.autocomplete("claim")
    @export.autocomplete("claim")
    @simulate.autocomplete("claim")
    async def claims(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer fact-checks of any status; to members who may not change them, none."""
        if not await may(interaction, MANAGE):
            return []
        found = await self._bot.services.editing.search(_community(interaction), typed)
        return [
            choice(f"{record.claim} ({_(STATUS_WORDS[record.status])})", record.slug)
            for record in found
        ]


def _community(interaction: discord.Interaction[Any]) -> CommunityId:
    return CommunityId(interaction.guild_id or 0)


def _member(interaction: discord.Interaction[Any]) -> MemberId:
    return MemberId(interaction.user.id)


def _status(name: str) -> Status | None:
    return Status(name) if name in Status._value2member_map_ else None


def _list_title(status: str) -> str:
    return _("Fact-checks") if status == "all" else _("Fact-checks: {status}").format(status=status)
