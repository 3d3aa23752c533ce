"""What is known of cited pages, in the table `source_state`."""

from collections.abc import Collection, Mapping
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import col

from bot.domain.sources import SourceHealth, SourceState
from bot.services.storable import require_text
from db.source_tables import SourceStateRow
from db.work import Work

_AT_ONCE = 500
"""Addresses in one statement; drivers limit parameters."""
_CHANGING = (
    "health",
    "said",
    "moved_to",
    "failures",
    "failing_since_at",
    "checked_at",
    "due_at",
)


class SqlSourceStore:
    """Implements `SourceStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def states(self, urls: Collection[str]) -> Mapping[str, SourceState]:
        """Return what is known of these addresses; those never looked at are missing."""
        digests = sorted(map(_digest, urls))
        found: dict[str, SourceState] = {}
        for start in range(0, len(digests), _AT_ONCE):
            rows = await self._work.rows(
                select(SourceStateRow).where(
                    col(SourceStateRow.url_digest).in_(digests[start : start + _AT_ONCE])
                )
            )
            found |= {row.url: _state(row) for row in rows}
        return found

    async def put(self, state: SourceState) -> None:
        """Store what is known of an address."""
        await self._work.upsert(
            SourceStateRow,
            {
                "url_digest": _digest(state.url),
                "url": state.url,
                "health": state.health.value,
                "said": state.said,
                "moved_to": state.moved_to,
                "failures": state.failures,
                "failing_since_at": state.failing_since,
                "checked_at": state.checked_at,
                "due_at": state.due_at,
            },
            key=["url_digest"],
            change=lambda _, new: {name: new[name] for name in _CHANGING},
        )


def _digest(url: str) -> str:
    return sha256(require_text(url).encode()).hexdigest()


def _state(row: SourceStateRow) -> SourceState:
    return SourceState(
        url=row.url,
        health=SourceHealth(row.health),
        said=row.said,
        moved_to=row.moved_to,
        failures=row.failures,
        failing_since=row.failing_since_at,
        checked_at=row.checked_at,
        due_at=row.due_at,
    )
