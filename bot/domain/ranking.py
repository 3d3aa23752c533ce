"""Which likes count in a ranking, and how posts, threads and members are ranked by them.

Pure: figures in, figures out. Discourse's formulas in the form that was meant, and three rules that
make buying a place expensive: a cap by day, a discount for likes in return, and diversity.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.domain.ids import MemberId, PostId
from bot.domain.likes import Like, day_of, week_of
from bot.domain.wording import N_

DAILY_CAP = 50
"""Likes of one member that count on one day in UTC, the earliest ones: Discourse's own limit."""
FREE_RETURNS = 3
"""Likes in return between two members in one week that are taken for courtesy, not for a deal."""
LIKES_PER_MEMBER = 5
"""Likes received count up to five times as many as the members whom they are from."""
LIKES_PER_DAY = 4
"""Likes received count up to four times as many as the days on which they were given."""

LIKE_SCORE = 15
REPLY_SCORE = 5
VIEWS_WEIGHT = 2.0
OPENING_WEIGHT = 0.5
MOST_LIKES_PER_POST = 3.0
ENOUGH_POSTS = 10


class Discount(StrEnum):
    """Why a like is shown, yet does not count in a ranking."""

    CAP = N_("the member gave more than 50 likes that day, and this is a later one")
    RING = N_("likes in return: the two liked each other more than 3 times that week")


def thread_score(
    *,
    likes: int,
    posts: int,
    opening_likes: int,
    thread_posts: int,
    views: int = 1,
    older: bool = False,
) -> float:
    """Return a thread's score in a period, by Discourse's formula with real division.

    Discourse counts in whole numbers where it divides, so that a short thread loses nothing and
    2.9 likes a post are 2: that is not what the formula says (see `docs/likes.md`).

    Args:
        likes: of the posts in the period.
        posts: in the period.
        opening_likes: of the thread's first post.
        thread_posts: in the thread altogether.
        views: where the platform counts them; Discord does not.
        older: whether the thread began before the period: then it scores nothing.
    """
    if older:
        return 0.0
    score = math.log10(max(views, 1)) * VIEWS_WEIGHT + opening_likes * OPENING_WEIGHT
    if likes > 0 and posts > 0:
        score += min(likes / posts, MOST_LIKES_PER_POST)
    if thread_posts < ENOUGH_POSTS:
        score -= (ENOUGH_POSTS - thread_posts) / 20 * opening_likes
    else:
        score += 10
    return score + math.log10(max(posts, 1))


def post_score(*, likes: int, replies: int = 0) -> int:
    """Return a post's score, as far as Discord tells what Discourse adds up."""
    return LIKE_SCORE * likes + REPLY_SCORE * replies


def diverse(likes: int, *, members: int, days: int) -> int:
    """Return how many of the likes received count, given whom and on how many days they are from.

    >>> diverse(20, members=4, days=5), diverse(20, members=3, days=9)
    (20, 15)
    >>> diverse(20, members=9, days=2)
    8
    """
    return min(likes, LIKES_PER_MEMBER * members, LIKES_PER_DAY * days)


def over_cap(given: Iterable[Like]) -> set[PostId]:
    """Return the posts whose likes by one member are beyond the cap, given all of whole days."""
    by_day: dict[int, list[Like]] = defaultdict(list)
    for like in given:
        by_day[day_of(like.at)].append(like)
    return {
        like.post for likes in by_day.values() for like in sorted(likes, key=_order)[DAILY_CAP:]
    }


def in_return(given: Iterable[Like], returned: Mapping[tuple[MemberId, int], int]) -> set[PostId]:
    """Return the posts whose likes by one member are likes in return beyond courtesy.

    Of the likes that two members gave each other in a week, three are free in each direction; the
    latest of those that were returned beyond that do not count. One-sided liking is not touched.

    Args:
        given: likes by one member, all of whole weeks.
        returned: how many likes an author gave that member, by author and week.
    """
    by_pair: dict[tuple[MemberId, int], list[Like]] = defaultdict(list)
    for like in given:
        by_pair[like.author, week_of(like.at)].append(like)
    found: set[PostId] = set()
    for pair, likes in by_pair.items():
        excess = min(len(likes), returned.get(pair, 0)) - FREE_RETURNS
        if excess > 0:
            found.update(like.post for like in sorted(likes, key=_order)[-excess:])
    return found


def _order(like: Like) -> tuple[object, PostId]:
    return like.at, like.post
