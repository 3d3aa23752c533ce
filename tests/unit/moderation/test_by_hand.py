"""From when on the audit log is read back after an absence."""

from datetime import timedelta

from bot.domain.cases import CaseKind
from bot.domain.ids import MemberId
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
    kick = HandAction(
        entry=1,
        at=start + HOUR,
        community=COMMUNITY,
        kind=CaseKind.KICK,
        by=MemberId(300),
        by_name="Tomas",
        target=MemberId(200),
    )
    await by_hand.record(kick)
    assert await by_hand.absent_since(COMMUNITY) == kick.at - OVERLAP
    await by_hand.heard_until(COMMUNITY, clock.now())
    await by_hand.heard_until(COMMUNITY, start)
    assert await by_hand.absent_since(COMMUNITY) == clock.now() - OVERLAP
    heard = clock.now()
    clock.advance(2 * READ_BACK)
    assert await by_hand.absent_since(COMMUNITY) == heard + READ_BACK
