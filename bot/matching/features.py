"""The scorer's inputs for fact-checks that have examples, each by its documented name.

Pure arithmetic over a comparison; docs/matching.md explains every feature.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.evidence import ClaimKnowledge, ConceptWeights, Knowledge, Rows, Wording
from bot.matching.examples import Likeness
from bot.matching.reading import View
from bot.matching.sparse import Floats
from bot.matching.words import numbers_of

EXAMPLE_FEATURES = (
    "score_whole",
    "score_best",
    "margin",
    "rival",
    "claimlike_best",
    "claimlike_whole",
    "nearest",
    "nearest3",
    "nearest5",
    "words",
    "parts",
    "meaning",
    "concepts",
    "unrelated3",
    "counter",
    "over_counter",
    "phrasing",
    "phrasing_words",
    "phrasing_meaning",
    "phrasing_concepts",
    "known",
    "known_often",
    "strength",
    "unknown",
    "mass",
    "size",
    "sentences",
    "length",
    "concept_evidence",
    "concept_cover",
    "concept_missed",
    "concept_missed_sum",
    "concept_against",
    "cover_claim",
    "cover_best",
    "cover_text",
    "cover_view",
    "names",
    "numbers",
    "other_numbers",
)
USUAL_WORDS = 16
"""Words of a usual post; a longer one deserves more trust than its likenesses alone tell."""
FEWEST_WORDS, MOST_WORDS = 4, 40
"""Words below and beyond which the length of a post makes no more difference."""
USUAL_RARITY = 6.0
"""Rarity of a word of the record that the text does not have; its own is not looked up."""

CANDIDATES = 6
"""Fact-checks that are looked at closely; the right one is nearly always among so many."""

_NEAREST = (1, 3, 5)
_FIRST = np.zeros(1, np.int64)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The likeliest fact-checks of a text, with the view that speaks most for each."""

    claims: list[int]
    views: list[int]
    features: Floats
    """Candidates x features."""


def ranked(likeness: Likeness, number: int, top: int, dead: Sequence[int]) -> list[int]:
    """Return the places of the best fact-checks, best first, ties in their order."""
    scores = combined(likeness, number)
    if dead:
        scores[list(dead)] = -9
    best = np.argsort(-scores, kind="stable")[:top].tolist()
    return [place for place in best if place not in dead]


def combined(likeness: Likeness, number: int) -> Floats:
    """Return the mean of the whole text's score and the best view's."""
    scores = likeness.scores[:, :number]
    mean: Floats = (0.5 * (scores[0] + scores.max(axis=0))).astype(np.float32)
    return mean


def candidates(
    views: Sequence[View],
    likeness: Likeness,
    knowledge: Knowledge,
    *,
    top: int = CANDIDATES,
    dead: Sequence[int] = (),
) -> Candidates:
    """Return the best fact-checks with their features."""
    number = len(knowledge.claims)
    claims = ranked(likeness, number, top, dead)
    if not claims:
        return Candidates([], [], np.zeros((0, len(EXAMPLE_FEATURES)), np.float32))
    best = likeness.scores[:, claims].argmax(axis=0).tolist()
    known = [knowledge.claims[claim] for claim in claims]
    negative = _top_mean(likeness.mixed[0].take(knowledge.negative_rows), 3)
    words = [_Words(one, knowledge) for one in views]
    numbers = numbers_of(views[0].tokens)
    length = _length(len(views[0].tokens))
    wording = [
        [*_wording(words[view], one), len(views), length]
        for view, one in zip(best, known, strict=True)
    ]
    record = [
        [
            *_cover(words[0], words[view], one.wording),
            *_names_and_numbers(words[0], numbers, one.wording),
        ]
        for view, one in zip(best, known, strict=True)
    ]
    parts = [
        _scores(likeness, claims, best, number),
        _nearness(likeness, best, [one.at for one in known], negative),
        np.array(wording, np.float32),
        _concepts([views[view] for view in best], [one.weights for one in known]),
        np.array(record, np.float32),
    ]
    return Candidates(claims, best, np.concatenate(parts, axis=1, dtype=np.float32))


def _length(words: int) -> float:
    """Return the logarithm of how many times longer than usual a text is."""
    return math.log(min(max(words, FEWEST_WORDS), MOST_WORDS) / USUAL_WORDS)


def _scores(likeness: Likeness, claims: Sequence[int], views: Sequence[int], number: int) -> Floats:
    """Return the regression's answers for each candidate: candidates x features."""
    own = combined(likeness, number)[list(claims)]
    rival = np.full(len(claims), own[0], np.float32)
    rival[0] = own[1] if len(claims) > 1 else -1.0
    scores = likeness.scores
    columns = [
        scores[0, list(claims)],
        scores[list(views), list(claims)],
        own - rival,
        rival,
        scores[list(views), number],
        np.full(len(claims), scores[0, number]),
    ]
    return np.array(columns, np.float32).T


def _top_mean(values: Floats, count: int) -> float:
    """Return the mean of so many highest values."""
    if len(values) > 3 * count:
        values = np.partition(values, len(values) - count)[-count:]
    ordered: list[float] = sorted(values.tolist(), reverse=True)[:count]
    return sum(ordered) / max(1, len(ordered))


