"""What members think of a note: values, reasons, and the status that follows from them.

The small-community form of Community Notes' scoring: a Bayesian average in place of matrix
factorisation. Pure; knows members as opaque keys only, and keeps nothing about them.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import NoteId
from bot.domain.notes import Helpfulness
from bot.domain.wording import N_, _

PRIOR_WEIGHT = 2.0
PRIOR_MEAN = 0.5
"""C = 2 and m = 0.5: two imagined raters who say "somewhat"."""
LEAST_RATINGS = 5
HELPFUL_FROM = 0.70
NOT_HELPFUL_TO = 0.30
"""Community Notes' bound for an average that is not helpful, and its mirror image."""
HYSTERESIS = 0.01
"""A status is lost only when the average is further than this on the wrong side."""
LEAST_REASONS = 2
LEAST_GIVERS = 2
"""Two reasons, each given by two members."""
STABLE_FOR = timedelta(minutes=30)
FROZEN_AFTER = timedelta(days=14)
SIDE_NET = 4
SIDE_NET_SHARE = 0.05
SIDE_RATERS = 3
SIDE_MEAN_TO = 0.40
"""Community Notes' both-sides minimum for helpful, and its form for not helpful."""

VALUE: Mapping[Helpfulness, float] = {
    Helpfulness.HELPFUL: 1.0,
    Helpfulness.SOMEWHAT: 0.5,
    Helpfulness.NOT_HELPFUL: 0.0,
}


class RatingReason(StrEnum):
    """Why a member rated as they did: Community Notes' lists."""

    GOOD_SOURCES = "good-sources"
    CLEAR = "clear"
    ADDRESSES_CLAIM = "addresses-claim"
    IMPORTANT_CONTEXT = "important-context"
    NEUTRAL = "neutral"
    BAD_SOURCES = "bad-sources"
    SOURCES_DO_NOT_SUPPORT = "sources-do-not-support"
    INCORRECT = "incorrect"
    OPINION = "opinion"
    UNCLEAR = "unclear"
    MISSES_KEY_POINTS = "misses-key-points"
    BIASED = "biased"
    NOT_NEEDED = "not-needed"
    HARASSING = "harassing"


HELPFUL_REASONS: Mapping[RatingReason, str] = {
    RatingReason.GOOD_SOURCES: N_("Cites high-quality sources"),
    RatingReason.CLEAR: N_("Easy to understand"),
    RatingReason.ADDRESSES_CLAIM: N_("Directly addresses the claim"),
    RatingReason.IMPORTANT_CONTEXT: N_("Provides important context"),
    RatingReason.NEUTRAL: N_("Neutral or unbiased language"),
}
UNHELPFUL_REASONS: Mapping[RatingReason, str] = {
    RatingReason.BAD_SOURCES: N_("Sources missing or unreliable"),
    RatingReason.SOURCES_DO_NOT_SUPPORT: N_("Sources do not support the note"),
    RatingReason.INCORRECT: N_("Incorrect information"),
    RatingReason.OPINION: N_("Opinion or speculation"),
    RatingReason.UNCLEAR: N_("Typos or unclear language"),
    RatingReason.MISSES_KEY_POINTS: N_("Misses key points or irrelevant"),
    RatingReason.BIASED: N_("Argumentative or biased language"),
    RatingReason.NOT_NEEDED: N_("Note not needed on this post"),
    RatingReason.HARASSING: N_("Harassment or abuse"),
}


def reasons_for(value: Helpfulness) -> Mapping[RatingReason, str]:
    """Return the reasons that fit a rating; "somewhat" takes both lists."""
    if value is Helpfulness.HELPFUL:
        return HELPFUL_REASONS
    if value is Helpfulness.NOT_HELPFUL:
        return UNHELPFUL_REASONS
    return {**HELPFUL_REASONS, **UNHELPFUL_REASONS}


def why_taken_back(reason: RatingReason) -> str:
    """Return why members' ratings took a note back, as it is stored: in English."""
    return f"members found it not helpful: {UNHELPFUL_REASONS[reason].lower()}"


def say_why_taken_back(stored: str) -> str:
    """Return a stored reason in the language spoken now; what a moderator wrote stays."""
    for reason, label in UNHELPFUL_REASONS.items():
        if stored == why_taken_back(reason):
            return _("members found it not helpful: “{reason}”").format(reason=_(label))
    return _(stored) if stored else stored


