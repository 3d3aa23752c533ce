"""When wrong notes pause a place."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.breaker import LEAST_WRONG, NOTES_CONSIDERED, WRONG_SHARE, trips

histories = st.lists(st.booleans(), max_size=30)


def test_two_mistakes_never_pause() -> None:
    assert not trips([True, True])


def test_three_among_ten_pause_and_three_among_eleven_count_the_newest_ten() -> None:
    assert trips([False] * 7 + [True] * 3)
    assert not trips([False] * 8 + [True] * 3)


@given(histories)
def test_it_trips_only_above_both_bounds(wrong: list[bool]) -> None:
    newest = wrong[:NOTES_CONSIDERED]
    if trips(wrong):
        assert sum(newest) >= LEAST_WRONG
        assert sum(newest) / len(newest) >= WRONG_SHARE


@given(histories, st.integers(0, 29))
def test_another_mistake_never_prevents_a_pause(wrong: list[bool], at: int) -> None:
    if trips(wrong) and at < len(wrong):
        assert trips([*wrong[:at], True, *wrong[at + 1 :]])
