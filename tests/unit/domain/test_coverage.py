"""Where something may have been missed."""

from datetime import timedelta

from bot.domain.coverage import FIRST_LOOK, Coverage, missed_since
from tests.builders import CHANNEL, COMMUNITY, NOON

HOUR = timedelta(hours=1)
KNOWN = Coverage(community=COMMUNITY, place=CHANNEL, complete_until=NOON - 9 * HOUR)


def test_a_new_place_is_read_back_for_a_month() -> None:
    assert missed_since(None, NOON, NOON) == NOON - FIRST_LOOK


def test_a_known_place_is_read_from_where_the_bot_last_listened() -> None:
    assert missed_since(KNOWN, NOON - HOUR, NOON) == NOON - HOUR
    assert missed_since(KNOWN, NOON - 2 * FIRST_LOOK, NOON) == NOON - FIRST_LOOK


def test_a_place_that_was_hidden_is_read_from_when_it_was_last_seen() -> None:
    hidden = KNOWN.hidden(NOON - 5 * HOUR)
    assert hidden.hidden(NOON) == hidden
    assert missed_since(hidden, NOON - HOUR, NOON) == NOON - 5 * HOUR


def test_an_open_gap_grows_and_never_shrinks() -> None:
    gap = KNOWN.opened(NOON - 3 * HOUR, NOON - HOUR).opened(NOON - HOUR, NOON)
    assert (gap.gap_since, gap.gap_until) == (NOON - 3 * HOUR, NOON)
    assert gap.has_gap
    assert not gap.closed().has_gap
    assert gap.closed().complete_until == NOON
