"""Durations as people write them, and what they write instead."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogues import FileCatalogues
from bot.domain.durations import (
    TIMEOUT_LIMIT,
    DurationError,
    in_words,
    parse_end,
    parse_span,
    require_within,
)
from bot.domain.wording import speaking

GERMAN = FileCatalogues().find("de")
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2h", 7200),
        ("3 days", 259_200),
        ("1h30m", 5400),
        ("1 week and 2 days", 777_600),
        ("1 day, 2 hours", 93_600),
        ("1.5h", 5400),
        ("90 SEC", 90),
        (" 10min ", 600),
        ("1e2 s", 100),
    ],
)
def test_a_duration_is_understood(text: str, seconds: int) -> None:
    assert parse_span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("3 Tage", "2026-11-26T12:00"),
        ("1 Woche und 2 Tage", "2026-12-02T12:00"),
        ("2 Stunden 30 Minuten", "2026-11-23T14:30"),
        ("bis Freitag um 18:00 Uhr", "2026-11-27T18:00"),
        ("bis morgen", "2026-11-24T00:00"),
        ("until tomorrow", "2026-11-24T00:00"),
        ("1h30m", "2026-11-23T13:30"),
    ],
)
def test_a_duration_is_understood_in_the_language_that_is_spoken(text: str, end: str) -> None:
    with speaking(GERMAN):
        assert parse_end(text, MONDAY_NOON) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("until Friday 18:00", "2026-11-27T17:00"),
        ("until fri", "2026-11-26T23:00"),
        ("until Monday", "2026-11-29T23:00"),
        ("until 2026-12-01 18:00", "2026-12-01T17:00"),
        ("2026-12-01", "2026-11-30T23:00"),
        ("until tomorrow at 9:30", "2026-11-24T08:30"),
        ("until 12:59", "2026-11-24T11:59"),
        ("until 13:01", "2026-11-23T12:01"),
        ("until tonight", "2026-11-23T23:00"),
        ("2h", "2026-11-23T14:00"),
    ],
)
def test_a_moment_is_meant_on_the_communitys_clock(text: str, moment: str) -> None:
    found = parse_end(text, MONDAY_NOON, "Europe/Paris")
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "longer than zero"),
        ("0h", "longer than zero"),
        ("-1d", "negative"),
        ("1e9 years", "longer than any calendar"),
        ("9999999 days", "longer than any calendar"),
        ("", "no duration"),
        ("5", "no duration"),
        ("2 fortnights", "no duration"),
        ("until t", "no duration"),
        ("until 25:00", "no duration"),
        ("until 2026-02-30", "no duration"),
        ("until 2026-01-01", "in the past"),
        ("h" * 500, "no duration"),
    ],
)
def test_what_is_no_duration_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DurationError, match=sentence):
        parse_end(text, MONDAY_NOON)


@given(st.text(max_size=120), st.sampled_from(["UTC", "Asia/Kolkata", "America/St_Johns"]))
def test_any_text_is_a_future_moment_or_a_refusal(text: str, zone: str) -> None:
    said = ""
    try:
        assert parse_end(text, MONDAY_NOON, zone) > MONDAY_NOON
    except DurationError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 200


@given(st.integers(1, 400), st.integers(1, 23), st.integers(1, 59))
def test_what_is_written_out_is_understood(days: int, hours: int, minutes: int) -> None:
    span = timedelta(days=days, hours=hours, minutes=minutes)
    assert parse_span(f"{days} days {hours}h {minutes} minutes") == span
    assert parse_span(in_words(timedelta(days=days, hours=hours))) == timedelta(
        days=days, hours=hours
    )


def test_what_discord_does_not_allow_is_said() -> None:
    require_within(TIMEOUT_LIMIT, TIMEOUT_LIMIT, "Timeouts")
    with pytest.raises(DurationError, match="Timeouts can last 28 days at most"):
        require_within(TIMEOUT_LIMIT + timedelta(seconds=1), TIMEOUT_LIMIT, "Timeouts")
