"""When a fact-check has earned to attach by itself."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.autonomy import EARNED_BOUND, Precision, wilson_lower_bound

counts = st.integers(0, 400)


def test_nothing_judged_is_nothing_earned() -> None:
    assert Precision().bound == 0.0
    assert not Precision().earned


def test_thirty_five_right_in_a_row_earn_it_and_thirty_four_do_not() -> None:
    assert Precision(right=35).earned
    assert not Precision(right=34).earned


def test_one_wrong_among_few_takes_it_back() -> None:
    assert not Precision(right=35, wrong=1).earned
    assert Precision(right=97, wrong=3).earned is (wilson_lower_bound(97, 100) >= EARNED_BOUND)


@given(counts, counts)
def test_the_bound_lies_between_zero_and_the_share(right: int, wrong: int) -> None:
    found = Precision(right, wrong)
    if found.judged:
        assert 0.0 <= found.bound <= right / found.judged


@given(counts, counts)
def test_a_right_label_never_lowers_and_a_wrong_one_never_raises_the_bound(
    right: int, wrong: int
) -> None:
    here = Precision(right, wrong).bound
    assert Precision(right + 1, wrong).bound >= here - 1e-12
    assert Precision(right, wrong + 1).bound <= here + 1e-12


@given(st.integers(1, 100), st.integers(2, 20))
def test_the_same_share_on_more_labels_is_surer(right: int, times: int) -> None:
    assert wilson_lower_bound(right * times, (right + 1) * times) >= wilson_lower_bound(
        right, right + 1
    )
