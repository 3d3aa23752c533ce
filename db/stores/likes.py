"""Reactions, posts with reactions and tallies, in the tables of `db.like_tables`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import (
    Emoji,
    LikedPost,
    Reaction,
)
from bot.services.ports import KnownPost, TallyChanges
from db.like_tables import (
    LikedPostRow,
    LikeEmojiRow,
    MemberTallyRow,
    MomentTallyRow,
    PlaceTallyRow,
    ReactionRow,
)
from db.stores.like_reads import SqlLikeReads
from db.stores.like_rebuild import rebuild
from db.stores.like_rows import (
    POST,
    REACTION,
    chunks,
    post_of,
    post_values,
    posts_of,
    reaction_of,
    reaction_values,
    reactions_of,
)
from db.tables import PostRow
from db.work import table_of

_REACTION_KEY = ("community_id", "post_id", "member_id", "emoji")
_POST_KEY = ("community_id", "post_id")


class SqlLikeStore(SqlLikeReads):
    """Implements `LikeStore`."""

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
        pair = tuple_(REACTION["post_id"], REACTION["member_id"])
        for some in chunks(pairs):
            rows = await self._work.tuples(reactions_of(community).where(pair.in_(some)))
            found |= {tuple(row[:3]): reaction_of(community, row) for row in rows}
        for some in chunks(posts):
            rows = await self._work.tuples(
                reactions_of(community).where(REACTION["post_id"].in_(some))
            )
            found |= {tuple(row[:3]): reaction_of(community, row) for row in rows}
        return list(found.values())

    async def put_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Add reactions or replace those that are there."""
        await self._work.upsert_all(
            ReactionRow,
            (reaction_values(each) for each in reactions),
            key=_REACTION_KEY,
            change=_NEW_REACTION,
        )

    async def liked_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, LikedPost]:
        """Return which of these posts have or had reactions."""
        found: dict[PostId, LikedPost] = {}
        for some in chunks(posts):
            rows = await self._work.tuples(posts_of(community).where(POST["post_id"].in_(some)))
            found |= {PostId(row[0]): post_of(community, row) for row in rows}
        return found

    async def put_liked_posts(self, posts: Iterable[LikedPost]) -> None:
        """Add posts with reactions or replace those that are there."""
        await self._work.upsert_all(
            LikedPostRow,
            (post_values(each) for each in posts),
            key=_POST_KEY,
            change=_NEW_POST,
        )

    async def known_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, KnownPost]:
        """Return what is recorded of these posts, with or without reactions."""
        found: dict[PostId, KnownPost] = {}
        for some in chunks(posts):
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
        liked = select(POST["post_id"]).where(
            POST["community_id"] == community, POST["deleted"].is_(False)
        )
        found = {
            *await self._work.rows(own.where(col(PostRow.channel_id) == place)),
            *await self._work.rows(own.where(col(PostRow.parent_id) == place)),
            *await self._work.rows(liked.where(POST["channel_id"] == place)),
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
        liked = select(POST["post_id"]).where(
            POST["community_id"] == community,
            POST["channel_id"] == channel,
            POST["post_id"] > after,
            POST["post_id"] <= up_to,
            POST["deleted"].is_(False),
        )
        found = {*await self._work.rows(own), *await self._work.rows(liked)}
        return [PostId(post) for post in sorted(found)]

    async def strangers(self, community: CommunityId, limit: int) -> Sequence[LikedPost]:
        """Return posts with reactions of whose author nothing is known, newest first."""
        rows = await self._work.tuples(
            posts_of(community)
            .where(POST["by_person"].is_(None), POST["deleted"].is_(False))
            .order_by(POST["post_id"].desc())
            .limit(limit)
        )
        return [post_of(community, row) for row in rows]

    async def add_to_tallies(self, community: CommunityId, changes: TallyChanges) -> None:
        """Add to the tallies, in the same transaction as the facts."""
        moments = [
            {"community_id": community, "quarter": quarter, "posts": posts, "likes": likes}
            for quarter, (posts, likes) in changes.moments.items()
        ]
        await self._work.upsert_all(
            MomentTallyRow, moments, key=("community_id", "quarter"), change=_PLUS_POSTS
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
            change=_PLUS_POSTS,
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
            change=_PLUS_RECEIVED,
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
            ("post", [POST[n] for n in ("created_day", "post_id", "likes", "likes")]),
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


def _all_but(key: Collection[str]) -> Any:
    return lambda old, new: {name: new[name] for name in old.keys() if name not in key}  # noqa: SIM118


def _plus(*names: str) -> Any:
    return lambda old, new: {name: old[name] + new[name] for name in names}


# Made once: a statement is prepared for each of them.
_NEW_REACTION = _all_but(_REACTION_KEY)
_NEW_POST = _all_but(_POST_KEY)
_PLUS_POSTS = _plus("posts", "likes")
_PLUS_RECEIVED = _plus("received", "given")
