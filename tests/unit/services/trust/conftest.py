"""A stage on which moderators decide and members rate, in memory and without a platform."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot.domain.factchecks import FactCheck
from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.notes import Note
from bot.domain.outbox import DeliveryKind
from bot.domain.policy import Decision, Mode
from bot.domain.reviews import Review, ReviewKind
from bot.services.correcting import CorrectionDeliveries
from bot.services.deliveries import DeliveryHandler, NoteDeliveries
from bot.services.library import LibraryService
from bot.services.memory import InMemoryDatabase
from bot.services.notes import NoteService
from bot.services.places import PlaceService
from bot.services.rating import RatingService
from bot.services.requesting import RequestService
from bot.services.review_cards import ReviewDeliveries, TagDeliveries, tag_its_thread
from bot.services.reviewing import ReviewService
from bot.services.rules import RuleService
from bot.services.sending import OutboxSender
from bot.services.watching import WatchingService
from tests.builders import CHANNEL, COMMUNITY, build_fact_check, build_post
from tests.fakes import FakeClock, FakeReader, RecordingPublisher

CLAIM = "Honestly, Asia embraces AI art instead of resisting it"
STAFF = PlaceId(70_000_000_000_000_900)
MODERATOR = MemberId(70_000_000_000_000_300)
AUTHOR = build_post().author


class RecordingReviewPublisher:
    """Keeps cards by nonce, and what each shows now."""

    def __init__(self) -> None:
        self.cards: dict[PostId, Review] = {}
        self.tagged: list[tuple[PlaceId, str]] = []
        self._by_nonce: dict[str, PostId] = {}

    async def post_card(self, review: Review, fact_check: FactCheck, *, nonce: str) -> PostId:
        message = self._by_nonce.setdefault(nonce, PostId(9_000 + len(self._by_nonce)))
        self.cards[message] = review
        return message

    async def update_card(self, review: Review, fact_check: FactCheck) -> None:
        if review.message is not None:
            self.cards[review.message] = review

    async def find_card(self, review: Review, *, since: datetime) -> PostId | None:
        return self._by_nonce.get(review.id)

    async def tag_thread(self, thread: PlaceId, tag: str) -> bool:
        self.tagged.append((thread, tag))
        return True


@dataclass
class Court:
    """Everything between a post and a moderator's word on it."""

    database: InMemoryDatabase = field(default_factory=InMemoryDatabase)
    clock: FakeClock = field(default_factory=FakeClock)
    publisher: RecordingPublisher = field(default_factory=RecordingPublisher)
    reviews: RecordingReviewPublisher = field(default_factory=RecordingReviewPublisher)

    def __post_init__(self) -> None:
        database, clock = self.database, self.clock
        cards = ReviewDeliveries(database, self.reviews, clock)
        notes = NoteDeliveries(
            database, self.publisher, clock, after_posting=partial(tag_its_thread, clock=clock)
        )
        handlers: dict[DeliveryKind, DeliveryHandler] = {
            DeliveryKind.ATTACH_NOTE: notes,
            DeliveryKind.DELETE_NOTE: notes,
            DeliveryKind.UPDATE_NOTE: CorrectionDeliveries(database, self.publisher, clock),
            DeliveryKind.REVIEW_CARD: cards,
            DeliveryKind.UPDATE_REVIEW: cards,
            DeliveryKind.TAG_THREAD: TagDeliveries(self.reviews),
        }
        self.sender = OutboxSender(database, clock, "test:1:a", handlers)
        wake = self.sender.wake
        self.library = LibraryService(database, FakeReader.build, clock)
        self.places = PlaceService(database, clock)
        self.watching = WatchingService(
            database, self.library, self.places, clock, wake_sender=wake
        )
        self.notes = NoteService(database, self.library, self.publisher)
        self.rules = RuleService(database, clock)
        self.reviewing = ReviewService(database, clock, wake_sender=wake)
        self.rating = RatingService(database, clock, wake_sender=wake)
        self.requesting = RequestService(database, clock)
        self._posts = 0

    async def say(self, text: str = CLAIM, *, hours: int = 0, **changes: object) -> Decision:
        """Let a member write a new post, and send what follows from it."""
        self.clock.advance(timedelta(hours=hours))
        self._posts += 1
        post = build_post(text, **({"id": PostId(1_000 + self._posts)} | changes))
        async with self.database.writing() as stores:
            await stores.posts.record([post])
        decision = await self.watching.consider(post)
        await self.settle()
        return decision

    async def settle(self) -> None:
        """Send all that is due."""
        while await self.sender.send_due():
            continue

    async def noted(self) -> Note:
        """Return the newest note."""
        async with self.database.reading() as stores:
            found = [
                note
                for number in range(1, self._posts + 1)
                for note in await stores.notes.by_post(CHANNEL, PostId(1_000 + number))
            ]
        return max(found, key=lambda note: (note.created_at, note.post))

    def cards(self, kind: ReviewKind = ReviewKind.SUGGESTION) -> list[Review]:
        """Return the cards of a kind as they are shown."""
        return [review for review in self.reviews.cards.values() if review.kind is kind]


@pytest.fixture
async def court() -> Court:
    """A watched channel with the mode suggest, and moderators who get cards."""
    court = Court()
    await court.library.install([build_fact_check()], reason="test")
    await court.places.watch(COMMUNITY, CHANNEL, Mode.SUGGEST, by=None)
    await court.rules.review_in(COMMUNITY, STAFF)
    return court


@pytest.fixture
async def open_court(court: Court) -> Court:
    """The same where notes attach by themselves."""
    await court.places.watch(COMMUNITY, CHANNEL, Mode.AUTO, by=None)
    return court
