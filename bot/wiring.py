"""Builds the services of one bot from what surrounds it: plain constructor calls, no framework.

Knows which adapter implements which port; opens nothing and closes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import discord

from bot import jobs
from bot.catalogues import FileCatalogues
from bot.discord_io.actions import DiscordActionPublisher
from bot.discord_io.appeals import DiscordAppealPublisher
from bot.discord_io.case_cards import member_text
from bot.discord_io.digest_publisher import DiscordDigestPublisher
from bot.discord_io.digests import member_pages, moderator_pages
from bot.discord_io.flag_publisher import DiscordFlagPublisher
from bot.discord_io.history import DiscordHistory
from bot.discord_io.publisher import DiscordPublisher
from bot.discord_io.reviews import DiscordReviewPublisher
from bot.discord_io.visibility import DiscordVisibility
from bot.domain.digests import Digest, ModeratorDigest
from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import CommunityId
from bot.domain.outbox import DeliveryKind
from bot.domain.wording import speaking
from bot.matching.matcher import Matcher
from bot.processes import is_dead
from bot.services.appealing import AppealOffers, AppealService
from bot.services.appealing.deliveries import AppealDeliveries
from bot.services.auditing import AuditService
from bot.services.catching_up import CatchingUpService
from bot.services.container import Services
from bot.services.correcting import CorrectingService, CorrectionDeliveries
from bot.services.deliveries import AnswerDeliveries, DeliveryHandler, NoteDeliveries
from bot.services.digests.delivering import DigestDeliveries
from bot.services.digests.running import Renderers
from bot.services.digests.wiring import build_digests
from bot.services.editing import EditingService, ImportService
from bot.services.flagging.cards import Excerpts, FlagDeliveries
from bot.services.flagging.wiring import build_flagging
from bot.services.ingest import IngestQueue
from bot.services.languages import LanguageService, SpokenDeliveries
from bot.services.libraries import load_examples, load_library, starter_examples, starter_library
from bot.services.library import LibraryService
from bot.services.likes.ledger import Ledger
from bot.services.likes.service import LikeService
from bot.services.members import MemberService
from bot.services.moderating.deliveries import CaseDeliveries
from bot.services.moderating.wiring import Moderation, build_moderation
from bot.services.notes import NoteService
from bot.services.places import PlaceService
from bot.services.ports import Clock, Database, PageSource
from bot.services.ports.digests import Page
from bot.services.ports.privacy import PersonalDataStore, RetentionStore
from bot.services.privacy import PrivacyService
from bot.services.rating import RatingService
from bot.services.requesting import RequestService
from bot.services.retention import RetentionService
from bot.services.review_cards import ReviewDeliveries, TagDeliveries, tag_its_thread
from bot.services.reviewing import ReviewService
from bot.services.rules import RuleService
from bot.services.sending import OutboxSender
from bot.services.simulating import SimulatingService
from bot.services.source_care import SourceCareService
from bot.services.status import StatusService
from bot.services.teaching import TeachingService
from bot.services.trusting import TrustService
from bot.services.watching import WatchingService
from bot.settings import Settings
from db.address import parse_address

SOURCES_EVERY = timedelta(minutes=10)
"""Every page is looked at once a week; a run asks each host for one page at most."""
CORRECTIONS_EVERY = timedelta(minutes=2)
"""Changes by moderators are taken up at once; this finds what became too old, or was missed."""
RATINGS_EVERY = timedelta(minutes=1)
DIGESTS_EVERY = timedelta(minutes=1)
RETENTION_EVERY = timedelta(hours=1)
"""How often it is asked whether a day has passed since old rows were removed."""
ENDS_EVERY = timedelta(seconds=5)
"""How late the end of a temporary ban, lock or slowmode may come."""
LIBRARY_EVERY = timedelta(seconds=5)
"""How late another process learns what was changed or taught here."""
LANGUAGES_EVERY = timedelta(seconds=5)
"""How late another process speaks the language that was chosen here."""
HEARTBEAT = timedelta(seconds=30)
"""How much more than was missed is read back after a crash, at most."""
COMPARED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Library:
    """Fact-checks with the examples that belong to them."""

    fact_checks: tuple[FactCheck, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a bot's services are built from."""

    database: Database
    personal: PersonalDataStore
    retention: RetentionStore
    client: discord.Client
    clock: Clock
    owner: str
    """Name of this process, for leases."""
    library: Library
    pages: PageSource
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Core:
    """The services that others are built from."""

    languages: LanguageService
    excerpts: Excerpts
    sender: OutboxSender
    correcting: CorrectingService
    library: LibraryService
    editing: EditingService
    places: PlaceService
    watching: WatchingService
    ingest: IngestQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Services that others of the same level need."""

    moderation: Moderation
    trust: TrustService
    teaching: TeachingService


def read_library(settings: Settings) -> Library:
    """Read the library that the settings name, the starter pack by default."""
    if settings.library is None:
        return Library(starter_library(), starter_examples())
    examples = load_examples(settings.library) or starter_examples()
    return Library(load_library(settings.library), examples)


def index_folder(settings: Settings) -> Path:
    """Return where a large library's index is kept from one start to the next."""
    file = parse_address(settings.database_url).file
    return (file.parent if file else Path("data")) / "index"


