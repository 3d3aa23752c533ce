"""A reader that recognises claims said word for word, so that no test here hangs on the matcher."""

from __future__ import annotations

import re

from bot.domain.matches import Match, Reading
from tests.builders import build_match
from tests.fakes import FakeReader

_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s|$)|$)", re.DOTALL)


class VerbatimReader(FakeReader):
    """Finds the first sentence that holds a phrasing of a fact-check, whatever the case."""

    version = "verbatim-1"

    def read(self, text: str, *, top: int = 5) -> Reading:
        """Return every fact-check that is named in the text, with its sentence."""
        found = [self._named(slug, phrasings, text) for slug, phrasings in self._phrasings.items()]
        matches = tuple(match for match in found if match is not None)
        return Reading(matches=matches[:top], words=len(text.split()), characters=len(text))

    def _named(self, slug: str, phrasings: tuple[str, ...], text: str) -> Match | None:
        wanted = [phrasing.rstrip(".").casefold() for phrasing in phrasings]
        for sentence in _SENTENCE.finditer(text):
            if any(phrasing in sentence[0].casefold() for phrasing in wanted):
                return build_match(slug=slug, sentence=sentence[0], span=sentence.span())
        return None
