"""The real clock; the only place that asks the operating system for the time."""

from datetime import UTC, datetime


class SystemClock:
    """The present moment, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)
