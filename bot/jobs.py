"""A clock that asks "what is due?": the only module that imports APScheduler.

APScheduler runs in memory and remembers nothing (ADR 3): what is due, and whether it was done,
stands in the database. Its exceptions end here; a job that failed runs again at its next time.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to ask for again and again."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]


@asynccontextmanager
async def running(jobs: list[Job]) -> AsyncIterator[None]:
    """Run the jobs while the block runs.

    A run that was missed while the loop was busy is made up once (the default drops it after one
    second), and never two at a time.
    """
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for job in jobs:
        scheduler.add_job(
            _guarded, "interval", [job], id=job.name, seconds=job.every.total_seconds()
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _guarded(job: Job) -> None:
    try:
        await job.run()
    except Exception:  # noqa: BLE001 - the edge of jobs
        logger.exception("a job failed", extra={"job": job.name})
