"""Time zones as people name them."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from bot.domain.wording import _
from bot.services.errors import InvalidInputError

OFFERED = 25
"""Discord shows so many choices."""
LIKENESS = 0.7


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of all time zones."""
    return tuple(sorted(name for name in available_timezones() if name != "localtime"))


def zone_named(typed: str) -> str:
    """Return a zone's proper name.

    Raises:
        InvalidInputError: there is no such zone.
    """
    wanted = _folded(typed)
    by_name = {_folded(name): name for name in zone_names()}
    by_city = {_folded(name.rpartition("/")[2]): name for name in reversed(zone_names())}
    if wanted in by_name:
        return by_name[wanted]
    of_city = [name for name in zone_names() if _folded(name.rpartition("/")[2]) == wanted]
    if len(of_city) == 1:
        return of_city[0]
    close = get_close_matches(wanted, [*by_name, *by_city], n=1, cutoff=LIKENESS)
    hint = _(" Did you mean {zone}?").format(zone=(by_city | by_name)[close[0]]) if close else ""
    shown = typed if len(typed) <= 40 else f"{typed[:40]}…"
    raise InvalidInputError(
        _("“{shown}” is no time zone; write one such as Europe/Berlin or UTC.{hint}").format(
            shown=shown, hint=hint
        )
    )


def zones_like(typed: str) -> list[str]:
    """Return the zones that fit what is typed so far, the best first."""
    wanted = _folded(typed)
    if not wanted:
        return ["UTC", *[name for name in zone_names() if name.startswith("Europe/")]][:OFFERED]
    fitting = [name for name in zone_names() if wanted in _folded(name)]
    return sorted(fitting, key=lambda name: (not _starts(name, wanted), name))[:OFFERED]


def _starts(name: str, wanted: str) -> bool:
    return any(_folded(part).startswith(wanted) for part in (name, name.rpartition("/")[2]))


def _folded(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")
