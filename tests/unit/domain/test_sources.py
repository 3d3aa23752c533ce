"""When a cited page is called dead: never after one attempt, never for an outage of a day."""

from datetime import timedelta

from bot.domain.sources import (
    AGAIN,
    LONGEST_RETRY,
    Probe,
    Reached,
    SourceHealth,
    SourceState,
    after_probe,
)
from tests.builders import NOON

URL = "https://news.example/page"
DAY = timedelta(days=1)
GONE, UNSURE = Probe(reached=Reached.GONE, said="410"), Probe(reached=Reached.UNSURE)


def test_a_page_that_is_there_is_looked_at_again_in_a_week() -> None:
    state = after_probe(URL, None, Probe(reached=Reached.THERE), NOON)
    assert (state.health, state.due_at) == (SourceHealth.FINE, NOON + AGAIN)


def test_a_page_that_moved_keeps_its_new_address() -> None:
    probe = Probe(reached=Reached.MOVED, moved_to="https://news.example/new")
    state = after_probe(URL, None, probe, NOON)
    assert (state.health, state.moved_to) == (SourceHealth.MOVED, "https://news.example/new")


def test_a_page_that_is_said_to_be_gone_is_asked_for_once_more_a_day_later() -> None:
    first = after_probe(URL, None, GONE, NOON)
    assert (first.health, first.due_at) == (SourceHealth.TROUBLED, NOON + DAY)
    second = after_probe(URL, first, GONE, NOON + DAY)
    assert (second.health, second.failing_since) == (SourceHealth.DEAD, NOON)


def test_two_attempts_within_a_day_prove_nothing() -> None:
    first = after_probe(URL, None, GONE, NOON)
    assert after_probe(URL, first, GONE, NOON + DAY / 2).health is SourceHealth.TROUBLED


def test_an_outage_must_last_for_weeks() -> None:
    state: SourceState | None = None
    moment = NOON
    while state is None or state.health is not SourceHealth.DEAD:
        state = after_probe(URL, state, UNSURE, moment)
        assert state.due_at - moment <= max(LONGEST_RETRY, AGAIN)
        moment = state.due_at
    assert state.checked_at - NOON >= timedelta(days=28)


def test_a_page_that_comes_back_is_fine_at_once() -> None:
    gone = after_probe(URL, after_probe(URL, None, GONE, NOON), GONE, NOON + DAY)
    state = after_probe(URL, gone, Probe(reached=Reached.THERE), NOON + 2 * DAY)
    assert (state.health, state.failures, state.failing_since) == (SourceHealth.FINE, 0, None)
