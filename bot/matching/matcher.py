"""Answers which fact-checks a text raises, how surely, which sentence did it, and with what stance.

Deterministic: the same library and text give the same answer in every process. No I/O but the
embedding table's; no clock.
"""

import math
from collections.abc import Iterable

import numpy as np

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import Slug
from bot.domain.matches import Evidence, Match, Reading, Stance
from bot.domain.policy import Thresholds
from bot.matching.embeddings import Embedder, Vector
from bot.matching.text import OwnWords, Sentence, own_words
from bot.matching.words import content_stems


class _Entry:
    def __init__(self, fact_check: FactCheck, texts: list[str], vectors: Vector) -> None:
        self.fact_check = fact_check
        self.texts = texts
        self.vectors = vectors
        self.stems = [frozenset(content_stems(text)) for text in texts]


class Matcher:
    """The matcher: text in, matches out."""

    version = "matcher-0"
    thresholds = Thresholds(auto=0.9, suggest=0.6)

    def __init__(self) -> None:
        self._embedder = Embedder.load()
        self._entries: dict[Slug, _Entry] = {}

    @classmethod
    def build(cls, fact_checks: Iterable[FactCheck], examples: Iterable[Example] = ()) -> "Matcher":
        """Return a matcher over these fact-checks and what is known of how people say them."""
        matcher = cls()
        by_slug: dict[Slug, list[Example]] = {}
        for example in examples:
            by_slug.setdefault(example.slug, []).append(example)
        for fact_check in fact_checks:
            matcher.put(fact_check, by_slug.get(fact_check.slug, ()))
        return matcher

    def put(self, fact_check: FactCheck, examples: Iterable[Example] = ()) -> None:
        """Add a fact-check or replace the one with its slug."""
        texts = [*fact_check.phrasings, *(one.text for one in examples if one.raises)]
        self._entries[fact_check.slug] = _Entry(fact_check, texts, self._embedder.embed(texts))

    def remove(self, slug: Slug) -> None:
        """Take a fact-check out; one that is not there is no error."""
        self._entries.pop(slug, None)

    def add_example(self, example: Example) -> None:
        """Learn one example or counter-example; takes effect at once."""
        entry = self._entries.get(example.slug)
        if entry is not None and example.raises:
            texts = [*entry.texts, example.text]
            self._entries[example.slug] = _Entry(
                entry.fact_check, texts, self._embedder.embed(texts)
            )

    def read(self, text: str, *, top: int = 5) -> Reading:
        """Return up to `top` fact-checks that the text raises, best first."""
        own = own_words(text)
        if not own.sentences:
            return Reading(words=own.words, characters=own.characters)
        matches = sorted(
            (self._judge(entry, text, own) for entry in self._entries.values()),
            key=lambda match: (-match.probability, match.slug),
        )
        return Reading(matches=tuple(matches[:top]), words=own.words, characters=own.characters)

    def _judge(self, entry: _Entry, text: str, own: OwnWords) -> Match:
        score, sentence, nearest = max(
            (self._near(entry, sentence) for sentence in own.sentences), key=lambda found: found[0]
        )
        probability = 1 / (1 + math.exp(-(9 * score - 6)))
        return Match(
            slug=entry.fact_check.slug,
            probability=probability,
            sentence=text[sentence.start : sentence.end],
            span=(sentence.start, sentence.end),
            stance=Stance.ASK if sentence.text.endswith("?") else Stance.ASSERT,
            evidence=Evidence(phrasing=nearest, features={"nearness": score}),
        )

    def _near(self, entry: _Entry, sentence: Sentence) -> tuple[float, Sentence, str]:
        vector = self._embedder.embed([sentence.text])[0]
        stems = frozenset(content_stems(sentence.text))
        similar = entry.vectors @ vector
        shared = np.array(
            [2 * len(stems & known) / max(1, len(stems) + len(known)) for known in entry.stems]
        )
        scores = 0.6 * similar + 0.4 * shared
        best = int(np.argmax(scores))
        return float(scores[best]), sentence, entry.texts[best]
