"""What digests, rankings and explanations read of likes, in the tables of `db.like_tables`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import (
    Emoji,
    Like,
    LikedPost,
    counting_emoji,
    day_of,
    quarter_of,
)
from bot.services.ports import Activity, MemberLikes, PlaceActivity
from db.like_tables import (
    LikeEmojiRow,
    MemberTallyRow,
    MomentTallyRow,
    PlaceTallyRow,
)
from db.moments import from_micros, to_micros
from db.stores.like_rebuild import given_within, likes_of
from db.stores.like_rows import POST, REACTION, chunks, post_of, posts_of
from db.work import Columns, Work, table_of


class SqlLikeReads:
    """The reading half of `LikeStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def emoji(self, community: CommunityId) -> Mapping[Emoji, bool]:
        """Return the community's own choices: whether an emoji counts; defaults not included."""
        found = await self._work.pairs(
            select(col(LikeEmojiRow.emoji), col(LikeEmojiRow.counts)).where(
                col(LikeEmojiRow.community_id) == community
            )
        )
        return {Emoji(emoji): bool(counts) for emoji, counts in found}

    async def activity(
        self, community: CommunityId, edges: Sequence[datetime]
    ) -> Sequence[Activity]:
        """Return posts written and likes given between each edge and the next."""
        columns = table_of(MomentTallyRow).columns
        quarters = [quarter_of(edge) for edge in edges]
        rows = await self._work.tuples(
            select(columns["quarter"], columns["posts"], columns["likes"]).where(
                columns["community_id"] == community,
                columns["quarter"] >= quarters[0],
                columns["quarter"] < quarters[-1],
            )
        )
        return [
            Activity(
                posts=sum(posts for quarter, posts, _ in rows if start <= quarter < end),
                likes=sum(likes for quarter, _, likes in rows if start <= quarter < end),
            )
            for start, end in pairwise(quarters)
        ]

    async def most_liked_posts(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[LikedPost]:
        """Return posts that were written then, by all their likes, then oldest first.

        Each day's index gives its best without a look at the rest; the best of all are among them.
        """
        found: list[LikedPost] = []
        for day in range(day_of(since), day_of(until) + 1):
            rows = await self._work.tuples(
                posts_of(community)
                .where(
                    POST["created_day"] == day,
                    POST["likes"] > 0,
                    POST["created"] >= to_micros(since),
                    POST["created"] < to_micros(until),
                )
                .order_by(POST["likes"].desc(), POST["post_id"])
                .limit(limit)
            )
            found += [post_of(community, row) for row in rows]
        return sorted(found, key=lambda post: (-post.likes, post.post))[:limit]

    async def busiest_places(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[PlaceActivity]:
        """Return channels and threads by posts, then likes, on the UTC days touched."""
        columns = table_of(PlaceTallyRow).columns
        posts, likes = func.sum(columns["posts"]), func.sum(columns["likes"])
        rows = await self._work.tuples(
            select(columns["channel_id"], posts, likes)
            .where(_touched(columns, community, since, until))
            .group_by(columns["channel_id"])
            .having((posts > 0) | (likes > 0))
            .order_by(posts.desc(), likes.desc(), columns["channel_id"])
            .limit(limit)
        )
        return [
            PlaceActivity(place=PlaceId(place), posts=int(p), likes=int(liked))
            for place, p, liked in rows
        ]

    async def members_by_likes(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[MemberLikes]:
        """Return members by likes received on the UTC days touched."""
        columns = table_of(MemberTallyRow).columns
        received = func.sum(columns["received"])
        rows = await self._work.pairs(
            select(columns["member_id"], received)
            .where(_touched(columns, community, since, until), columns["received"] > 0)
            .group_by(columns["member_id"])
            .order_by(received.desc(), columns["member_id"])
            .limit(limit)
        )
        return [MemberLikes(member=MemberId(member), received=int(got)) for member, got in rows]

    async def likes_on(self, community: CommunityId, posts: Collection[PostId]) -> Sequence[Like]:
        """Return all likes of these posts."""
        found: list[Like] = []
        for some in chunks(posts):
            found += await self._likes(community, POST["post_id"].in_(some))
        return sorted(found, key=_like_order)

    async def likes_to(
        self, community: CommunityId, author: MemberId, since: datetime, until: datetime
    ) -> Sequence[Like]:
        """Return the likes that a member received then."""
        found = await self._likes(community, POST["author_id"] == author, (since, until))
        return sorted(found, key=_like_order)

    async def likes_by(
        self,
        community: CommunityId,
        members: Collection[MemberId],
        since: datetime,
        until: datetime,
    ) -> Sequence[Like]:
        """Return the likes that these members gave then."""
        found: list[Like] = []
        for some in chunks(members):
            found += await self._likes(community, REACTION["member_id"].in_(some), (since, until))
        return sorted(found, key=_like_order)

    async def _likes(
        self,
        community: CommunityId,
        whose: ColumnElement[bool],
        span: tuple[datetime, datetime] | None = None,
    ) -> list[Like]:
        counting = sorted(counting_emoji(await self.emoji(community)))
        statement = likes_of(community, counting).where(whose)
        if span is not None:
            statement = given_within(statement, counting, *map(to_micros, span))
        return [
            Like(post=post, giver=giver, author=author, channel=channel, at=from_micros(given))
            for post, giver, author, channel, given in await self._work.tuples(statement)
        ]

    async def eager(
        self, community: CommunityId, day: int, more_than: int, among: Collection[MemberId]
    ) -> Sequence[MemberId]:
        """Return which of these members gave more likes than this on one UTC day."""
        columns = table_of(MemberTallyRow).columns
        found: list[MemberId] = []
        for some in chunks(among):
            found += await self._work.rows(
                select(columns["member_id"]).where(
                    columns["community_id"] == community,
                    columns["day"] == day,
                    columns["member_id"].in_(some),
                    columns["given"] > more_than,
                )
            )
        return sorted(found)


def _like_order(like: Like) -> tuple[datetime, PostId, MemberId]:
    return like.at, like.post, like.giver


def _touched(
    columns: Columns, community: CommunityId, since: datetime, until: datetime
) -> ColumnElement[bool]:
    return and_(
        columns["community_id"] == community,
        columns["day"] >= day_of(since),
        columns["day"] <= day_of(until),
    )
