# ruff: noqa: S608 - the statements hold our own numbers only
"""Measure building a digest over many posts and likes.

    python bench/digest.py                         1,000,000 posts, 5,000,000 likes, SQLite
    python bench/digest.py --postgres URL          the same on a PostgreSQL database that is empty
    python bench/digest.py --posts 10000

All posts and likes lie in one month, so the monthly digest reads every one of them; the weekly and
the daily digest read their part. Every post has a like, one in ten has forty more; nobody gives
more than a few dozen likes a day. Rows are made by the database itself, then the tallies are
rebuilt as the bot does it. Nothing is random: the same numbers give the same rows.
"""

import argparse
import asyncio
import os
import platform
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.discord_io.digests import member_pages
from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import Digest
from bot.domain.ids import CommunityId
from bot.domain.periods import Cadence, Mark, Schedule, due_periods
from bot.services.digests.building import DigestBuilder, EverythingShown
from bot.services.digests.chart import paint
from db.engine import open_database
from db.migrate import upgrade

COMMUNITY = CommunityId(1)
START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
PLACES, MEMBERS, GIVERS = 200, 5_000, 20_000
RUNS, COLD_RUNS = 7, 3
REACTION = (
    "(community_id, post_id, member_id, emoji, normal, burst, normal_order, burst_order, given, "
    "by_person)"
)


def numbers(count: int, *, sqlite: bool) -> str:
    if sqlite:
        return (
            f"WITH RECURSIVE many(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many "
            f"WHERE n + 1 < {count}) "
        )
    return f"WITH many(n) AS (SELECT generate_series(0, {count - 1})::bigint) "


def statements(posts: int, likes: int, *, sqlite: bool) -> list[str]:
    """Return what makes the rows; posts are spread evenly over places, members and the month."""
    micros = int(START.timestamp()) * 1_000_000
    step = int((END - START).total_seconds()) * 1_000_000 // posts
    made = f"{micros} + n * {step}"
    more = (likes - posts) // (posts // 10)
    if sqlite:
        moment = f"strftime('%Y-%m-%d %H:%M:%S', ({made}) / 1000000, 'unixepoch') || '.000000'"
        yes, no = "1", "0"
    else:
        moment = f"to_timestamp(({made}) / 1000000)"
        yes, no = "true", "false"
    # Some places are far busier than others: squares of an even spread.
    place = f"(n * 7919 % {PLACES}) * (n * 7919 % {PLACES}) / {PLACES}"
    return [
        numbers(posts, sqlite=sqlite)
        + "INSERT INTO post (community_id, post_id, channel_id, author_id, by_person, created_at) "
        f"SELECT {COMMUNITY}, n + 1, 100 + {place}, 1000 + n * 104729 % {MEMBERS}, {yes}, {moment} "
        "FROM many",
        numbers(posts, sqlite=sqlite)
        + "INSERT INTO liked_post (community_id, post_id, channel_id, author_id, by_person, "
        "created, created_day, deleted, likes) "
        f"SELECT {COMMUNITY}, n + 1, 100 + {place}, 1000 + n * 104729 % {MEMBERS}, {yes}, {made}, "
        f"({made}) / 86400000000, {no}, 0 FROM many",
        numbers(posts, sqlite=sqlite)
        + f"INSERT INTO reaction {REACTION} SELECT {COMMUNITY}, n + 1, 900000 + n * 31 % {GIVERS}, "
        f"'👍', {yes}, {no}, n + 1, 0, {made} + 60000000, {yes} FROM many",
        numbers(likes - posts, sqlite=sqlite)
        + f"INSERT INTO reaction {REACTION} SELECT {COMMUNITY}, n / {more} * 10 + 1, "
        f"900000 + {GIVERS} + (n / {more} * 7919 + n % {more}) % {GIVERS}, '👍', {yes}, {no}, "
        f"n + 1, 0, {micros} + (n / {more} * 10) * {step} + 90000000, {yes} FROM many",
    ]


async def fill(url: str, posts: int, likes: int) -> None:
    sqlite = url.startswith("sqlite")
    engine = create_async_engine(url)
    for statement in statements(posts, likes, sqlite=sqlite):
        async with engine.begin() as connection:
            await connection.execute(text(statement.replace(":", "\\:")))
    async with engine.connect() as connection:
        analyzed = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await analyzed.execute(text("ANALYZE"))
    await engine.dispose()


async def measure(url: str, posts: int, likes: int) -> None:
    await upgrade(url)
    began = time.perf_counter()
    await fill(url, posts, likes)
    print(f"{posts:,} posts and {likes:,} reactions made in {time.perf_counter() - began:.0f} s")
    async with open_database(url) as database:
        began = time.perf_counter()
        async with database.writing() as stores:
            await stores.likes.rebuild(COMMUNITY)
        print(f"tallies rebuilt in {time.perf_counter() - began:.1f} s")
    file = make_url(url).database
    if url.startswith("sqlite") and file is not None:
        for _ in range(COLD_RUNS):
            forget(Path(file))
            async with open_database(url) as database:
                await build(DigestBuilder(database, EverythingShown()), Cadence.MONTHLY, 1, "cold")
    async with open_database(url) as database:
        builder = DigestBuilder(database, EverythingShown())
        for cadence in (Cadence.MONTHLY, Cadence.WEEKLY, Cadence.DAILY):
            digest = await build(builder, cadence, RUNS, "warm")
    began = time.perf_counter()
    paint(digest)
    first = time.perf_counter() - began
    began = time.perf_counter()
    paint(digest)
    again = time.perf_counter() - began
    print(f"chart: the first {first * 1000:.0f} ms (with matplotlib's import), then {again:.3f} s")


async def build(builder: DigestBuilder, cadence: Cadence, runs: int, caches: str) -> Digest:
    """Build and write the month's last digest a few times, and say how long that took."""
    schedule = Schedule(cadence, hour=0)
    period = due_periods(schedule, Mark(START), END)[-1]
    plan = DigestPlan(community=COMMUNITY, schedule=schedule, since=START)
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        digest = await builder.members(plan, period)
        pages = member_pages(digest)
        times.append(time.perf_counter() - began)
    counted = ", ".join(f"{f.now:,} {f.measure}" for f in digest.figures)
    median = statistics.median(times) * 1000
    print(
        f"{cadence:8} built and written, {caches} caches: {median:7.1f} ms "
        f"(slowest {max(times) * 1000:.1f}); {len(pages)} page; {counted}"
    )
    return digest


def forget(file: Path) -> None:
    """Have the system's cache let go of a file, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        with file.open("rb") as opened:
            os.fdatasync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def machine() -> str:
    cpu = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    load = os.getloadavg()[0]
    return f"{cpu}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure building a digest.")
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--likes", type=int, default=None, help="five for each post")
    parser.add_argument("--postgres", metavar="URL", help="postgresql+asyncpg://..., empty")
    given = parser.parse_args()
    likes = given.likes or 5 * given.posts
    print("at the start:", machine())
    with tempfile.TemporaryDirectory() as folder:
        url = given.postgres or f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        print("PostgreSQL" if given.postgres else "SQLite")
        asyncio.run(measure(url, given.posts, likes))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB")
    print("at the end:", machine())


if __name__ == "__main__":
    main()
