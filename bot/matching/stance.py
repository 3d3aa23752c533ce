"""Tells what a text does with a claim: asserts, denies, asks, or reports what others say.

A linear model over cue words, how the text's words stand to the claim's own, short word sequences
and, where there are examples, how like the text is to examples of each stance. The weights are
plain numbers in a JSON file.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.domain.matches import Stance
from bot.matching.contradiction import (
    RELATION_FEATURES,
    ClaimWords,
    Said,
    claim_words,
    relation_values,
    said,
)
from bot.matching.cues import (
    CUES,
    MANNER_FEATURES,
    Cue,
    counted,
    cues_in,
    manner,
    telling_cue,
    words_of,
)
from bot.matching.evidence import Knowledge
from bot.matching.examples import Likeness
from bot.matching.reading import View

STANCES = (Stance.ASSERT, Stance.DENY, Stance.ASK, Stance.REPORT)

CUE_FEATURES = (
    *(f"{name}_{where}" for where in ("here", "anywhere") for name in CUES),
    *MANNER_FEATURES,
    *(f"{name}_{where}" for where in ("here", "anywhere") for name in RELATION_FEATURES),
)
"""What is known without examples: of the sentence that raised the claim, and of the whole post."""
LIKE_FEATURES = (
    *(f"tone_{where}_{stance}" for where in ("here", "anywhere") for stance in STANCES),
    *(f"like_{stance}" for stance in STANCES),
    *(f"like3_{stance}" for stance in STANCES),
)
_SEQUENCE_LIMIT = 120
CUE_SHOWN = 60
"""Characters of a cue that are shown."""


@dataclass(frozen=True, slots=True)
class StanceModel:
    """Weights: features x stances, then word sequences x stances."""

    features: tuple[str, ...]
    weights: NDArray[np.float64]
    sequences: dict[str, int]
    sequence_weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def marked(self, seen: Sequence[View]) -> NDArray[np.float64]:
        """Return what the word sequences of these views add to each stance."""
        rows = {self.sequences[one] for each in seen for one in sequences(each) & self._known}
        added: NDArray[np.float64] = self.sequence_weights[sorted(rows)].sum(axis=0)
        return added

    @property
    def _known(self) -> Set[str]:
        return self.sequences.keys()


class Heard:
    """A post in the words that its stance shows by, worked out once for all fact-checks."""

    def __init__(self, seen: Sequence[View]) -> None:
        self.seen = seen
        self._by_view: dict[int, tuple[list[str], list[Cue], Said]] = {}
        self._unrelated: dict[int, list[float]] = {}

    def values(self, view: int, claim: ClaimWords) -> list[float]:
        """Return the cue features for the claim that this view raised."""
        _, cues, words = self._read(view)
        _, all_cues, all_words = self._read(0)
        here = relation_values(words, cues, claim)
        anywhere = relation_values(all_words, all_cues, claim) if view else here
        return [*self._cues_and_manner(view), *here, *anywhere]

    def cue(self, view: int, stance: Stance) -> str:
        """Return the words of this view that speak for a stance."""
        text, (_, cues, _) = self.seen[view].text, self._read(view)
        asks = "?" if stance is Stance.ASK and "?" in text else ""
        return telling_cue(text, cues, stance)[:CUE_SHOWN] or asks

    def _cues_and_manner(self, view: int) -> list[float]:
        known = self._unrelated.get(view)
        if known is None:
            words, cues, _ = self._read(0)
            sentence, whole = self.seen[view].text, self.seen[0].text
            known = self._unrelated[view] = [
                *counted(self._read(view)[1], 2),
                *counted(cues, 3),
                *manner(sentence, whole, words),
            ]
        return known

    def _read(self, view: int) -> tuple[list[str], list[Cue], Said]:
        known = self._by_view.get(view)
        if known is None:
            words = words_of(self.seen[view].text)
            known = self._by_view[view] = words, cues_in(words), said(words)
        return known


class Tone:
    """How a text sounds: what does not depend on the fact-check is worked out once per view."""

    def __init__(self, model: StanceModel, seen: Sequence[View]) -> None:
        self._model = model
        self._heard = Heard(seen)
        self._marked: dict[int, NDArray[np.float64]] = {}
        self.first: tuple[Stance, str] | None = None
        """The stance on the likeliest claim, and its cue; good enough for the unlikely ones."""

    def told(
        self, view: int, phrasings: tuple[str, ...], more: Sequence[float] = ()
    ) -> tuple[Stance, str]:
        """Return the stance on the claim that this view raised, and the words that speak for it."""
        stance = STANCES[int(np.argmax(self.odds(view, phrasings, more)))]
        found = stance, self._heard.cue(view, stance)
        self.first = self.first or found
        return found

    def odds(
        self, view: int, phrasings: tuple[str, ...], more: Sequence[float] = ()
    ) -> NDArray[np.float64]:
        """Return one number per stance for the claim that this view raised; the largest wins."""
        marked = self._marked.get(view)
        if marked is None:
            seen = self._heard.seen
            marked = self._model.marked((seen[view], seen[0]) if view else seen[:1])
            self._marked[view] = marked
        cues = self._heard.values(view, claim_words(phrasings))
        values = np.asarray([*cues, *more], np.float64)
        odds: NDArray[np.float64] = self._model.bias + values @ self._model.weights + marked
        return odds


def cue_values(seen: Sequence[View], view: int, phrasings: tuple[str, ...]) -> list[float]:
    """Return the cue features of the sentence that raised the claim, and of the whole post."""
    return Heard(seen).values(view, claim_words(phrasings))


def sequences(one: View) -> set[str]:
    """Return the words and pairs of words that the model may have weights for."""
    words = list(one.tokens[:_SEQUENCE_LIMIT])
    marked = ["^", *words, "$"]
    pairs = [f"{a} {b}" for a, b in pairwise(marked)]
    return {*words, *pairs}


def like_values(likeness: Likeness, view: int, knowledge: Knowledge, claim: int) -> list[float]:
    """Return how like the text is to what each stance sounds like, in general and on the claim."""
    first = len(knowledge.claims) + 1
    tones = [float(likeness.scores[row, first + k]) for row in (view, 0) for k in range(4)]
    reach = np.maximum(likeness.mixed[view], likeness.mixed[0])
    rows = knowledge.claims[claim].at.by_stance
    nearest = [sorted(reach.take(some).tolist(), reverse=True)[:3] for some in rows]
    return [
        *tones,
        *(max(found, default=0.0) for found in nearest),
        *(sum(found) / max(1, len(found)) for found in nearest),
    ]


def stances_of(data: Mapping[str, object]) -> StanceModel:
    """Read a stance model from its JSON form.

    Raises:
        ValueError: The data is no stance model, or one for other features.
    """
    features, found = data.get("features"), data.get("sequences")
    if not isinstance(features, list) or not isinstance(found, list):
        raise ValueError("a stance model needs features and sequences")
    if tuple(features[: len(CUE_FEATURES)]) != CUE_FEATURES:
        raise ValueError("the stance model was trained for other features")
    return StanceModel(
        tuple(str(name) for name in features),
        np.array(data["weights"], np.float64).reshape(len(features), len(STANCES)),
        {str(words): row for row, words in enumerate(found)},
        np.array(data["sequence_weights"], np.float64).reshape(len(found), len(STANCES)),
        np.array(data["bias"], np.float64),
    )
