"""Reads the catalogues of the bot's texts, one file per language, when they are first asked for.

Knows where they are and how a file is read; never which language is spoken when.
"""

from functools import cache, cached_property
from gettext import NullTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from bot.domain.wording import AS_WRITTEN, ENGLISH

FOLDER = Path(__file__).with_name("locales")
"""Travels in the package: `<language>/LC_MESSAGES/footnote.po`."""
FILE = Path("LC_MESSAGES/footnote.po")


class FileCatalogues:
    """Implements `CatalogueSource` over a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages that have a file; English first."""
        found = sorted(path.name for path in self._folder.iterdir() if (path / FILE).is_file())
        return (ENGLISH, *found)

    @cached_property
    def fingerprint(self) -> str:
        """The hash of all files; looking texts up takes a hundred times as long."""
        files = (self._folder / language / FILE for language in self.languages[1:])
        return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def find(self, language: str) -> NullTranslations:
        """Return a language's texts; English where there is no such catalogue."""
        if language == ENGLISH or language not in self.languages:
            return AS_WRITTEN
        return read_catalogue(self._folder / language / FILE)


@cache
def read_catalogue(path: Path) -> NullTranslations:
    """Read a catalogue; entries marked as fuzzy are left out, as gettext's own tools do."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
