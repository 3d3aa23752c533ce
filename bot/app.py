"""The composition root: opens and closes everything in one exit stack, and supervises the bot.

Everything that runs for ever runs here as a task; when one of them ends, the whole process ends in
order: take no more work, finish what is in flight, leave Discord, close the database.
"""

import asyncio
import gc
import hashlib
import logging
import signal
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import jobs
from bot.archive import add_digests
from bot.client import FootnoteBot
from bot.clock import SystemClock
from bot.discord_io.actions import DiscordActionPublisher
from bot.discord_io.case_cards import member_text
from bot.discord_io.digest_publisher import DiscordDigestPublisher
from bot.discord_io.digests import member_pages, moderator_pages
from bot.discord_io.history import DiscordHistory
from bot.discord_io.publisher import DiscordPublisher
from bot.discord_io.reviews import DiscordReviewPublisher
from bot.discord_io.visibility import DiscordVisibility
from bot.domain.factchecks import Example, FactCheck
from bot.domain.outbox import DeliveryKind
from bot.matching.matcher import Matcher
from bot.processes import is_dead, name_this_process
from bot.services.auditing import AuditService
from bot.services.catching_up import CatchingUpService
from bot.services.container import Services
from bot.services.correcting import CorrectingService, CorrectionDeliveries
from bot.services.deliveries import AnswerDeliveries, DeliveryHandler, NoteDeliveries
from bot.services.digests.delivering import DigestDeliveries
from bot.services.digests.running import Renderers
from bot.services.digests.wiring import build_digests
from bot.services.editing import EditingService, ImportService
from bot.services.errors import ConflictError, LoginRefusedError, UnavailableError
from bot.services.ingest import IngestQueue
from bot.services.leasing import RENEWAL, Lease
from bot.services.libraries import load_examples, load_library, starter_examples, starter_library
from bot.services.library import LibraryService
from bot.services.likes.ledger import Ledger
from bot.services.likes.service import LikeService
from bot.services.moderating.deliveries import CaseDeliveries
from bot.services.moderating.wiring import build_moderation
from bot.services.notes import NoteService
from bot.services.places import PlaceService
from bot.services.ports import Clock, Database, PageSource
from bot.services.rating import RatingService
from bot.services.requesting import RequestService
from bot.services.review_cards import ReviewDeliveries, TagDeliveries, tag_its_thread
from bot.services.reviewing import ReviewService
from bot.services.rules import RuleService
from bot.services.sending import OutboxSender
from bot.services.source_care import SourceCareService
from bot.services.status import StatusService
from bot.services.watching import WatchingService
from bot.settings import Settings
from bot.web.fetching import guarded_pages
from bot.web.health import build_app, serving
from cogs.features import FEATURES
from db.engine import open_database

logger = logging.getLogger(__name__)

SOURCES_EVERY = timedelta(minutes=10)
"""Every page is looked at once a week; a run asks each host for one page at most."""
CORRECTIONS_EVERY = timedelta(minutes=2)
"""Changes by moderators are taken up at once; this finds what became too old, or was missed."""
AUTHENTICATION_FAILED = 4004
"""The gateway's code for a token that was reset while the bot ran."""
REFUSAL = (
    "Discord refused the token: copy it again from the developer portal "
    "(your application, Bot, Reset Token) into DISCORD_TOKEN."
)
TAKEN_OVER = (
    "Another process runs the bot with this token and database now, so this one has ended. "
    "Run only one of them."
)
RATINGS_EVERY = timedelta(minutes=1)
DIGESTS_EVERY = timedelta(minutes=1)
DIGEST_PAGES = Renderers(member_pages, moderator_pages)
ENDS_EVERY = timedelta(seconds=5)
"""How late the end of a temporary ban, lock or slowmode may come."""
HEARTBEAT = timedelta(seconds=30)
"""How much more than was missed is read back after a crash, at most."""
COMPARED = timedelta(minutes=15)
DRAIN = timedelta(seconds=10)
"""How long what was received may still be worked off after a signal."""


