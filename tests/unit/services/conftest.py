"""A stage with everything the use cases need, in memory and without a platform."""

from dataclasses import dataclass

import pytest

from bot.domain.factchecks import FactCheck
from bot.domain.ids import STARTER_COMMUNITY
from bot.domain.outbox import DeliveryKind
from bot.domain.policy import Mode
from bot.services.correcting import CorrectingService, CorrectionDeliveries
from bot.services.deliveries import AnswerDeliveries, DeliveryHandler, NoteDeliveries
from bot.services.library import LibraryService
from bot.services.memory import InMemoryDatabase
from bot.services.notes import NoteService
from bot.services.places import PlaceService
from bot.services.sending import OutboxSender
from bot.services.watching import WatchingService
from tests.builders import CHANNEL, COMMUNITY, build_fact_check
from tests.fakes import FakeClock, FakeReader, RecordingPublisher

OTHER = build_fact_check(slug="getty-won", claim="Getty won its lawsuit", variants=())


@dataclass
class Stage:
    """What a test of a use case touches."""

    database: InMemoryDatabase
    clock: FakeClock
    publisher: RecordingPublisher
    library: LibraryService
    places: PlaceService
    sender: OutboxSender
    watching: WatchingService
    notes: NoteService
    correcting: CorrectingService

    async def install(self, *fact_checks: FactCheck) -> None:
        async with self.database.writing() as stores:
            for fact_check in fact_checks:
                await stores.library.put(
                    STARTER_COMMUNITY, fact_check, by=None, reason="test", at=self.clock.now()
                )


def build_sender(
    database: InMemoryDatabase, publisher: RecordingPublisher, clock: FakeClock, owner: str
) -> OutboxSender:
    notes = NoteDeliveries(database, publisher, clock)
    handlers: dict[DeliveryKind, DeliveryHandler] = {
        DeliveryKind.ATTACH_NOTE: notes,
        DeliveryKind.UPDATE_NOTE: CorrectionDeliveries(database, publisher, clock),
        DeliveryKind.DELETE_NOTE: notes,
        DeliveryKind.ANSWER: AnswerDeliveries(publisher, clock),
    }
    return OutboxSender(database, clock, owner, handlers)


def build_stage() -> Stage:
    database, clock, publisher = InMemoryDatabase(), FakeClock(), RecordingPublisher()
    places = PlaceService(database, clock)
    sender = build_sender(database, publisher, clock, "test:1:a")
    correcting = CorrectingService(database, clock, wake_sender=sender.wake)
    library = LibraryService(database, FakeReader.build, clock, after_change=correcting.run)
    watching = WatchingService(database, library, places, clock, wake_sender=sender.wake)
    notes = NoteService(database, library, publisher)
    return Stage(database, clock, publisher, library, places, sender, watching, notes, correcting)


@pytest.fixture
async def stage() -> Stage:
    """Return a stage with two fact-checks, whose main channel is watched."""
    stage = build_stage()
    await stage.install(build_fact_check(), OTHER)
    await stage.places.watch(COMMUNITY, CHANNEL, Mode.AUTO, by=None)
    return stage
