"""An inverted index of weighted terms: which rows share which terms with a text, and how much.

Terms are 32-bit numbers. Frozen arrays (which can be memory-mapped) and a small growing part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frozen:
    """Postings of many rows, sorted by term: terms[i] owns rows[starts[i]:starts[i + 1]]."""

    terms: NDArray[np.uint32]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: Floats

    def spread(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return for each posting of the terms at these places whose it is, and where it stands."""
        starts = self.starts[places]
        sizes = self.starts[places + 1] - starts
        ends = np.cumsum(sizes)
        which = np.repeat(np.arange(len(places)), sizes)
        return which, np.arange(len(which)) + (starts - ends + sizes)[which]


def freeze(documents: Sequence[Mapping[int, float]]) -> Frozen:
    """Build the frozen part from one mapping of term to weight per row."""
    sizes = [len(document) for document in documents]
    rows = np.repeat(np.arange(len(documents), dtype=np.int32), sizes)
    terms = np.fromiter((term for doc in documents for term in doc), np.uint32, sum(sizes))
    weights = np.fromiter((w for doc in documents for w in doc.values()), np.float32, sum(sizes))
    order = np.argsort(terms, kind="stable")
    unique, starts = np.unique(terms[order], return_index=True)
    ends = np.append(starts, len(order)).astype(np.int64)
    return Frozen(unique, ends, rows[order], weights[order])


@dataclass(slots=True)
class Postings:
    """A frozen part and the rows that were added since."""

    frozen: Frozen
    size: int
    added: dict[int, list[tuple[int, float]]] = field(default_factory=dict)

    def fork(self) -> "Postings":
        """Return a copy that grows by itself; what is frozen is shared."""
        added = {term: list(rows) for term, rows in self.added.items()}
        return Postings(self.frozen, self.size, added)

    def add(self, document: Mapping[int, float]) -> int:
        """Add a row and return its number."""
        row = self.size
        self.size += 1
        for term, weight in document.items():
            self.added.setdefault(term, []).append((row, weight))
        return row

    def scores(self, queries: "Queries") -> Floats:
        """Return the inner products of the queries with every row: queries x rows."""
        frozen = self.frozen
        found, places = locate(frozen.terms, queries.terms)
        which, at = frozen.spread(places)
        lines = (queries.owners[found] * self.size)[which] + frozen.rows[at]
        values = queries.weights[found][which] * frozen.weights[at]
        flat = np.bincount(lines, values, queries.count * self.size)
        scores = flat.reshape(queries.count, self.size).astype(np.float32)
        if self.added:
            self._score_added(queries, scores)
        return scores

    def _score_added(self, queries: "Queries", scores: Floats) -> None:
        terms, owners, weights = queries.terms, queries.owners, queries.weights
        for term, owner, weight in zip(
            terms.tolist(), owners.tolist(), weights.tolist(), strict=True
        ):
            for row, value in self.added.get(term, ()):
                scores[owner, row] += weight * value


@dataclass(frozen=True, slots=True)
class Queries:
    """Weighted terms of several texts: each has its owner's number, its term and its weight."""

    count: int
    owners: NDArray[np.int64]
    terms: NDArray[np.uint32]
    weights: Floats


def locate(
    known: NDArray[np.uint32], terms: NDArray[np.uint32]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which terms are known, and the places of those that are."""
    if not len(known):
        return np.zeros(len(terms), np.bool_), np.zeros(0, np.int64)
    places = np.minimum(np.searchsorted(known, terms), len(known) - 1)
    found = known[places] == terms
    return found, places[found]


def gather(
    frozen: Frozen, places: NDArray[np.int64], weights: Floats
) -> tuple[NDArray[np.int32], Floats]:
    """Return the rows and weighted values of all postings of these terms."""
    which, at = frozen.spread(places)
    return frozen.rows[at], frozen.weights[at] * weights[which]
