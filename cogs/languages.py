"""`/language`: in which language the bot speaks in public here."""

from typing import Any

import discord
from babel import Locale
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.domain.ids import CommunityId
from bot.domain.wording import N_, _
from bot.tree import permitted, reply

AUTOMATIC = "auto"
SPOKEN = N_(
    "Notes, cards, digests and direct messages are written in {language} from now on. Answers that "
    "only one member sees are in that member's own language where I speak it."
)
NOW = N_("This server's language is {language}. `/language` with a choice changes it.")


def named(code: str) -> str:
    """Return a language's own name for itself, such as "Deutsch"."""
    return (Locale.parse(code).get_display_name(code) or code).capitalize()


class LanguagesCog(commands.Cog):
    """One command for whoever may manage the server."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(language="The language; “auto” follows the server's own setting")
    @permitted("manage_guild")
    async def language(
        self,
        interaction: discord.Interaction[Any],
        language: app_commands.Range[str, 2, 10] | None = None,
    ) -> None:
        """Show or choose the language of what everybody here sees."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        languages = self._bot.services.languages
        if language is not None:
            await languages.choose(community, None if language == AUTOMATIC else language)
        said = NOW if language is None else SPOKEN
        await reply(interaction, _(said).format(language=named(languages.of(community))))

    @language.autocomplete("language")
    async def _languages(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        offered = {AUTOMATIC: _("As the server's own setting says")}
        offered |= {code: named(code) for code in self._bot.services.languages.offered}
        return [
            app_commands.Choice(name=name, value=code)
            for code, name in offered.items()
            if typed.lower() in f"{code} {name}".lower()
        ][:25]
