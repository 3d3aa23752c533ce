"""Ends what is kept long enough: once a day, table by table, in small pieces.

Knows how long things are kept and when that was last seen to; never a table's rule.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.ports import Clock, Database
from bot.services.ports.privacy import RetentionStore

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)
CHUNK = 500
"""Rows in one transaction: on SQLite nothing else can be written meanwhile."""
_NAME = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long things are kept."""

    posts: timedelta = timedelta(days=90)
    """Ids of posts, reactions, and what was decided about them."""
    audit: timedelta = timedelta(days=365)
    """Who used which command, and digests that were posted."""


class RetentionService:
    """What was begun and not finished, by a crash say, is finished by the next run."""

    def __init__(
        self, database: Database, retention: RetentionStore, clock: Clock, keeping: Keeping
    ) -> None:
        self._database = database
        self._retention = retention
        self._clock = clock
        self._keeping = keeping

    async def run(self) -> int:
        """Remove what is too old, if a day has passed since; return how many rows that were."""
        now = self._clock.now()
        async with self._database.reading() as stores:
            last = await stores.settings.get(_NAME)
        if last is not None and now - datetime.fromisoformat(last) < EVERY:
            return 0
        removed = {table: await self._prune(table, now) for table in self._retention.tables}
        async with self._database.writing() as stores:
            await stores.settings.put(_NAME, now.isoformat())
        found = {table: count for table, count in removed.items() if count}
        if found:
            logger.info("old rows were removed", extra={"rows": found})
        return sum(found.values())

    async def _prune(self, table: str, now: datetime) -> int:
        removed = 0
        while True:
            count = await self._retention.prune(
                table,
                posts_before=now - self._keeping.posts,
                audit_before=now - self._keeping.audit,
                limit=CHUNK,
            )
            removed += count
            if count == 0:
                return removed
