"""The composition root: opens and closes everything in one exit stack, and supervises the bot.

Everything that runs for ever runs here as a task; when one of them ends, the whole process ends in
order: take no more work, finish what is in flight, leave Discord, close the database.
"""

import asyncio
import gc
import hashlib
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import jobs
from bot.appeal_form import add_appeal_form
from bot.archive import add_digests
from bot.client import FootnoteBot
from bot.clock import SystemClock
from bot.processes import is_dead, name_this_process
from bot.refusals import login_errors
from bot.services.container import Services
from bot.services.errors import ConflictError, UnavailableError
from bot.services.leasing import RENEWAL, Lease
from bot.settings import Settings
from bot.web.fetching import guarded_pages
from bot.web.health import build_app, serving
from bot.wiring import Library, Surroundings, build_jobs, build_services, read_library
from cogs.features import FEATURES
from db.engine import open_database
from db.privacy import SqlPersonalDataStore, SqlRetentionStore

logger = logging.getLogger(__name__)

TAKEN_OVER = (
    "Another process runs the bot with this token and database now, so this one has ended. "
    "Run only one of them."
)
DRAIN = timedelta(seconds=10)
"""How long what was received may still be worked off after a signal."""


@dataclass(frozen=True, slots=True)
class OpenBot:
    """A bot that is ready to log in, with the right to do so."""

    bot: FootnoteBot
    lease: Lease
    jobs: list[jobs.Job]
    """What is done again and again once the database is known to be this application's."""


def point_discord_at(settings: Settings) -> None:
    """Direct discord.py to another server, such as the sandbox or a rate-limiting proxy.

    discord.py has no option for it; both are class attributes, so this holds for the whole process
    (pitfalls 1.31).
    """
    Route.BASE = settings.discord_api_base
    if settings.discord_gateway_url is not None:
        # discord.py joins its query to the address as it is; Discord's own ends with a slash.
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"{settings.discord_gateway_url}/")


