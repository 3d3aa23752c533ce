"""What ratings say about a note, and how slowly that changes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import NoteId
from bot.domain.notes import Helpfulness
from bot.domain.ratings import (
    FROZEN_AFTER,
    STABLE_FOR,
    VALUE,
    NoteStanding,
    Opinion,
    RatingReason,
    Standing,
    advance,
    assess,
    bayesian_average,
    reasons_for,
)
from tests.builders import NOON

GOOD = frozenset({RatingReason.CLEAR, RatingReason.NEUTRAL})
BAD = frozenset({RatingReason.INCORRECT, RatingReason.BIASED})
NOTE = NoteId("note")
values = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=50)


def opinions(helpful: int = 0, somewhat: int = 0, not_helpful: int = 0) -> list[Opinion]:
    """Return ratings with fitting reasons, by as many raters."""
    kinds = (
        [(Helpfulness.HELPFUL, GOOD)] * helpful
        + [(Helpfulness.SOMEWHAT, frozenset())] * somewhat
        + [(Helpfulness.NOT_HELPFUL, BAD)] * not_helpful
    )
    return [Opinion(number, value, reasons) for number, (value, reasons) in enumerate(kinds)]


def found(
    given_opinions: list[Opinion],
    sides: dict[object, int] | None = None,
    current: Standing = Standing.NEEDS_MORE,
) -> Standing:
    return assess(given_opinions, dict(sides or {}), current)


@given(values)
def test_the_average_lies_between_zero_and_one_and_nearer_the_middle(rated: list[float]) -> None:
    average = bayesian_average(rated)
    assert 0.0 <= average <= 1.0
    if rated:
        mean = sum(rated) / len(rated)
        assert abs(average - 0.5) <= abs(mean - 0.5) + 1e-12


@pytest.mark.parametrize(
    ("rated", "standing"),
    [
        (opinions(not_helpful=4), Standing.NEEDS_MORE),
        (opinions(not_helpful=5), Standing.NOT_HELPFUL),
        (opinions(helpful=1, not_helpful=4), Standing.NOT_HELPFUL),
        (opinions(helpful=2, not_helpful=3), Standing.NEEDS_MORE),
        (opinions(helpful=5), Standing.HELPFUL),
        (opinions(somewhat=9), Standing.NEEDS_MORE),
    ],
)
def test_five_ratings_and_a_clear_average_decide(rated: list[Opinion], standing: Standing) -> None:
    assert found(rated) is standing


def test_without_two_reasons_by_two_members_each_nothing_is_decided() -> None:
    one_reason = frozenset({RatingReason.INCORRECT})
    same = [Opinion(n, Helpfulness.NOT_HELPFUL, one_reason) for n in range(9)]
    assert found(same) is Standing.NEEDS_MORE
    alone = [Opinion(n, Helpfulness.NOT_HELPFUL) for n in range(8)]
    assert found([*alone, Opinion(9, Helpfulness.NOT_HELPFUL, BAD)]) is Standing.NEEDS_MORE


def test_a_note_that_one_side_likes_is_not_taken_back() -> None:
    rated = opinions(helpful=3, not_helpful=12)
    assert found(rated) is Standing.NOT_HELPFUL
    split = {o.rater: (1 if o.value is Helpfulness.HELPFUL else -1) for o in rated}
    assert found(rated, split) is Standing.NEEDS_MORE


def test_a_note_that_both_sides_find_helpful_is_helpful() -> None:
    rated = opinions(helpful=10)
    mixed = {o.rater: 1 if n % 2 else -1 for n, o in enumerate(rated)}
    assert found(rated, mixed) is Standing.HELPFUL
    few = {o.rater: 1 if n < 3 else -1 for n, o in enumerate(rated)}
    assert found(rated, few) is Standing.NEEDS_MORE, "a net of three is too few on one side"


def test_a_status_is_kept_a_hundredth_beyond_its_threshold() -> None:
    rated = opinions(helpful=11, not_helpful=4, somewhat=1)
    average = bayesian_average([VALUE[o.value] for o in rated])
    assert 0.69 <= average < 0.70
    assert found(rated) is Standing.NEEDS_MORE
    assert found(rated, current=Standing.HELPFUL) is Standing.HELPFUL


def test_a_status_comes_after_thirty_stable_minutes() -> None:
    start = NoteStanding(note=NOTE)
    waiting = advance(start, Standing.NOT_HELPFUL, now=NOON, posted_at=NOON)
    assert (waiting.standing, waiting.candidate) == (Standing.NEEDS_MORE, Standing.NOT_HELPFUL)
    soon = NOON + STABLE_FOR - timedelta(seconds=1)
    assert advance(waiting, Standing.NOT_HELPFUL, now=soon, posted_at=NOON) == waiting
    then = NOON + STABLE_FOR
    done = advance(waiting, Standing.NOT_HELPFUL, now=then, posted_at=NOON)
    assert done == NoteStanding(note=NOTE, standing=Standing.NOT_HELPFUL)


def test_a_break_in_between_starts_the_thirty_minutes_anew() -> None:
    waiting = advance(NoteStanding(note=NOTE), Standing.HELPFUL, now=NOON, posted_at=NOON)
    broken = advance(waiting, Standing.NEEDS_MORE, now=NOON, posted_at=NOON)
    assert broken == NoteStanding(note=NOTE)
    later = NOON + STABLE_FOR
    again = advance(broken, Standing.HELPFUL, now=later, posted_at=NOON)
    assert (again.standing, again.since) == (Standing.NEEDS_MORE, later)


@given(st.sampled_from(Standing), st.sampled_from(Standing))
def test_nothing_changes_after_fourteen_days(standing: Standing, later: Standing) -> None:
    current = NoteStanding(note=NOTE, standing=standing)
    assert advance(current, later, now=NOON + FROZEN_AFTER, posted_at=NOON) == current


def test_somewhat_takes_reasons_of_both_lists() -> None:
    both = set(reasons_for(Helpfulness.HELPFUL)) | set(reasons_for(Helpfulness.NOT_HELPFUL))
    assert set(reasons_for(Helpfulness.SOMEWHAT)) == both == set(RatingReason)
