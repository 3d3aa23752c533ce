"""What Discord offers while somebody types: names that fit, and values that commands take.

Knows how long a name may be; must never know how what is offered was found.
"""

from collections.abc import Iterable

from discord import app_commands

from bot.discord_io.words import shorten
from bot.domain.factchecks import FactCheck

NAME_LIMIT = 100


def choice(name: str, value: str) -> app_commands.Choice[str]:
    """Return one choice, its name cut to what Discord shows."""
    return app_commands.Choice(name=shorten(name, NAME_LIMIT), value=value)


def claims_offered(found: Iterable[FactCheck]) -> list[app_commands.Choice[str]]:
    """Return fact-checks as choices: their claims are shown, their slugs are what is chosen."""
    return [choice(record.claim, record.slug) for record in found]
