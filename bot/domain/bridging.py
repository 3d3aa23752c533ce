"""Whether raters stand on two sides, worked out from how they rated other notes.

What is found here lives for one computation, in memory; it is never stored, shown or logged
(ADR 8). Pure; knows raters as opaque keys only.
"""

from collections.abc import Hashable, Mapping, Sequence
from math import cos, fsum, sqrt

LEAST_RATERS = 15
"""Below so many raters with a record two sides cannot be told from chance: not attempted."""
LEAST_RATED = 3
"""Other notes that a rater must have rated to have a side."""
LEAST_SHARE = 0.35
"""Part of the disagreement that one axis must explain; else there are not two sides."""
ROUNDS = 50
STEADY = 1e-9
"""An axis that moves less than this in a round is found."""
CLOSE_TO_ZERO = 1e-9

Ratings = Mapping[Hashable, Mapping[Hashable, float]]
"""For each note, each rater's value."""


def sides(ratings: Ratings, *, leaving_out: Hashable) -> dict[Hashable, int]:
    """Return -1 or 1 for raters who have a side; nothing where there are not two sides.

    The first principal axis of the centred ratings, by power iteration over the ratings themselves:
    a matrix of raters by raters would take the square of their number. The note in question is left
    out, so that a rating of it never decides on which side it is counted.
    """
    rows = _records(ratings, leaving_out)
    if len(rows) < LEAST_RATERS:
        return {}
    raters = sorted(rows, key=str)
    numbers: dict[Hashable, int] = {}
    # In a fixed order, for the same ratings must give the same sums.
    table = [
        [
            (numbers.setdefault(note, len(numbers)), rows[rater][note])
            for note in sorted(rows[rater], key=str)
        ]
        for rater in raters
    ]
    axis, strength = _first_axis(table, len(numbers))
    spread = sum(value * value for row in table for _, value in row)
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


Row = Sequence[tuple[int, float]]
"""A rater's deviations: the note's number, and how far from its mean."""


def _first_axis(table: Sequence[Row], notes: int) -> tuple[list[float], float]:
    """Return the raters' places on the strongest axis, and how much disagreement it explains."""
    # Fixed, and at right angles to no axis that ratings could have.
    axis = _unit([cos(1 + number * number) for number in range(len(table))])[0]
    strength = 0.0
    for _ in range(ROUNDS):
        before = axis
        axis, strength = _unit(_turned(table, notes, before))
        if max(abs(now - was) for now, was in zip(axis, before, strict=True)) < STEADY:
            break
    return axis, strength


def _turned(table: Sequence[Row], notes: int, axis: Sequence[float]) -> list[float]:
    """Return what the raters say about the notes as those on this axis see them."""
    seen = [0.0] * notes
    for row, place in zip(table, axis, strict=True):
        for note, value in row:
            seen[note] += value * place
    return [sum(value * seen[note] for note, value in row) for row in table]


def _unit(axis: Sequence[float]) -> tuple[list[float], float]:
    """Return an axis of length 1, and the length that it had; zeros for one without."""
    length = sqrt(sum(value * value for value in axis))
    if length <= CLOSE_TO_ZERO:
        return [0.0] * len(axis), 0.0
    return [value / length for value in axis], length
