"""Precision and recall from labels."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import Slug
from bot.domain.tuning import THRESHOLDS, Judged, advised, at_threshold, each_threshold

probabilities = st.floats(0, 1)
matches = st.lists(st.builds(Judged, st.just(Slug("a")), probabilities, st.booleans()), max_size=60)


def judged(*, right: int = 0, wrong: int = 0, probability: float = 0.9) -> list[Judged]:
    slug = Slug("a")
    return [Judged(slug, probability, True)] * right + [Judged(slug, probability, False)] * wrong


@given(matches, probabilities)
def test_every_judged_match_is_counted_once(found: list[Judged], threshold: float) -> None:
    tried = at_threshold(found, threshold)
    below = [each for each in found if each.probability < threshold]
    assert tried.right + tried.wrong + len(below) == len(found)
    assert tried.right + tried.missed == sum(each.right for each in found)


@given(matches)
def test_recall_never_rises_with_the_threshold(found: list[Judged]) -> None:
    recalls = [tried.recall or 0.0 for tried in each_threshold(found)]
    assert recalls == sorted(recalls, reverse=True)


@given(matches, probabilities)
def test_shares_are_shares_and_the_bound_is_no_more_than_the_precision(
    found: list[Judged], threshold: float
) -> None:
    tried = at_threshold(found, threshold)
    for share in (tried.precision, tried.recall):
        assert share is None or 0.0 <= share <= 1.0
    assert 0.0 <= tried.bound <= (tried.precision or 0.0) + 1e-12


@given(matches)
def test_what_is_advised_is_precise_enough_and_the_lowest_that_is(found: list[Judged]) -> None:
    tried = each_threshold(found)
    best = advised(tried)
    for each in tried:
        if best is None or each.threshold < best.threshold:
            assert each.bound < 0.90


def test_wrong_matches_below_a_threshold_are_the_reason_to_advise_it() -> None:
    found = judged(right=50, probability=0.9) + judged(wrong=30, probability=0.6)
    best = advised(each_threshold(found))
    assert best is not None
    assert (best.threshold, best.precision, best.recall) == (0.65, 1.0, 1.0)


def test_few_labels_advise_nothing() -> None:
    assert advised(each_threshold(judged(right=20))) is None


def test_nothing_judged_has_no_shares() -> None:
    tried = at_threshold([], THRESHOLDS[0])
    assert (tried.precision, tried.recall, tried.bound) == (None, None, 0.0)
