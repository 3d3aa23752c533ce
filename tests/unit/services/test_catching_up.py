"""What is to be read back is read back, whatever else is being read or cannot be."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.posts import Where
from bot.services.catching_up import CatchingUpService
from bot.services.ingest import IngestQueue
from bot.services.likes.ledger import Ledger
from bot.services.ports.history import HistoryPage, Listing, Seen
from tests.builders import CHANNEL, COMMUNITY, build_where
from tests.unit.services.conftest import Stage


@dataclass
class FakeHistory:
    """One empty channel."""

    pages: list[PlaceId] = field(default_factory=list)
    before_page: Callable[[], None] = lambda: None

    def hears(self, community: CommunityId) -> bool:
        return True

    def places(self, community: CommunityId) -> Listing:
        return Listing(readable=[build_where()])

    async def archived(self, community: CommunityId, since: datetime) -> Sequence[Where]:
        return ()

    async def is_there(self, place: PlaceId) -> bool:
        return True

    async def page(self, where: Where, *, after: PostId) -> HistoryPage:
        self.before_page()
        self.pages.append(where.channel)
        return HistoryPage(seen=(), after=after, up_to=after, last=True)

    async def look(self, community: CommunityId, channel: PlaceId, post: PostId) -> Seen:
        raise AssertionError("nothing is there to be looked at")

    def first_id(self, moment: datetime) -> PostId:
        return PostId(1)


@dataclass
class Reading:
    """What a test of reading back touches."""

    source: FakeHistory
    ingest: IngestQueue
    service: CatchingUpService

    async def done(self) -> None:
        """Wait until everything was read and recorded."""
        await self.service.idle()
        await self.ingest.drained()


@pytest.fixture
async def reading(stage: Stage) -> AsyncIterator[Reading]:
    source = FakeHistory()
    ingest = IngestQueue(stage.database, stage.watching, Ledger(stage.clock))
    service = CatchingUpService(stage.database, source, ingest, stage.clock)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(each.run()) for each in (ingest, service)]
        yield Reading(source, ingest, service)
        for task in running:
            task.cancel()


async def test_an_emoji_that_is_added_during_a_reading_is_read_back_as_well(
    reading: Reading,
) -> None:
    reading.service.request(COMMUNITY)
    await reading.done()
    reading.source.pages.clear()

    def add_another() -> None:
        reading.source.before_page = lambda: None
        reading.service.compare_all(COMMUNITY)

    reading.source.before_page = add_another
    reading.service.compare_all(COMMUNITY)
    await reading.done()
    assert reading.source.pages == [CHANNEL, CHANNEL]
