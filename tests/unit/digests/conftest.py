"""A stage for digests: in memory, on a clock that is moved, with a platform that can refuse."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.discord_io.digests import member_pages, moderator_pages
from bot.domain.digest_runs import Audience, DigestRun
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, MemberId, PlaceId, PostId
from bot.domain.outbox import DeliveryKind
from bot.services.deliveries import AnswerDeliveries, DeliveryHandler
from bot.services.digests.delivering import DigestDeliveries
from bot.services.digests.planning import DigestService
from bot.services.digests.running import Renderers
from bot.services.digests.wiring import build_digests
from bot.services.memory import InMemoryDatabase
from bot.services.ports.digests import Page, Picture
from bot.services.sending import OutboxSender
from tests.builders import CHANNEL, COMMUNITY, build_fact_check, build_post
from tests.contract.records import build_judgement
from tests.fakes import FakeClock, RecordingPublisher

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
DIGESTS = PlaceId(70_000_000_000_000_150)
ELSEWHERE = PlaceId(70_000_000_000_000_151)
MODERATORS = PlaceId(70_000_000_000_000_160)
WEEK = timedelta(days=7)
PAGES = Renderers(member_pages, moderator_pages)


@dataclass
class RecordingDigestPublisher:
    """A platform that keeps pages by nonce; `before` and `after` may raise."""

    posted: list[tuple[PlaceId, Page, str]] = field(default_factory=list)
    pictures: list[Picture | None] = field(default_factory=list)
    by_nonce: dict[str, PostId] = field(default_factory=dict)
    searched: list[datetime] = field(default_factory=list)
    before: Callable[[PlaceId], None] = lambda _: None
    after: Callable[[PlaceId], None] = lambda _: None

    async def post(
        self, channel: PlaceId, page: Page, picture: Picture | None, *, marker: str, nonce: str
    ) -> PostId:
        self.before(channel)
        if nonce not in self.by_nonce:
            self.posted.append((channel, page, marker))
            self.pictures.append(picture)
            self.by_nonce[nonce] = PostId(9_000 + len(self.posted))
        self.after(channel)
        return self.by_nonce[nonce]

    async def find(self, channel: PlaceId, marker: str, *, since: datetime) -> PostId | None:
        self.searched.append(since)
        for number, (where, _, mark) in enumerate(self.posted, start=1):
            if (where, mark) == (channel, marker):
                return PostId(9_000 + number)
        return None


@dataclass
class FakeVisibility:
    """Shows every place but the hidden ones."""

    hidden: set[PlaceId] = field(default_factory=set)

    async def ready(self) -> None:
        return None

    async def shown(
        self, community: CommunityId, reader: PlaceId | None, places: Collection[PlaceId]
    ) -> set[PlaceId]:
        return set(places) - self.hidden


@dataclass
class Stage:
    """What a test of digests touches."""

    database: InMemoryDatabase
    clock: FakeClock
    publisher: RecordingDigestPublisher
    answers: RecordingPublisher
    sender: OutboxSender
    digests: DigestService
    visibility: FakeVisibility

    async def tick(self, span: timedelta = timedelta()) -> None:
        """Let time pass, then let the job and the sender do what is due."""
        self.clock.advance(span)
        await self.digests.runner.run()
        while await self.sender.send_due():
            continue

    async def happen(self, days_ago: float = 1, *, community: CommunityId = COMMUNITY) -> None:
        """Let a member say something that raises a claim."""
        at = self.clock.now() - timedelta(days=days_ago)
        number = PostId(int(at.timestamp()))
        post = build_post(id=number, created_at=at, author=MemberId(7))
        async with self.database.writing() as stores:
            await stores.posts.record([post])
            await stores.judgements.add(
                build_judgement(post=number, at=at, channel=CHANNEL, community=community)
            )
            await stores.likes.rebuild(COMMUNITY)

    async def run_of(
        self,
        key: str = "2026-W48",
        audience: Audience = Audience.MEMBERS,
        community: CommunityId = COMMUNITY,
    ) -> DigestRun:
        async with self.database.reading() as stores:
            found = await stores.digests.get(community, audience, key)
        assert found is not None
        return found


def build_other(
    stage: Stage, owner: str, *, dead: Collection[str] = ()
) -> tuple[DigestService, OutboxSender]:
    """Return a second process's service and sender on the same database and platform."""
    handlers: dict[DeliveryKind, DeliveryHandler] = {
        DeliveryKind.DIGEST: DigestDeliveries(stage.database, stage.publisher, stage.clock),
        DeliveryKind.ANSWER: AnswerDeliveries(stage.answers, stage.clock),
    }
    sender = OutboxSender(stage.database, stage.clock, owner, handlers)
    service = build_digests(
        stage.database,
        stage.clock,
        owner,
        PAGES,
        stage.visibility,
        wake_sender=sender.wake,
        is_dead=lambda name: name in dead,
    )
    return service, sender


def build_stage(moment: datetime = MONDAY - timedelta(days=4)) -> Stage:
    database, clock, visibility = InMemoryDatabase(), FakeClock(moment), FakeVisibility()
    publisher, answers = RecordingDigestPublisher(), RecordingPublisher()
    handlers: dict[DeliveryKind, DeliveryHandler] = {
        DeliveryKind.DIGEST: DigestDeliveries(database, publisher, clock),
        DeliveryKind.ANSWER: AnswerDeliveries(answers, clock),
    }
    sender = OutboxSender(database, clock, "test:1:a", handlers)
    digests = build_digests(database, clock, "test:1:a", PAGES, visibility, wake_sender=sender.wake)
    return Stage(database, clock, publisher, answers, sender, digests, visibility)


@pytest.fixture
async def stage() -> Stage:
    """It is Thursday, a claim has come up, and digests for members are wanted."""
    stage = build_stage()
    async with stage.database.writing() as stores:
        await stores.library.put(
            STARTER_COMMUNITY, build_fact_check(), by=None, reason="test", at=stage.clock.now()
        )
    await stage.digests.set_channels(COMMUNITY, members=DIGESTS, moderators=None)
    await stage.happen()
    return stage
