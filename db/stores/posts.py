"""Ids and times of posts, in the table `post`; the text is never written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Post
from bot.domain.trust import Written
from db.moments import DAY, SECOND, seconds_of
from db.tables import PostRow
from db.work import Columns, Work

_FIRST_RECORD = ("channel_id", "parent_id", "author_id", "by_person", "created_at")
_KEY = ["community_id", "post_id"]
_SECONDS_OF_A_DAY = DAY // SECOND


class SqlPostStore:
    """Implements `PostStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def record(self, posts: Sequence[Post]) -> None:
        """Record posts; one that is known keeps its first record, `edited_at` moves forward."""
        await self._work.upsert_all(
            PostRow, (_values(post) for post in posts), key=_KEY, change=_recorded
        )

    async def known(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, datetime | None]:
        """Return which of these posts are recorded or marked as deleted, with `edited_at`."""
        found = await self._work.pairs(
            select(col(PostRow.post_id), col(PostRow.edited_at)).where(
                col(PostRow.community_id) == community, col(PostRow.post_id).in_(posts)
            )
        )
        return {PostId(post): edited_at for post, edited_at in found}

    async def mark_deleted(
        self, community: CommunityId, posts: Collection[PostId], at: datetime
    ) -> None:
        """Mark posts as deleted, also ones that are not known."""
        await self._work.upsert_all(
            PostRow,
            ({"community_id": community, "post_id": post, "deleted_at": at} for post in posts),
            key=_KEY,
            change=lambda old, new: {
                "deleted_at": func.coalesce(old["deleted_at"], new["deleted_at"])
            },
        )

    async def mark_place_deleted(
        self, community: CommunityId, place: PlaceId, at: datetime
    ) -> None:
        """Mark all posts in a channel or thread, or below a parent channel, as deleted."""
        await self._work.change(
            update(PostRow)
            .where(
                col(PostRow.community_id) == community,
                or_(col(PostRow.channel_id) == place, col(PostRow.parent_id) == place),
                col(PostRow.deleted_at).is_(None),
            )
            .values(deleted_at=at)
        )

    async def author(self, community: CommunityId, post: PostId) -> MemberId | None:
        """Return who wrote a post, None where it is not recorded."""
        found = await self._work.first(
            select(col(PostRow.author_id)).where(
                col(PostRow.community_id) == community, col(PostRow.post_id) == post
            )
        )
        return None if found is None else MemberId(found)

    async def written(
        self, community: CommunityId, author: MemberId, since: datetime
    ) -> Sequence[Written]:
        """Return what a person wrote since then and is not deleted, by UTC day and channel."""
        day = seconds_of(col(PostRow.created_at)) // _SECONDS_OF_A_DAY
        rows = await self._work.tuples(
            select(day, col(PostRow.channel_id), func.count())
            .where(
                col(PostRow.community_id) == community,
                col(PostRow.created_at) >= since,
                col(PostRow.deleted_at).is_(None),
                col(PostRow.author_id) == author,
                col(PostRow.by_person).is_(True),
            )
            .group_by(day, col(PostRow.channel_id))
            .order_by(day, col(PostRow.channel_id))
        )
        return [Written(day=int(d), place=place, posts=int(posts)) for d, place, posts in rows]

    async def count(self, community: CommunityId, since: datetime) -> int:
        """Return how many posts by people were made since then and are not deleted."""
        found = await self._work.first(
            select(func.count())
            .select_from(PostRow)
            .where(
                col(PostRow.community_id) == community,
                col(PostRow.created_at) >= since,
                col(PostRow.by_person).is_(True),
                col(PostRow.deleted_at).is_(None),
            )
        )
        return found or 0


def written_by(
    author: MemberId, *, community: Mapped[int], post: Mapped[int]
) -> ColumnElement[bool]:
    """Return the condition that a post which another table's columns name is by this member."""
    return exists().where(
        col(PostRow.community_id) == community,
        col(PostRow.post_id) == post,
        col(PostRow.author_id) == author,
    )


def _values(post: Post) -> dict[str, object]:
    return {
        "community_id": post.where.community,
        "post_id": post.id,
        "channel_id": post.where.channel,
        "parent_id": post.where.parent,
        "author_id": post.author,
        "by_person": post.by_person,
        "created_at": post.created_at,
        "edited_at": post.edited_at,
    }


def _recorded(old: Columns, new: Columns) -> Mapping[str, Any]:
    """Fill in what only a deletion had announced; let `edited_at` only grow."""
    known = old["created_at"].is_not(None)
    first = {name: case((known, old[name]), else_=new[name]) for name in _FIRST_RECORD}
    later = or_(old["edited_at"].is_(None), new["edited_at"] > old["edited_at"])
    return first | {"edited_at": case((later, new["edited_at"]), else_=old["edited_at"])}
