"""The scorer's inputs for fact-checks that have examples, each by its documented name.

Pure arithmetic over a comparison; docs/matching.md explains every feature.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.evidence import ClaimKnowledge, ConceptWeights, Knowledge
from bot.matching.examples import Likeness
from bot.matching.reading import View
from bot.matching.sparse import Floats

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
    "concept_evidence",
    "concept_cover",
    "concept_missed",
    "concept_missed_sum",
    "concept_against",
)


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
    return [int(place) for place in np.argsort(-scores, kind="stable")[:top]]


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
    top: int = 8,
    dead: Sequence[int] = (),
) -> Candidates:
    """Return the best fact-checks with their features."""
    number = len(knowledge.claims)
    scores = combined(likeness, number)
    claims = ranked(likeness, number, top, dead)
    best_view = likeness.scores[:, :number].argmax(axis=0)
    negative = _top_means(likeness.mixed[0].take(knowledge.negative_rows), (3,))[0]
    words = [_Words(one, knowledge) for one in views]
    rows = []
    for place, claim in enumerate(claims):
        rival = scores[claims[1] if place == 0 else claims[0]] if len(claims) > 1 else -1.0
        view = int(best_view[claim])
        known = knowledge.claims[claim]
        row = [
            likeness.scores[0, claim],
            likeness.scores[view, claim],
            scores[claim] - rival,
            rival,
            likeness.scores[view, number],
            likeness.scores[0, number],
            *_nearness(likeness, view, known, negative),
            *_wording(words[view], known),
            len(views),
            *_concepts(views[view], known.weights, len(knowledge.background)),
        ]
        rows.append(row)
    table = np.array(rows, np.float32).reshape(len(claims), len(EXAMPLE_FEATURES))
    return Candidates(claims, [int(best_view[claim]) for claim in claims], table)


def _reach(likeness: Likeness, view: int) -> Floats:
    """Return the likeness of each message to the view or the whole, whichever is nearer."""
    nearer: Floats = np.maximum(likeness.mixed[view], likeness.mixed[0])
    return nearer


def _top_means(values: Floats, counts: Sequence[int]) -> list[float]:
    """Return the means of so many highest values."""
    if len(values) > 3 * max(counts):
        values = np.partition(values, len(values) - max(counts))[-max(counts) :]
    ordered = sorted(values.tolist(), reverse=True)
    return [sum(ordered[:count]) / max(1, len(ordered[:count])) for count in counts]


def _nearness(likeness: Likeness, view: int, known: ClaimKnowledge, negative: float) -> list[float]:
    reach = _reach(likeness, view)
    rows = known.at
    kinds = likeness.kinds[:, view]
    nearest, nearest3, nearest5 = _top_means(reach.take(rows.all), (1, 3, 5))
    counter = float(reach.take(rows.counter).max()) if len(rows.counter) else 0.0
    by_kind = kinds.take(rows.all, axis=1).max(axis=1).tolist() if len(rows.all) else [0.0] * 4
    phrasing = [0.0] * 4
    mixed = 0.0
    if len(rows.phrasings):
        phrasing = kinds.take(rows.phrasings, axis=1).max(axis=1).tolist()
        mixed = float(likeness.mixed[view].take(rows.phrasings).max())
    return [
        nearest,
        nearest3,
        nearest5,
        *by_kind,
        negative,
        counter,
        nearest - max(counter, negative),
        mixed,
        phrasing[0],
        phrasing[2],
        phrasing[3],
    ]


class _Words:
    """A view's telling words and how rare they are."""

    def __init__(self, view: View, knowledge: Knowledge) -> None:
        self.rarity = {word: knowledge.rarity(word) for word in view.content}
        self.mass = sum(self.rarity.values()) + 1e-9


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


def _concepts(view: View, weights: ConceptWeights | None, size: int) -> list[float]:
    if weights is None:
        return [0.0] * 5
    mentioned: NDArray[np.bool_] = np.zeros(size, np.bool_)
    mentioned[list(view.concepts)] = True
    evidence = np.where(mentioned, weights.present, weights.absent)
    required = float(weights.required.sum()) + 1e-9
    missed = np.where(mentioned, 0, weights.missed)
    return [
        float(evidence.sum()),
        float(weights.required[mentioned].sum()) / required,
        float(missed.max()),
        float(missed.sum()),
        float(np.minimum(evidence, 0).sum()),
    ]
