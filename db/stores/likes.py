"""Reactions, posts with reactions and tallies, in the tables of `db.like_tables`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import Emoji, LikedPost, Reaction, day_of, quarter_of
from bot.services.ports import Activity, KnownPost, MemberLikes, PlaceActivity, TallyChanges
from bot.services.storable import require_storable
from db.like_tables import (
    LikedPostRow,
    LikeEmojiRow,
    MemberTallyRow,
    MomentTallyRow,
    PlaceTallyRow,
    ReactionRow,
)
from db.moments import from_micros, to_micros
from db.stores.like_rebuild import rebuild
from db.tables import PostRow
from db.work import Columns, Work, table_of

CHUNK = 5_000
"""Keys asked for in one statement: far below SQLite's 32,766 parameters."""

_POST = table_of(LikedPostRow).columns
_REACTION = table_of(ReactionRow).columns
_REACTION_KEY = ("community_id", "post_id", "member_id", "emoji")
_POST_KEY = ("community_id", "post_id")


class SqlLikeStore:
    """Implements `LikeStore`."""

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

    async def set_emoji(self, community: CommunityId, emoji: Emoji, counts: bool) -> None:
        """Store a choice; the tallies are to be rebuilt afterwards."""
        await self._work.upsert(
            LikeEmojiRow,
            {"community_id": community, "emoji": emoji, "counts": counts},
            key=["community_id", "emoji"],
            change=lambda _, new: {"counts": new["counts"]},
        )

    async def reactions(
        self,
        community: CommunityId,
        *,
        pairs: Collection[tuple[PostId, MemberId]] = (),
        posts: Collection[PostId] = (),
    ) -> Sequence[Reaction]:
        """Return the reactions of these members to these posts, and all to `posts`."""
        found: dict[tuple[Any, ...], Reaction] = {}
        pair = tuple_(_REACTION["post_id"], _REACTION["member_id"])
        for some in _chunks(pairs):
            rows = await self._work.tuples(_reactions_of(community).where(pair.in_(some)))
            found |= {tuple(row[:3]): _reaction(community, row) for row in rows}
        for some in _chunks(posts):
            rows = await self._work.tuples(
                _reactions_of(community).where(_REACTION["post_id"].in_(some))
            )
            found |= {tuple(row[:3]): _reaction(community, row) for row in rows}
        return list(found.values())

    async def put_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Add reactions or replace those that are there."""
        await self._work.upsert_all(
            ReactionRow,
            (_reaction_values(each) for each in reactions),
            key=_REACTION_KEY,
            change=_all_but(_REACTION_KEY),
        )

    async def liked_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, LikedPost]:
        """Return which of these posts have or had reactions."""
        found: dict[PostId, LikedPost] = {}
        for some in _chunks(posts):
            rows = await self._work.tuples(_posts_of(community).where(_POST["post_id"].in_(some)))
            found |= {PostId(row[0]): _post(community, row) for row in rows}
        return found

    async def liked_posts_in(
        self, community: CommunityId, place: PlaceId, *, since: datetime
    ) -> Sequence[LikedPost]:
        """Return the posts with reactions that stand in one place and were written since then."""
        rows = await self._work.tuples(
            _posts_of(community)
            .where(_POST["channel_id"] == place, _POST["created"] >= to_micros(since))
            .order_by(_POST["post_id"])
        )
        return [_post(community, row) for row in rows]

    async def put_liked_posts(self, posts: Iterable[LikedPost]) -> None:
        """Add posts with reactions or replace those that are there."""
        await self._work.upsert_all(
            LikedPostRow,
            (_post_values(each) for each in posts),
            key=_POST_KEY,
            change=_all_but(_POST_KEY),
        )

    async def known_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, KnownPost]:
        """Return what is recorded of these posts, with or without reactions."""
        found: dict[PostId, KnownPost] = {}
        for some in _chunks(posts):
            rows = await self._work.tuples(
                select(
                    col(PostRow.post_id),
                    col(PostRow.channel_id),
                    col(PostRow.author_id),
                    col(PostRow.by_person),
                    col(PostRow.created_at),
                    col(PostRow.deleted_at),
                ).where(col(PostRow.community_id) == community, col(PostRow.post_id).in_(some))
            )
            for post, channel, author, by_person, created_at, deleted_at in rows:
                found[PostId(post)] = KnownPost(
                    channel=channel,
                    author=author,
                    by_person=by_person,
                    created_at=created_at,
                    deleted=deleted_at is not None,
                )
        return found

    async def living_posts_in(self, community: CommunityId, place: PlaceId) -> Sequence[PostId]:
        """Return the posts in a channel or thread, or below a parent channel, not deleted."""
        own = select(col(PostRow.post_id)).where(
            col(PostRow.community_id) == community, col(PostRow.deleted_at).is_(None)
        )
        liked = select(_POST["post_id"]).where(
            _POST["community_id"] == community, _POST["deleted"].is_(False)
        )
        found = {
            *await self._work.rows(own.where(col(PostRow.channel_id) == place)),
            *await self._work.rows(own.where(col(PostRow.parent_id) == place)),
            *await self._work.rows(liked.where(_POST["channel_id"] == place)),
        }
        return [PostId(post) for post in sorted(found)]

    async def living_posts_between(
        self, community: CommunityId, channel: PlaceId, after: PostId, up_to: PostId
    ) -> Sequence[PostId]:
        """Return the posts of one channel, not deleted, with ids in this stretch."""
        own = select(col(PostRow.post_id)).where(
            col(PostRow.community_id) == community,
            col(PostRow.channel_id) == channel,
            col(PostRow.post_id) > after,
            col(PostRow.post_id) <= up_to,
            col(PostRow.deleted_at).is_(None),
        )
        liked = select(_POST["post_id"]).where(
            _POST["community_id"] == community,
            _POST["channel_id"] == channel,
            _POST["post_id"] > after,
            _POST["post_id"] <= up_to,
            _POST["deleted"].is_(False),
        )
        found = {*await self._work.rows(own), *await self._work.rows(liked)}
        return [PostId(post) for post in sorted(found)]

    async def strangers(self, community: CommunityId, limit: int) -> Sequence[LikedPost]:
        """Return posts with reactions of whose author nothing is known, newest first."""
        rows = await self._work.tuples(
            _posts_of(community)
            .where(_POST["by_person"].is_(None), _POST["deleted"].is_(False))
            .order_by(_POST["post_id"].desc())
            .limit(limit)
        )
        return [_post(community, row) for row in rows]

    async def add_to_tallies(self, community: CommunityId, changes: TallyChanges) -> None:
        """Add to the tallies, in the same transaction as the facts."""
        moments = [
            {"community_id": community, "quarter": quarter, "posts": posts, "likes": likes}
            for quarter, (posts, likes) in changes.moments.items()
        ]
        await self._work.upsert_all(
            MomentTallyRow, moments, key=("community_id", "quarter"), change=_plus("posts", "likes")
        )
        places = [
            {
                "community_id": community,
                "day": day,
                "channel_id": place,
                "posts": posts,
                "likes": likes,
            }
            for (day, place), (posts, likes) in changes.places.items()
        ]
        await self._work.upsert_all(
            PlaceTallyRow,
            places,
            key=("community_id", "day", "channel_id"),
            change=_plus("posts", "likes"),
        )
        members = [
            {
                "community_id": community,
                "day": day,
                "member_id": member,
                "received": received,
                "given": given,
            }
            for (day, member), (received, given) in changes.members.items()
        ]
        await self._work.upsert_all(
            MemberTallyRow,
            members,
            key=("community_id", "day", "member_id"),
            change=_plus("received", "given"),
        )

    async def rebuild(self, community: CommunityId) -> None:
        """Make the tallies and every post's number of likes anew from what is recorded."""
        await rebuild(self._work, community, await self.emoji(community))

    async def tallies(self, community: CommunityId) -> Sequence[tuple[str, int, int, int, int]]:
        """Return every tally that is not zero, in order."""
        moment, place, member = (
            table_of(row).columns for row in (MomentTallyRow, PlaceTallyRow, MemberTallyRow)
        )
        kinds: list[tuple[str, list[Any]]] = [
            ("member", [member[n] for n in ("day", "member_id", "received", "given")]),
            ("moment", [moment[n] for n in ("quarter", "quarter", "posts", "likes")]),
            ("place", [place[n] for n in ("day", "channel_id", "posts", "likes")]),
            ("post", [_POST[n] for n in ("created_day", "post_id", "likes", "likes")]),
        ]
        found: list[tuple[str, int, int, int, int]] = []
        for kind, columns in kinds:
            labelled = [column.label(f"c{n}") for n, column in enumerate(columns)]
            rows = await self._work.tuples(
                select(*labelled)
                .where(
                    columns[0].table.c["community_id"] == community,
                    (columns[2] != 0) | (columns[3] != 0),
                )
                .order_by(columns[0], columns[1])
            )
            found += [(kind, row[0], row[1], row[2], row[3]) for row in rows]
        return found

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
                _posts_of(community)
                .where(
                    _POST["created_day"] == day,
                    _POST["likes"] > 0,
                    _POST["created"] >= to_micros(since),
                    _POST["created"] < to_micros(until),
                )
                .order_by(_POST["likes"].desc(), _POST["post_id"])
                .limit(limit)
            )
            found += [_post(community, row) for row in rows]
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
        received, given = func.sum(columns["received"]), func.sum(columns["given"])
        rows = await self._work.tuples(
            select(columns["member_id"], received, given)
            .where(_touched(columns, community, since, until))
            .group_by(columns["member_id"])
            .having(received > 0)
            .order_by(received.desc(), columns["member_id"])
            .limit(limit)
        )
        return [
            MemberLikes(member=MemberId(member), received=int(got), given=int(gave))
            for member, got, gave in rows
        ]

    async def reactions_to(
        self, community: CommunityId, author: MemberId, since: datetime, until: datetime
    ) -> Sequence[tuple[LikedPost, Reaction]]:
        """Return the reactions given then to all posts of one author."""
        return await self._joined(community, _POST["author_id"] == author, since, until)

    async def reactions_by(
        self, community: CommunityId, member: MemberId, since: datetime, until: datetime
    ) -> Sequence[tuple[LikedPost, Reaction]]:
        """Return the reactions that one member gave then, with the posts."""
        return await self._joined(community, _REACTION["member_id"] == member, since, until)

    async def _joined(
        self, community: CommunityId, whose: ColumnElement[bool], since: datetime, until: datetime
    ) -> Sequence[tuple[LikedPost, Reaction]]:
        same = and_(
            _REACTION["community_id"] == _POST["community_id"],
            _REACTION["post_id"] == _POST["post_id"],
        )
        post_columns = [column.label(f"post_{column.name}") for column in _POST_COLUMNS]
        rows = await self._work.tuples(
            select(*_REACTION_COLUMNS, *post_columns)
            .join_from(_POST["post_id"].table, _REACTION["post_id"].table, same)
            .where(
                _POST["community_id"] == community,
                _REACTION["community_id"] == community,
                whose,
                _REACTION["member_id"] != 0,
                _REACTION["given"] >= to_micros(since),
                _REACTION["given"] < to_micros(until),
            )
            .order_by(_REACTION["given"], _REACTION["post_id"], _REACTION["member_id"])
        )
        width = len(_REACTION_COLUMNS)
        return [(_post(community, row[width:]), _reaction(community, row)) for row in rows]


