"""Appeals, in the table `appeal`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.domain.appeals import Appeal, AppealId, AppealState, CaseRef, Said, Turn
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.waiting import Queue
from db.appeal_tables import AppealRow
from db.work import Work


class SqlAppealStore:
    """Implements `AppealStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, appeal: Appeal) -> bool:
        """Add an appeal; return False where it is there already."""
        return await self._work.insert(AppealRow, _values(appeal), unless=["appeal_id"])

    async def put(self, appeal: Appeal) -> None:
        """Replace an appeal that is there."""
        await self._work.change(
            update(AppealRow).where(col(AppealRow.appeal_id) == appeal.id).values(_values(appeal))
        )

    async def get(self, appeal_id: AppealId) -> Appeal | None:
        """Return an appeal; while writing, its row is held."""
        row = await self._work.first(
            select(AppealRow).where(col(AppealRow.appeal_id) == appeal_id), hold=True
        )
        return None if row is None else _appeal(row)

    async def of_member(self, community: CommunityId, member: MemberId) -> Sequence[Appeal]:
        """Return a member's appeals, oldest first."""
        rows = await self._work.rows(
            select(AppealRow)
            .where(col(AppealRow.community_id) == community, col(AppealRow.member_id) == member)
            .order_by(col(AppealRow.opened_at), col(AppealRow.appeal_id))
        )
        return [_appeal(row) for row in rows]

    async def waiting(self, community: CommunityId, limit: int = 25) -> Sequence[Appeal]:
        """Return appeals that are not decided, oldest first."""
        rows = await self._work.rows(
            select(AppealRow)
            .where(
                col(AppealRow.community_id) == community,
                col(AppealRow.state).in_([AppealState.OPEN.value, AppealState.ASKED.value]),
            )
            .order_by(col(AppealRow.opened_at), col(AppealRow.appeal_id))
            .limit(limit)
        )
        return [_appeal(row) for row in rows]

    async def queue(self, community: CommunityId) -> Queue:
        """Return how many wait for moderators, and when the oldest came."""
        return await self._work.queue(
            col(AppealRow.opened_at),
            col(AppealRow.community_id) == community,
            col(AppealRow.state) == AppealState.OPEN.value,
        )


def _values(appeal: Appeal) -> Mapping[str, object]:
    return {
        "appeal_id": appeal.id,
        "community_id": appeal.case.community,
        "case_kind": appeal.case.kind.value,
        "case_at": appeal.case.at,
        "member_id": appeal.member,
        "state": appeal.state.value,
        "opened_at": appeal.opened_at,
        "card_place_id": appeal.card_place,
        "message_id": appeal.message,
        "told": appeal.told,
        "said": {"said": [_said_values(each) for each in appeal.said]},
    }


def _said_values(said: Said) -> dict[str, object]:
    return {
        "turn": said.turn.value,
        "by": said.by,
        "by_name": said.by_name,
        "text": said.text,
        "at": said.at.isoformat(),
    }


def _appeal(row: AppealRow) -> Appeal:
    return Appeal(
        id=AppealId(row.appeal_id),
        case=CaseRef(
            community=CommunityId(row.community_id), kind=CaseKind(row.case_kind), at=row.case_at
        ),
        member=MemberId(row.member_id),
        state=AppealState(row.state),
        opened_at=row.opened_at,
        card_place=PlaceId(row.card_place_id),
        said=tuple(_said(each) for each in row.said["said"]),
        message=None if row.message_id is None else PostId(row.message_id),
        told=row.told,
    )


def _said(values: Mapping[str, Any]) -> Said:
    return Said(
        turn=Turn(values["turn"]),
        by=MemberId(values["by"]),
        by_name=values["by_name"],
        text=values["text"],
        at=datetime.fromisoformat(values["at"]),
    )
