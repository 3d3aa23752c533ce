"""Builds domain values for tests: every field has a plausible value, tests name what matters."""

from datetime import UTC, date, datetime
from typing import Any

from bot.domain.factchecks import FactCheck, Source, Status, Verdict
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.matches import Match, Reading, Stance
from bot.domain.posts import Post, Where

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COMMUNITY = CommunityId(70_000_000_000_000_001)
CHANNEL = PlaceId(70_000_000_000_000_100)
FORUM = PlaceId(70_000_000_000_000_101)
ASIA = Slug("asia-embraces-ai-art")


def build_fact_check(**changes: Any) -> FactCheck:
    """Return a published fact-check that the linter has nothing against."""
    values: dict[str, Any] = {
        "slug": ASIA,
        "claim": "Asia embraces AI art instead of resisting it.",
        "variants": ("over in Asia nobody fights AI art",),
        "verdict": Verdict.MIXED,
        "summary": "Optimism is higher in several Asian countries, yet artists there protest, too.",
        "details": "Surveys differ by country [1]. Artists protested [2].",
        "sources": (
            Source(n=1, title="A survey", publisher="Survey Office", url="https://example.org/1"),
            Source(n=2, title="A protest", publisher="The Paper", url="https://example.org/2"),
        ),
        "checked_on": date(2026, 11, 1),
        "status": Status.PUBLISHED,
    }
    return FactCheck(**(values | changes))


def build_where(**changes: Any) -> Where:
    """Return a plain channel."""
    return Where(**({"community": COMMUNITY, "channel": CHANNEL} | changes))


def build_post(text: str = "Asia embraces AI art", **changes: Any) -> Post:
    """Return a post by a person in a plain channel."""
    values: dict[str, Any] = {
        "id": PostId(70_000_000_000_001_000),
        "where": build_where(),
        "author": MemberId(70_000_000_000_000_200),
        "created_at": NOON,
        "text": text,
    }
    return Post(**(values | changes))


def build_match(**changes: Any) -> Match:
    """Return a confident match."""
    values: dict[str, Any] = {
        "slug": ASIA,
        "probability": 0.97,
        "sentence": "Asia embraces AI art",
        "span": (0, 20),
        "stance": Stance.ASSERT,
    }
    return Match(**(values | changes))


def build_reading(*matches: Match, words: int = 6, characters: int = 40) -> Reading:
    """Return a reading with these matches, of a text that is long enough."""
    return Reading(matches=matches, words=words, characters=characters)
