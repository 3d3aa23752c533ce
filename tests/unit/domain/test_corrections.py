"""How a note is to be shown, given the revisions of its fact-check."""

from datetime import date, timedelta

import pytest

from bot.domain.corrections import (
    CorrectionKind,
    Entry,
    NoteShape,
    changes_between,
    form_of,
    kind_of,
    shape_of,
)
from bot.domain.factchecks import FactCheck, Status, Verdict
from tests.builders import NOON, build_fact_check

TODAY = NOON.date()


def entry(fact_check: FactCheck, reason: str = "", minutes: int = 0) -> Entry:
    return Entry(fact_check=fact_check, reason=reason, at=NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("status", "shape"),
    [
        (Status.PUBLISHED, NoteShape.FULL),
        (Status.DRAFT, NoteShape.PAUSED),
        (Status.PAUSED, NoteShape.PAUSED),
        (Status.RETIRED, NoteShape.RETIRED),
    ],
)
def test_the_shape_follows_the_status(status: Status, shape: NoteShape) -> None:
    assert shape_of(build_fact_check(status=status), TODAY) is shape


def test_a_published_check_expires_on_the_day_after_its_review_date() -> None:
    fact_check = build_fact_check(review_by=TODAY)
    assert shape_of(fact_check, TODAY) is NoteShape.FULL
    assert shape_of(fact_check, TODAY + timedelta(days=1)) is NoteShape.EXPIRED


def test_a_paused_check_stays_paused_when_it_expires() -> None:
    fact_check = build_fact_check(review_by=date(2026, 11, 2), status=Status.PAUSED)
    assert shape_of(fact_check, TODAY) is NoteShape.PAUSED


def test_what_changed_is_told_against_the_note_as_it_was_attached() -> None:
    first = build_fact_check()
    second = first.revised(summary="More is known.")
    third = second.revised(verdict=Verdict.FALSE)
    form = form_of(first, [entry(third, minutes=2), entry(second, minutes=1), entry(first)], TODAY)
    assert (form.changed, form.changed_at) == (("finding", "summary"), NOON + timedelta(minutes=2))


def test_a_change_that_was_undone_leaves_no_trace_on_the_note() -> None:
    first = build_fact_check()
    third = first.revised(summary="Wrong.").revised(summary=first.summary)
    assert form_of(first, [entry(third), entry(first)], TODAY).changed_at is None


def test_readers_do_not_see_variants_topics_and_examples() -> None:
    first = build_fact_check()
    assert changes_between(first, first.revised(variants=("x",), topics=("y",), questions=())) == ()


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (NoteShape.FULL, NoteShape.FULL, CorrectionKind.EDITED),
        (NoteShape.EXPIRED, NoteShape.FULL, CorrectionKind.EDITED),
        (NoteShape.FULL, NoteShape.PAUSED, CorrectionKind.PAUSED),
        (NoteShape.PAUSED, NoteShape.RETIRED, CorrectionKind.RETIRED),
        (NoteShape.PAUSED, NoteShape.FULL, CorrectionKind.RESUMED),
        (NoteShape.FULL, NoteShape.EXPIRED, CorrectionKind.EXPIRED),
        (NoteShape.PAUSED, NoteShape.EXPIRED, CorrectionKind.RESUMED),
    ],
)
def test_a_correction_has_a_name(before: NoteShape, after: NoteShape, kind: CorrectionKind) -> None:
    assert kind_of(before, after) is kind
