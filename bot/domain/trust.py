"""Trust levels after Discourse's example: worked out from what is counted anyway, never stored.

Pure: knows thresholds and figures; never a platform, a table or the clock. A level weights flags
and limits newcomers' requests; it gives no right, and nothing is ever taken away because of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.domain.likes import Like, day_of
from bot.domain.wording import N_

WINDOW = timedelta(days=90)
"""What is counted is that of so many days: about as long as posts are kept."""
CASES_WITHIN = timedelta(days=180)
NEW_FOR = timedelta(days=7)
"""A member of level 0 is new to a community for so long after joining."""


class TrustLevel(IntEnum):
    """How well a community knows somebody."""

    NEW = 0
    BASIC = 1
    MEMBER = 2
    REGULAR = 3
    LEADER = 4
    """Nobody earns it: it is that of whom the community lets moderate."""


LEVEL_NAMES: Mapping[TrustLevel, str] = {
    TrustLevel.NEW: N_("new"),
    TrustLevel.BASIC: N_("basic"),
    TrustLevel.MEMBER: N_("member"),
    TrustLevel.REGULAR: N_("regular"),
    TrustLevel.LEADER: N_("leader"),
}
FLAG_WEIGHTS: Mapping[TrustLevel, float] = {
    TrustLevel.NEW: 1.0,
    TrustLevel.BASIC: 1.25,
    TrustLevel.MEMBER: 1.5,
    TrustLevel.REGULAR: 1.75,
}
"""Nobody's flag counts for less because they are unknown; being known makes it count for more.

Moderators' flags count by what they earned, as everybody's do: they decide on flags anyway.
"""


class Figure(StrEnum):
    """What is counted."""

    DAYS = "days"
    POSTS = "posts"
    PLACES = "places"
    GIVEN = "given"
    GIVEN_TO = "given-to"
    GIVEN_ON = "given-on"
    RECEIVED = "received"
    RECEIVED_FROM = "received-from"
    RECEIVED_ON = "received-on"
    FLAGS_RIGHT = "flags-right"
    FLAGS_WRONG = "flags-wrong"
    CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Posts of one member in one channel or thread on one UTC day."""

    day: int
    place: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is counted of one member in one community."""

    days: int = 0
    """Days on which they wrote or liked something."""
    posts: int = 0
    places: int = 0
    given: int = 0
    given_to: int = 0
    given_on: int = 0
    received: int = 0
    received_from: int = 0
    received_on: int = 0
    flags_right: int = 0
    flags_wrong: int = 0
    cases: int = 0
    """Timeouts, kicks and bans."""

    def of(self, figure: Figure) -> int:
        """Return one of them by name."""
        found: int = getattr(self, figure.value.replace("-", "_"))
        return found


NEEDED: Mapping[TrustLevel, Mapping[Figure, int]] = {
    TrustLevel.BASIC: {Figure.DAYS: 2, Figure.POSTS: 5},
    TrustLevel.MEMBER: {
        Figure.DAYS: 15,
        Figure.POSTS: 20,
        Figure.PLACES: 3,
        Figure.GIVEN: 1,
        Figure.RECEIVED: 1,
    },
    TrustLevel.REGULAR: {
        Figure.DAYS: 45,
        Figure.PLACES: 10,
        Figure.GIVEN: 30,
        Figure.GIVEN_TO: 6,
        Figure.GIVEN_ON: 8,
        Figure.RECEIVED: 20,
        Figure.RECEIVED_FROM: 4,
        Figure.RECEIVED_ON: 5,
    },
}
"""From Discourse: half of the days, 30 likes given and 20 received, from a fifth as many members
and on a quarter as many days, so that two friends cannot lift each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that a level asks for."""

    figure: Figure
    now: int
    needed: int
    at_most: bool = False

    @property
    def is_met(self) -> bool:
        """Tell whether it is fulfilled."""
        return self.now <= self.needed if self.at_most else self.now >= self.needed


def figures_from(
    written: Sequence[Written],
    given: Sequence[Like],
    received: Sequence[Like],
) -> Figures:
    """Count what a member wrote, liked and was liked for."""
    given_days = {day_of(like.at) for like in given}
    return Figures(
        days=len({each.day for each in written} | given_days),
        posts=sum(each.posts for each in written),
        places=len({each.place for each in written}),
        given=len(given),
        given_to=len({like.author for like in given}),
        given_on=len(given_days),
        received=len(received),
        received_from=len({like.giver for like in received}),
        received_on=len({day_of(like.at) for like in received}),
    )


def requirements(level: TrustLevel, figures: Figures) -> tuple[Requirement, ...]:
    """Return what a level asks for; empty for those that nobody earns."""
    found = [
        Requirement(figure=figure, now=figures.of(figure), needed=needed)
        for figure, needed in NEEDED.get(level, {}).items()
    ]
    if level is TrustLevel.REGULAR:
        found.append(_at_most(Figure.FLAGS_WRONG, figures, figures.flags_right))
        found.append(_at_most(Figure.CASES, figures, 0))
    return tuple(found)


def _at_most(figure: Figure, figures: Figures, most: int) -> Requirement:
    return Requirement(figure=figure, now=figures.of(figure), needed=most, at_most=True)


def level_of(figures: Figures) -> TrustLevel:
    """Return the highest level of which everything, and of those below it, is fulfilled.

    >>> level_of(Figures(days=2, posts=5)).name
    'BASIC'
    """
    level = TrustLevel.NEW
    for higher in (TrustLevel.BASIC, TrustLevel.MEMBER, TrustLevel.REGULAR):
        if not all(each.is_met for each in requirements(higher, figures)):
            break
        level = higher
    return level


def next_above(level: TrustLevel) -> TrustLevel | None:
    """Return the next level that can be earned."""
    return TrustLevel(level + 1) if level < TrustLevel.REGULAR else None


def flag_weight(level: TrustLevel) -> float:
    """Return the factor with which the flags of a member count who earned this level."""
    return FLAG_WEIGHTS[level]


def is_newcomer(level: TrustLevel, joined_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody is new: both unknown here, and only just joined.

    Somebody who comes back after a long silence is unknown, but not new.
    """
    return level is TrustLevel.NEW and joined_at is not None and now - joined_at < NEW_FOR


def with_record(figures: Figures, *, right: int, wrong: int, cases: int) -> Figures:
    """Return the figures with what moderators decided."""
    return replace(figures, flags_right=right, flags_wrong=wrong, cases=cases)