_REACTION_COLUMNS = [
    _REACTION[name]
    for name in (
        "post_id",
        "member_id",
        "emoji",
        "normal",
        "burst",
        "normal_order",
        "burst_order",
        "given",
        "by_person",
    )
]
_POST_COLUMNS = [
    _POST[name]
    for name in (
        "post_id",
        "channel_id",
        "author_id",
        "by_person",
        "created",
        "deleted",
        "likes",
    )
]


def _reactions_of(community: CommunityId) -> Any:
    return select(*_REACTION_COLUMNS).where(_REACTION["community_id"] == community)


def _posts_of(community: CommunityId) -> Any:
    return select(*_POST_COLUMNS).where(_POST["community_id"] == community)


def _reaction(community: CommunityId, row: Sequence[Any]) -> Reaction:
    return Reaction(
        community=community,
        post=row[0],
        member=row[1],
        emoji=row[2],
        normal=bool(row[3]),
        burst=bool(row[4]),
        normal_order=row[5],
        burst_order=row[6],
        at=from_micros(row[7]),
        by_person=bool(row[8]),
    )


def _reaction_values(reaction: Reaction) -> dict[str, object]:
    return {
        "community_id": reaction.community,
        "post_id": reaction.post,
        "member_id": reaction.member,
        "emoji": reaction.emoji,
        "normal": reaction.normal,
        "burst": reaction.burst,
        "normal_order": reaction.normal_order,
        "burst_order": reaction.burst_order,
        "given": to_micros(reaction.at),
        "by_person": reaction.by_person,
    }


