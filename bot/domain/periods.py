"""When digests are due: stretches of time between scheduled moments on a community's wall clock.

Pure: knows calendars and time zones, never the present moment. A scheduled moment that a clock
change skips moves forward; one that it repeats happens the first time (pitfalls 2.7, 2.8).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

CATCH_UP = timedelta(days=3)
"""A digest that was missed by less than this is still news; an older one is not posted."""
DAY = timedelta(days=1)


class Cadence(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Weekday(StrEnum):
    """Names, since APScheduler, cron and Python number the days each in their own way."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Its number as `date.weekday` counts: Monday is 0."""
        return list(Weekday).index(self)


@dataclass(frozen=True)
class Schedule:
    """When a community wants its digest: weekly on a weekday, or daily, or on each month's first.

    Invariants: `zone` names a time zone of the IANA database; `hour` is 0 to 23.
    """

    cadence: Cadence = Cadence.WEEKLY
    weekday: Weekday = Weekday.MONDAY
    hour: int = 9
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if not 0 <= self.hour <= 23:
            raise ValueError(f"an hour is 0 to 23, not {self.hour}")
        _ = self.tz  # an unknown name is refused here

    @cached_property
    def tz(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time that one digest sums up, due at its end; both ends are aware, in UTC."""

    key: str
    """Of the local date on which it is due: `2026-W47`, `2026-11-23` or `2026-11`."""
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a period ends after its start")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a community's digests have come."""

    at: datetime
    """The end of the last period, or when the community began to want digests."""
    key: str | None = None
    """The last period's key; None for a new community, whose first period is a whole one."""
    scheduled: datetime | None = None
    """When the schedule began to hold: earlier moments of it were never promised."""


def due_periods(schedule: Schedule, last: Mark, now: datetime) -> list[Period]:
    """Return the periods that have ended since the mark, oldest first, one following the other.

    A schedule that was changed gives no second period with the last one's key, and none that
    ended before the change: what lies between belongs to the next.
    """
    since = last.at if last.scheduled is None else max(last.at, last.scheduled)
    start = last.at if last.key is not None else None
    found = []
    for key, moment in _moments(schedule, last.at):
        if moment > now:
            break
        if moment <= since or key == last.key:
            continue
        begin = start if start is not None else previous_moment(schedule, moment)
        found.append(Period(key=key, start=begin, end=moment))
        start = moment
    return found


def next_moment(schedule: Schedule, after: datetime) -> datetime:
    """Return the next scheduled moment after another moment."""
    return next(moment for _, moment in _moments(schedule, after) if moment > after)


def previous_moment(schedule: Schedule, before: datetime) -> datetime:
    """Return the last scheduled moment before another moment."""
    longest = timedelta(days=70)
    earlier = [m for _, m in _until(_moments(schedule, before - longest), before)]
    return earlier[-1]


def current_period(schedule: Schedule, now: datetime) -> Period:
    """Return the period that is running, as far as it has come: for a preview."""
    start = previous_moment(schedule, now + timedelta(microseconds=1))
    key, _ = next(each for each in _moments(schedule, now) if each[1] > now)
    return Period(key=key, start=start, end=max(now, start + timedelta(minutes=1)))


def period_of(schedule: Schedule, key: str, now: datetime) -> Period | None:
    """Return the ended or running period of this key, at most two years back; None if unknown."""
    far = now - timedelta(days=800)
    previous = previous_moment(schedule, far)
    for found, moment in _moments(schedule, far):
        if moment <= previous:
            continue
        if found == key:
            return Period(key=key, start=previous, end=moment)
        if moment > now:
            return None
        previous = moment
    return None


def days_of(period: Period, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
    """Return the local days that a period touches, each with its part of the period, in UTC."""
    day = period.start.astimezone(zone).date()
    found = []
    while True:
        begin = max(period.start, _instant(day, time(0), zone))
        following = day + DAY
        end = min(period.end, _instant(following, time(0), zone))
        if begin < end:  # a day that the zone has left out has no time in it
            found.append((day, begin, end))
        if end >= period.end:
            return found
        day = following


def is_timely(period: Period, now: datetime) -> bool:
    """Tell whether a period's digest may still be posted."""
    return now - period.end < CATCH_UP


def _moments(schedule: Schedule, around: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield scheduled moments with their keys in order, from a little before a moment."""
    day = around.astimezone(schedule.tz).date() - 2 * DAY
    following = _scheduled_on_or_after(schedule, day)
    while True:
        current, following = following, _scheduled_on_or_after(schedule, following + DAY)
        moment = _instant(current, time(schedule.hour), schedule.tz)
        # A zone that leaves out a whole day moves its moment onto that of the next day.
        if moment < _instant(following, time(schedule.hour), schedule.tz):
            yield _key(schedule.cadence, current), moment


def _until(
    moments: Iterator[tuple[str, datetime]], end: datetime
) -> Iterator[tuple[str, datetime]]:
    for each in moments:
        if each[1] >= end:
            return
        yield each


def _scheduled_on_or_after(schedule: Schedule, day: date) -> date:
    match schedule.cadence:
        case Cadence.DAILY:
            return day
        case Cadence.WEEKLY:
            return day + DAY * ((schedule.weekday.number - day.weekday()) % 7)
        case Cadence.MONTHLY:
            if day.day == 1:
                return day
            return (day.replace(day=1) + 32 * DAY).replace(day=1)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when a wall clock first shows this time, or would have, had it not been skipped."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _key(cadence: Cadence, day: date) -> str:
    match cadence:
        case Cadence.DAILY:
            return day.isoformat()
        case Cadence.WEEKLY:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case Cadence.MONTHLY:
            return f"{day:%Y-%m}"
