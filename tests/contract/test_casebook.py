"""Amending cases on every database: what two moderators do at once is all on record."""

import asyncio

from bot.domain.ids import MemberId
from bot.services.moderating.casebook import CaseService
from bot.services.ports import Database
from tests.builders import COMMUNITY
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
