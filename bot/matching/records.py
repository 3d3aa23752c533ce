"""Finds fact-checks by their own record: claim, variants, title and summary; needs no examples.

Segments of frozen arrays, so that a library of any size can be saved, memory-mapped and extended
at once: an addition makes a small segment, and small segments are joined. Makes no decision.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.factchecks import FactCheck
from bot.matching.sparse import Floats, Frozen, freeze, gather, locate
from bot.matching.words import content_stems, stem_code

SATURATION = 1.2
LENGTH_SHARE = 0.5
USUAL_LENGTH = 24.0
"""Words in a usual record; fixed, so that a record's weights do not depend on its neighbours."""
USUAL_SIZE = 211
"""Records from which on their own words tell how rare a word is; fewer are too few to tell. The
scorer was trained with so many."""
POSTING_BUDGET = 60_000
"""Postings that one question may touch; the commonest words are left out beyond that."""
DENSE_LIMIT = 100_000
"""Rows up to which it is cheaper to sum into one array for all of them."""
_SPARSE = 10
SMALL_SEGMENT = 512
_JOIN_AT = 8
_PART = 50_000


@dataclass(frozen=True, slots=True)
class Segment:
    """Some records, frozen."""

    slugs: list[str]
    postings: Frozen


def record_terms(fact_check: FactCheck, more: Sequence[str] = ()) -> list[int]:
    """Return the numbers of all telling words of a record and of further phrasings."""
    texts = (*fact_check.phrasings, *more, fact_check.title, fact_check.summary)
    return [stem_code(word) for text in texts for word in content_stems(text)]


def segment_of(fact_checks: Sequence[FactCheck], more: Sequence[str] = ()) -> Segment:
    """Freeze some records; `more` are further phrasings of a single one."""
    documents = []
    for fact_check in fact_checks:
        count = Counter(record_terms(fact_check, more))
        length = sum(count.values())
        spread = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / USUAL_LENGTH)
        documents.append({term: n * (SATURATION + 1) / (n + spread) for term, n in count.items()})
    return Segment([str(one.slug) for one in fact_checks], freeze(documents))


def large_segment(fact_checks: Sequence[FactCheck]) -> Segment:
    """Freeze any number of records, a part at a time to spare memory."""
    parts = [
        segment_of(fact_checks[first : first + _PART])
        for first in range(0, len(fact_checks), _PART)
    ]
    return parts[0] if len(parts) == 1 else joined(parts)


def joined(segments: Sequence[Segment]) -> Segment:
    """Join segments into one."""
    slugs = [slug for segment in segments for slug in segment.slugs]
    terms, rows, weights, start = [], [], [], 0
    for segment in segments:
        frozen = segment.postings
        terms.append(np.repeat(frozen.terms, np.diff(frozen.starts)))
        rows.append(frozen.rows + np.int32(start))
        weights.append(frozen.weights)
        start += len(segment.slugs)
    term, row, weight = np.concatenate(terms), np.concatenate(rows), np.concatenate(weights)
    order = np.argsort(term, kind="stable")
    unique, starts = np.unique(term[order], return_index=True)
    ends = np.append(starts, len(order)).astype(np.int64)
    return Segment(slugs, Frozen(unique, ends, row[order], weight[order]))


@dataclass(frozen=True, slots=True)
class Found:
    """A record that shares words with a text."""

    slug: str
    score: float