def build_services(around: Surroundings) -> Services:
    """Wire the services."""
    core = _core(around)
    return _assembled(around, core, _parts(around, core))


def _handlers(around: Surroundings, excerpts: Excerpts) -> dict[DeliveryKind, DeliveryHandler]:
    database, client, clock = around.database, around.client, around.clock
    publisher, reviewer = DiscordPublisher(client), DiscordReviewPublisher(client)
    reviews = ReviewDeliveries(database, reviewer, clock)
    tag = partial(tag_its_thread, clock=clock)
    notes = NoteDeliveries(database, publisher, clock, after_posting=tag)
    actions = DiscordActionPublisher(client)
    appeals = AppealDeliveries(database, DiscordAppealPublisher(client), clock)
    flags = FlagDeliveries(database, DiscordFlagPublisher(client), clock, excerpts)
    return {
        DeliveryKind.ATTACH_NOTE: notes,
        DeliveryKind.UPDATE_NOTE: CorrectionDeliveries(database, publisher, clock),
        DeliveryKind.DELETE_NOTE: notes,
        DeliveryKind.ANSWER: AnswerDeliveries(publisher, clock),
        DeliveryKind.DIGEST: DigestDeliveries(database, DiscordDigestPublisher(client), clock),
        DeliveryKind.MODERATE: CaseDeliveries(
            database, actions, clock, member_text, _offers(around).make
        ),
        DeliveryKind.APPEAL_CARD: appeals,
        DeliveryKind.APPEAL_ANSWER: appeals,
        DeliveryKind.FLAG_CARD: flags,
        DeliveryKind.UPDATE_FLAG_CARD: flags,
        DeliveryKind.FLAG_ALERT: flags,
        DeliveryKind.FLAG_OUTCOME: flags,
        DeliveryKind.REVIEW_CARD: reviews,
        DeliveryKind.UPDATE_REVIEW: reviews,
        DeliveryKind.TAG_THREAD: TagDeliveries(reviewer),
    }


def _preferred(client: discord.Client, community: CommunityId) -> str | None:
    guild = client.get_guild(community)
    return None if guild is None else guild.preferred_locale.value


def _offers(around: Surroundings) -> AppealOffers:
    url = around.settings.public_url if around.settings.http_port is not None else None
    return AppealOffers(around.database, around.clock, url)


def _core(around: Surroundings) -> _Core:
    database, clock = around.database, around.clock
    languages = LanguageService(database, FileCatalogues(), partial(_preferred, around.client))
    excerpts = Excerpts()
    handlers = {
        kind: SpokenDeliveries(handler, languages)
        for kind, handler in _handlers(around, excerpts).items()
    }
    sender = OutboxSender(database, clock, around.owner, handlers)
    correcting = CorrectingService(database, clock, wake_sender=sender.wake)
    library = LibraryService(
        database,
        partial(Matcher.build, saved=index_folder(around.settings)),
        clock,
        examples=around.library.examples,
        after_change=correcting.run,
    )
    places = PlaceService(database, clock)
    hold = around.settings.note_hold
    watching = WatchingService(database, library, places, clock, hold=hold, wake_sender=sender.wake)
    return _Core(
        languages=languages,
        excerpts=excerpts,
        sender=sender,
        correcting=correcting,
        library=library,
        editing=EditingService(database, library, clock),
        places=places,
        watching=watching,
        ingest=IngestQueue(database, watching, Ledger(clock)),
    )


