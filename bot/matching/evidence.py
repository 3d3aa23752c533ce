"""What is known about one fact-check from its examples: its words, its concepts, its rows.

Feeds the features; learns an added example at once. Makes no decision.
"""

import math
from collections import Counter
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.concepts import load_concepts
from bot.matching.examples import ExampleSpace
from bot.matching.sparse import Floats
from bot.matching.words import name_stems, numbers_of, tokens

_STRENGTH = 4.0
"""How many examples the record's own wording counts for."""
_EXPECTED = 0.9
_STANCES = ("assert", "deny", "ask", "report")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a fact-check's messages, as arrays."""

    all: NDArray[np.int64]
    phrasings: NDArray[np.int64]
    counter: NDArray[np.int64]
    by_stance: tuple[NDArray[np.int64], ...]


def _array(rows: list[int]) -> NDArray[np.int64]:
    return np.array(rows, np.int64)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the record itself says the claim: the telling words of the claim and of each variant."""

    phrases: tuple[frozenset[str], ...] = ()
    names: frozenset[str] = frozenset()
    """Words of the claim itself that are written like names."""
    numbers: frozenset[str] = frozenset()
    """Numbers of the claim itself."""


_NO_ROWS = Rows(_array([]), _array([]), _array([]), (_array([]),) * len(_STANCES))


@dataclass(frozen=True, slots=True)
class ConceptWeights:
    """How strongly each concept speaks for a fact-check when mentioned, and against when not."""

    table: Floats
    """4 x concepts: what mentioning one adds, what leaving it out adds, its weight where most
    phrasings mention it (zero for the others), and what leaving out such a one costs."""
    sure: tuple[int, ...]
    """Concepts that are mentioned in nearly every phrasing."""


NO_CONCEPTS = ConceptWeights(np.zeros((4, len(load_concepts())), np.float32), ())


@dataclass(slots=True)
class ClaimKnowledge:
    """One fact-check's examples, as counts."""

    rows: list[int] = field(default_factory=list)
    phrasing_rows: list[int] = field(default_factory=list)
    counter_rows: list[int] = field(default_factory=list)
    rows_by_stance: dict[str, list[int]] = field(
        default_factory=lambda: {stance: [] for stance in _STANCES}
    )
    words: Counter[str] = field(default_factory=Counter)
    concept_counts: Floats | None = None
    prior: Floats | None = None
    weights: ConceptWeights = NO_CONCEPTS
    at: Rows = _NO_ROWS
    wording: Wording = Wording()

    def fork(self) -> "ClaimKnowledge":
        """Return a copy that learns by itself; arrays are never changed in place."""
        return replace(
            self,
            rows=list(self.rows),
            phrasing_rows=list(self.phrasing_rows),
            counter_rows=list(self.counter_rows),
            rows_by_stance={stance: list(rows) for stance, rows in self.rows_by_stance.items()},
            words=Counter(self.words),
        )


