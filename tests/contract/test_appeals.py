"""What every `AppealStore` promises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.appeals import Appeal, AppealState, CaseRef, Said, Turn, after, derive_appeal_id
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.waiting import Queue
from bot.services.ports import Database
from tests.builders import COMMUNITY, NOON

OTHER = CommunityId(70_000_000_000_000_002)
MIKA, SOL, TOMAS = MemberId(200), MemberId(201), MemberId(300)
HOUR = timedelta(hours=1)


def build_appeal(number: int = 0, **changes: Any) -> Appeal:
    """Return an open appeal of a ban; another number is another case, an hour later."""
    at = NOON + number * HOUR
    case = CaseRef(community=changes.pop("community", COMMUNITY), kind=CaseKind.BAN, at=at)
    member = changes.get("member", MIKA)
    said = Said(turn=Turn.APPEAL, by=member, by_name="Mika", text="It was my sister.", at=at)
    values: dict[str, Any] = {
        "id": derive_appeal_id(case, member, 0),
        "case": case,
        "member": member,
        "state": AppealState.OPEN,
        "opened_at": at,
        "card_place": PlaceId(9),
        "said": (said,),
    }
    return Appeal(**(values | changes))


async def add(database: Database, *appeals: Appeal) -> None:
    async with database.writing() as stores:
        for appeal in appeals:
            assert await stores.appeals.add(appeal)


async def test_an_appeal_comes_back_whole(database: Database) -> None:
    question = Said(turn=Turn.QUESTION, by=TOMAS, by_name="Tomas", text="Why?\nHow?", at=NOON)
    appeal = replace(after(build_appeal(), question), message=PostId(5), told=True)
    moment = replace(build_appeal(1), case=replace(build_appeal(1).case, at=NOON.replace(
        microsecond=123_456)))  # fmt: skip
    await add(database, appeal, moment)
    async with database.reading() as stores:
        assert await stores.appeals.get(appeal.id) == appeal
        assert await stores.appeals.get(moment.id) == moment
        assert await stores.appeals.get(derive_appeal_id(appeal.case, SOL, 0)) is None


async def test_an_appeal_is_added_once_and_changed_where_it_is_there(database: Database) -> None:
    appeal = build_appeal()
    await add(database, appeal)
    changed = replace(appeal, state=AppealState.REJECTED, told=False)
    async with database.writing() as stores:
        assert not await stores.appeals.add(changed)
        await stores.appeals.put(changed)
        await stores.appeals.put(build_appeal(7))
    async with database.reading() as stores:
        assert await stores.appeals.of_member(COMMUNITY, MIKA) == [changed]


async def test_what_waits_is_listed_oldest_first(database: Database) -> None:
    decided = build_appeal(1, state=AppealState.ACCEPTED)
    asked = build_appeal(2, state=AppealState.ASKED, member=SOL)
    await add(database, build_appeal(3), decided, asked, build_appeal(4, community=OTHER))
    async with database.reading() as stores:
        assert await stores.appeals.waiting(COMMUNITY) == [asked, build_appeal(3)]
        assert await stores.appeals.waiting(COMMUNITY, limit=1) == [asked]
        assert await stores.appeals.queue(COMMUNITY) == Queue(1, build_appeal(3).opened_at)
        assert await stores.appeals.of_member(COMMUNITY, MIKA) == [decided, build_appeal(3)]
        assert await stores.appeals.of_member(OTHER, SOL) == []