def _post(community: CommunityId, row: Sequence[Any]) -> LikedPost:
    return LikedPost(
        community=community,
        post=row[0],
        channel=row[1],
        author=row[2],
        by_person=None if row[3] is None else bool(row[3]),
        created_at=from_micros(row[4]),
        deleted=bool(row[5]),
        likes=row[6],
    )


def _post_values(post: LikedPost) -> dict[str, object]:
    return {
        "community_id": post.community,
        "post_id": post.post,
        "channel_id": post.channel,
        "author_id": post.author,
        "by_person": post.by_person,
        "created": to_micros(post.created_at),
        "created_day": day_of(post.created_at),
        "deleted": post.deleted,
        "likes": post.likes,
    }


def _touched(
    columns: Columns, community: CommunityId, since: datetime, until: datetime
) -> ColumnElement[bool]:
    return and_(
        columns["community_id"] == community,
        columns["day"] >= day_of(since),
        columns["day"] <= day_of(until),
    )


def _chunks(keys: Collection[Any]) -> Iterable[list[Any]]:
    ordered = sorted(keys)
    require_storable(ordered)
    return (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK))


def _all_but(key: Collection[str]) -> Any:
    return lambda old, new: {name: new[name] for name in old.keys() if name not in key}  # noqa: SIM118


def _plus(*names: str) -> Any:
    return lambda old, new: {name: old[name] + new[name] for name in names}