def _digest_pages(languages: LanguageService) -> Renderers:
    """Return what writes digests, in the language of their community."""

    def for_members(digest: Digest) -> tuple[Page, ...]:
        with speaking(languages.community(digest.community)):
            return member_pages(digest)

    def for_moderators(digest: ModeratorDigest) -> tuple[Page, ...]:
        with speaking(languages.community(digest.community)):
            return moderator_pages(digest)

    return Renderers(for_members, for_moderators)


def _parts(around: Surroundings, core: _Core) -> _Parts:
    return _Parts(
        moderation=build_moderation(
            around.database,
            around.clock,
            wake_sender=core.sender.wake,
            sender_tried=core.sender.tried,
        ),
        trust=TrustService(around.database, around.clock),
        teaching=TeachingService(around.database, core.library, DiscordPublisher(around.client)),
    )


def _assembled(around: Surroundings, core: _Core, parts: _Parts) -> Services:
    return Services(
        clock=around.clock,
        database=around.database,
        library=core.library,
        languages=core.languages,
        places=core.places,
        watching=core.watching,
        correcting=core.correcting,
        editing=core.editing,
        importing=ImportService(core.library, core.editing, around.pages),
        sources=SourceCareService(around.database, around.pages, around.clock),
        ingest=core.ingest,
        catching_up=CatchingUpService(
            around.database, DiscordHistory(around.client), core.ingest, around.clock
        ),
        likes=LikeService(around.database, around.clock),
        sender=core.sender,
        digests=build_digests(
            around.database,
            around.clock,
            around.owner,
            _digest_pages(core.languages),
            DiscordVisibility(around.client),
            wake_sender=core.sender.wake,
            is_dead=is_dead,
            zone=around.settings.time_zone,
        ),
        moderation=parts.moderation,
        appeals=AppealService(
            around.database, around.clock, parts.moderation.acting, wake_sender=core.sender.wake
        ),
        appeal_offers=_offers(around),
        flagging=build_flagging(
            around.database,
            around.clock,
            parts.moderation.acting,
            core.library,
            DiscordPublisher(around.client),
            core.excerpts,
            trust=parts.trust.flag_factor,
            learn=parts.teaching.learn,
            wake_sender=core.sender.wake,
        ),
        trust=parts.trust,
        auditing=AuditService(around.database, around.clock),
        notes=NoteService(around.database, core.library, DiscordPublisher(around.client)),
        rules=RuleService(around.database, around.clock),
        reviewing=ReviewService(
            around.database, around.clock, wake_sender=core.sender.wake, learn=parts.teaching.learn
        ),
        teaching=parts.teaching,
        members=MemberService(around.database, around.clock, wake_sender=core.sender.wake),
        rating=RatingService(around.database, around.clock, wake_sender=core.sender.wake),
        requesting=RequestService(around.database, around.clock),
        simulating=SimulatingService(
            around.database,
            DiscordHistory(around.client),
            Matcher.build,
            around.clock,
            examples=around.library.examples,
            wake_sender=core.sender.wake,
        ),
        privacy=PrivacyService(around.database, around.personal, around.clock),
        retention=RetentionService(
            around.database, around.retention, around.clock, around.settings.keeping
        ),
        status=StatusService(around.database, core.library, core.places, around.clock),
    )


def build_jobs(services: Services, settings: Settings) -> list[jobs.Job]:
    """Return what is asked for again and again."""
    found = [
        jobs.Job("heartbeat", HEARTBEAT, services.catching_up.heartbeat),
        jobs.Job("daily comparison", COMPARED, services.catching_up.compare_daily),
        jobs.Job("library changes", LIBRARY_EVERY, services.library.refresh),
        jobs.Job("languages", LANGUAGES_EVERY, services.languages.load),
        jobs.Job("ends of actions", ENDS_EVERY, services.moderation.ending.run),
        jobs.Job("corrections", CORRECTIONS_EVERY, services.correcting.run),
        jobs.Job("digests", DIGESTS_EVERY, services.digests.runner.run, at_start=True),
        jobs.Job("ratings", RATINGS_EVERY, services.rating.assess_all),
        jobs.Job("retention", RETENTION_EVERY, services.retention.run),
    ]
    if settings.check_sources:
        found.append(jobs.Job("source care", SOURCES_EVERY, services.sources.run))
    return found
