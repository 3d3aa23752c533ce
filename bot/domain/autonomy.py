"""When a fact-check has earned to attach its notes by itself, from moderators' judgements.

Pure arithmetic over counts; knows nobody's name, and never which posts were judged.
"""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: two-sided 95 %."""
EARNED_BOUND = 0.90
"""The least lower bound of a fact-check's precision at which it attaches by itself."""
LABELS_CONSIDERED = 100
"""Only the newest labels count, so that an old success does not hide a new failure."""


def wilson_lower_bound(right: int, judged: int, z: float = Z_95) -> float:
    """Return the lower end of Wilson's score interval for a proportion, 0 where nothing is known.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.

    >>> round(wilson_lower_bound(35, 35), 4), round(wilson_lower_bound(34, 34), 4)
    (0.9011, 0.8985)
    """
    if not 0 <= right <= judged:
        raise ValueError(f"{right} of {judged} cannot be right")
    if right == 0:
        return 0.0  # also where nothing is known; the formula comes to it but for rounding
    share, squared = right / judged, z * z
    centre = share + squared / (2 * judged)
    spread = z * sqrt(share * (1 - share) / judged + squared / (4 * judged * judged))
    return max(0.0, (centre - spread) / (1 + squared / judged))


@dataclass(frozen=True, slots=True)
class Precision:
    """How often moderators agreed that a post makes a fact-check's claim."""

    right: int = 0
    wrong: int = 0

    @property
    def judged(self) -> int:
        """How many posts were judged."""
        return self.right + self.wrong

    @property
    def bound(self) -> float:
        """The lower end of the 95 % interval of the precision."""
        return wilson_lower_bound(self.right, self.judged)

    @property
    def earned(self) -> bool:
        """Whether the fact-check may attach by itself."""
        return self.bound >= EARNED_BOUND