class Standing(StrEnum):
    """What the ratings say about a note."""

    NEEDS_MORE = "needs-more"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not-helpful"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One rating of one note, with its reasons; `rater` only tells raters apart."""

    rater: Hashable
    value: Helpfulness
    reasons: frozenset[RatingReason] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStanding:
    """The status of a note, and the one that is about to replace it."""

    note: NoteId
    standing: Standing = Standing.NEEDS_MORE
    candidate: Standing | None = None
    since: datetime | None = None
    """Since when the ratings have said `candidate` without a break."""


def bayesian_average(values: Sequence[float]) -> float:
    """Return the average with C imagined ratings of m: (C·m + Σv) / (C + n).

    >>> bayesian_average([]), round(bayesian_average([0.0] * 5), 3)
    (0.5, 0.143)
    """
    return (PRIOR_WEIGHT * PRIOR_MEAN + sum(values)) / (PRIOR_WEIGHT + len(values))


def assess(
    opinions: Sequence[Opinion], sides: Mapping[Hashable, int], current: Standing
) -> Standing:
    """Return what the ratings say now, given what they were found to say before.

    Args:
        opinions: one for each member.
        sides: for raters with a known side, which of two (`bot.domain.bridging`); forgotten after.
        current: the status that the note has.
    """
    if len(opinions) < LEAST_RATINGS:
        return Standing.NEEDS_MORE
    average = bayesian_average([VALUE[opinion.value] for opinion in opinions])
    slack = HYSTERESIS + 1e-9
    helpful_from = HELPFUL_FROM - (slack if current is Standing.HELPFUL else 0.0)
    unhelpful_to = NOT_HELPFUL_TO + (slack if current is Standing.NOT_HELPFUL else 0.0)
    if average >= helpful_from:
        found, reasons = Standing.HELPFUL, HELPFUL_REASONS
    elif average <= unhelpful_to:
        found, reasons = Standing.NOT_HELPFUL, UNHELPFUL_REASONS
    else:
        return Standing.NEEDS_MORE
    agreed = _has_reasons(opinions, reasons) and _both_sides_agree(opinions, sides, found)
    return found if agreed else Standing.NEEDS_MORE


def asks_both_sides(opinions: Sequence[Opinion], current: Standing) -> bool:
    """Say whether it matters who is on which side: sides only ever keep a note from a status."""
    enough = len(opinions) >= 2 * SIDE_RATERS
    return enough and assess(opinions, {}, current) is not Standing.NEEDS_MORE


def _has_reasons(opinions: Sequence[Opinion], reasons: Collection[RatingReason]) -> bool:
    given = Counter(reason for opinion in opinions for reason in opinion.reasons)
    return sum(given[reason] >= LEAST_GIVERS for reason in reasons) >= LEAST_REASONS


def _both_sides_agree(
    opinions: Sequence[Opinion], sides: Mapping[Hashable, int], found: Standing
) -> bool:
    """Ask both sides where there are two; say yes where too few raters have a side."""
    groups = [
        [VALUE[opinion.value] for opinion in opinions if sides.get(opinion.rater) == side]
        for side in (-1, 1)
    ]
    if any(len(group) < SIDE_RATERS for group in groups):
        return True
    if found is Standing.NOT_HELPFUL:
        return all(sum(group) / len(group) <= SIDE_MEAN_TO for group in groups)
    nets = [(group.count(1.0) - group.count(0.0), len(group)) for group in groups]
    return all(net >= SIDE_NET and net / size >= SIDE_NET_SHARE for net, size in nets)


def advance(
    current: NoteStanding, found: Standing, *, now: datetime, posted_at: datetime
) -> NoteStanding:
    """Return the next status: changed after 30 stable minutes, and never after 14 days."""
    if now - posted_at >= FROZEN_AFTER:
        return current
    if found is current.standing:
        return replace(current, candidate=None, since=None)
    if found is not current.candidate or current.since is None:
        return replace(current, candidate=found, since=now)
    if now - current.since < STABLE_FOR:
        return current
    return replace(current, standing=found, candidate=None, since=None)
