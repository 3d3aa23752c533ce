"""How reactions and posts with reactions stand in their tables, and come out of them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from bot.domain.ids import CommunityId
from bot.domain.likes import (
    LikedPost,
    Reaction,
    day_of,
)
from db.like_tables import (
    LikedPostRow,
    ReactionRow,
)
from db.moments import from_micros, to_micros
from db.work import table_of

CHUNK = 5_000
"""Keys asked for in one statement: far below SQLite's 32,766 parameters."""

POST = table_of(LikedPostRow).columns
REACTION = table_of(ReactionRow).columns

REACTION_COLUMNS = [
    REACTION[name]
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
POST_COLUMNS = [
    POST[name]
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


def reactions_of(community: CommunityId) -> Any:
    """Return the query for a community's reactions."""
    return select(*REACTION_COLUMNS).where(REACTION["community_id"] == community)


def posts_of(community: CommunityId) -> Any:
    """Return the query for a community's posts with reactions."""
    return select(*POST_COLUMNS).where(POST["community_id"] == community)


def reaction_of(community: CommunityId, row: Sequence[Any]) -> Reaction:
    """Return the reaction that a row of the first query is."""
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


def reaction_values(reaction: Reaction) -> dict[str, object]:
    """Return a reaction as a row."""
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


def post_of(community: CommunityId, row: Sequence[Any]) -> LikedPost:
    """Return the post that a row of the second query is."""
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


def post_values(post: LikedPost) -> dict[str, object]:
    """Return a post as a row."""
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


def chunks(keys: Collection[Any]) -> Iterable[list[Any]]:
    """Cut keys into lists that one statement can take."""
    ordered = sorted(keys)
    return (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK))