class RecordIndex:
    """All records, by their words."""

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self.segments = [segment for segment in segments if segment.slugs]
        self._live: dict[str, tuple[int, int]] = {}
        self._dead: list[NDArray[np.bool_]] = []
        self._place()

    def __len__(self) -> int:
        return len(self._live)

    def fork(self) -> "RecordIndex":
        """Return a copy that takes changes by itself; what is frozen is shared."""
        other = RecordIndex()
        other.segments = list(self.segments)
        other._live = dict(self._live)
        other._dead = [dead.copy() for dead in self._dead]
        return other

    def put(self, fact_check: FactCheck, more: Sequence[str] = ()) -> None:
        """Add a record or replace the one with its slug."""
        self.remove(str(fact_check.slug))
        self.segments.append(segment_of([fact_check], more))
        self._dead.append(np.zeros(1, np.bool_))
        self._live[str(fact_check.slug)] = (len(self.segments) - 1, 0)
        self._tidy()

    def remove(self, slug: str) -> None:
        """Take a record out; one that is not there is no error."""
        place = self._live.pop(slug, None)
        if place is not None:
            self._dead[place[0]][place[1]] = True

    def rarity(self, terms: NDArray[np.uint32]) -> Floats:
        """Return how rare each term is among all records."""
        frequency = np.zeros(len(terms), np.float32)
        for segment in self.segments:
            found, places = locate(segment.postings.terms, terms)
            starts = segment.postings.starts
            frequency[found] += (starts[places + 1] - starts[places]).astype(np.float32)
        size = max(USUAL_SIZE, len(self._live))
        frequency = np.minimum(frequency, size)
        rarity: Floats = np.log(1 + (size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        return rarity

    def known(self, terms: NDArray[np.uint32]) -> int:
        """Return how many of these terms any record has."""
        seen = np.zeros(len(terms), np.bool_)
        for segment in self.segments:
            seen |= locate(segment.postings.terms, terms)[0]
        return int(seen.sum())

    def search(
        self, terms: NDArray[np.uint32], rarity: Floats, top: int, least: float = 0.0
    ) -> list[Found]:
        """Return the records that share most with these terms, best first.

        None where the best one scores less than `least`.
        """
        found: list[Found] = []
        for segment, dead in zip(self.segments, self._dead, strict=True):
            found += _search(segment, dead, terms, rarity, top, least)
        if not any(one.score >= least for one in found):
            return []
        found.sort(key=lambda one: (-one.score, one.slug))
        return found[:top]

    def _place(self) -> None:
        self._dead = [np.zeros(len(segment.slugs), np.bool_) for segment in self.segments]
        for number, segment in enumerate(self.segments):
            for row, slug in enumerate(segment.slugs):
                if slug in self._live:
                    self.remove(slug)
                self._live[slug] = (number, row)

    def _tidy(self) -> None:
        """Join the last segments when there are many small ones."""
        small = 0
        while small < len(self.segments) and len(self.segments[-1 - small].slugs) < SMALL_SEGMENT:
            small += 1
        if small < _JOIN_AT:
            return
        first = len(self.segments) - small
        dead = np.concatenate(self._dead[first:])
        whole = joined(self.segments[first:])
        self.segments[first:] = [whole]
        self._dead[first:] = [dead]
        for row, slug in enumerate(whole.slugs):
            if not dead[row]:
                self._live[slug] = (first, row)


def _search(
    segment: Segment,
    dead: NDArray[np.bool_],
    terms: NDArray[np.uint32],
    rarity: Floats,
    top: int,
    least: float,
) -> list[Found]:
    known, places = locate(segment.postings.terms, terms)
    weights = rarity[known]
    places, weights = _affordable(segment.postings, places, weights)
    if not len(places):
        return []
    rows, scores = _summed(*gather(segment.postings, places, weights), len(segment.slugs))
    if dead.any():
        scores = np.where(dead[rows], 0, scores)
    highest = float(scores.max(initial=0))
    if highest <= 0 or highest < least:
        return []
    best = np.flatnonzero(scores > highest / 2)
    if len(best) < top:
        best = np.flatnonzero(scores > 0)
    if len(best) > top:
        best = best[np.argpartition(-scores[best], top - 1)[:top]]
    return [Found(segment.slugs[rows[at]], round(float(scores[at]), 6)) for at in best.tolist()]


def _summed(
    rows: NDArray[np.int32], values: Floats, size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sum the values of each row; where few rows have any, without touching the others."""
    if size <= DENSE_LIMIT and len(rows) * _SPARSE > size:
        return np.arange(size, dtype=np.int64), np.bincount(rows, values, minlength=size).astype(
            np.float64
        )
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    if not len(first):
        return np.zeros(0, np.int64), np.zeros(0)
    summed: NDArray[np.float64] = np.add.reduceat(values[order].astype(np.float64), first)
    return ordered[first].astype(np.int64), summed


def _affordable(
    frozen: Frozen, places: NDArray[np.int64], weights: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """Keep the rarest terms whose postings fit the budget; at least one."""
    sizes = frozen.starts[places + 1] - frozen.starts[places]
    if int(sizes.sum()) <= POSTING_BUDGET:
        return places, weights
    order = np.argsort(sizes, kind="stable")
    kept = max(1, int(np.searchsorted(np.cumsum(sizes[order]), POSTING_BUDGET)))
    return places[order[:kept]], weights[order[:kept]]