@dataclass(frozen=True, slots=True)
class Library:
    """Fact-checks with the examples that belong to them."""

    fact_checks: tuple[FactCheck, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class OpenBot:
    """A bot that is ready to log in, with the right to do so."""

    bot: FootnoteBot
    lease: Lease


def read_library(settings: Settings) -> Library:
    """Read the library that the settings name, the starter pack by default."""
    if settings.library is None:
        return Library(starter_library(), starter_examples())
    examples = load_examples(settings.library) or starter_examples()
    return Library(load_library(settings.library), examples)


def point_discord_at(settings: Settings) -> None:
    """Direct discord.py to another server, such as the sandbox or a rate-limiting proxy.

    discord.py has no option for it; both are class attributes, so this holds for the whole process
    (pitfalls 1.31).
    """
    Route.BASE = settings.discord_api_base
    if settings.discord_gateway_url is not None:
        # discord.py joins its query to the address as it is; Discord's own ends with a slash.
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"{settings.discord_gateway_url}/")


def build_services(
    database: Database,
    client: discord.Client,
    clock: Clock,
    owner: str,
    examples: Iterable[Example],
    hold: timedelta,
    zone: str,
    pages: PageSource,
) -> Services:
    """Wire the services; plain constructor calls are all the injection there is."""
    publisher = DiscordPublisher(client)
    reviews = ReviewDeliveries(database, DiscordReviewPublisher(client), clock)
    notes = NoteDeliveries(
        database, publisher, clock, after_posting=partial(tag_its_thread, clock=clock)
    )
    handlers: dict[DeliveryKind, DeliveryHandler] = {
        DeliveryKind.ATTACH_NOTE: notes,
        DeliveryKind.UPDATE_NOTE: CorrectionDeliveries(database, publisher, clock),
        DeliveryKind.DELETE_NOTE: notes,
        DeliveryKind.ANSWER: AnswerDeliveries(publisher, clock),
        DeliveryKind.DIGEST: DigestDeliveries(database, DiscordDigestPublisher(client), clock),
        DeliveryKind.MODERATE: CaseDeliveries(
            database, DiscordActionPublisher(client), clock, member_text
        ),
        DeliveryKind.REVIEW_CARD: reviews,
        DeliveryKind.UPDATE_REVIEW: reviews,
        DeliveryKind.TAG_THREAD: TagDeliveries(DiscordReviewPublisher(client)),
    }
    sender = OutboxSender(database, clock, owner, handlers)
    correcting = CorrectingService(database, clock, wake_sender=sender.wake)
    library = LibraryService(
        database,
        Matcher.build,
        clock,
        examples=tuple(examples),
        after_change=correcting.run,
    )
    editing = EditingService(database, library, clock)
    places = PlaceService(database, clock)
    watching = WatchingService(database, library, places, clock, hold=hold, wake_sender=sender.wake)
    ingest = IngestQueue(database, watching, Ledger(clock))
    return Services(
        clock=clock,
        database=database,
        library=library,
        places=places,
        watching=watching,
        correcting=correcting,
        editing=editing,
        importing=ImportService(library, editing, pages),
        sources=SourceCareService(database, pages, clock),
        ingest=ingest,
        catching_up=CatchingUpService(database, DiscordHistory(client), ingest, clock),
        likes=LikeService(database, clock),
        sender=sender,
        digests=build_digests(
            database,
            clock,
            owner,
            DIGEST_PAGES,
            DiscordVisibility(client),
            wake_sender=sender.wake,
            zone=zone,
        ),
        moderation=build_moderation(
            database, clock, wake_sender=sender.wake, sender_idle=sender.idle
        ),
        auditing=AuditService(database, clock),
        notes=NoteService(database, library, publisher),
        rules=RuleService(database, clock),
        reviewing=ReviewService(database, clock, wake_sender=sender.wake),
        rating=RatingService(database, clock, wake_sender=sender.wake),
        requesting=RequestService(database, clock),
        status=StatusService(database, library, places, clock),
    )


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

        def wire(client: discord.Client) -> Services:
            return build_services(
                database,
                client,
                clock,
                owner,
                library.examples,
                settings.note_hold,
                settings.time_zone,
                pages,
            )

        bot = FootnoteBot(
            wire,
            FEATURES,
            message_content=settings.discord_message_content,
            shard_count=settings.discord_shard_count or 1,
            guild_ready_timeout=guild_ready_timeout,
        )
        lease = Lease(database, clock, lease_name(settings), owner, is_dead=is_dead)
        await lease.acquire()
        stack.push_async_callback(lease.release)
        await bot.services.library.install(library.fact_checks, reason="starter library")
        await bot.services.correcting.run()
        await stack.enter_async_context(jobs.running(_jobs(bot.services, lease, settings)))
        await stack.enter_async_context(bot)
        yield OpenBot(bot, lease)


