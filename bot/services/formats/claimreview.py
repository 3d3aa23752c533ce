"""schema.org ClaimReview."""

from collections.abc import Iterable
from bot.domain.factchecks import FactCheck


def render(fact_checks: Iterable[FactCheck]) -> str:
    return ""
