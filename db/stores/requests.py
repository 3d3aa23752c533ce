"""What members ask moderators to check, in the tables `check_request` and `requester`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.requests import CheckRequest
from db.trust_tables import CheckRequestRow, RequesterRow
from db.work import Work

_KEY = ["channel_id", "post_id"]
_SAME_POST = (col(RequesterRow.channel_id) == col(CheckRequestRow.channel_id)) & (
    col(RequesterRow.post_id) == col(CheckRequestRow.post_id)
)
_ASKED = select(func.count()).select_from(RequesterRow).where(_SAME_POST).scalar_subquery()


class SqlRequestStore:
    """Implements `RequestStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def ask(
        self, community: CommunityId, channel: PlaceId, post: PostId, *, by: MemberId, at: datetime
    ) -> bool:
        """Join the request about a post, or open it (again); False where the member has asked."""
        key = {"channel_id": channel, "post_id": post, "community_id": community}
        await self._work.insert(CheckRequestRow, key | {"first_at": at}, unless=_KEY)
        added = await self._work.insert(
            RequesterRow, key | {"member_id": by, "at": at}, unless=[*_KEY, "member_id"]
        )
        if added:
            await self._work.change(
                update(CheckRequestRow)
                .where(
                    col(CheckRequestRow.channel_id) == channel,
                    col(CheckRequestRow.post_id) == post,
                    col(CheckRequestRow.closed_at).is_not(None),
                )
                .values({"first_at": at, "closed_at": None, "closed_by_id": None, "slug": None})
            )
        return added

    async def asked_since(self, community: CommunityId, member: MemberId, since: datetime) -> int:
        """Return how many posts a member has asked about since then."""
        found = await self._work.first(
            select(func.count())
            .select_from(RequesterRow)
            .where(
                col(RequesterRow.community_id) == community,
                col(RequesterRow.member_id) == member,
                col(RequesterRow.at) > since,
            )
        )
        return found or 0

    async def get(self, channel: PlaceId, post: PostId) -> CheckRequest | None:
        """Return the request about a post."""
        found = await self._work.pairs(
            select(CheckRequestRow, _ASKED).where(
                col(CheckRequestRow.channel_id) == channel, col(CheckRequestRow.post_id) == post
            )
        )
        return _request(*found[0]) if found else None

    async def waiting(self, community: CommunityId, limit: int = 25) -> Sequence[CheckRequest]:
        """Return open requests: those that most members asked for first, then the oldest."""
        found = await self._work.pairs(
            select(CheckRequestRow, _ASKED)
            .where(
                col(CheckRequestRow.community_id) == community,
                col(CheckRequestRow.closed_at).is_(None),
            )
            .order_by(_ASKED.desc(), col(CheckRequestRow.first_at), col(CheckRequestRow.post_id))
            .limit(limit)
        )
        return [_request(row, asked) for row, asked in found]

    async def close(
        self, channel: PlaceId, post: PostId, *, by: MemberId, at: datetime, slug: Slug | None
    ) -> bool:
        """Close a request; return False where there is no open one."""
        changed = await self._work.change(
            update(CheckRequestRow)
            .where(
                col(CheckRequestRow.channel_id) == channel,
                col(CheckRequestRow.post_id) == post,
                col(CheckRequestRow.closed_at).is_(None),
            )
            .values({"closed_at": at, "closed_by_id": by, "slug": slug})
        )
        return changed == 1


def _request(row: CheckRequestRow, asked: int) -> CheckRequest:
    return CheckRequest(
        community=CommunityId(row.community_id),
        channel=PlaceId(row.channel_id),
        post=PostId(row.post_id),
        asked=asked,
        first_at=row.first_at,
        closed_at=row.closed_at,
        closed_by=None if row.closed_by_id is None else MemberId(row.closed_by_id),
        slug=None if row.slug is None else Slug(row.slug),
    )
