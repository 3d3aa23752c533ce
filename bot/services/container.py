"""All services of one running bot, as the cogs receive them."""

from dataclasses import dataclass

from bot.services.appealing import AppealOffers, AppealService
from bot.services.auditing import AuditService
from bot.services.catching_up import CatchingUpService
from bot.services.correcting import CorrectingService
from bot.services.digests.planning import DigestService
from bot.services.editing import EditingService, ImportService
from bot.services.flagging.wiring import Flagging
from bot.services.ingest import IngestQueue
from bot.services.languages import LanguageService
from bot.services.library import LibraryService
from bot.services.likes.service import LikeService
from bot.services.members import MemberService
from bot.services.moderating.wiring import Moderation
from bot.services.notes import NoteService
from bot.services.places import PlaceService
from bot.services.ports import Clock, Database
from bot.services.privacy import PrivacyService
from bot.services.rating import RatingService
from bot.services.requesting import RequestService
from bot.services.retention import RetentionService
from bot.services.reviewing import ReviewService
from bot.services.rules import RuleService
from bot.services.sending import OutboxSender
from bot.services.simulating import SimulatingService
from bot.services.source_care import SourceCareService
from bot.services.status import StatusService
from bot.services.teaching import TeachingService
from bot.services.trusting import TrustService
from bot.services.watching import WatchingService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Wired once by the composition root, closed with it."""

    clock: Clock
    database: Database
    library: LibraryService
    languages: LanguageService
    places: PlaceService
    watching: WatchingService
    correcting: CorrectingService
    editing: EditingService
    importing: ImportService
    sources: SourceCareService
    ingest: IngestQueue
    catching_up: CatchingUpService
    likes: LikeService
    members: MemberService
    sender: OutboxSender
    digests: DigestService
    moderation: Moderation
    flagging: Flagging
    trust: TrustService
    auditing: AuditService
    appeals: AppealService
    appeal_offers: AppealOffers
    notes: NoteService
    status: StatusService
    privacy: PrivacyService
    retention: RetentionService
    rules: RuleService
    reviewing: ReviewService
    teaching: TeachingService
    rating: RatingService
    requesting: RequestService
    simulating: SimulatingService
