"""A clock that asks "what is due?": the only module that imports APScheduler.

APScheduler runs in memory and remembers nothing (ADR 3): what is due, and whether it was done,
stands in the database. Its exceptions end here; a job that failed runs again at its next time.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

logger = logging.getLogger(__name__)


FINISH = timedelta(seconds=10)
"""How long a job may go on when the bot ends."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to ask for again and again."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]
    at_start: bool = False
    """Whether it is asked at once as well: for what may have been missed while nobody asked."""


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
    at_work: set[asyncio.Task[None]] = set()

    async def guarded(job: Job) -> None:
        # APScheduler's own shutdown cancels what is running (style F8), so the work is a task.
        task = asyncio.create_task(_guarded(job), name=f"job {job.name}")
        at_work.add(task)
        task.add_done_callback(at_work.discard)
        await asyncio.shield(task)

    for job in jobs:
        if job.at_start:
            scheduler.add_job(guarded, args=[job], id=f"{job.name} at start")
        scheduler.add_job(
            guarded, "interval", [job], id=job.name, seconds=job.every.total_seconds()
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        if at_work:
            await asyncio.wait(at_work, timeout=FINISH.total_seconds())
        scheduler.shutdown(wait=False)


async def _guarded(job: Job) -> None:
    try:
        await job.run()
    except Exception:
        logger.exception("a job failed", extra={"job": job.name})
