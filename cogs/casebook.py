"""`/case` and `/audit`: the record of moderation, and of every command that changed something."""

import io
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.case_cards import audit_line, case_embed, case_line
from bot.discord_io.orders import User
from bot.discord_io.words import shorten
from bot.domain.cases import LONGEST_REASON, CaseKind
from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import N_, _, ngettext
from bot.services.errors import InvalidInputError
from bot.services.moderating.exchanging import MOST_BYTES, Imported, ImportMode
from bot.services.ports import CaseQuery
from bot.tree import permitted, reply

Number = app_commands.Range[int, 1, 1_000_000_000]
Text = app_commands.Range[str, 1, LONGEST_REASON]
Kind = Literal[
    "note", "warn", "timeout", "untimeout", "kick", "ban", "unban", "purge", "slowmode",
    "lock", "unlock", "factcheck_attach", "factcheck_withdraw",
]  # fmt: skip
NONE_FOUND = N_("There are no such cases.")
SHOWN = 15


@app_commands.guild_only()
@app_commands.default_permissions(moderate_members=True)
class CaseCog(commands.GroupCog, group_name="case", group_description="The record of moderation"):
    """Reads and amends cases; never acts on the platform."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.describe(number="The case's number")
    @permitted("moderate_members")
    async def show(self, interaction: discord.Interaction[Any], number: Number) -> None:
        """Show one case with its notes."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        case = await self._bot.services.moderation.cases.get(_community(interaction), number)
        await interaction.followup.send(embed=case_embed(case), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(member="Only cases about this person", kind="Only cases of this kind")
    @permitted("moderate_members")
    async def list(
        self,
        interaction: discord.Interaction[Any],
        member: User | None = None,
        kind: Kind | None = None,
    ) -> None:
        """List the newest cases."""
        await self._list(
            interaction,
            CaseQuery(
                target=MemberId(member.id) if member else None,
                kind=CaseKind(kind) if kind else None,
            ),
        )

    @app_commands.command()
    @app_commands.describe(
        words="Words of the reason", moderator="Only cases by this moderator", kind="Which kind"
    )
    @permitted("moderate_members")
    async def search(
        self,
        interaction: discord.Interaction[Any],
        words: app_commands.Range[str, 1, 100],
        moderator: User | None = None,
        kind: Kind | None = None,
    ) -> None:
        """Find cases by words of their reasons."""
        await self._list(
            interaction,
            CaseQuery(
                words=words,
                by=MemberId(moderator.id) if moderator else None,
                kind=CaseKind(kind) if kind else None,
            ),
        )

    async def _list(self, interaction: discord.Interaction[Any], query: CaseQuery) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._bot.services.moderation.cases.find(
            _community(interaction), query, limit=SHOWN + 1
        )
        lines = [case_line(case) for case in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(_("There are more: narrow it down, or use `/case export`."))
        embed = discord.Embed(description=shorten("\n".join(lines), 4000) or _(NONE_FOUND))
        await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(number="The case's number", reason="The new reason")
    @permitted("moderate_members")
    async def edit(
        self, interaction: discord.Interaction[Any], number: Number, reason: Text
    ) -> None:
        """Change a case's reason; the old one stays on record."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        case = await self._bot.services.moderation.cases.change_reason(
            _community(interaction),
            number,
            by=MemberId(interaction.user.id),
            by_name=interaction.user.display_name,
            reason=reason,
        )
        await interaction.followup.send(embed=case_embed(case), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(number="The case's number", text="What to add")
    @permitted("moderate_members")
    async def note(self, interaction: discord.Interaction[Any], number: Number, text: Text) -> None:
        """Add a note to a case."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        case = await self._bot.services.moderation.cases.add_note(
            _community(interaction),
            number,
            by=MemberId(interaction.user.id),
            by_name=interaction.user.display_name,
            body=text,
        )
        await interaction.followup.send(embed=case_embed(case), ephemeral=True)

    @app_commands.command()
    @permitted("manage_guild")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Get all cases as a file that other moderation bots can read."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        data = await self._bot.services.moderation.exchange.export(_community(interaction))
        if len(data) > MOST_BYTES:
            raise InvalidInputError(_("The cases are more than Discord takes as one file."))
        file = discord.File(io.BytesIO(data), filename="cases.json")
        await interaction.followup.send(_("All cases of this server:"), file=file, ephemeral=True)

    @app_commands.command(name="import")
    @app_commands.describe(
        file="A file from `/case export` or another moderation bot",
        mode="What becomes of the cases that are here",
        dry_run="Only say what would happen",
    )
    @app_commands.choices(
        mode=[
            app_commands.Choice(
                name="give the imported cases new numbers", value=ImportMode.BUMP_IMPORTED.value
            ),
            app_commands.Choice(
                name="give the cases here new numbers", value=ImportMode.BUMP_EXISTING.value
            ),
            app_commands.Choice(name="replace the cases here", value=ImportMode.REPLACE.value),
        ]
    )
    @permitted("manage_guild")
    async def import_cases(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment,
        mode: str,
        dry_run: bool = False,
    ) -> None:
        """Take over the cases of another moderation bot, or of an export."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if file.size > MOST_BYTES:
            raise InvalidInputError(_("The file is larger than 8 MiB."))
        exchange, community = self._bot.services.moderation.exchange, _community(interaction)
        data = await file.read()
        if dry_run:
            cases = await exchange.read(community, data)
            await reply(
                interaction,
                ngettext(
                    "The file is fine: {count} case. Nothing was changed.",
                    "The file is fine: {count} cases. Nothing was changed.",
                    len(cases),
                ).format(count=len(cases)),
            )
            return
        done = await exchange.load(community, data, ImportMode(mode))
        await reply(interaction, _imported(done))


def _imported(done: Imported) -> str:
    added = ngettext("{count} case was imported.", "{count} cases were imported.", done.added)
    lines = [added.format(count=done.added)]
    if done.moved:
        moved = ngettext(
            "{count} case here has a new number.",
            "{count} cases here have new numbers.",
            done.moved,
        )
        lines.append(moved.format(count=done.moved))
    if done.removed:
        removed = ngettext(
            "{count} case was replaced.", "{count} cases were replaced.", done.removed
        )
        lines.append(removed.format(count=done.removed))
    if done.without_end:
        endless = ngettext(
            "{count} temporary action of the file will not end by itself: its case says when it "
            "was to end.",
            "{count} temporary actions of the file will not end by themselves: their cases say "
            "when they were to end.",
            done.without_end,
        )
        lines.append(endless.format(count=done.without_end))
    return " ".join(lines)


class AuditCog(commands.Cog):
    """Shows who used what."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(member="Only what this person did")
    @permitted("manage_guild")
    async def audit(
        self, interaction: discord.Interaction[Any], member: User | None = None
    ) -> None:
        """Show who used which command that changes something, attempts included."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        entries = await self._bot.services.auditing.latest(
            _community(interaction), member=MemberId(member.id) if member else None
        )
        text = shorten("\n".join(audit_line(entry) for entry in entries), 4000)
        embed = discord.Embed(title=_("Audit"), description=text or _("Nothing was changed yet."))
        await interaction.followup.send(embed=embed, ephemeral=True)


def _community(interaction: discord.Interaction[Any]) -> CommunityId:
    return CommunityId(interaction.guild_id or 0)
