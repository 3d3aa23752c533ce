"""Looks after cited pages: which are gone or moved, and which fact-checks are due for a review.

Knows which pages are due; how a page is reached, and what may be reached, is the port's matter.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from bot.domain.factchecks import FactCheck, Status
from bot.domain.ids import CommunityId
from bot.domain.policy import FRESH_FOR
from bot.domain.sources import SourceHealth, SourceState, after_probe
from bot.services.ports import Clock, Database
from bot.services.ports.pages import PageSource

logger = logging.getLogger(__name__)

AT_ONCE = 4
MOST_IN_A_RUN = 30
"""Pages in one run, each on another host: a run every ten minutes bothers no host."""
SOON = timedelta(days=30)
"""A review is announced for so long before its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A fact-check that should be looked after."""

    fact_check: FactCheck
    review_on: date | None
    """The day of its review, where that is past or near; None where only sources are the matter."""
    sources: tuple[SourceState, ...]
    """Its cited pages that are gone, moved or in trouble."""


class SourceCareService:
    """Asks for the pages that are due, one on each host, and keeps what was told."""

    def __init__(self, database: Database, pages: PageSource, clock: Clock) -> None:
        self._database = database
        self._pages = pages
        self._clock = clock

    async def run(self) -> int:
        """Look at pages that are due; return how many."""
        chosen = await self._chosen()
        side_by_side = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for url, old in chosen.items():
                group.create_task(self._look(url, old, side_by_side))
        return len(chosen)

    async def states(self, fact_check: FactCheck) -> Mapping[str, SourceState]:
        """Return what is known of the pages that a fact-check cites, by address."""
        async with self._database.reading() as stores:
            return await stores.sources.states({s.url for s in fact_check.sources if s.url})

    async def due(self, community: CommunityId) -> Sequence[Due]:
        """Return what should be looked after: dead sources first, then the oldest reviews."""
        async with self._database.reading() as stores:
            records = [r for r in await stores.library.all(community) if _is_kept(r)]
            known = await stores.sources.states(_urls(records))
        today = self._clock.now().date()
        found = [one for record in records if (one := _due(record, known, today)) is not None]
        return sorted(
            found,
            key=lambda due: (
                not any(state.health is SourceHealth.DEAD for state in due.sources),
                due.review_on or date.max,
                due.fact_check.slug,
            ),
        )

    async def _chosen(self) -> dict[str, SourceState | None]:
        now = self._clock.now()
        async with self._database.reading() as stores:
            records = [
                record
                for community in await stores.library.owners()
                for record in await stores.library.all(community)
                if _is_kept(record)
            ]
            urls = _urls(records)
            known = await stores.sources.states(urls)
        waiting = [url for url in urls if url not in known or known[url].due_at <= now]
        waiting.sort(key=lambda url: (known[url].due_at.timestamp() if url in known else 0, url))
        chosen: dict[str, SourceState | None] = {}
        hosts: set[str] = set()
        for url in waiting:
            host = _host(url)
            if host not in hosts and len(chosen) < MOST_IN_A_RUN:
                hosts.add(host)
                chosen[url] = known.get(url)
        return chosen

    async def _look(
        self, url: str, old: SourceState | None, side_by_side: asyncio.Semaphore
    ) -> None:
        async with side_by_side:
            probe = await self._pages.probe(url)
        state = after_probe(url, old, probe, self._clock.now())
        async with self._database.writing() as stores:
            await stores.sources.put(state)
        if state.health is not SourceHealth.FINE:
            logger.info("a cited page has a problem", extra={"health": state.health})


def _is_kept(record: FactCheck) -> bool:
    return record.status in (Status.PUBLISHED, Status.PAUSED)


def _urls(records: Sequence[FactCheck]) -> set[str]:
    return {source.url for record in records for source in record.sources if source.url}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _due(record: FactCheck, known: Mapping[str, SourceState], today: date) -> Due | None:
    review_on = record.review_by
    if review_on is None and record.checked_on is not None:
        review_on = record.checked_on + FRESH_FOR
    near = review_on if review_on is not None and review_on <= today + SOON else None
    states = (known.get(source.url) for source in record.sources)
    bad = tuple(s for s in states if s is not None and s.health is not SourceHealth.FINE)
    if near is None and not bad and record.checked_on is not None:
        return None
    return Due(fact_check=record, review_on=near, sources=bad)
