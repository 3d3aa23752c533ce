"""Knows which words stand for the same thing: "Tokyo" for Japan, "laid off" for losing work.

Reads the word lists beside it once; knows nothing of fact-checks.
"""

from functools import lru_cache
from importlib.resources import files

from bot.matching.words import stem, tokens

_LISTS = "concepts.txt"


class Concepts:
    """The concepts, and which of them a text mentions."""

    def __init__(
        self, names: tuple[str, ...], phrases: dict[str, list[tuple[tuple[str, ...], int]]]
    ):
        self.names = names
        self._phrases = phrases

    def __len__(self) -> int:
        return len(self.names)

    def of(self, stems: list[str]) -> tuple[int, ...]:
        """Return the numbers of the concepts that these stems, in order, mention; ascending."""
        found: set[int] = set()
        phrases = self._phrases
        for place, word in enumerate(stems):
            for phrase, concept in phrases.get(word, ()):
                size = len(phrase)
                if size == 1 or tuple(stems[place : place + size]) == phrase:
                    found.add(concept)
            if word.endswith("%"):
                found.update(concept for _, concept in phrases.get("%", ()))
        return tuple(sorted(found))


@lru_cache(maxsize=1)
def load_concepts() -> Concepts:
    """Read the word lists that ship with the program."""
    text = files("bot.matching").joinpath("data", _LISTS).read_text(encoding="utf-8")
    lists: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, words = line.partition(":")
            lists[name.strip()] = [word.strip() for word in words.split(",")]
    names = tuple(lists)
    phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for number, name in enumerate(names):
        for words in _expanded(lists, name):
            phrase = tuple(stem(token) for token in tokens(words)) or (words,)
            entry = (phrase, number)
            known = phrases.setdefault(phrase[0], [])
            if entry not in known:
                known.append(entry)
    return Concepts(names, phrases)


def _expanded(lists: dict[str, list[str]], name: str) -> list[str]:
    words: list[str] = []
    for word in lists[name]:
        words.extend(_expanded(lists, word[1:]) if word.startswith("@") else [word])
    return words
