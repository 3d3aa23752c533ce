"""Ends most chat at once: tells whether a text shares enough telling words with the library.

A weight per word, learned from what the library's claims and examples say; no other work is done
for a text that does not pass.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.matching.evidence import Knowledge

PASSING = 1.0
"""Least summed weight; chosen so that practically every example passes."""
_RECORD_WEIGHT = 0.45


class Gate:
    """The words that speak for some fact-check, and how strongly."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}

    def learn(self, knowledge: Knowledge) -> None:
        """Learn from messages that raise a fact-check and messages that raise none."""
        raising: Counter[str] = Counter()
        silent: Counter[str] = Counter()
        for message, content in zip(knowledge.space.messages, knowledge.space.content, strict=True):
            (raising if message.raises or message.related else silent).update(content)
        self._weights.update(_log_odds(raising, silent))

    def learn_record(self, stems: Iterable[str]) -> None:
        """Let the words of a record without examples speak, too."""
        for stem in stems:
            known = self._weights.get(stem, 0.0)
            self._weights[stem] = max(known, _RECORD_WEIGHT)

    def passes(self, stems: Iterable[str]) -> bool:
        """Tell whether a text with these telling words may raise anything."""
        weights = self._weights
        return sum(weights.get(stem, 0.0) for stem in dict.fromkeys(stems)) >= PASSING


def _log_odds(raising: Mapping[str, int], silent: Mapping[str, int]) -> dict[str, float]:
    """Return each word's weight: how much oftener it is said when a claim is raised."""
    raised = sum(raising.values()) + 1
    other = sum(silent.values()) + 1
    return {
        stem: max(0.0, math.log((count + 0.3) / raised / ((silent.get(stem, 0) + 1) / other)))
        for stem, count in raising.items()
    }
