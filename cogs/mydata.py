"""`/mydata`: what is stored about me, all of it as a file, and to be forgotten."""

import io
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import discord
from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from bot.client import FootnoteBot
from bot.discord_io.privacy_words import overview_embed, receipt_embed
from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import N_, _
from bot.forms import GuardedForm
from bot.services.privacy import CONFIRMATION, PrivacyService

FORGET_FORM = "my1:forget"
FILE = N_(
    "Everything that is stored about you on this server, without moderators' notes and other "
    "members' ids."
)


class ForgetForm(GuardedForm):
    """Asks for the words that confirm; whoever sends it can forget only themselves."""

    template = re.compile(FORGET_FORM)
    audited: ClassVar[bool] = False

    def __init__(self, privacy: PrivacyService) -> None:
        self._privacy = privacy

    @override
    async def sent(
        self, interaction: discord.Interaction[Any], found: re.Match[str], fields: Mapping[str, str]
    ) -> None:
        """Forget the member who sent it, and answer with the receipt."""
        receipt = await self._privacy.forget(*_who(interaction), typed=fields.get("words", ""))
        await interaction.followup.send(embed=receipt_embed(receipt), ephemeral=True)


@app_commands.guild_only()
class MyDataCog(
    commands.GroupCog, group_name="mydata", group_description="What is stored about you here"
):
    """Everybody can ask about themselves; nobody about somebody else."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._privacy = bot.services.privacy

    async def cog_load(self) -> None:
        """Make the form known, so that one opened before a restart works as well."""
        self._bot.add_forms(ForgetForm(self._privacy))

    @app_commands.command()
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show how much is stored about me, and what."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        overview = await self._privacy.show(*_who(interaction))
        await interaction.followup.send(embed=overview_embed(overview), ephemeral=True)

    @app_commands.command()
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Send me everything that is stored about me, as a file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._privacy.export(*_who(interaction))
        file = discord.File(io.BytesIO(found.content), found.name)
        await interaction.followup.send(_(FILE), file=file, ephemeral=True)

    @app_commands.command()
    async def forget(self, interaction: discord.Interaction[Any]) -> None:
        """Remove what is stored about me; asks for a confirmation."""
        words = _(CONFIRMATION)
        form = discord.ui.Modal(title=_("Forget me"), custom_id=FORGET_FORM)
        form.add_item(
            discord.ui.TextInput(
                label=_("Type “{words}” to confirm").format(words=words),
                custom_id="words",
                placeholder=words,
                max_length=40,
            )
        )
        await interaction.response.send_modal(form)
        form.stop()


def _who(interaction: discord.Interaction[Any]) -> tuple[CommunityId, MemberId]:
    return CommunityId(interaction.guild_id or 0), MemberId(interaction.user.id)
