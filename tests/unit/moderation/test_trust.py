"""Trust levels follow from figures, and from nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_io.trust_words import explained_text
from bot.domain.flags import LEAST_TRUST, MOST_TRUST
from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.likes import Like, day_of
from bot.domain.trust import (
    NEEDED,
    NEW_FOR,
    Figure,
    Figures,
    TrustLevel,
    Written,
    figures_from,
    flag_weight,
    is_newcomer,
    level_of,
    next_above,
    requirements,
)
from bot.services.memory import InMemoryDatabase
from bot.services.trusting import TrustService
from tests.builders import COMMUNITY, NOON
from tests.fakes import FakeClock

DAY = timedelta(days=1)
REGULAR = Figures(
    days=45, posts=200, places=10, given=30, given_to=6, given_on=8, received=20,
    received_from=4, received_on=5,
)  # fmt: skip
COUNTS = st.builds(Figures, **{f.value.replace("-", "_"): st.integers(0, 60) for f in Figure})


def like(number: int, *, giver: int = 1, author: int = 2, days: int = 0) -> Like:
    return Like(
        post=PostId(number),
        channel=PlaceId(1),
        author=MemberId(author),
        giver=MemberId(giver),
        at=NOON - days * DAY,
    )


@pytest.mark.parametrize(
    ("figures", "level"),
    [
        (Figures(), TrustLevel.NEW),
        (Figures(days=1, posts=50), TrustLevel.NEW),
        (Figures(days=2, posts=5), TrustLevel.BASIC),
        (Figures(days=15, posts=20, places=3, given=1, received=1), TrustLevel.MEMBER),
        (Figures(days=15, posts=20, places=3, given=0, received=1), TrustLevel.BASIC),
        (REGULAR, TrustLevel.REGULAR),
    ],
)
def test_a_level_is_reached_when_everything_it_asks_for_is_there(
    figures: Figures, level: TrustLevel
) -> None:
    assert level_of(figures) is level


def test_two_friends_do_not_lift_each_other() -> None:
    given = [like(n, author=9) for n in range(40)]
    received = [like(n, giver=9, days=n) for n in range(40)]
    figures = figures_from([], given, received)
    assert (figures.given, figures.given_to, figures.given_on) == (40, 1, 1)
    assert (figures.received, figures.received_from, figures.received_on) == (40, 1, 40)
    unmet = {e.figure for e in requirements(TrustLevel.REGULAR, figures) if not e.is_met}
    assert {Figure.GIVEN_TO, Figure.GIVEN_ON, Figure.RECEIVED_FROM} <= unmet


def test_days_on_which_somebody_only_liked_count_as_well() -> None:
    written = [Written(day=day_of(NOON), place=1, posts=3), Written(day=1, place=2, posts=1)]
    figures = figures_from(written, [like(1), like(2, days=3)], [])
    assert (figures.days, figures.posts, figures.places) == (3, 4, 2)


@given(COUNTS, st.sampled_from(sorted(NEEDED[TrustLevel.REGULAR])), st.integers(1, 60))
def test_more_of_what_is_asked_for_never_lowers_a_level(
    figures: Figures, figure: Figure, more: int
) -> None:

    name = figure.value.replace("-", "_")
    raised = replace(figures, **{name: figures.of(figure) + more})
    assert level_of(raised) >= level_of(figures)


@given(COUNTS)
def test_a_level_explains_itself(figures: Figures) -> None:
    level = level_of(figures)
    for reached in range(1, level + 1):
        assert all(each.is_met for each in requirements(TrustLevel(reached), figures))
    above = next_above(level)
    if above is not None:
        assert any(not each.is_met for each in requirements(above, figures))


def test_weights_stay_within_what_flags_allow_and_rise() -> None:
    weights = [flag_weight(level) for level in TrustLevel if level is not TrustLevel.LEADER]
    assert weights == sorted(weights)
    assert LEAST_TRUST <= weights[0] == 1.0
    assert weights[-1] <= MOST_TRUST


async def test_what_a_moderators_flag_counts_is_said_as_it_is() -> None:
    database, member = InMemoryDatabase(), MemberId(300)
    trust = TrustService(database, FakeClock())
    explained = await trust.explain(COMMUNITY, member, moderates=True)
    async with database.reading() as stores:
        counts = await trust.flag_factor(stores, COMMUNITY, member)
    assert explained.level is TrustLevel.LEADER
    assert explained.flag_factor == counts
    assert "(here: 1 ×)" in explained_text(explained, member)


def test_only_who_joined_just_now_and_is_unknown_is_a_newcomer() -> None:
    joined = NOON - NEW_FOR + DAY
    assert is_newcomer(TrustLevel.NEW, joined, NOON)
    assert not is_newcomer(TrustLevel.BASIC, joined, NOON)
    assert not is_newcomer(TrustLevel.NEW, NOON - NEW_FOR, NOON)
    assert not is_newcomer(TrustLevel.NEW, None, NOON)