def _nearness(
    likeness: Likeness, views: Sequence[int], rows: Sequence[Rows], negative: float
) -> Floats:
    """Return how near each candidate's examples and phrasings come: candidates x features."""
    mixed, whole = likeness.mixed[None], [0] * len(views)
    examples = [one.all for one in rows]
    counters = [one.counter for one in rows]
    counter = np.maximum(_highest(mixed, views, counters)[0], _highest(mixed, whole, counters)[0])
    nearest = _nearest(likeness.mixed, views, examples)
    phrasings = [one.phrasings for one in rows]
    phrasing = _highest(likeness.kinds, views, phrasings)
    columns = [
        *nearest,
        *_highest(likeness.kinds, views, examples),
        np.full(len(views), negative, np.float32),
        counter,
        nearest[0] - np.maximum(counter, np.float32(negative)),
        _highest(mixed, views, phrasings)[0],
        phrasing[0],
        phrasing[2],
        phrasing[3],
    ]
    return np.array(columns, np.float32).T


def _highest(table: Floats, views: Sequence[int], rows: Sequence[NDArray[np.int64]]) -> Floats:
    """Return the highest value among each candidate's rows: kinds x candidates, 0 for no rows."""
    filled = [some if len(some) else _FIRST for some in rows]
    sizes = [len(some) for some in filled]
    owners = np.repeat(np.array(views), sizes)
    starts = np.cumsum([0, *sizes[:-1]])
    found: Floats = np.maximum.reduceat(table[:, owners, np.concatenate(filled)], starts, axis=1)
    empty = [place for place, some in enumerate(rows) if not len(some)]
    found[:, empty] = 0
    return found


def _nearest(
    mixed: Floats, views: Sequence[int], rows: Sequence[NDArray[np.int64]]
) -> list[Floats]:
    """Return, for each candidate, the nearest example, and the means of the nearest three and five.

    An example is as near as it is to the view or to the whole text, whichever is nearer.
    """
    sizes = np.array([len(some) for some in rows])
    owners = np.repeat(np.arange(len(rows)), sizes)
    at = np.concatenate(rows)
    reach = np.maximum(mixed[np.array(views)[owners], at], mixed[0, at])
    table = np.zeros((len(rows), max(_NEAREST[-1], int(sizes.max()))), np.float32)
    table[owners, np.arange(len(at)) - (np.cumsum(sizes) - sizes)[owners]] = reach
    best = -np.sort(-np.partition(table, -_NEAREST[-1], axis=1)[:, -_NEAREST[-1] :], axis=1)
    sums = best.cumsum(axis=1)
    return [sums[:, count - 1] / np.clip(sizes, 1, count) for count in _NEAREST]


class _Words:
    """A view's telling words and how rare they are."""

    def __init__(self, view: View, knowledge: Knowledge) -> None:
        self.rarity = {word: knowledge.rarity(word) for word in view.content}
        self.said = frozenset(view.content)
        self.mass = sum(self.rarity.values()) + 1e-9

    def weigh(self, shared: Iterable[str]) -> float:
        """Return the summed rarity of some of the words."""
        rarity = self.rarity
        return sum([rarity[word] for word in shared])


def _cover(whole: _Words, view: _Words, wording: Wording) -> list[float]:
    """Return how much of the record's wording the text contains, and the other way round."""
    if not wording.phrases:
        return [0.0] * 4
    shared = [whole.said & phrase for phrase in wording.phrases]
    masses = [whole.weigh(words) for words in shared]
    covers = [
        mass / (mass + USUAL_RARITY * (len(phrase) - len(words)) + 1e-9)
        for mass, words, phrase in zip(masses, shared, wording.phrases, strict=True)
    ]
    place = covers.index(max(covers))
    return [
        covers[0],
        covers[place],
        masses[place] / whole.mass,
        view.weigh(view.said & wording.phrases[place]) / view.mass,
    ]


def _names_and_numbers(whole: _Words, numbers: frozenset[str], wording: Wording) -> list[float]:
    """Return the shares of the claim's names and numbers that are said, and the other numbers."""
    names, own = wording.names, wording.numbers
    return [
        len(names & whole.said) / len(names) if names else 0.5,
        len(own & numbers) / len(own) if own else 0.5,
        float(len(numbers - own)),
    ]


def _wording(words: _Words, known: ClaimKnowledge) -> list[float]:
    number = max(1, len(known.rows))
    seen = often = strength = unknown = 0.0
    for word, rarity in words.rarity.items():
        count = known.words.get(word, 0)
        if count:
            seen += rarity
            often += rarity * min(1.0, count / (0.15 * number))
            strength += rarity * count / number
        else:
            unknown += rarity
    mass = words.mass
    return [seen / mass, often / mass, strength, unknown, mass, len(words.rarity)]


def _concepts(views: Sequence[View], weights: Sequence[ConceptWeights]) -> Floats:
    """Return what the concepts say that each candidate's view mentions: candidates x features."""
    tables = np.array([one.table for one in weights])
    mentioned: NDArray[np.bool_] = np.zeros((len(views), tables.shape[2]), np.bool_)
    for row, one in enumerate(views):
        mentioned[row, list(one.concepts)] = True
    present, absent, required, cost = tables.transpose(1, 0, 2)
    evidence = np.where(mentioned, present, absent)
    missed = np.where(mentioned, 0, cost)
    columns = [
        evidence.sum(axis=1),
        (required * mentioned).sum(axis=1) / (required.sum(axis=1) + np.float32(1e-9)),
        missed.max(axis=1),
        missed.sum(axis=1),
        np.minimum(evidence, 0).sum(axis=1),
    ]
    return np.array(columns, np.float32).T