def _jobs(services: Services, lease: Lease, settings: Settings) -> list[jobs.Job]:
    found = [
        jobs.Job("lease", RENEWAL, lease.renew),
        jobs.Job("heartbeat", HEARTBEAT, services.catching_up.heartbeat),
        jobs.Job("daily comparison", COMPARED, services.catching_up.compare_daily),
        jobs.Job("ends of actions", ENDS_EVERY, services.moderation.ending.run),
        jobs.Job("corrections", CORRECTIONS_EVERY, services.correcting.run),
        jobs.Job("digests", DIGESTS_EVERY, services.digests.runner.run, at_start=True),
        jobs.Job("ratings", RATINGS_EVERY, services.rating.assess_all),
    ]
    if settings.check_sources:
        found.append(jobs.Job("source care", SOURCES_EVERY, services.sources.run))
    return found


async def run_live(settings: Settings, *, guild_ready_timeout: float = 2.0) -> None:
    """Run the bot until it is told to stop.

    Raises:
        LoginRefusedError: Discord refused the token or an intent, or cannot be reached.
        DatabaseUnusableError: the database cannot be used as it is.
        ConflictError: another process holds the gateway of this token, or has taken it over.
    """
    async with AsyncExitStack() as stack:
        open_bot = await stack.enter_async_context(
            opened(settings, guild_ready_timeout=guild_ready_timeout)
        )
        if settings.http_port is not None:
            probe = build_app(partial(_health, open_bot), partial(_figures, open_bot))
            if settings.digest_archive:
                add_digests(probe, open_bot.bot)
            address = await stack.enter_async_context(
                serving(probe, settings.http_host, settings.http_port)
            )
            logger.info("health is served", extra={"address": address})
        # What is there now stays for ever: looking through it costs a tenth of all events' time.
        gc.freeze()
        await supervise(open_bot, settings, stop=stop_on_signals())


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
        await bot.login(token)
    services = bot.services
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
    if open_bot.lease.lost.is_set():
        raise ConflictError(TAKEN_OVER)


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


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set; discord.py's own handling loses work (1.29)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop


@contextmanager
def login_errors() -> Iterator[None]:
    """Turn the refusals of Discord's login into sentences with a remedy."""
    try:
        yield
    except discord.LoginFailure as error:
        raise LoginRefusedError(REFUSAL) from error
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            raise LoginRefusedError(REFUSAL) from error
        raise LoginRefusedError(
            f"Discord closed the connection for good (code {error.code})."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise LoginRefusedError(
            "Discord refused the message-content intent: switch it on in the developer portal "
            "(your application, Bot, Message Content Intent), or set "
            "DISCORD_MESSAGE_CONTENT=false to run with menus, mentions and commands only."
        ) from error
    except aiohttp.ClientConnectionError as error:
        raise LoginRefusedError(
            "Discord cannot be reached: check the network and DISCORD_API_BASE."
        ) from error


def lease_name(settings: Settings) -> str:
    """Return the name of the token's lease; the token itself is never stored."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    return f"gateway:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
