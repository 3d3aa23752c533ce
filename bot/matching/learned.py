"""Posts that moderators judged, known by their imprints alone: what they add to a match, or take.

An imprint speaks only where a text is nearly the same; how else a claim is said is learned from
written examples. Knows no post, no database and no text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.domain.factchecks import FactCheck
from bot.domain.ids import Slug
from bot.domain.imprints import Imprint
from bot.domain.matches import Stance
from bot.matching.embeddings import Vector
from bot.matching.imprints import BITS, FORM, Tracer, imprint, sides, unpacked
from bot.matching.judged import Judged, requirement_met
from bot.matching.reading import View
from bot.matching.sparse import Floats

NEAR = 0.58
"""Estimated likeness from which on an imprint speaks. Of 367,000 pairs of messages about different
claims, 17 at most come so near by the noise of 128 signs; of near copies with a fifth of the
words left out, 95 % do (`bench.imprints`)."""
SAME = 0.7
"""Estimated likeness of what is the same text but for a few words."""
_PER_LIKENESS = 12.5
_MOST = 5.0
"""Log-odds that an imprint adds at most: a suggestion becomes a note, chat becomes a suggestion."""
COUNTERED = 0.2
"""The most a text can get that is nearly the same as one that was judged “not this claim”."""
LEARNED = "learned_posts"
"""Name of the gate, and of what imprints add to the score."""
_VETOES = ("requires", "counter_examples")
UNEXPECTED = 0.02
"""Probability of a fact-check that the other ways of recognising it did not come upon."""


@dataclass(frozen=True, slots=True)
class _Nearest:
    """How near the nearest judged posts of a fact-check come, and which view comes nearest."""

    example: float = 0.0
    counter: float = 0.0
    view: int = 0
    stance: Stance = Stance.ASSERT

    @property
    def added(self) -> float:
        """Return what they add to the log-odds."""
        return _pull(self.example) - _pull(self.counter)

    @property
    def countered(self) -> bool:
        """Tell whether the text is nearly the same as one that does not raise the claim."""
        return self.counter >= SAME and self.counter > self.example


class LearnedPosts:
    """The imprints of one community."""

    def __init__(self, tracer: Tracer, salt: int) -> None:
        self._tracer = tracer
        self._salt = salt
        self._imprints: list[Imprint] = []
        self._rows: Floats = np.zeros((0, BITS), np.float32)

    def add(self, one: Imprint) -> None:
        """Learn a judged post; one that another version of the program kept says nothing now."""
        if one.form == FORM and len(one.signs) == BITS // 8:
            self._imprints.append(one)
            self._rows = np.vstack([self._rows, unpacked([one.signs])])

    def signs(self, view: View, vector: Vector) -> bytes:
        """Return the imprint of one view of a text."""
        return imprint(self._tracer.traits(view, vector), self._salt)

    def applied(
        self,
        seen: Sequence[View],
        vectors: Vector,
        found: Sequence[Judged],
        checks: Mapping[Slug, FactCheck],
    ) -> list[Judged]:
        """Return the judged fact-checks with what the imprints add and take."""
        if not self._imprints:
            return list(found)
        near = self._nearest(seen, vectors)
        judged = [_moved(one, near.pop(one.slug)) if one.slug in near else one for one in found]
        for slug, nearest in near.items():
            check = checks.get(Slug(slug))
            if check is not None and nearest.example >= SAME:
                judged.append(_moved(_unexpected(check, seen, nearest), nearest))
        return judged

    def _nearest(self, seen: Sequence[View], vectors: Vector) -> dict[str, _Nearest]:
        lying = np.array(
            [
                sides(self._tracer.traits(one, vector), self._salt)
                for one, vector in zip(seen, vectors, strict=True)
            ]
        )
        likeness = lying @ self._rows.T
        highest = likeness.max(axis=0)
        found: dict[str, _Nearest] = {}
        for row in np.flatnonzero(highest >= NEAR).tolist():
            one, value = self._imprints[row], min(1.0, float(highest[row]))
            known = found.get(one.slug, _Nearest())
            if one.raises and value > known.example:
                view = int(likeness[:, row].argmax())
                known = replace(known, example=value, view=view, stance=one.stance)
            elif not one.raises and value > known.counter:
                known = replace(known, counter=value)
            found[one.slug] = known
        return found


def _pull(likeness: float) -> float:
    return min(_MOST, max(0.0, _PER_LIKENESS * (likeness - NEAR)))


def _moved(one: Judged, nearest: _Nearest) -> Judged:
    chance = min(max(one.probability, 1e-6), 1 - 1e-6)
    odds = float(np.log(chance) - np.log1p(-chance)) + nearest.added
    moved = float(1 / (1 + np.exp(-odds)))
    if not all(one.gates.get(name, True) for name in _VETOES):
        moved = min(moved, one.probability)
    if nearest.countered:
        moved = min(moved, COUNTERED)
    return replace(
        one,
        probability=moved,
        learned=nearest.example if nearest.example > nearest.counter else 0.0,
        contributions={**one.contributions, LEARNED: round(nearest.added, 4)},
        gates={**one.gates, LEARNED: not nearest.countered},
    )


def _unexpected(check: FactCheck, seen: Sequence[View], nearest: _Nearest) -> Judged:
    """Return a fact-check that only an imprint came upon."""
    view = seen[nearest.view]
    return Judged(
        slug=str(check.slug),
        probability=UNEXPECTED,
        span=(view.start, view.end),
        stance=nearest.stance,
        phrasing=check.claim,
        gates={"requires": requirement_met(check.requires, seen[0].text)},
    )
