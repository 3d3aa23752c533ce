"""Dates and numbers as the language spoken now writes them.

Knows Babel's patterns; the catalogues hold a pattern like any other text, and English its own.
"""

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.domain.wording import _, language


def say_day(day: date) -> str:
    """Return a day such as "22 Nov 2026"."""
    return format_date(day, _("d MMM y"), locale=language())


def say_number(number: float) -> str:
    """Return a number with its thousands apart, such as "12,345"."""
    return format_decimal(number, locale=language())
