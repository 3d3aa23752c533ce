"""Members' own choices, in the table `member`."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId
from db.tables import MemberRow
from db.work import Work


class SqlMemberStore:
    """Implements `MemberStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def has_opted_out(self, community: CommunityId, member: MemberId) -> bool:
        """Tell whether the member wants nothing of the bot."""
        found = await self._work.first(
            select(col(MemberRow.opted_out)).where(
                col(MemberRow.community_id) == community, col(MemberRow.member_id) == member
            )
        )
        return bool(found)

    async def opted_out(self, community: CommunityId) -> frozenset[MemberId]:
        """Return who wants nothing of the bot."""
        found = await self._work.rows(
            select(col(MemberRow.member_id)).where(
                col(MemberRow.community_id) == community, col(MemberRow.opted_out).is_(True)
            )
        )
        return frozenset(MemberId(member) for member in found)

    async def set_opted_out(
        self, community: CommunityId, member: MemberId, opted_out: bool, at: datetime
    ) -> None:
        """Store the choice."""
        await self._work.upsert(
            MemberRow,
            {
                "community_id": community,
                "member_id": member,
                "opted_out": opted_out,
                "changed_at": at,
            },
            key=["community_id", "member_id"],
            change=lambda _, new: {
                "opted_out": new["opted_out"],
                "changed_at": new["changed_at"],
            },
        )
