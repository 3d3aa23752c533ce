"""The figures must not fall: measured with the evaluation data beside the checkout."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.factchecks import Example
from bot.domain.policy import Outcome, decide_text
from bot.matching.matcher import Matcher
from bot.services.libraries import starter_examples, starter_library

EVAL = Path(__file__).resolve().parents[4] / "shared" / "eval"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not EVAL.is_dir(), reason="the evaluation data is not beside the checkout"),
]


def labelled(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EVAL / name).read_text(encoding="utf-8").splitlines()]


def figures(matcher: Matcher, messages: list[dict[str, Any]]) -> dict[str, float]:
    wanted = hits = attached = right = negatives = false = positives = best_right = 0
    for message in messages:
        expect, fine = set(message["expect"]), {*message["expect"], *message["also_ok"]}
        reading = matcher.read(str(message["text"]))
        best = reading.best
        attach = decide_text(reading, matcher.thresholds).outcome is Outcome.ATTACH
        is_right = best is not None and best.slug in fine
        positives += bool(expect)
        best_right += best is not None and best.slug in expect
        wanted += bool(expect) and message["stance"] in ("assert", "ask")
        hits += attach and is_right and bool(expect) and message["stance"] in ("assert", "ask")
        negatives += not fine
        false += attach and not fine
        attached += attach
        right += attach and is_right
    return {
        "best right": best_right / positives,
        "recall": hits / wanted,
        "precision": right / max(1, attached),
        "false": 1000 * false / negatives,
    }


def test_held_out_messages_are_recognised_without_false_alarms() -> None:
    held_out = {str(message["text"]) for message in labelled("dev.jsonl")}
    known: list[Example] = [one for one in starter_examples() if one.text not in held_out]
    found = figures(Matcher.build(starter_library(), known), labelled("dev.jsonl"))
    assert found["best right"] >= 0.92
    assert found["recall"] >= 0.52
    assert found["false"] <= 15
    assert found["precision"] >= 0.95


def test_real_posts_get_right_notes_or_none(matcher: Matcher) -> None:
    found = figures(matcher, labelled("wild-dev.jsonl"))
    assert found["best right"] >= 0.68
    assert found["precision"] >= 0.88
