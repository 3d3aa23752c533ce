"""Warnings add up: what a community wants to happen at so many points.

Pure: knows points and rules; never who is warned. Nothing happens by itself unless the community
said so: the default only suggests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

COUNTED = timedelta(days=90)
"""Older warnings stay on record, and count no more."""
MOST_POINTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """At this many points a timeout of this length is suggested, or comes by itself."""

    points: int
    timeout: timedelta
    automatic: bool = False


DEFAULT_STEPS = (
    Step(points=3, timeout=timedelta(hours=1)),
    Step(points=5, timeout=timedelta(days=1)),
    Step(points=8, timeout=timedelta(days=7)),
)


def step_reached(steps: Iterable[Step], before: int, after: int) -> Step | None:
    """Return the highest step that a warning crosses, None where it crosses none.

    >>> step_reached(DEFAULT_STEPS, 2, 3).points
    3
    >>> step_reached(DEFAULT_STEPS, 3, 4) is None
    True
    """
    crossed = [step for step in steps if before < step.points <= after]
    return max(crossed, key=lambda step: step.points, default=None)
