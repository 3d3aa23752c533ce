"""The names and descriptions of commands in Discord's languages, from the bot's catalogues.

Names and choices are looked up with a context of their own: "list" as a command is another word
than in a sentence, and Discord's rules for names are strict.
"""

from gettext import NullTranslations
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.domain.wording import COMMAND_NAME, ENGLISH
from bot.services.languages import language_for
from bot.services.ports.catalogues import CatalogueSource

CHOICE = "choice"
CONTEXTS = {
    Location.command_name: COMMAND_NAME,
    Location.group_name: COMMAND_NAME,
    Location.parameter_name: COMMAND_NAME,
    Location.choice_name: CHOICE,
}


class CatalogueTranslator(app_commands.Translator):
    """Answers discord.py, which asks for every text and every locale of Discord."""

    def __init__(self, catalogues: CatalogueSource) -> None:
        self._catalogues = catalogues

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """Return a text in a language, None where it is as written."""
        language = language_for(locale.value, tuple(self._catalogues.languages))
        if language in (None, ENGLISH):
            return None
        said = looked_up(self._catalogues.find(language), string.message, context.location)
        return None if said == string.message else said


def looked_up(catalogue: NullTranslations, message: str, location: Location) -> str:
    """Return the text of a command in a language."""
    kind = CONTEXTS.get(location)
    return catalogue.gettext(message) if kind is None else catalogue.pgettext(kind, message)
