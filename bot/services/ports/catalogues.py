"""Catalogues of the bot's texts, as the use cases look for them."""

from collections.abc import Sequence
from gettext import NullTranslations
from typing import Protocol


class CatalogueSource(Protocol):
    """Knows every language that the bot speaks; English, in which texts are written, is one."""

    @property
    def languages(self) -> Sequence[str]:
        """Codes of the languages, such as "de" and "pt_BR"; English first."""
        ...

    @property
    def fingerprint(self) -> str:
        """A value that changes with any text of any language, without reading their meaning."""
        ...

    def find(self, language: str) -> NullTranslations:
        """Return a language's texts; English where there is no such catalogue."""
        ...