@asynccontextmanager
async def opened(settings: Settings, *, guild_ready_timeout: float = 2.0) -> AsyncIterator[OpenBot]:
    """Open the database, hold the gateway's lease, and build the bot; closes all of it."""
    clock = SystemClock()
    owner = name_this_process()
    library = read_library(settings)
    point_discord_at(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        pages = await stack.enter_async_context(guarded_pages())
        around = partial(
            Surroundings,
            database=database,
            personal=SqlPersonalDataStore(database),
            retention=SqlRetentionStore(database),
            clock=clock,
            owner=owner,
            library=library,
            pages=pages,
            settings=settings,
        )
        bot = FootnoteBot(
            lambda client: build_services(around(client=client)),
            FEATURES,
            message_content=settings.discord_message_content,
            shard_count=settings.discord_shard_count or 1,
            guild_ready_timeout=guild_ready_timeout,
        )
        lease = Lease(database, clock, lease_name(settings), owner, is_dead=is_dead)
        # Before it is held: who is told to stop while taking it may hold it already.
        stack.push_async_callback(lease.release)
        await lease.acquire()
        await stack.enter_async_context(_furnished(bot.services, library))
        renewing = jobs.Job("lease", RENEWAL, lease.renew)
        await stack.enter_async_context(jobs.running([renewing]))
        await stack.enter_async_context(bot)
        yield OpenBot(bot, lease, build_jobs(bot.services, settings))


@asynccontextmanager
async def _furnished(services: Services, library: Library) -> AsyncIterator[None]:
    """Bring the database up to the program; build the readers beside the login.

    Whoever needs a reader sooner waits for the same one.
    """
    await services.languages.load()
    await services.library.install(library.fact_checks, reason="starter library")
    task = asyncio.create_task(services.library.warm(), name="warming")
    try:
        await services.correcting.run()
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def run_live(settings: Settings, *, guild_ready_timeout: float = 2.0) -> None:
    """Run the bot until it is told to stop.

    Raises:
        LoginRefusedError: Discord refused the token or an intent, or cannot be reached.
        DatabaseUnusableError: the database cannot be used as it is.
        ConflictError: another process holds the gateway of this token, or has taken it over.
    """
    stop = stop_on_signals()
    try:
        await _run(settings, stop, guild_ready_timeout=guild_ready_timeout)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
        logger.info("stopped before the login")


async def _run(settings: Settings, stop: asyncio.Event, *, guild_ready_timeout: float) -> None:
    async with AsyncExitStack() as stack:
        async with abandoned_at(stop):
            open_bot = await stack.enter_async_context(
                opened(settings, guild_ready_timeout=guild_ready_timeout)
            )
        if settings.http_port is not None:
            probe = build_app(partial(_health, open_bot), partial(_figures, open_bot))
            if settings.digest_archive:
                add_digests(probe, open_bot.bot, settings.public_url)
            if settings.public_url is not None:
                add_appeal_form(probe, open_bot.bot)
            address = await stack.enter_async_context(
                serving(probe, settings.http_host, settings.http_port)
            )
            logger.info("health is served", extra={"address": address})
        # What is there now stays for ever: looking through it costs a tenth of all events' time.
        gc.freeze()
        await supervise(open_bot, settings, stop=stop)


async def _health(open_bot: OpenBot) -> dict[str, bool]:
    try:
        async with open_bot.bot.services.database.reading() as stores:
            await stores.outbox.next_due()
    except UnavailableError:
        database = False
    else:
        database = True
    gateway = open_bot.bot.is_ready() and not open_bot.bot.is_closed()
    return {"gateway": gateway, "database": database, "lease": not open_bot.lease.lost.is_set()}


async def _figures(open_bot: OpenBot) -> dict[str, float]:
    services = open_bot.bot.services
    async with services.database.reading() as stores:
        backlog = await stores.outbox.backlog()
    return {
        "communities": len(open_bot.bot.guilds),
        "gateway_latency_seconds": open_bot.bot.latency,
        "events_waiting": services.ingest.waiting,
        "deliveries_waiting": backlog,
    }


async def supervise(open_bot: OpenBot, settings: Settings, *, stop: asyncio.Event) -> None:
    """Log in and run until `stop` is set, the lease is lost, or a task that must run has ended."""
    bot = open_bot.bot
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    with login_errors():
        async with abandoned_at(stop):
            await bot.login(token)
    async with jobs.running(open_bot.jobs):
        await _connected(open_bot, stop)
    if open_bot.lease.lost.is_set():
        raise ConflictError(TAKEN_OVER)


async def _connected(open_bot: OpenBot, stop: asyncio.Event) -> None:
    """Stay connected until one of the tasks that must run, or a signal, ends it."""
    bot, services = open_bot.bot, open_bot.bot.services
    tasks = {
        asyncio.create_task(bot.connect(), name="gateway"),
        asyncio.create_task(services.ingest.run(), name="ingest"),
        asyncio.create_task(services.catching_up.run(), name="catching up"),
        asyncio.create_task(_send_when_ready(bot), name="sender"),
    }
    signals = {
        asyncio.create_task(_set(stop), name="stop"),
        asyncio.create_task(_set(open_bot.lease.lost), name="lease lost"),
    }
    try:
        done, _ = await asyncio.wait(tasks | signals, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            await _finish(services)
    finally:
        await bot.close()
        for task in tasks | signals:
            task.cancel()
        await asyncio.gather(*tasks, *signals, return_exceptions=True)
    for task in done:
        with login_errors():
            task.result()


async def _set(event: asyncio.Event) -> None:
    await event.wait()


async def _send_when_ready(bot: FootnoteBot) -> None:
    await bot.wait_until_ready()
    await bot.services.sender.run()


async def _finish(services: Services) -> None:
    """Work off what was received and sent; the deadline stays below a container's grace time."""
    logger.info("stopping")
    with suppress(TimeoutError):
        await asyncio.wait_for(services.ingest.drained(), DRAIN.total_seconds())
    await services.sender.stop()


@asynccontextmanager
async def abandoned_at(stop: asyncio.Event) -> AsyncIterator[None]:
    """Break the block off when `stop` is set: what happens in it leaves nothing to finish."""
    task = asyncio.current_task()

    async def watch() -> None:
        await stop.wait()
        if task is not None:
            task.cancel()

    watcher = asyncio.create_task(watch(), name="stop before the login")
    try:
        yield
    finally:
        watcher.cancel()


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set; discord.py's own handling loses work (1.29)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop


def lease_name(settings: Settings) -> str:
    """Return the name of the token's lease; the token itself is never stored."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    return f"gateway:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
