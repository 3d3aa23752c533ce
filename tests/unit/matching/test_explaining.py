"""Every match can say why it was made."""

import math

import pytest

from bot.discord_io.reasons import SAID
from bot.matching.comparing import RECORD_FEATURES
from bot.matching.features import EXAMPLE_FEATURES
from bot.matching.learned import LEARNED
from bot.matching.matcher import Matcher
from bot.matching.reasons import BASE, FEATURES, Reason, reasons

POST = "Everyone says so: Asia embraces AI art instead of resisting it."


def test_an_explanation_names_words_gates_and_the_nearest_example(matcher: Matcher) -> None:
    best = matcher.read(POST).best
    assert best is not None
    why = best.evidence
    assert "asia" in why.words
    assert why.phrasing
    assert why.gates["requires"]
    assert why.gates["counter_examples"]
    assert why.gates["about:asia"]
    assert set(why.features) <= set(EXAMPLE_FEATURES)


def test_what_the_features_added_sums_up_to_the_probability(matcher: Matcher) -> None:
    for match in matcher.read(POST).matches:
        odds = sum(match.evidence.contributions.values())
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(match.probability, abs=2e-3)


def test_every_feature_belongs_to_one_reason_that_a_member_can_read() -> None:
    grouped = [name for names in FEATURES.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert {*EXAMPLE_FEATURES, *RECORD_FEATURES, LEARNED, BASE} == set(grouped)
    assert set(SAID) == set(FEATURES) == set(Reason)


def test_reasons_add_up_to_what_the_features_did(matcher: Matcher) -> None:
    best = matcher.read(POST).best
    assert best is not None
    added = best.evidence.contributions
    assert sum(value for _, value in reasons(added)) == pytest.approx(sum(added.values()))


def test_the_words_that_decided_the_stance_are_named(matcher: Matcher) -> None:
    best = matcher.read("Is it true that Pixiv banned AI art?").best
    assert best is not None
    assert best.evidence.stance_cue
