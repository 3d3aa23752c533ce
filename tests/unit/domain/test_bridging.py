"""Two sides are told from how raters rated other notes, or not at all."""

import time
from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bridging import LEAST_RATERS, sides

Record = dict[Hashable, dict[Hashable, float]]


def split_community(raters: int = 16, notes: int = 6) -> Record:
    """Return a record in which even and odd raters disagree about every note."""
    return {
        note: {rater: float((rater + note) % 2) for rater in range(raters)} for note in range(notes)
    }


def test_two_camps_are_found() -> None:
    found = sides(split_community(), leaving_out="new")
    assert set(found.values()) == {-1, 1}
    assert {found[rater] for rater in range(0, 16, 2)} != {
        found[rater] for rater in range(1, 16, 2)
    }
    assert len({found[rater] for rater in range(0, 16, 2)}) == 1


def test_hundreds_of_raters_take_hundredths_of_a_second() -> None:
    before = time.process_time()
    found = sides(split_community(raters=300, notes=60), leaving_out="new")
    assert len(found) == 300
    assert time.process_time() - before < 0.5


def test_too_few_raters_have_no_sides() -> None:
    assert sides(split_community(raters=LEAST_RATERS - 1), leaving_out="new") == {}


def test_too_few_notes_give_no_record() -> None:
    assert sides(split_community(notes=2), leaving_out="new") == {}


def test_raters_who_agree_have_no_sides() -> None:
    agreed: Record = {note: dict.fromkeys(range(20), 1.0) for note in range(6)}
    assert sides(agreed, leaving_out="new") == {}


def test_the_note_in_question_never_decides_about_sides() -> None:
    record = split_community()
    changed = record | {"new": {rater: float(rater < 8) for rater in range(16)}}
    assert sides(changed, leaving_out="new") == sides(record, leaving_out="new")


@given(
    st.dictionaries(
        st.integers(0, 9),
        st.dictionaries(st.integers(0, 30), st.sampled_from([0.0, 0.5, 1.0]), max_size=31),
        max_size=10,
    )
)
def test_the_same_ratings_in_any_order_give_the_same_sides(record: Record) -> None:
    turned: Record = {
        note: dict(reversed(list(given_.items()))) for note, given_ in reversed(record.items())
    }
    found = sides(record, leaving_out=0)
    assert found == sides(turned, leaving_out=0)
    assert set(found.values()) <= {-1, 1}
