"""How much waits for moderators, and since when. Pure; knows no clock and not what it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits: how many, and when the oldest came, None where nothing waits."""

    count: int = 0
    since: datetime | None = None

    def __bool__(self) -> bool:
        """Whether anything waits.

        >>> bool(Queue()), bool(Queue(2))
        (False, True)
        """
        return self.count > 0


NOTHING = Queue()


def queue_of(came: Iterable[datetime]) -> Queue:
    """Return the queue of what came at these moments."""
    moments = list(came)
    return Queue(len(moments), min(moments, default=None))
