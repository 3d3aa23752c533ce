"""Dates and numbers as the language spoken now writes them.

Knows Babel's patterns; the catalogues hold a pattern like any other text, and English its own.
"""

from datetime import date

from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal

from bot.domain.wording import _, language


def say_day(day: date) -> str:
    """Return a day such as "22 Nov 2026"."""
    return format_date(day, _("d MMM y"), locale=language())


def say_long_day(day: date) -> str:
    """Return a day such as "22 November 2026"."""
    return format_date(day, _("d MMMM y"), locale=language())


def say_number(number: float, *, decimals: int | None = None) -> str:
    """Return a number with its thousands apart, such as "12,345", or with so many decimals."""
    pattern = None if decimals is None else f"#,##0.{'0' * decimals}"
    return format_decimal(number, pattern, locale=language())


def say_day_and_month(day: date) -> str:
    """Return a day without its year, such as "22 Nov"."""
    return format_date(day, _("d MMM"), locale=language())


def say_weekday_and_day(day: date) -> str:
    """Return a day with its name, such as "Sunday 22 Nov"."""
    return format_date(day, _("EEEE d MMM"), locale=language())


def say_short_weekday(day: date) -> str:
    """Return a day as a chart writes it, such as "Sun 22"."""
    return format_date(day, _("EEE d"), locale=language())


def say_days(first: date, last: date) -> str:
    """Return a span of days, as short as it can be said: "17–23 Nov 2026"."""
    if first == last:
        return say_day(last)
    if (first.year, first.month) == (last.year, last.month):
        begin = format_date(first, _("d"), locale=language())
        return f"{begin}–{say_day(last)}"
    begin = say_day_and_month(first) if first.year == last.year else say_day(first)
    return f"{begin} – {say_day(last)}"


def say_weekday(number: int) -> str:
    """Return the name of a day of the week, counted from Monday as 0."""
    return str(get_day_names(locale=language())[number])
