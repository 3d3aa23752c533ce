"""Periods on the wall clocks of the world: each once, none left out, whatever the clocks do."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.periods import (
    Cadence,
    Mark,
    Period,
    Schedule,
    Weekday,
    current_period,
    days_of,
    due_periods,
    is_timely,
    next_moment,
    period_of,
)

ZONES = sorted(zone for zone in available_timezones() if zone != "localtime")
SCHEDULES = st.builds(
    Schedule,
    st.sampled_from(Cadence),
    st.sampled_from(Weekday),
    st.integers(0, 23),
    st.sampled_from(ZONES),
)
MOMENTS = st.integers(0, 31 * 365 * 24 * 60).map(
    lambda minutes: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HOUR = timedelta(hours=1)


def local(year: int, month: int, day: int, hour: int, zone: str) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def weekly(weekday: Weekday = Weekday.MONDAY, hour: int = 9, zone: str = "UTC") -> Schedule:
    return Schedule(Cadence.WEEKLY, weekday, hour, zone)


def assert_one_after_another(schedule: Schedule, periods: list[Period], last: Mark) -> None:
    assert len({period.key for period in periods}) == len(periods)
    for before, after in itertools.pairwise(periods):
        assert before.end == after.start
    if last.key is not None and periods:
        assert periods[0].start == last.at
    for period in periods:
        shown = period.end.astimezone(schedule.tz)
        early = period.end - HOUR
        skipped = early.astimezone(schedule.tz).utcoffset() != shown.utcoffset()
        assert shown.hour == schedule.hour or skipped


@pytest.mark.parametrize(
    "cadence",
    [
        Cadence.DAILY,
        pytest.param(Cadence.WEEKLY, marks=pytest.mark.thorough),
        Cadence.MONTHLY,
    ],
)
def test_every_zone_has_each_period_of_ten_years_once(cadence: Cadence) -> None:
    begin, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    expected = {Cadence.DAILY: 3653, Cadence.WEEKLY: 522, Cadence.MONTHLY: 120}[cadence]
    zones = ZONES[::40] if cadence is Cadence.DAILY else ZONES
    for number, zone in enumerate(zones):
        schedule = Schedule(cadence, list(Weekday)[number % 7], number % 24, zone)
        periods = due_periods(schedule, Mark(begin, "none"), end)
        assert abs(len(periods) - expected) <= 1, zone
        assert_one_after_another(schedule, periods, Mark(begin, "none"))


@given(SCHEDULES, MOMENTS, st.lists(st.integers(1, 24 * 20), max_size=12))
@settings(max_examples=60, deadline=None)
def test_asking_often_finds_the_same_periods_as_asking_once(
    schedule: Schedule, begin: datetime, steps: list[int]
) -> None:
    now, mark, found = begin, Mark(begin), []
    for hours in steps:
        now += hours * HOUR
        due = due_periods(schedule, mark, now)
        found += due
        if due:
            mark = Mark(due[-1].end, due[-1].key)
    assert found == due_periods(schedule, Mark(begin), now)
    assert_one_after_another(schedule, found, Mark(begin))
    assert not due_periods(schedule, mark, now)
    assert next_moment(schedule, now) > now


@given(SCHEDULES, MOMENTS)
@settings(max_examples=40, deadline=None)
def test_the_days_of_a_period_fill_it_without_a_gap(schedule: Schedule, now: datetime) -> None:
    period = current_period(schedule, now)
    days = days_of(period, schedule.tz)
    assert (days[0][1], days[-1][2]) == (period.start, period.end)
    assert all(before[2] == after[1] for before, after in itertools.pairwise(days))


@given(SCHEDULES, MOMENTS)
@settings(max_examples=50, deadline=None)
def test_a_period_is_found_again_by_its_key(schedule: Schedule, begin: datetime) -> None:
    now = begin + timedelta(days=40)
    period = due_periods(schedule, Mark(begin), now)[-1]
    assert period_of(schedule, period.key, now) == period
    assert period_of(schedule, "1999-W01", now) is None


@given(SCHEDULES, SCHEDULES, MOMENTS)
@settings(max_examples=40, deadline=None)
def test_a_changed_schedule_leaves_no_gap_and_no_overlap(
    old: Schedule, new: Schedule, begin: datetime
) -> None:
    first = due_periods(old, Mark(begin), begin + timedelta(days=40))[-1]
    mark = Mark(first.end, first.key)
    after = due_periods(new, mark, first.end + timedelta(days=70))
    assert after[0].start == first.end
    assert first.key not in {period.key for period in after}


def test_a_moment_that_the_spring_skips_moves_forward() -> None:
    schedule = weekly(Weekday.SUNDAY, 2, "Europe/Berlin")
    (period,) = due_periods(
        schedule,
        Mark(local(2026, 3, 28, 12, "Europe/Berlin")),
        local(2026, 3, 30, 12, "Europe/Berlin"),
    )
    assert period.end == local(2026, 3, 29, 3, "Europe/Berlin")
    assert period.key == "2026-W13"


def test_a_moment_that_the_autumn_repeats_happens_the_first_time() -> None:
    schedule = weekly(Weekday.SUNDAY, 2, "Europe/Berlin")
    begin = local(2026, 10, 24, 12, "Europe/Berlin")
    (period,) = due_periods(schedule, Mark(begin), begin + timedelta(days=2))
    assert period.end == datetime(2026, 10, 25, 0, tzinfo=UTC)


def test_a_day_that_a_zone_left_out_has_no_digest_of_its_own() -> None:
    schedule = Schedule(Cadence.DAILY, hour=9, zone="Pacific/Apia")
    begin = datetime(2011, 12, 28, 12, tzinfo=UTC)
    keys = [each.key for each in due_periods(schedule, Mark(begin), begin + timedelta(days=4))]
    assert keys == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


def test_a_new_community_starts_with_the_next_whole_period() -> None:
    thursday = local(2026, 11, 19, 15, "UTC")
    assert due_periods(weekly(), Mark(thursday), local(2026, 11, 23, 8, "UTC")) == []
    (period,) = due_periods(weekly(), Mark(thursday), local(2026, 11, 23, 9, "UTC"))
    assert period.key == "2026-W48"
    assert period.start == local(2026, 11, 16, 9, "UTC")


def test_a_weekday_that_moves_within_the_week_gives_one_digest_a_week() -> None:
    monday = local(2026, 11, 23, 9, "UTC")
    moved = due_periods(
        weekly(Weekday.FRIDAY), Mark(monday, "2026-W48"), monday + timedelta(days=12)
    )
    assert [(each.key, each.start) for each in moved] == [("2026-W49", monday)]


def test_moments_before_the_schedule_was_changed_are_not_due_and_lose_no_day() -> None:
    monday, saturday = local(2026, 11, 23, 9, "UTC"), local(2026, 11, 28, 15, "UTC")
    mark = Mark(monday, "2026-W48", saturday)
    daily = Schedule(Cadence.DAILY, hour=9)
    assert not due_periods(daily, mark, saturday)
    first, second = due_periods(daily, mark, saturday + timedelta(days=2))
    assert (first.start, first.end) == (monday, local(2026, 11, 29, 9, "UTC"))
    assert second.start == first.end


def test_a_digest_is_news_for_three_days() -> None:
    period = current_period(weekly(), local(2026, 11, 25, 9, "UTC"))
    assert is_timely(period, period.end + timedelta(days=3) - timedelta(seconds=1))
    assert not is_timely(period, period.end + timedelta(days=3))


def test_a_preview_covers_what_has_passed_of_the_period() -> None:
    now = local(2026, 11, 25, 10, "UTC")
    period = current_period(weekly(), now)
    assert (period.key, period.start, period.end) == (
        "2026-W49",
        local(2026, 11, 23, 9, "UTC"),
        now,
    )
    assert [day for day, _, _ in days_of(period, ZoneInfo("UTC"))] == [
        date(2026, 11, 23),
        date(2026, 11, 24),
        date(2026, 11, 25),
    ]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_an_unknown_zone_is_no_schedule(zone: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        Schedule(zone=zone)


def test_an_hour_that_no_clock_shows_is_no_schedule() -> None:
    with pytest.raises(ValueError, match="hour"):
        Schedule(hour=24)