class Knowledge:
    """What is known about every fact-check of an example space."""

    def __init__(self, space: ExampleSpace) -> None:
        self.space = space
        self.place = {slug: number for number, slug in enumerate(space.slugs)}
        self.claims = [ClaimKnowledge() for _ in space.slugs]
        mentioned = space.concepts > 0
        self.background = ((mentioned.sum(axis=0) + 1) / (len(space.messages) + 20)).astype(
            np.float32
        )
        frequency: Counter[str] = Counter()
        for content in space.content:
            frequency.update(content)
        self._frequency = frequency
        self._size = len(space.messages)
        self._negative_rows: list[int] = []
        for row in range(len(space.messages)):
            self._count(row)
        for claim in self.claims:
            self._weigh(claim)
        self.negative_rows = _array(self._negative_rows)
        """Rows of the messages that raise nothing."""

    def fork(self) -> "Knowledge":
        """Return a copy that learns by itself, about a copy of the space."""
        other = copy(self)
        other.space = self.space.fork()
        other.place = dict(self.place)
        other.claims = [claim.fork() for claim in self.claims]
        return other

    def add_claim(self, slug: str) -> None:
        """Make room for a fact-check of which no message is known yet."""
        self.place[slug] = len(self.claims)
        self.claims.append(ClaimKnowledge())
        self.space.add_claim(slug)

    def rarity(self, word: str) -> float:
        """Return how rare a stem is among all messages."""
        return math.log(1 + self._size / (self._frequency.get(word, 0) + 0.5))

    def add(self, row: int) -> None:
        """Take a row that was added to the space into account."""
        for slug in self._count(row):
            self._weigh(self.claims[self.place[slug]])
        self.negative_rows = _array(self._negative_rows)

    @property
    def concept_names(self) -> tuple[str, ...]:
        """Return the names of the concepts, by number."""
        return load_concepts().names

    def forget_phrasing(self, slug: str, text: str) -> None:
        """Stop counting a phrasing that the record no longer has."""
        place = self.place[slug]
        claim = self.claims[place]
        for row in [one for one in claim.phrasing_rows if self.space.messages[one].text == text]:
            claim.rows.remove(row)
            claim.phrasing_rows.remove(row)
            claim.words.subtract(self.space.content[row])
            self.space.learned[row, place] = 0
        claim.wording = self._wording(claim.phrasing_rows) if claim.phrasing_rows else Wording()
        self._weigh(claim)

    def without(self, place: int, row: int) -> ClaimKnowledge:
        """Return what would be known about a fact-check without one of its examples."""
        claim = self.claims[place]
        words = Counter(claim.words)
        words.subtract(self.space.content[row])
        counted = claim.concept_counts
        if counted is not None:
            counted = counted - (self.space.concepts[row] > 0)
        rest = ClaimKnowledge(
            rows=[one for one in claim.rows if one != row],
            phrasing_rows=claim.phrasing_rows,
            counter_rows=[one for one in claim.counter_rows if one != row],
            rows_by_stance={
                stance: [one for one in rows if one != row]
                for stance, rows in claim.rows_by_stance.items()
            },
            words=words,
            concept_counts=counted,
            prior=claim.prior,
            wording=claim.wording,
        )
        self._weigh(rest)
        return rest

    def _count(self, row: int) -> Iterable[str]:
        message = self.space.messages[row]
        touched = []
        for slug in message.raises:
            if slug in self.place:
                claim = self.claims[self.place[slug]]
                claim.rows.append(row)
                claim.words.update(self.space.content[row])
                self._count_concepts(claim, row, phrasing=message.phrasing)
                if not message.phrasing and message.stance in claim.rows_by_stance:
                    claim.rows_by_stance[message.stance].append(row)
                touched.append(slug)
        for slug in message.against:
            if slug in self.place:
                self.claims[self.place[slug]].counter_rows.append(row)
                touched.append(slug)
        if not message.raises and not message.related:
            self._negative_rows = [*self._negative_rows, row]
        return touched

    def _count_concepts(self, claim: ClaimKnowledge, row: int, *, phrasing: bool) -> None:
        mentioned = (self.space.concepts[row] > 0).astype(np.float32)
        if not phrasing:
            known = claim.concept_counts
            claim.concept_counts = mentioned if known is None else known + mentioned
            return
        claim.phrasing_rows.append(row)
        claim.wording = self._wording(claim.phrasing_rows)
        rows = self.space.concepts[claim.phrasing_rows] > 0
        claim.prior = (0.4 * rows[0] + 0.6 * rows.mean(axis=0)).astype(np.float32)

    def _wording(self, rows: list[int]) -> Wording:
        claim = self.space.messages[rows[0]].text
        return Wording(
            tuple(frozenset(self.space.content[row]) for row in rows),
            name_stems(claim),
            numbers_of(tokens(claim)),
        )

    def _weigh(self, claim: ClaimKnowledge) -> None:
        """Estimate how often a text that raises the claim mentions each concept."""
        claim.at = Rows(
            _array(claim.rows),
            _array(claim.phrasing_rows),
            _array(claim.counter_rows),
            tuple(_array(claim.rows_by_stance[stance]) for stance in _STANCES),
        )
        prior = np.zeros_like(self.background) if claim.prior is None else claim.prior
        expected = np.clip(prior, self.background, _EXPECTED)
        start = 0.1 * self.background + 0.9 * expected
        counted = 0.0 if claim.concept_counts is None else claim.concept_counts
        number = len(claim.rows) - len(claim.phrasing_rows)
        share = np.clip((counted + _STRENGTH * start) / (number + _STRENGTH), 0.02, 0.97)
        usual = np.clip(self.background, 0.01, 0.9)
        telling = share * np.maximum(np.log(share / usual), 0)
        required = np.where(share > 0.5, telling, 0)
        claim.weights = ConceptWeights(
            table=np.array(
                [
                    np.log(share / usual),
                    np.log((1 - share) / (1 - usual)),
                    required,
                    -np.log(1 - share) * (required > 0),
                ],
                np.float32,
            ),
            sure=tuple(np.flatnonzero((share > 0.8) & (required > 0.5)).tolist()),
        )
