"""Appeals on every database: what happens at the same moment happens once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.appeals import AGAIN_AFTER, AppealState, CaseRef, ref_of
from bot.domain.cases import CaseKind
from bot.domain.ids import MemberId, PlaceId
from bot.domain.rules import NoteRules
from bot.services.appealing import AppealOffers, AppealService, Judge
from bot.services.errors import ConflictError, NotAllowedError, NotFoundError
from bot.services.moderating.acting import ModerationService
from bot.services.ports import Database
from tests.builders import COMMUNITY
from tests.fakes import FakeClock
from tests.unit.moderation.strategies import build_case

MIKA, SOL, TOMAS, NOOR = (MemberId(n) for n in (200, 201, 300, 301))
WORDS = "It was my little sister."
CASE = build_case(points=2)


async def _tried(key: str) -> None:
    """Wait for nothing: nothing is sent here."""


def build_service(database: Database, clock: FakeClock) -> AppealService:
    acting = ModerationService(database, clock, wake_sender=lambda: None, sender_tried=_tried)
    return AppealService(database, clock, acting, wake_sender=lambda: None)


async def prepare(database: Database) -> CaseRef:
    """Let there be a warning of Mika's, and moderators who look at cards."""
    async with database.writing() as stores:
        number = await stores.cases.next_number(COMMUNITY)
        await stores.cases.add(replace(CASE, number=number))
        await stores.rules.put(NoteRules(community=COMMUNITY, review_place=PlaceId(9)))
    return ref_of(CASE)


def judge(member: MemberId) -> Judge:
    return Judge(member=member, name=str(member))


async def test_two_appeals_at_once_are_one(database: Database) -> None:
    service, ref = build_service(database, FakeClock()), await prepare(database)
    done = await asyncio.gather(
        *(service.open(ref, MIKA, "Mika", WORDS) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, ConflictError) for each in done) == 3, done
    async with database.reading() as stores:
        assert len(await stores.appeals.of_member(COMMUNITY, MIKA)) == 1
        case = await stores.cases.get(COMMUNITY, 1)
    assert case is not None
    assert [note.body for note in case.notes] == [f"Appealed: {WORDS}"]


async def test_appeals_of_many_cases_at_once_keep_to_the_limit(database: Database) -> None:
    service = build_service(database, FakeClock())
    await prepare(database)
    cases = [replace(CASE, created_at=CASE.created_at + timedelta(hours=n)) for n in range(1, 6)]
    async with database.writing() as stores:
        for case in cases:
            number = await stores.cases.next_number(COMMUNITY)
            origin = f"{case.origin} {number}"
            await stores.cases.add(replace(case, number=number, origin=origin))
    done = await asyncio.gather(
        *(service.open(ref_of(case), MIKA, "Mika", WORDS) for case in cases),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ConflictError) for each in done) == 2, done


async def test_two_decisions_at_once_are_one(database: Database) -> None:
    service, ref = build_service(database, FakeClock()), await prepare(database)
    appeal = await service.open(ref, MIKA, "Mika", WORDS)
    done = await asyncio.gather(
        service.accept(appeal.id, judge(NOOR)),
        service.reject(appeal.id, judge(SOL), "It stays as it is."),
        service.accept(appeal.id, judge(NOOR)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ConflictError) for each in done) == 2, done
    async with database.reading() as stores:
        now = await stores.appeals.get(appeal.id)
        case = await stores.cases.get(COMMUNITY, 1)
    assert now is not None
    assert case is not None
    assert len(now.said) == len(case.notes) == 2
    assert (case.ended_at is not None) == (now.state is AppealState.ACCEPTED)


async def test_a_moderator_cannot_decide_their_own_appeal(database: Database) -> None:
    service, ref = build_service(database, FakeClock()), await prepare(database)
    appeal = await service.open(ref, MIKA, "Mika", WORDS)
    with pytest.raises(NotAllowedError, match="about you"):
        await service.before_deciding(appeal.id, judge(MIKA))
    with pytest.raises(NotAllowedError, match="about you"):
        await service.accept(appeal.id, judge(MIKA))
    with pytest.raises(NotAllowedError, match="about you"):
        await service.reject(appeal.id, judge(MIKA), "It stays as it is.")
    async with database.reading() as stores:
        case = await stores.cases.get(COMMUNITY, 1)
    assert case is not None
    assert case.ended_at is None


async def test_an_appeal_outlives_new_numbers_and_not_its_case(database: Database) -> None:
    clock = FakeClock()
    service, ref = build_service(database, clock), await prepare(database)
    appeal = await service.open(ref, MIKA, "Mika", WORDS)
    async with database.writing() as stores:
        await stores.cases.shift(COMMUNITY, 40)
    matter = await service.before_deciding(appeal.id, judge(NOOR))
    assert matter.case.number == 41
    with pytest.raises(NotAllowedError, match="your own action"):
        await service.before_deciding(appeal.id, judge(TOMAS))
    await service.reject(appeal.id, judge(NOOR), "It stays as it is.")
    clock.advance(AGAIN_AFTER)
    again = await service.open(ref, MIKA, "Mika", WORDS)
    assert again.id != appeal.id
    with pytest.raises(NotFoundError):
        await service.open(ref, SOL, "Sol", WORDS)
    async with database.writing() as stores:
        await stores.cases.clear(COMMUNITY)
    with pytest.raises(NotFoundError):
        await service.accept(again.id, judge(NOOR))
    assert await service.waiting(COMMUNITY) == []


async def test_the_secret_of_links_is_made_once_and_kept(database: Database) -> None:
    clock = FakeClock()
    await prepare(database)
    ban = replace(CASE, kind=CaseKind.BAN, created_at=clock.now())
    makers = [AppealOffers(database, clock, "https://bot.example.org") for _ in range(3)]
    offers = await asyncio.gather(*(maker.make(ban) for maker in makers))
    assert len({offer.link for offer in offers}) == 1
    token = offers[0].link.rpartition("/")[2]
    link = await AppealOffers(database, clock).read(token)
    assert link is not None
    assert (link.case, link.member) == (ref_of(ban), MIKA)
    clock.advance(timedelta(days=30))
    assert await AppealOffers(database, clock).read(token) is None
