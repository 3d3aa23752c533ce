"""Whether raters stand on two sides, worked out from how they rated other notes.

What is found here lives for one computation, in memory; it is never stored, shown or logged
(ADR 8). Pure; knows raters as opaque keys only.
"""

from collections.abc import Hashable, Mapping
from math import fsum, sqrt

LEAST_RATERS = 15
"""Below so many raters with a record two sides cannot be told from chance: not attempted."""
LEAST_RATED = 3
"""Other notes that a rater must have rated to have a side."""
LEAST_SHARE = 0.35
"""Part of the disagreement that one axis must explain; else there are not two sides."""
ROUNDS = 50
CLOSE_TO_ZERO = 1e-9

Ratings = Mapping[Hashable, Mapping[Hashable, float]]
"""For each note, each rater's value."""


def sides(ratings: Ratings, *, leaving_out: Hashable) -> dict[Hashable, int]:
    """Return -1 or 1 for raters who have a side; nothing where there are not two sides.

    The first principal axis of the centred ratings, by power iteration. The note in question is
    left out, so that a rating of it never decides on which side it is counted.
    """
    rows = _records(ratings, leaving_out)
    if len(rows) < LEAST_RATERS:
        return {}
    raters = sorted(rows, key=str)
    alike = [[_product(rows[a], rows[b]) for b in raters] for a in raters]
    axis, strength = _first_axis(alike)
    spread = sum(alike[i][i] for i in range(len(raters)))
    if spread <= CLOSE_TO_ZERO or strength / spread < LEAST_SHARE:
        return {}
    placed = zip(raters, axis, strict=True)
    return {rater: (1 if at > 0 else -1) for rater, at in placed if abs(at) > CLOSE_TO_ZERO}


def _records(ratings: Ratings, leaving_out: Hashable) -> dict[Hashable, dict[Hashable, float]]:
    """Return each rater's deviations from the notes' means, for raters with enough of them."""
    rows: dict[Hashable, dict[Hashable, float]] = {}
    for note, given in ratings.items():
        if note == leaving_out or not given:
            continue
        mean = fsum(given.values()) / len(given)
        for rater, value in given.items():
            rows.setdefault(rater, {})[note] = value - mean
    return {rater: row for rater, row in rows.items() if len(row) >= LEAST_RATED}


def _product(one: Mapping[Hashable, float], other: Mapping[Hashable, float]) -> float:
    # Exact sums do not depend on the order in which the ratings come.
    return fsum(value * other[note] for note, value in one.items() if note in other)


def _first_axis(alike: list[list[float]]) -> tuple[list[float], float]:
    """Return the strongest eigenvector of a symmetric matrix, and its eigenvalue."""
    axis = list(max(alike, key=lambda row: sum(value * value for value in row)))
    strength = 0.0
    for _ in range(ROUNDS):
        turned = [sum(a * b for a, b in zip(row, axis, strict=True)) for row in alike]
        length = sqrt(sum(value * value for value in turned))
        if length <= CLOSE_TO_ZERO:
            return [0.0] * len(axis), 0.0
        before = sqrt(sum(value * value for value in axis))
        strength = length / before
        axis = [value / length for value in turned]
    return axis, strength
