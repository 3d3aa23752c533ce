"""Ends most chat at once: tells whether a text shares enough telling words with the library.

A weight per word, learned from what the library's claims and examples say; no other work is done
for a text that does not pass.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.matching.evidence import Knowledge

PASSING = 0.7
"""Least summed weight; chosen so that practically every example passes."""
_PHRASING_WEIGHT = 0.45


class Gate:
    """The words that speak for some fact-check, and how strongly."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}

    def fork(self) -> "Gate":
        """Return a copy that learns by itself."""
        other = Gate()
        other._weights = dict(self._weights)
        return other

    def learn(self, knowledge: Knowledge) -> None:
        """Learn from messages that raise a fact-check and messages that raise none."""
        raising: list[tuple[str, ...]] = []
        silent: list[tuple[str, ...]] = []
        for message, content in zip(knowledge.space.messages, knowledge.space.content, strict=True):
            (raising if message.raises or message.related else silent).append(content)
        self._weights.update(_log_odds(raising, silent))

    def learn_phrasings(self, stems: Iterable[str]) -> None:
        """Let the words of a new phrasing or example speak, too."""
        for stem in stems:
            self._weights[stem] = max(self._weights.get(stem, 0.0), _PHRASING_WEIGHT)

    def passes(self, stems: Iterable[str]) -> bool:
        """Tell whether a text with these telling words may raise anything."""
        weights = self._weights
        return sum(weights.get(stem, 0.0) for stem in dict.fromkeys(stems)) >= PASSING


def _log_odds(
    raising: Sequence[tuple[str, ...]], silent: Sequence[tuple[str, ...]]
) -> dict[str, float]:
    """Return each word's weight: how much oftener it is said when a claim is raised."""
    said = Counter(stem for content in raising for stem in content)
    other = Counter(stem for content in silent for stem in content)
    odds = math.log((len(silent) + 1) / (len(raising) + 1))
    return {
        stem: max(0.0, odds + math.log((count + 0.3) / (other[stem] + 1)))
        for stem, count in said.items()
    }
