"""What a like is, and which emoji are the same."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.likes import (
    DEFAULT_EMOJI,
    Emoji,
    counting_emoji,
    day_of,
    normalise,
    quarter_of,
    shown,
    start_of_day,
    week_of,
)


@pytest.mark.parametrize(("likes", "words"), [(0, "0 Likes"), (1, "1 Like"), (12, "12 Likes")])
def test_likes_are_shown_as_discourse_shows_them(likes: int, words: str) -> None:
    assert shown(likes) == words


@pytest.mark.parametrize(
    ("name", "same"), [("❤️", "❤"), ("👍🏽", "👍"), ("⭐\ufe0e", "⭐"), ("🔥", "🔥")]
)
def test_variants_and_skin_tones_of_an_emoji_are_one(name: str, same: str) -> None:
    assert normalise(name) == same


def test_a_custom_emoji_is_known_by_its_id_whatever_its_name() -> None:
    assert normalise("pencil_heart", 42) == normalise("renamed", 42) == "42"


def test_a_community_adds_to_the_defaults_and_takes_from_them() -> None:
    thumb, own = DEFAULT_EMOJI[0], Emoji("42")
    assert counting_emoji({}) == set(DEFAULT_EMOJI)
    assert counting_emoji({own: True, thumb: False}) == {*DEFAULT_EMOJI[1:], own}


def test_weeks_begin_on_monday_and_days_at_midnight() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert week_of(monday) == week_of(monday - timedelta(microseconds=1)) + 1
    assert week_of(monday) == week_of(monday + timedelta(days=6, hours=23))
    assert start_of_day(day_of(monday)) == monday
    assert quarter_of(monday + timedelta(minutes=15)) == quarter_of(monday) + 1
