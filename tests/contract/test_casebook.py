"""Amending cases on every database: what two moderators do at once is all on record."""

import asyncio

import pytest

from bot.domain.cases import Case, CaseKind
from bot.domain.ids import MemberId
from bot.domain.standing import Standing
from bot.services.moderating.acting import ModerationService, Order
from bot.services.moderating.by_hand import ByHandService, HandAction
from bot.services.moderating.casebook import CaseService
from bot.services.moderating.ending import EndingService
from bot.services.ports import Database, Stores
from tests.builders import COMMUNITY, NOON
from tests.contract.test_appealing import prepare
from tests.fakes import FakeClock
from tests.unit.moderation.strategies import build_case

ALL = frozenset({"administrator"})
TOMAS, NOOR = MemberId(300), MemberId(301)


async def test_of_two_new_reasons_at_once_the_first_stays_on_record(database: Database) -> None:
    await prepare(database)
    cases = CaseService(database, FakeClock())
    await asyncio.gather(
        cases.change_reason(COMMUNITY, 1, by=TOMAS, by_name="Tomas", reason="rude"),
        cases.change_reason(COMMUNITY, 1, by=NOOR, by_name="Noor", reason="loud"),
    )
    case = await cases.get(COMMUNITY, 1)
    first = {"rude": "loud", "loud": "rude"}[case.reason]
    assert case.notes[-1].body == f"Changed the reason, which was: {first}"


async def test_an_entry_of_the_audit_log_that_comes_twice_at_once_is_one_case(
    database: Database,
) -> None:
    by_hand = ByHandService(database, FakeClock())
    kick = HandAction(
        entry=1,
        at=NOON,
        community=COMMUNITY,
        kind=CaseKind.KICK,
        by=TOMAS,
        by_name="Tomas",
        target=MemberId(200),
    )
    done = await asyncio.gather(*(by_hand.record(kick) for _ in range(4)))
    assert sum(case is not None for case in done) == 1
    async with database.reading() as stores:
        assert await stores.cases.count(COMMUNITY) == 1


@pytest.mark.thorough
async def test_the_end_of_a_ban_and_an_order_about_its_case_never_wait_for_each_other(
    database: Database,
) -> None:
    clock = FakeClock()
    async with database.writing() as stores:
        number = await stores.cases.next_number(COMMUNITY)
        await stores.cases.add(build_case(number, kind=CaseKind.BAN, until=NOON))
    ending = EndingService(database, clock, lambda: None)
    acting = ModerationService(database, clock, wake_sender=lambda: None, sender_tried=_tried)
    begun: set[asyncio.Task[int]] = set()

    async def look_at_the_ban(stores: Stores, _: Case) -> None:
        begun.add(asyncio.create_task(ending.run()))
        await asyncio.wait(begun, timeout=0.3)  # it has come as far as it can by now
        assert await stores.cases.get(COMMUNITY, number) is not None

    order = Order(
        kind=CaseKind.NOTE,
        community=COMMUNITY,
        actor=Standing(member=TOMAS, name="Tomas", rank=9, permissions=ALL),
        bot=Standing(member=MemberId(1), name="Footnote", rank=10, permissions=ALL),
        origin="an appeal",
        target=Standing(member=MemberId(200), name="Sol", rank=1),
    )
    async with asyncio.timeout(10):
        await acting.act(order, along=look_at_the_ban)
        assert [await task for task in begun] == [1]
    async with database.reading() as stores:
        kinds = [case.kind for case in await stores.cases.after(COMMUNITY, 0)]
        assert kinds == [CaseKind.BAN, CaseKind.NOTE, CaseKind.UNBAN]


async def _tried(key: str) -> None:
    """Wait for nothing: nothing is sent here."""
