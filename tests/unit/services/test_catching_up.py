"""What is to be read back is read back, whatever else is being read or cannot be."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.domain.events import Form, ReactionAdded
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import Emoji
from bot.domain.posts import Where
from bot.services.catching_up import STRANGERS, CatchingUpService
from bot.services.errors import UnavailableError
from bot.services.ingest import IngestQueue
from bot.services.likes.ledger import Ledger
from bot.services.ports.history import HistoryPage, Listing, Seen
from tests.builders import CHANNEL, COMMUNITY, NOON, build_post, build_where
from tests.unit.services.conftest import Stage

HIDDEN = PlaceId(70_000_000_000_000_199)


async def nobody(form: Form) -> Mapping[MemberId, bool]:
    """Tell who gave a form of reaction."""
    return {}


def reaction(post: int, channel: PlaceId = CHANNEL) -> ReactionAdded:
    """Return a reaction to a post of which nothing else is known."""
    return ReactionAdded(
        community=COMMUNITY,
        channel=channel,
        post=PostId(post),
        written_at=NOON,
        author=None,
        member=MemberId(2),
        emoji=Emoji("👍"),
        at=NOON,
    )


@dataclass
class FakeHistory:
    """Empty channels, of which one cannot be read."""

    pages: list[PlaceId] = field(default_factory=list)
    looked_up: list[PostId] = field(default_factory=list)
    hidden: set[PlaceId] = field(default_factory=lambda: {HIDDEN})
    before_page: Callable[[], None] = lambda: None

    def hears(self, community: CommunityId) -> bool:
        return True

    def places(self, community: CommunityId) -> Listing:
        places = {CHANNEL, HIDDEN}
        shown = [build_where(channel=place) for place in sorted(places - self.hidden)]
        return Listing(readable=shown, hidden=self.hidden)

    async def archived(self, community: CommunityId, since: datetime) -> Sequence[Where]:
        return ()

    async def is_there(self, place: PlaceId) -> bool:
        return True

    async def page(self, where: Where, *, after: PostId) -> HistoryPage:
        self.before_page()
        self.pages.append(where.channel)
        return HistoryPage(seen=(), after=after, up_to=after, last=True)

    async def look(self, community: CommunityId, channel: PlaceId, post: PostId) -> Seen:
        self.looked_up.append(post)
        if channel in self.hidden:
            raise UnavailableError("the place may not be read", retryable=False)
        found = build_post(id=post, where=build_where(channel=channel), author=MemberId(1))
        return Seen(post=found, forms={}, givers=nobody)

    def first_id(self, moment: datetime) -> PostId:
        return PostId(1)


@dataclass
class Reading:
    """What a test of reading back touches."""

    source: FakeHistory
    ingest: IngestQueue
    service: CatchingUpService

    async def done(self) -> None:
        """Wait until everything was recorded, and what that asked for was read."""
        await self.ingest.drained()
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


async def test_posts_out_of_reach_keep_no_older_one_from_being_looked_up(reading: Reading) -> None:
    for number in range(STRANGERS):
        reading.ingest.put(reaction(1_000 + number, HIDDEN))
    await reading.done()
    reading.ingest.put(reaction(5))
    await reading.done()
    assert len(reading.source.looked_up) == STRANGERS + 1
    assert reading.source.looked_up[-1] == 5


async def test_a_post_is_looked_up_again_when_its_place_may_be_read(reading: Reading) -> None:
    reading.ingest.put(reaction(7, HIDDEN))
    await reading.done()
    reading.ingest.put(reaction(8))
    await reading.done()
    reading.source.hidden.clear()
    reading.service.permissions_changed(COMMUNITY)
    await reading.done()
    assert reading.source.looked_up == [7, 8, 7]
