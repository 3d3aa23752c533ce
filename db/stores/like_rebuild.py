"""Makes all tallies of a community anew from reactions and posts, in a few statements.

Independent of the way in which events change them, so that each proves the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, delete, func, literal, select, union_all, update
from sqlmodel import SQLModel, col

from bot.domain.ids import CommunityId
from bot.domain.likes import Emoji, counting_emoji
from db.like_tables import (
    LikedPostRow,
    MemberTallyRow,
    MomentTallyRow,
    PlaceTallyRow,
    ReactionRow,
)
from db.moments import DAY, QUARTER, SECOND, seconds_of
from db.tables import PostRow
from db.work import Work, table_of

_POST = table_of(LikedPostRow).columns
_REACTION = table_of(ReactionRow).columns
_NOTHING = literal(0)
_ONE = literal(1)


async def rebuild(work: Work, community: CommunityId, chosen: Mapping[Emoji, bool]) -> None:
    """Replace the community's tallies and its posts' numbers of likes."""
    likes = likes_of(community, sorted(counting_emoji(chosen))).subquery()
    posts = _posts(community).subquery()
    await _count_per_post(work, community, likes)
    like_day, post_day = likes.c.given // DAY, posts.c.created // DAY
    await _refill(
        work,
        community,
        MomentTallyRow,
        ("quarter", "posts", "likes"),
        select(posts.c.created // QUARTER, _ONE, _NOTHING),
        select(likes.c.given // QUARTER, _NOTHING, _ONE),
    )
    await _refill(
        work,
        community,
        PlaceTallyRow,
        ("day", "channel_id", "posts", "likes"),
        select(post_day, posts.c.channel_id, _ONE, _NOTHING),
        select(like_day, likes.c.channel_id, _NOTHING, _ONE),
    )
    await _refill(
        work,
        community,
        MemberTallyRow,
        ("day", "member_id", "received", "given"),
        select(like_day, likes.c.author_id, _ONE, _NOTHING),
        select(like_day, likes.c.member_id, _NOTHING, _ONE),
    )


def given_within(
    likes: Select[*tuple[Any, ...]], counting: Sequence[Emoji], since: int, until: int
) -> Select[*tuple[Any, ...]]:
    """Narrow likes to those given in a stretch of time; their first emoji says when."""
    earlier = table_of(ReactionRow).alias("earlier")
    same = [earlier.c[n] == _REACTION[n] for n in ("community_id", "post_id", "member_id")]
    given_before = (
        select(_ONE)
        .where(
            *same,
            earlier.c.given < since,
            earlier.c.emoji.in_(counting),
            earlier.c.normal.is_(True) | earlier.c.burst.is_(True),
        )
        .correlate(table_of(ReactionRow))
        .exists()
    )
    return likes.where(_REACTION["given"] >= since, _REACTION["given"] < until, ~given_before)


def likes_of(community: CommunityId, counting: Sequence[Emoji]) -> Select[*tuple[Any, ...]]:
    """One row for each member and post: the rule of `bot.domain.likes.judge`."""
    valid = _REACTION["emoji"].in_(counting)
    same = and_(
        _REACTION["community_id"] == _POST["community_id"],
        _REACTION["post_id"] == _POST["post_id"],
    )
    group = (
        _REACTION["post_id"],
        _REACTION["member_id"],
        _POST["author_id"],
        _POST["channel_id"],
    )
    return (
        select(*group, func.min(case((valid, _REACTION["given"]))).label("given"))
        .join_from(_POST["post_id"].table, _REACTION["post_id"].table, same)
        .where(
            _POST["community_id"] == community,
            _REACTION["community_id"] == community,
            _REACTION["normal"].is_(True) | _REACTION["burst"].is_(True),
            _POST["deleted"].is_(False),
            _POST["author_id"].is_not(None),
            _POST["author_id"] != _REACTION["member_id"],
            _POST["by_person"].is_not(False),
        )
        .group_by(*group)
        .having(
            func.min(case((_REACTION["by_person"], 1), else_=0)) == 1,
            func.count(case((valid, 1))) > 0,
        )
    )


def _posts(community: CommunityId) -> Select[*tuple[Any, ...]]:
    created = (seconds_of(col(PostRow.created_at)) * SECOND).label("created")
    return select(col(PostRow.channel_id), created).where(
        col(PostRow.community_id) == community,
        col(PostRow.by_person).is_(True),
        col(PostRow.deleted_at).is_(None),
    )


async def _count_per_post(work: Work, community: CommunityId, likes: Any) -> None:
    counted = (
        select(likes.c.post_id, func.count().label("likes")).group_by(likes.c.post_id).subquery()
    )
    own = _POST["community_id"] == community
    await work.change(
        update(table_of(LikedPostRow)).where(own, _POST["likes"] != 0).values(likes=0)
    )
    await work.change(
        update(table_of(LikedPostRow))
        .where(own, _POST["post_id"] == counted.c.post_id)
        .values(likes=counted.c.likes)
    )


async def _refill(
    work: Work,
    community: CommunityId,
    row: type[SQLModel],
    names: tuple[str, ...],
    *sources: Select[*tuple[Any, ...]],
) -> None:
    """Empty a tally of this community, and fill it with sums of the sources by all but two."""
    table = table_of(row)
    await work.change(delete(table).where(table.columns["community_id"] == community))
    every = union_all(*sources).subquery()
    columns = list(every.columns)
    key, numbers = columns[:-2], columns[-2:]
    sums = select(literal(community), *key, *(func.sum(number) for number in numbers))
    await work.fill(row, ("community_id", *names), sums.group_by(*key))
