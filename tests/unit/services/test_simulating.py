"""Simulations over a history in memory: what is read, what is passed over, what is kept."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.policy import Mode, Thresholds
from bot.domain.posts import Post, Where
from bot.domain.rules import EVERYWHERE, NoteRules, Pause
from bot.services.errors import GoneError, InvalidInputError, NotFoundError, UnavailableError
from bot.services.memory import InMemoryDatabase
from bot.services.ports import HistoryPage, Listing, Seen
from bot.services.rules import end_pause
from bot.services.simulating import SimulatingService, Trial
from tests.builders import CHANNEL, COMMUNITY, NOON, build_fact_check, build_post
from tests.fakes import FakeReader
from tests.unit.services.conftest import Stage

CLAIM = build_fact_check().claim
PAGE = 2
THREAD = PlaceId(CHANNEL + 1)


async def _nobody(_: object) -> Mapping[MemberId, bool]:
    return {}


@dataclass
class InMemoryHistory:
    """Implements `HistorySource` over posts in memory, two on a page; ids are minutes to noon."""

    held: Sequence[Post] = ()
    refusals: Mapping[PlaceId, UnavailableError] = field(default_factory=dict)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go_on.set()

    def hears(self, community: CommunityId) -> bool:
        return True

    def places(self, community: CommunityId) -> Listing:
        return Listing(readable=[post.where for post in self.held if not post.where.is_thread])

    async def archived(self, community: CommunityId, since: datetime) -> Sequence[Where]:
        return [post.where for post in self.held if post.where.is_thread]

    async def is_there(self, place: PlaceId) -> bool:
        return True

    async def page(self, where: Where, *, after: PostId) -> HistoryPage:
        self.reading.set()
        await self.go_on.wait()
        if where.channel in self.refusals:
            raise self.refusals[where.channel]
        here = [p for p in self.held if p.where.channel == where.channel and p.id > after]
        seen = [Seen(post=post, forms={}, givers=_nobody) for post in here[:PAGE]]
        up_to = seen[-1].post.id if seen else after
        return HistoryPage(seen=seen, after=after, up_to=up_to, last=len(here) <= PAGE)

    async def look(self, community: CommunityId, channel: PlaceId, post: PostId) -> Seen:
        raise GoneError("not looked up here")

    def first_id(self, moment: datetime) -> PostId:
        return PostId(0)


def said(minutes_ago: int, text: str = CLAIM, **changes: Any) -> Post:
    at = NOON - timedelta(minutes=minutes_ago)
    return build_post(id=PostId(100_000 - minutes_ago), created_at=at, text=text, **changes)


def in_thread(minutes_ago: int) -> Post:
    where = Where(community=COMMUNITY, channel=THREAD, parent=CHANNEL, is_thread=True)
    return said(minutes_ago, where=where)


def service(stage: Stage, history: InMemoryHistory) -> SimulatingService:
    return SimulatingService(
        stage.database, history, FakeReader.build, stage.clock, wake_sender=stage.sender.wake
    )


def trial(**changes: Any) -> Trial:
    return Trial(**({"community": COMMUNITY, "place": CHANNEL, "days": 2} | changes))


async def counts(stage: Stage, *held: Post, **changes: Any) -> tuple[int, int, int]:
    found = await service(stage, InMemoryHistory(held)).run(trial(**changes))
    return found.summary.attached, found.summary.suggested, found.summary.withheld


async def test_threads_and_pages_are_read_in_the_order_of_time(stage: Stage) -> None:
    posts = [said(50), said(49, "chat"), said(48, "chat"), said(47), in_thread(49)]
    found = await service(stage, InMemoryHistory(posts)).run(trial())
    assert found.complete
    assert found.summary.posts == 5
    assert [(f.channel, f.reason) for f in found.findings] == [
        (CHANNEL, "confident"),
        (THREAD, "place-cooldown"),
        (CHANNEL, "already-in-thread"),
    ]


async def test_what_is_older_than_asked_for_or_by_who_opted_out_is_passed_over(
    stage: Stage,
) -> None:
    async with stage.database.writing() as stores:
        await stores.members.set_opted_out(COMMUNITY, MemberId(66), True, at=NOON)
    left = said(5, author=MemberId(66))
    assert await counts(stage, said(60 * 50), left) == (0, 0, 0)


async def test_the_places_own_mode_and_the_servers_own_thresholds_hold(stage: Stage) -> None:
    unsure = said(5, f"{CLAIM} p=0.7")
    assert await counts(stage, unsure) == (0, 1, 0)
    assert await counts(stage, unsure, threshold=0.65) == (1, 0, 0)
    rules = NoteRules(community=COMMUNITY, thresholds=Thresholds(auto=0.7, suggest=0.65))
    async with stage.database.writing() as stores:
        await stores.rules.put(rules)
    assert await counts(stage, unsure) == (1, 0, 0)
    await stage.places.watch(COMMUNITY, CHANNEL, Mode.SUGGEST, by=None)
    assert await counts(stage, unsure) == (0, 1, 0)
    assert await counts(stage, unsure, mode=Mode.SILENT) == (0, 0, 1)


async def test_nothing_is_written(stage: Stage) -> None:
    class ReadOnly(InMemoryDatabase):
        def writing(self) -> Any:
            raise AssertionError("a simulation writes")

    database = ReadOnly()
    history = InMemoryHistory([said(5)])
    simulating = SimulatingService(
        database, history, FakeReader.build, stage.clock, wake_sender=stage.sender.wake
    )
    assert (await simulating.run(trial())).summary.posts == 1


async def test_a_place_that_is_gone_or_refused_does_not_end_it(stage: Stage) -> None:
    posts = [said(5), in_thread(4)]
    refused = UnavailableError("no permission", retryable=False)
    found = await service(stage, InMemoryHistory(posts, {THREAD: refused})).run(trial())
    assert (found.summary.posts, found.complete) == (1, False)
    gone = await service(stage, InMemoryHistory(posts, {THREAD: GoneError("gone")})).run(trial())
    assert (gone.summary.posts, gone.complete) == (1, True)


async def test_an_outage_is_told_and_the_next_simulation_runs(stage: Stage) -> None:
    outage = UnavailableError("no answer", retryable=True)
    history = InMemoryHistory([said(5)], {CHANNEL: outage})
    simulating = service(stage, history)
    with pytest.raises(UnavailableError):
        await simulating.run(trial())
    history.refusals = {}
    assert (await simulating.run(trial())).summary.attached == 1


async def test_one_simulation_at_a_time_on_a_server(stage: Stage) -> None:
    history = InMemoryHistory([said(5)])
    history.go_on.clear()
    simulating = service(stage, history)
    first = asyncio.create_task(simulating.run(trial()))
    await history.reading.wait()
    with pytest.raises(InvalidInputError, match="Another simulation"):
        await simulating.run(trial())
    history.go_on.set()
    assert (await first).summary.attached == 1


async def test_what_cannot_be_tried_is_one_sentence(stage: Stage) -> None:
    simulating = service(stage, InMemoryHistory([said(5)]))
    with pytest.raises(NotFoundError, match="cannot read anything there"):
        await simulating.run(trial(place=PlaceId(5)))
    with pytest.raises(NotFoundError, match="no fact-check called"):
        await simulating.run(trial(slug=Slug("nowhere")))
    with pytest.raises(InvalidInputError, match=r"0\.30 to 1\.00"):
        await simulating.run(trial(threshold=0.1))
    with pytest.raises(InvalidInputError, match="1 to 14 days"):
        trial(days=15)
    with pytest.raises(InvalidInputError, match="review channel"):
        await simulating.run(trial(), review=True)


async def test_pauses_and_earned_autonomy_that_are_left_out_are_told(stage: Stage) -> None:
    simulating = service(stage, InMemoryHistory([said(5)]))
    found = await simulating.run(trial())
    assert (found.paused, found.earning) == (False, False)
    async with stage.database.writing() as stores:
        await stores.pauses.put(Pause(community=COMMUNITY, place=PlaceId(5), at=NOON, by=None))
        await stores.rules.put(NoteRules(community=COMMUNITY, earned=True))
    found = await simulating.run(trial())
    assert (found.paused, found.earning) == (False, True), "another place is paused"
    for place in (CHANNEL, EVERYWHERE):
        async with stage.database.writing() as stores:
            await stores.pauses.put(Pause(community=COMMUNITY, place=place, at=NOON, by=None))
        found = await simulating.run(trial())
        assert (found.paused, found.summary.attached) == (True, 1)
        async with stage.database.writing() as stores:
            await end_pause(stores, COMMUNITY, place, by=MemberId(1), at=NOON)
