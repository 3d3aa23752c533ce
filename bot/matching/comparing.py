"""The scorer's inputs for a fact-check known by its record alone, each by its documented name.

Pure arithmetic over one record and the views of a text; docs/matching.md explains every feature.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.factchecks import FactCheck
from bot.matching.embeddings import Embedder, Vector
from bot.matching.reading import View, view
from bot.matching.sparse import Floats
from bot.matching.words import content_stems, name_stems, numbers_of, stem_code

RECORD_FEATURES = (
    "found",
    "found_share",
    "found_margin",
    "cover_claim",
    "cover_best",
    "cover_text",
    "cover_view",
    "cover_record",
    "rare_shared",
    "pairs",
    "parts",
    "parts_best",
    "meaning",
    "meaning_whole",
    "meaning_margin",
    "names",
    "numbers",
    "other_numbers",
    "concept_cover",
    "concept_missed",
    "concept_count",
    "unknown",
    "mass",
    "size",
    "claim_size",
    "sentences",
)


USUAL_RARITY = 6.0
"""Rarity of a word of the record that the text does not have; its own is not looked up."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way in which a record says its claim, ready to be compared."""

    tokens: tuple[str, ...]
    codes: frozenset[int]
    pairs: frozenset[int]
    parts: frozenset[int]
    concepts: frozenset[int]
    numbers: frozenset[str]
    names: frozenset[int]


@dataclass(frozen=True, slots=True)
class Profile:
    """A record, ready to be compared."""

    fact_check: FactCheck
    phrases: tuple[Phrase, ...]
    codes: frozenset[int]
    """All words of the record, the summary's included."""
    concepts: frozenset[int]
    """Concepts of the claim itself."""
    vectors: Vector


def profile_of(fact_check: FactCheck, embedder: Embedder, more: Sequence[str] = ()) -> Profile:
    """Prepare a record; `more` are further ways of saying the claim."""
    texts = [*fact_check.phrasings, *more]
    phrases = tuple(_phrase(text) for text in texts)
    rest = content_stems(f"{fact_check.title} {fact_check.summary}")
    return Profile(
        fact_check,
        phrases,
        frozenset().union(map(stem_code, rest), *(phrase.codes for phrase in phrases)),
        phrases[0].concepts,
        embedder.embed(texts),
    )


def _phrase(text: str) -> Phrase:
    one = view(text)
    words = one.words()
    return Phrase(
        one.tokens,
        frozenset(one.content_codes()),
        frozenset(words[len(one.stems) :]),
        frozenset(one.parts()),
        frozenset(one.concepts),
        numbers_of(one.tokens),
        frozenset(stem_code(stem) for stem in name_stems(text)),
    )


class Asked:
    """A text's views, ready to be compared with many records."""

    def __init__(self, views: Sequence[View], vectors: Vector, rarity: dict[int, float]) -> None:
        self.views = views
        self.vectors = vectors
        self.rarity = rarity
        self.codes = [frozenset(one.content_codes()) for one in views]
        whole = views[0]
        self.pairs = frozenset(whole.words()[len(whole.stems) :])
        self.parts = [frozenset(one.parts()) for one in views]
        self.concepts = [frozenset(one.concepts) for one in views]
        self.numbers = numbers_of(whole.tokens)
        self.mass = [self.weigh(codes) + 1e-9 for codes in self.codes]

    def weigh(self, codes: frozenset[int]) -> float:
        """Return the summed rarity of terms of the text."""
        rarity = self.rarity
        return sum([rarity[code] for code in codes])


def compare(
    asked: Asked, profiles: Sequence[Profile], found: Sequence[float]
) -> tuple[Floats, list[int]]:
    """Return profiles x features, and for each the view that comes nearest."""
    rows: list[list[float]] = []
    best_views: list[int] = []
    meanings = [asked.vectors @ profile.vectors.T for profile in profiles]
    top_meaning = sorted((float(one.max()) for one in meanings), reverse=True)
    top_found = sorted(found, reverse=True)
    for place, profile in enumerate(profiles):
        nearest = meanings[place].max(axis=1)
        best = _best_view(asked, profile, nearest)
        best_views.append(best)
        meaning = float(nearest.max())
        rows.append(
            [
                found[place],
                found[place] / asked.mass[0],
                _margin(found[place], top_found) / asked.mass[0],
                *_cover(asked, profile, best),
                meaning,
                float(nearest[0]),
                _margin(meaning, top_meaning),
                *_agreement(asked, profile, best),
                asked.mass[best],
                len(asked.codes[best]),
                len(profile.phrases[0].codes),
                len(asked.views),
            ]
        )
    table = np.array(rows, np.float32).reshape(len(profiles), len(RECORD_FEATURES))
    return table, best_views


def _margin(value: float, ordered: Sequence[float]) -> float:
    """Return how far a value is above the best of the others."""
    if len(ordered) < 2:
        return value
    return value - (ordered[1] if value >= ordered[0] else ordered[0])


def _best_view(asked: Asked, profile: Profile, nearest: NDArray[np.float32]) -> int:
    if len(asked.views) == 1:
        return 0
    shared = [asked.weigh(codes & profile.phrases[0].codes) for codes in asked.codes]
    scores = [
        shared[place] / asked.mass[place] + float(nearest[place])
        for place in range(len(asked.views))
    ]
    return scores.index(max(scores))


def _cover(asked: Asked, profile: Profile, best: int) -> list[float]:
    whole, view_codes = asked.codes[0], asked.codes[best]
    shared = [whole & phrase.codes for phrase in profile.phrases]
    masses = [asked.weigh(codes) for codes in shared]
    covers = [
        mass / (mass + USUAL_RARITY * (len(phrase.codes) - len(codes)) + 1e-9)
        for mass, codes, phrase in zip(masses, shared, profile.phrases, strict=True)
    ]
    place = covers.index(max(covers))
    phrase = profile.phrases[place]
    parts = asked.parts[0]
    best_parts = asked.parts[best]
    return [
        covers[0],
        covers[place],
        masses[place] / asked.mass[0],
        asked.weigh(view_codes & phrase.codes) / asked.mass[best],
        asked.weigh(view_codes & profile.codes) / asked.mass[best],
        max([asked.rarity[code] for code in shared[place]], default=0.0),
        len(asked.pairs & phrase.pairs) / (len(phrase.pairs) + 1),
        len(parts & phrase.parts) / (len(phrase.parts) + 1),
        max([len(best_parts & one.parts) / (len(one.parts) + 1) for one in profile.phrases]),
    ]


def _agreement(asked: Asked, profile: Profile, best: int) -> list[float]:
    claim = profile.phrases[0]
    whole = asked.codes[0]
    named = claim.names
    mentioned = asked.concepts[best] | asked.concepts[0]
    missing = profile.concepts - mentioned
    numbers = claim.numbers
    return [
        len(named & whole) / len(named) if named else 0.5,
        len(numbers & asked.numbers) / len(numbers) if numbers else 0.5,
        float(len(asked.numbers - numbers)),
        1 - len(missing) / len(profile.concepts) if profile.concepts else 0.5,
        float(len(missing)),
        float(len(profile.concepts)),
        asked.weigh(asked.codes[best] - profile.codes),
    ]
