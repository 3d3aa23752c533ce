"""Every match can say why it was made."""

import math

import pytest

from bot.matching.features import EXAMPLE_FEATURES
from bot.matching.matcher import Matcher

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


def test_the_words_that_decided_the_stance_are_named(matcher: Matcher) -> None:
    best = matcher.read("Is it true that Pixiv banned AI art?").best
    assert best is not None
    assert best.evidence.stance_cue
