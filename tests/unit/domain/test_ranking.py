"""Discourse's formulas against the numbers of its own tests, and the rules against gaming."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.likes import Like
from bot.domain.ranking import diverse, in_return, over_cap, post_score, thread_score
from tests.builders import NOON

GIVER, AUTHOR = MemberId(1), MemberId(2)
WEEK = 2969
"""The week of `NOON`, a Monday."""


def score(**changes: Any) -> float:
    values = {"likes": 0, "posts": 1, "opening_likes": 0, "thread_posts": 10}
    return thread_score(**(values | changes))


def likes(count: int, *, hours: float = 1.0, author: MemberId = AUTHOR) -> list[Like]:
    return [
        Like(
            post=PostId(number),
            channel=PlaceId(9),
            author=author,
            giver=GIVER,
            at=NOON + number * timedelta(hours=hours),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"opening_likes": 28, "likes": 28}, 0 + 14 + 3 + 10 + 0),
        ({"opening_likes": 10, "likes": 10, "posts": 2}, 0 + 5 + 3 + 10 + 0.301),
        ({"views": 2}, 0.602 + 0 + 0 + 10 + 0),
    ],
)
def test_threads_score_as_in_discourses_own_examples(
    parts: dict[str, Any], expected: float
) -> None:
    assert score(**parts) == pytest.approx(expected, abs=0.001)


def test_a_short_thread_loses_a_share_of_its_opening_likes() -> None:
    assert score(opening_likes=10, thread_posts=4) == pytest.approx(5 - 0.3 * 10)


def test_likes_per_post_are_not_rounded_down() -> None:
    assert score(likes=5, posts=2) - score(likes=4, posts=2) == pytest.approx(0.5)


def test_a_thread_from_before_the_period_scores_nothing() -> None:
    assert score(opening_likes=28, likes=28, older=True) == 0


def test_a_like_is_worth_three_replies() -> None:
    assert post_score(likes=5) == 75
    assert post_score(likes=1, replies=2) == 25


def test_likes_from_few_members_or_few_days_count_in_part() -> None:
    assert diverse(20, members=4, days=5) == 20
    assert diverse(100, members=1, days=30) == 5
    assert diverse(100, members=40, days=1) == 4
    assert diverse(0, members=0, days=0) == 0


def test_of_a_days_likes_the_first_fifty_count() -> None:
    assert over_cap(likes(50, hours=0.1)) == set()
    assert over_cap(reversed(likes(53, hours=0.1))) == {50, 51, 52}
    assert over_cap(likes(60, hours=0.3)) == set(), "they are spread over two days"


def test_courtesy_between_two_members_counts() -> None:
    assert in_return(likes(20), {}) == set()
    assert in_return(likes(20), {(AUTHOR, WEEK): 3}) == set()
    assert in_return(likes(3), {(AUTHOR, WEEK): 20}) == set()


def test_likes_in_return_beyond_courtesy_do_not_count() -> None:
    assert in_return(likes(5), {(AUTHOR, WEEK): 50}) == {3, 4}
    assert in_return(likes(10), {(AUTHOR, WEEK): 5}) == {8, 9}, "five were never returned"


def test_each_week_and_each_pair_is_looked_at_by_itself() -> None:
    assert in_return(likes(5), {(AUTHOR, WEEK + 1): 50}) == set()
    assert in_return(likes(5), {(MemberId(3), WEEK): 50}) == set()
