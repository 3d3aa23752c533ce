"""Invariants of the domain's values, and the keys that promise 1 rests on."""

import string
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.factchecks import Source
from bot.domain.ids import PlaceId, PostId, Slug
from bot.domain.notes import NONCE_LENGTH, derive_note_id
from bot.domain.outbox import LONGEST_RETRY, retry_delay
from tests.builders import build_fact_check, build_match, build_post, build_where


@pytest.mark.parametrize("slug", ["", "Asia", "a--b", "-a", "a-", "a b", "ä", "a\n", "a" * 81])
def test_a_slug_that_cannot_stand_in_an_address_is_refused(slug: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        build_fact_check(slug=slug)


def test_a_fact_check_without_a_claim_is_refused() -> None:
    with pytest.raises(ValueError, match="claim is empty"):
        build_fact_check(claim=" \n")


def test_two_sources_with_one_number_are_refused() -> None:
    with pytest.raises(ValueError, match="same number"):
        build_fact_check(sources=(Source(n=1), Source(n=1)))


def test_a_revision_counts_up() -> None:
    assert build_fact_check(revision=4).revised(summary="New.").revision == 5


def test_an_unverified_title_is_not_shown() -> None:
    assert Source(n=1, title="Guessed", publisher="", title_verified=False).label == "Source 1"
    assert Source(n=1, title="Seen", publisher="").label == "Seen"
    assert Source(n=1, title="Seen", publisher="The Paper").label == "The Paper"


@pytest.mark.parametrize("probability", [-0.01, 1.01, float("nan")])
def test_a_probability_outside_of_0_and_1_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        build_match(probability=probability)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        build_post(created_at=datetime(2026, 11, 23))  # noqa: DTZ001 - the point of the test


def test_settings_are_looked_up_from_the_nearest_place_outwards() -> None:
    where = build_where(channel=PlaceId(3), parent=PlaceId(2), category=PlaceId(1))
    assert where.places == (3, 2, 1)


ids = st.integers(1, 2**63 - 1)
slugs = st.text(string.ascii_lowercase, min_size=1, max_size=80)


@given(channel=ids, post=ids, slug=slugs)
def test_a_note_id_fits_discords_nonce_and_never_changes(
    channel: int, post: int, slug: str
) -> None:
    one = derive_note_id(PlaceId(channel), PostId(post), Slug(slug))
    assert one == derive_note_id(PlaceId(channel), PostId(post), Slug(slug))
    assert len(one) == NONCE_LENGTH
    assert set(one) <= set(string.ascii_letters + string.digits + "-_")
    assert one != derive_note_id(PlaceId(channel), PostId(post), Slug(slug), generation=1)


def test_the_note_id_is_the_same_in_every_release() -> None:
    """A changed derivation would post every note of a running community once more."""
    assert derive_note_id(PlaceId(1), PostId(2), Slug("a")) == KNOWN_NOTE_ID


KNOWN_NOTE_ID = "q3erBbPk7yEyptdBJCRdkZ"


@given(st.integers(0, 10_000))
def test_retries_wait_longer_and_longer_up_to_a_bound(attempts: int) -> None:
    assert timedelta(0) < retry_delay(attempts) <= retry_delay(attempts + 1) <= LONGEST_RETRY
