"""What is done about a match, rule by rule and in order of precedence."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.factchecks import FactCheck, Status
from bot.domain.matches import Reading, Stance
from bot.domain.policy import (
    REASON_TEXT,
    Circumstances,
    Decision,
    Mode,
    Outcome,
    Reason,
    Thresholds,
    decide,
    decide_text,
    is_stale,
)
from tests.builders import NOON, build_fact_check, build_match, build_reading

THRESHOLDS = Thresholds(auto=0.9, suggest=0.6)
RANK = {Outcome.NONE: 0, Outcome.SUGGEST: 1, Outcome.ATTACH: 2}


def decided(
    reading: Reading | None = None, fact_check: FactCheck | None = None, **changes: Any
) -> Decision:
    return decide(
        reading or build_reading(build_match()),
        fact_check or build_fact_check(),
        THRESHOLDS,
        Circumstances(now=NOON, **changes),
    )


def test_a_confident_match_is_attached() -> None:
    assert decided() == Decision(Outcome.ATTACH, Reason.CONFIDENT, build_match())


@pytest.mark.parametrize(
    ("reading", "outcome", "reason"),
    [
        (build_reading(), Outcome.NONE, Reason.NO_MATCH),
        (build_reading(build_match(), characters=10), Outcome.NONE, Reason.TOO_SHORT),
        (build_reading(build_match(probability=0.59)), Outcome.NONE, Reason.UNLIKELY),
        (build_reading(build_match(probability=0.6)), Outcome.SUGGEST, Reason.UNSURE),
        (build_reading(build_match(probability=0.89)), Outcome.SUGGEST, Reason.UNSURE),
        (build_reading(build_match(probability=0.9)), Outcome.ATTACH, Reason.CONFIDENT),
        (build_reading(build_match(stance=Stance.ASK)), Outcome.ATTACH, Reason.CONFIDENT),
        (build_reading(build_match(stance=Stance.DENY)), Outcome.SUGGEST, Reason.STANCE),
        (build_reading(build_match(stance=Stance.REPORT)), Outcome.SUGGEST, Reason.STANCE),
        (build_reading(build_match(stance=Stance.NONE)), Outcome.NONE, Reason.STANCE),
        (build_reading(build_match(), words=3), Outcome.SUGGEST, Reason.SHORT),
        (build_reading(build_match(), words=4), Outcome.ATTACH, Reason.CONFIDENT),
    ],
)
def test_the_text_alone_decides(reading: Reading, outcome: Outcome, reason: Reason) -> None:
    decision = decide_text(reading, THRESHOLDS)
    assert (decision.outcome, decision.reason) == (outcome, reason)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PAUSED, Status.RETIRED])
def test_only_a_published_fact_check_is_attached(status: Status) -> None:
    decision = decided(fact_check=build_fact_check(status=status))
    assert (decision.outcome, decision.reason) == (Outcome.NONE, Reason.NOT_PUBLISHED)


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"mode": Mode.SUGGEST}, Outcome.SUGGEST, Reason.SUGGEST_MODE),
        ({"mode": Mode.SILENT}, Outcome.NONE, Reason.SILENT_MODE),
        ({"paused": True}, Outcome.SUGGEST, Reason.PAUSED),
        (
            {"last_note_in_place": NOON - timedelta(minutes=4, seconds=59)},
            Outcome.NONE,
            Reason.PLACE_COOLDOWN,
        ),
        ({"last_note_in_place": NOON - timedelta(minutes=5)}, Outcome.ATTACH, Reason.CONFIDENT),
        (
            {"last_note_on_claim": NOON - timedelta(days=29, hours=23)},
            Outcome.NONE,
            Reason.ALREADY_IN_THREAD,
        ),
        ({"last_note_on_claim": NOON - timedelta(days=30)}, Outcome.ATTACH, Reason.CONFIDENT),
    ],
)
def test_the_place_and_the_time_decide(
    changes: dict[str, Any], outcome: Outcome, reason: Reason
) -> None:
    decision = decided(**changes)
    assert (decision.outcome, decision.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("fact_check", "stale"),
    [
        (build_fact_check(checked_on=date(2025, 11, 23)), False),
        (build_fact_check(checked_on=date(2025, 11, 22)), True),
        (build_fact_check(checked_on=None), True),
        (build_fact_check(review_by=date(2026, 11, 23)), False),
        (build_fact_check(review_by=date(2026, 11, 22)), True),
    ],
)
def test_a_stale_fact_check_is_only_suggested(fact_check: FactCheck, stale: bool) -> None:
    assert is_stale(fact_check, NOON.date()) is stale
    assert decided(fact_check=fact_check).outcome is (Outcome.SUGGEST if stale else Outcome.ATTACH)


def test_whoever_asks_the_bot_gets_what_would_be_suggested() -> None:
    unsure = build_reading(build_match(probability=0.7, stance=Stance.DENY), words=2)
    decision = decided(unsure, asked=True, mode=Mode.SILENT, last_note_in_place=NOON)
    assert (decision.outcome, decision.reason) == (Outcome.ATTACH, Reason.ASKED)


def test_whoever_asks_the_bot_gets_no_second_note_in_the_thread() -> None:
    decision = decided(asked=True, last_note_on_claim=NOON)
    assert (decision.outcome, decision.reason) == (Outcome.NONE, Reason.ALREADY_IN_THREAD)


@given(
    probability=st.floats(0, 1),
    stance=st.sampled_from(Stance),
    mode=st.sampled_from(Mode),
    status=st.sampled_from(Status),
    paused=st.booleans(),
    words=st.integers(0, 12),
    characters=st.integers(0, 60),
    place=st.none() | st.integers(0, 10),
    thread=st.none() | st.integers(0, 40),
)
def test_circumstances_never_raise_what_the_text_allows(
    probability: float,
    stance: Stance,
    mode: Mode,
    status: Status,
    paused: bool,
    words: int,
    characters: int,
    place: int | None,
    thread: int | None,
) -> None:
    reading = build_reading(
        build_match(probability=probability, stance=stance), words=words, characters=characters
    )
    circumstances = Circumstances(
        now=NOON,
        mode=mode,
        paused=paused,
        last_note_in_place=None if place is None else NOON - timedelta(minutes=place),
        last_note_on_claim=None if thread is None else NOON - timedelta(days=thread),
    )
    decision = decide(reading, build_fact_check(status=status), THRESHOLDS, circumstances)
    alone = decide_text(reading, THRESHOLDS)
    assert RANK[decision.outcome] <= RANK[alone.outcome]
    if decision.outcome is Outcome.ATTACH:
        assert probability >= THRESHOLDS.auto
        assert mode is Mode.AUTO
        assert status is Status.PUBLISHED


def test_every_reason_has_its_words() -> None:
    assert set(REASON_TEXT) == set(Reason)


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="suggest <= auto"):
        Thresholds(auto=0.5, suggest=0.6)
