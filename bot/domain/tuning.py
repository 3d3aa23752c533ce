"""Precision and recall of the matcher at each threshold, from what moderators judged.

Pure arithmetic over probabilities and labels; knows no post, no place and no member.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.autonomy import EARNED_BOUND, wilson_lower_bound
from bot.domain.ids import Slug

LEAST_LABELS = 20
"""With fewer, every figure would be chance."""
THRESHOLDS = (*(percent / 100 for percent in range(30, 100, 5)), 0.99)
"""What is tried: from the least that a community may set."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A match that a moderator judged, and how likely the matcher had found it."""

    slug: Slug
    probability: float
    right: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What a threshold would have made of the judged matches.

    Attributes:
        threshold: the least probability that gets a note.
        right: judged right and likely enough.
        wrong: judged wrong and likely enough.
        missed: judged right and not likely enough.
    """

    threshold: float
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of notes that would have been right, None where there were none."""
        noted = self.right + self.wrong
        return self.right / noted if noted else None

    @property
    def bound(self) -> float:
        """The lower end of the 95 % interval of the precision."""
        return wilson_lower_bound(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """The share of right matches that would have got a note, None where none is known."""
        known = self.right + self.missed
        return self.right / known if known else None


def at_threshold(judged: Sequence[Judged], threshold: float) -> Tried:
    """Return what a threshold would have made of judged matches.

    >>> matches = [Judged(Slug("a"), 0.9, True), Judged(Slug("a"), 0.5, True)]
    >>> tried = at_threshold(matches, 0.8)
    >>> tried.precision, tried.recall
    (1.0, 0.5)
    """
    noted = [each for each in judged if each.probability >= threshold]
    right = sum(each.right for each in noted)
    known = sum(each.right for each in judged)
    return Tried(threshold, right, len(noted) - right, known - right)


def each_threshold(
    judged: Sequence[Judged], thresholds: Sequence[float] = THRESHOLDS
) -> list[Tried]:
    """Return what each threshold would have made of judged matches."""
    return [at_threshold(judged, threshold) for threshold in thresholds]


def advised(tried: Sequence[Tried]) -> Tried | None:
    """Return the lowest threshold whose notes are precise enough, if there is one.

    Precise enough is what a fact-check needs in order to attach by itself; a higher threshold that
    is not, for want of labels, speaks against no lower one.
    """
    enough = [each for each in tried if each.bound >= EARNED_BOUND]
    return min(enough, key=lambda each: each.threshold, default=None)
