"""Puts right a word that is one slip away from a word the library often uses.

Learned from the library's own words; leaves alone whatever looks like a real word.
"""

from collections import Counter
from collections.abc import Callable, Iterable

COMMON = 3
"""Times that a word must have been used to be a target."""
SHORTEST = 5


class Spelling:
    """The words of a library, and what is one letter less than them."""

    def __init__(self, words: Iterable[str], is_word: Callable[[str], bool]) -> None:
        self.words = tuple(sorted(words))
        self._known = frozenset(self.words)
        self._is_word = is_word
        self._shorter: dict[str, list[str]] = {}
        for word in self.words:
            if len(word) >= SHORTEST and word.isalpha():
                for shorter in {word, *_shortened(word)}:
                    self._shorter.setdefault(shorter, []).append(word)
        self._cache: dict[str, str] = {}

    def corrected(self, token: str) -> str:
        """Return the word that was meant, or the token itself."""
        if len(token) < SHORTEST or token in self._known or not token.isalpha():
            return token
        found = self._cache.get(token)
        if found is None:
            if len(self._cache) > 50_000:
                self._cache.clear()
            found = self._cache[token] = self._meant(token)
        return found

    def _meant(self, token: str) -> str:
        if len(token) > 24 or not token.isascii() or self._is_word(token):
            return token
        near = {
            word
            for shorter in {token, *_shortened(token)}
            for word in self._shorter.get(shorter, ())
            if word[0] == token[0] and _one_slip(word, token)
        }
        return min(near) if len(near) == 1 else token


def common_words(documents: Iterable[Iterable[str]]) -> list[str]:
    """Return the words that are used often enough to be targets."""
    count = Counter(token for document in documents for token in document)
    return sorted(word for word, often in count.items() if often >= COMMON)


def _shortened(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _one_slip(word: str, token: str) -> bool:
    """Tell whether one letter is missing, too many, wrong, or two neighbours are swapped."""
    if abs(len(word) - len(token)) > 1:
        return False
    if len(word) != len(token):
        longer, shorter = (word, token) if len(word) > len(token) else (token, word)
        return shorter in _shortened(longer)
    differing = [at for at in range(len(word)) if word[at] != token[at]]
    if len(differing) == 1:
        return True
    swapped = len(differing) == 2 and differing[1] == differing[0] + 1
    return (
        swapped
        and word[differing[0]] == token[differing[1]]
        and (word[differing[1]] == token[differing[0]])
    )
