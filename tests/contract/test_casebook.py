"""Amending cases on every database: what two moderators do at once is all on record."""

import asyncio

from bot.domain.cases import CaseKind
from bot.domain.ids import MemberId
from bot.services.moderating.by_hand import ByHandService, HandAction
from bot.services.moderating.casebook import CaseService
from bot.services.ports import Database
from tests.builders import COMMUNITY, NOON
from tests.contract.test_appealing import prepare
from tests.fakes import FakeClock

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
