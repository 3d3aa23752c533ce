"""What an appeal is about, read for whoever needs it: the case, and the member's history."""

from bot.domain.appeals import Appeal, AppealId, CaseRef
from bot.domain.cases import Case, active_points
from bot.domain.escalation import COUNTED
from bot.domain.ids import CommunityId, MemberId
from bot.services.ports import AppealView, CaseQuery, Clock, Stores

HISTORY = 5
"""Other cases that a card shows."""
MOST_READ = 200
"""Of one kind about one member; more are beyond what a button is looked up in."""


async def case_of(stores: Stores, ref: CaseRef, member: MemberId) -> Case | None:
    """Return the case that a reference names, where it is about this member; held for writing."""
    query = CaseQuery(target=member, kind=ref.kind)
    found = await stores.cases.find(ref.community, query, limit=MOST_READ)
    number = next((case.number for case in found if case.created_at == ref.at), None)
    return None if number is None else await stores.cases.get(ref.community, number)


async def view_of(stores: Stores, appeal: Appeal, clock: Clock) -> AppealView | None:
    """Return an appeal with its case and history, None where the case is on record no more."""
    case = await case_of(stores, appeal.case, appeal.member)
    if case is None:
        return None
    community = appeal.case.community
    found = await stores.cases.find(community, CaseQuery(target=appeal.member), limit=MOST_READ)
    others = [each for each in found if each.number != case.number]
    since = clock.now() - COUNTED
    return AppealView(
        appeal=appeal,
        case=case,
        history=others[:HISTORY],
        more=max(0, len(others) - HISTORY),
        points=active_points(await stores.cases.warnings(community, appeal.member, since)),
    )


async def read(stores: Stores, appeal_id: AppealId) -> tuple[Appeal, Case] | None:
    """Return an appeal with its case, both held where the unit of work writes."""
    appeal = await stores.appeals.get(appeal_id)
    case = appeal and await case_of(stores, appeal.case, appeal.member)
    return (appeal, case) if appeal and case else None


async def card_place(stores: Stores, community: CommunityId) -> int | None:
    """Return where the moderators of a community look at cards, None where they said nowhere."""
    return (await stores.rules.get(community)).review_place
