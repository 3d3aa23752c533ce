"""From when on the audit log is read back after an absence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.cases import CaseKind
from bot.domain.ids import MemberId
from bot.services.errors import InvalidInputError
from bot.services.memory import InMemoryDatabase
from bot.services.moderating.by_hand import OVERLAP, READ_BACK, ByHandService, HandAction
from tests.builders import COMMUNITY
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)


async def test_what_was_not_read_to_its_end_is_read_again() -> None:
    clock = FakeClock()
    by_hand = ByHandService(InMemoryDatabase(), clock)
    assert await by_hand.absent_since(COMMUNITY) is None
    start = clock.now()
    clock.advance(3 * HOUR)
    assert await by_hand.absent_since(COMMUNITY) == start - OVERLAP
    kick = kick_at(start + HOUR, 1)
    await by_hand.record(kick, reading_back=True)
    assert await by_hand.absent_since(COMMUNITY) == kick.at - OVERLAP
    await by_hand.heard_until(COMMUNITY, clock.now())
    await by_hand.heard_until(COMMUNITY, start)
    assert await by_hand.absent_since(COMMUNITY) == clock.now() - OVERLAP
    heard = clock.now()
    clock.advance(2 * READ_BACK)
    assert await by_hand.absent_since(COMMUNITY) == heard + READ_BACK


def kick_at(moment: datetime, entry: int) -> HandAction:
    return HandAction(
        entry=entry,
        at=moment,
        community=COMMUNITY,
        kind=CaseKind.KICK,
        by=MemberId(300),
        by_name="Tomas",
        target=MemberId(200),
    )


async def test_what_is_heard_live_never_hides_what_was_not_read_back() -> None:
    clock, database = FakeClock(), InMemoryDatabase()
    start = clock.now()
    await ByHandService(database, clock).absent_since(COMMUNITY)
    clock.advance(3 * HOUR)
    by_hand = ByHandService(database, clock)  # a restart, after three hours away
    await by_hand.record(kick_at(clock.now(), 1))
    assert await by_hand.absent_since(COMMUNITY) == start - OVERLAP
    await by_hand.record(kick_at(clock.now(), 2))
    # The read-back fails, and the next start begins where this one began.
    assert await ByHandService(database, clock).absent_since(COMMUNITY) == start - OVERLAP


async def test_what_is_heard_live_afterwards_needs_no_second_reading() -> None:
    clock, database = FakeClock(), InMemoryDatabase()
    by_hand = ByHandService(database, clock)
    clock.advance(HOUR)
    await by_hand.record(kick_at(clock.now(), 1))  # in a community that was joined since the start
    assert await ByHandService(database, clock).absent_since(COMMUNITY) == clock.now() - OVERLAP


async def test_what_could_not_be_recorded_live_is_read_back() -> None:
    clock, database = FakeClock(), InMemoryDatabase()
    by_hand = ByHandService(database, clock)
    start = clock.now()
    assert await by_hand.absent_since(COMMUNITY) is None
    clock.advance(HOUR)
    with pytest.raises(InvalidInputError):
        await by_hand.record(replace(kick_at(clock.now(), 1), by_name="\x00"))
    await by_hand.record(kick_at(clock.now(), 2))
    assert await ByHandService(database, clock).absent_since(COMMUNITY) == start - OVERLAP
