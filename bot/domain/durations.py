"""Durations and moments as people write them: "2h", "1h30m", "3 days", "until Friday 18:00".

Pure: the present moment and the time zone are given. What is refused is refused in one sentence.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.wording import N_, _, ngettext

TIMEOUT_LIMIT = timedelta(days=28)
SLOWMODE_LIMIT = timedelta(hours=6)
BAN_DELETE_LIMIT = timedelta(days=7)
TEMPORARY_LIMIT = timedelta(days=3650)
"""For what the bot itself ends: ten years."""

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}
_NAMES = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "wk", "wks", "week", "weeks"),
    "mo": ("mo", "month", "months"),
    "y": ("y", "yr", "yrs", "year", "years"),
}
_UNIT_OF = {name: _UNITS[unit] for unit, names in _NAMES.items() for name in names}
_PART = re.compile(r"\s*(?:and\s+|,\s*)?(\d{1,12}(?:\.\d{1,6})?)(?:e(\d{1,3}))?\s*([a-z]+)")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOMENT = re.compile(r"(?:until|till)?\s*(?P<day>[a-z]+|\d{4}-\d{1,2}-\d{1,2})?"
                     r"[\sT]*(?:at\s+)?(?P<time>\d{1,2}:\d{2})?")  # fmt: skip
VOCABULARY = N_(
    "and=and until=until,till at=at today=today tonight=tonight tomorrow=tomorrow monday=monday "
    "tuesday=tuesday wednesday=wednesday thursday=thursday friday=friday saturday=saturday "
    "sunday=sunday sec=sec min=min hr=hr day=day week=week month=month year=year"
)
"""What people write in another language: each English word with theirs, separated by commas.

What stands behind `=` without a word before it is left out, such as the German "Uhr".
"""
_WORD = re.compile(r"[^\W\d_]+")
EXAMPLES = N_("Try “2h”, “3 days”, “1h30m” or “until Friday 18:00”.")


class DurationError(ValueError):
    """What was written is no duration that can be used; the message is one clear sentence."""


def parse_span(text: str) -> timedelta:
    """Return a stretch of time.

    >>> parse_span("1h30m"), parse_span("3 days")
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=3))

    Raises:
        DurationError: it is not one, or not longer than zero.
    """
    words = _in_english(text)
    if words.startswith(("-", "\N{MINUS SIGN}")):
        raise DurationError(
            _("A duration cannot be negative. {examples}").format(examples=_(EXAMPLES))
        )
    if re.fullmatch(r"0+(\.0+)?", words):
        raise DurationError(
            _("A duration must be longer than zero. {examples}").format(examples=_(EXAMPLES))
        )
    if not words or len(words) > 100:
        raise DurationError(_("This is no duration. {examples}").format(examples=_(EXAMPLES)))
    total, at = timedelta(), 0
    while at < len(words):
        part = _PART.match(words, at)
        if part is None or part[3] not in _UNIT_OF:
            raise DurationError(
                _("“{text}” is no duration. {examples}").format(
                    text=_quoted(text), examples=_(EXAMPLES)
                )
            )
        total = _plus(total, part)
        at = part.end()
    if total <= timedelta():
        raise DurationError(
            _("A duration must be longer than zero. {examples}").format(examples=_(EXAMPLES))
        )
    return total


def _in_english(text: str) -> str:
    """Return the text with the words of the language that is spoken now as English ones."""
    theirs: dict[str, str] = {}
    for pair in _(VOCABULARY).split():
        english, _equals, words = pair.partition("=")
        theirs |= dict.fromkeys(words.split(","), english)
    return _WORD.sub(lambda found: theirs.get(found[0], found[0]), text.lower()).strip()


def _plus(total: timedelta, part: re.Match[str]) -> timedelta:
    try:
        return total + _UNIT_OF[part[3]] * float(f"{part[1]}e{part[2] or 0}")
    except OverflowError:
        raise DurationError(_("This is longer than any calendar: please give less.")) from None


def parse_end(text: str, now: datetime, zone: str = "UTC") -> datetime:
    """Return when something that begins now ends: after a stretch of time, or at a moment.

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
    >>> parse_end("until Friday 18:00", noon, "Europe/Paris").isoformat()
    '2026-11-27T17:00:00+00:00'

    Raises:
        DurationError: it is neither, or lies not in the future.
    """
    words = _in_english(text)
    moment = _MOMENT.fullmatch(words)
    if moment is None or not (moment["day"] or moment["time"]):
        return after(now, parse_span(text))
    local = now.astimezone(ZoneInfo(zone))
    end = _moment(moment, local, text).astimezone(UTC)
    if end <= now:
        raise DurationError(_("“{text}” is in the past.").format(text=_quoted(text)))
    return end


def after(now: datetime, span: timedelta) -> datetime:
    """Return the moment a stretch of time from now."""
    try:
        return now + span
    except OverflowError:
        raise DurationError(_("This is longer than any calendar: please give less.")) from None


def _moment(found: re.Match[str], local: datetime, text: str) -> datetime:
    try:
        at = time.fromisoformat(found["time"].zfill(5)) if found["time"] else time()
        day = _day(found["day"], local)
        if day is None:
            raise ValueError
        moment = datetime.combine(day, at, local.tzinfo)
        if found["day"] is None and moment <= local:
            moment = datetime.combine(day + timedelta(days=1), at, local.tzinfo)
        if found["day"] in ("today", "tonight") and found["time"] is None:
            moment = datetime.combine(day + timedelta(days=1), time(), local.tzinfo)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise DurationError(
            _("“{text}” is no duration. {examples}").format(
                text=_quoted(text), examples=_(EXAMPLES)
            )
        ) from None


def _day(word: str | None, local: datetime) -> date | None:
    today = local.date()
    if word is None or word in ("today", "tonight"):
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word[0].isdigit():
        year, month, day = (int(part) for part in word.split("-"))
        return date(year, month, day)
    named = [n for n, name in enumerate(_WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    if len(named) != 1:
        return None
    return today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1)


def require_within(span: timedelta, limit: timedelta, what: str) -> None:
    """Refuse more than the platform allows.

    Raises:
        DurationError: it is more; the sentence says how much is allowed.
    """
    if span > limit:
        raise DurationError(
            _("{what} can last {limit} at most.").format(what=what, limit=in_words(limit))
        )


_UNITS_SAID: tuple[tuple[int, Callable[[int], str]], ...] = (
    (86400, lambda count: ngettext("{count} day", "{count} days", count)),
    (3600, lambda count: ngettext("{count} hour", "{count} hours", count)),
    (60, lambda count: ngettext("{count} minute", "{count} minutes", count)),
    (1, lambda count: ngettext("{count} second", "{count} seconds", count)),
)


def in_words(span: timedelta) -> str:
    """Say a stretch of time in its two largest units.

    >>> in_words(timedelta(hours=25)), in_words(timedelta(days=28))
    ('1 day 1 hour', '28 days')
    """
    seconds = int(span.total_seconds())
    parts = []
    for size, said in _UNITS_SAID:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(said(count).format(count=count))
    return " ".join(parts[:2]) or _("0 seconds")


def _quoted(text: str) -> str:
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable() and c not in "`*_~|<>@[]")
    return shown if len(shown) <= 40 else shown[:39] + "\N{HORIZONTAL ELLIPSIS}"
