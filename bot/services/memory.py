"""The database in memory: for a replay, which keeps nothing, and as the stores' reference in tests.

Knows the ports and follows them as the SQL stores do, rollback, snapshots and refusals included.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.services.memory_appeals import InMemoryAppealStore
from bot.services.memory_cases import InMemoryAuditStore, InMemoryCaseStore
from bot.services.memory_corrections import InMemoryCorrectionStore
from bot.services.memory_coverage import InMemoryCoverageStore
from bot.services.memory_digests import InMemoryDigestFacts, InMemoryDigestStore
from bot.services.memory_flags import InMemoryFlagStore
from bot.services.memory_imprints import InMemoryImprintStore
from bot.services.memory_library import InMemoryLibraryStore
from bot.services.memory_likes import InMemoryLikeStore
from bot.services.memory_notes import InMemoryJudgementStore, InMemoryNoteStore
from bot.services.memory_outbox import InMemoryOutboxStore
from bot.services.memory_places import (
    InMemoryLeaseStore,
    InMemoryMemberStore,
    InMemoryPostStore,
    InMemorySettingStore,
    InMemoryWatchStore,
)
from bot.services.memory_reviews import (
    InMemoryLabelStore,
    InMemoryRatingStore,
    InMemoryReviewStore,
)
from bot.services.memory_sources import InMemorySourceStore
from bot.services.memory_table import View
from bot.services.memory_trust import (
    InMemoryPauseStore,
    InMemoryRequestStore,
    InMemoryRuleStore,
    InMemoryWithdrawalStore,
)
from bot.services.ports import Stores

TABLES = (
    "revisions",
    "examples",
    "watches",
    "posts",
    "coverage",
    "reactions",
    "liked",
    "emoji",
    "tallies",
    "notes",
    "ratings",
    "judgements",
    "outbox",
    "members",
    "leases",
    "settings",
    "cases",
    "case_counters",
    "audit",
    "flag_cards",
    "flags",
    "appeals",
    "rules",
    "pauses",
    "reviews",
    "labels",
    "reasons",
    "standings",
    "withdrawals",
    "requests",
    "requesters",
    "shown",
    "digest_plans",
    "digest_runs",
    "corrections",
    "sources",
    "imprints",
)


class InMemoryStores:
    """All stores of one transaction."""

    def __init__(self, views: dict[str, View[Any, Any]]) -> None:
        self.library = InMemoryLibraryStore(views["revisions"], views["examples"])
        self.watches = InMemoryWatchStore(views["watches"])
        self.posts = InMemoryPostStore(views["posts"])
        self.notes = InMemoryNoteStore(views["notes"], views["ratings"], views["posts"])
        self.judgements = InMemoryJudgementStore(views["judgements"])
        self.outbox = InMemoryOutboxStore(views["outbox"])
        self.members = InMemoryMemberStore(views["members"])
        self.corrections = InMemoryCorrectionStore(
            views["notes"], views["shown"], views["corrections"]
        )
        self.coverage = InMemoryCoverageStore(views["coverage"])
        self.likes = InMemoryLikeStore(
            views["posts"],
            views["reactions"],
            views["liked"],
            views["emoji"],
            views["tallies"],
        )
        self._open_trust(views)
        self.cases = InMemoryCaseStore(views["cases"], views["case_counters"])
        self.appeals = InMemoryAppealStore(views["appeals"])
        self.audit = InMemoryAuditStore(views["audit"])
        self.flags = InMemoryFlagStore(views["flag_cards"], views["flags"])
        self.digests = InMemoryDigestStore(views["digest_plans"], views["digest_runs"])
        self.digest_facts = InMemoryDigestFacts(
            views["posts"],
            views["judgements"],
            views["notes"],
            views["ratings"],
            views["digest_plans"],
            views["watches"],
        )
        self.sources = InMemorySourceStore(views["sources"])
        self.imprints = InMemoryImprintStore(views["imprints"])
        self.leases = InMemoryLeaseStore(views["leases"])
        self.settings = InMemorySettingStore(views["settings"])

    def _open_trust(self, views: dict[str, View[Any, Any]]) -> None:
        self.rules = InMemoryRuleStore(views["rules"])
        self.pauses = InMemoryPauseStore(views["pauses"])
        self.reviews = InMemoryReviewStore(views["reviews"], views["posts"])
        self.labels = InMemoryLabelStore(views["labels"], views["reviews"], views["judgements"])
        self.ratings = InMemoryRatingStore(
            views["notes"], views["ratings"], views["reasons"], views["standings"]
        )
        self.withdrawals = InMemoryWithdrawalStore(views["withdrawals"], views["notes"])
        self.requests = InMemoryRequestStore(views["requests"], views["requesters"])


class InMemoryDatabase:
    """Implements `Database` over dictionaries; one writer at a time, readers keep a snapshot."""

    def __init__(self) -> None:
        self._committed: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
        self._writer = asyncio.Lock()
        self._readers = 0
        self._busy: set[asyncio.Task[Any] | None] = set()

    @property
    def connections_in_use(self) -> int:
        """How many units of work are open at this moment."""
        return len(self._busy)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Stores]:
        """Open a snapshot for reading; writing through it raises `RuntimeError`."""
        async with self._alone_in_task():
            views = self._views(writable=False)
            self._readers += 1
            try:
                yield InMemoryStores(views)
            finally:
                self._readers -= 1
                _end(views)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Stores]:
        """Open a transaction: committed on a clean exit, rolled back on an exception."""
        async with self._alone_in_task(), self._writer:
            views = self._views(writable=True)
            try:
                yield InMemoryStores(views)
            finally:
                _end(views)
            self._committed = {
                name: view.merged(in_place=self._readers == 0) for name, view in views.items()
            }

    @asynccontextmanager
    async def _alone_in_task(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task in self._busy:
            raise RuntimeError("this task has a unit of work already; units do not nest")
        self._busy.add(task)
        try:
            yield
        finally:
            self._busy.discard(task)

    def _views(self, *, writable: bool) -> dict[str, View[Any, Any]]:
        return {name: View(rows, writable=writable) for name, rows in self._committed.items()}


def _end(views: dict[str, View[Any, Any]]) -> None:
    for view in views.values():
        view.end()
