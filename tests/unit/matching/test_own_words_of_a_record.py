"""A fact-check attaches to its own wording from the moment it is added, without any example."""

import json
from pathlib import Path

import pytest

from bot.domain.factchecks import FactCheck
from bot.domain.ids import Slug
from bot.domain.matches import Stance
from bot.domain.policy import Outcome, decide_text
from bot.matching.matcher import Matcher
from bot.services.libraries import starter_library

CLAIMS = Path(__file__).resolve().parents[4] / "shared" / "eval" / "train" / "general-claims.jsonl"
STARTER = starter_library()


def unattached(check: FactCheck) -> list[str]:
    """Return the record's phrasings that get no note where it is the only fact-check."""
    matcher = Matcher.build([check])
    return [
        text
        for text in check.phrasings
        if decide_text(matcher.read(text), matcher.thresholds).outcome is not Outcome.ATTACH
        and len(text.split()) >= 4
    ]


@pytest.mark.parametrize("check", STARTER, ids=[str(check.slug) for check in STARTER])
def test_a_new_fact_check_attaches_to_its_own_words(check: FactCheck) -> None:
    assert unattached(check) == []


def test_the_starter_attaches_to_its_own_claims(matcher: Matcher) -> None:
    missed = []
    for check in STARTER:
        reading = matcher.read(check.claim)
        best = reading.best
        assert best is not None
        if best.slug != check.slug or best.probability < matcher.thresholds.auto:
            missed.append(f"{check.slug}: {best.slug} {best.probability}")
    assert missed == []


@pytest.mark.shared
@pytest.mark.skipif(not CLAIMS.is_file(), reason="the evaluation data is not beside the checkout")
def test_claims_of_other_fields_attach_to_their_own_words() -> None:
    rows = [json.loads(line) for line in CLAIMS.read_text(encoding="utf-8").splitlines()]
    checks = [
        FactCheck(
            slug=Slug(row["slug"]),
            claim=row["claim"],
            variants=tuple(row.get("variants", ())),
            summary=row.get("summary", ""),
            title=row.get("title", ""),
        )
        for row in rows
    ]
    assert [text for check in checks for text in unattached(check)] == []


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that kilns cause most studio fires.",
        "No, most studio fires don't start in a kiln, that's a myth.",
    ],
)
def test_saying_that_a_new_claim_is_false_gets_no_note(text: str) -> None:
    matcher = Matcher.build([FactCheck(slug=Slug("kilns"), claim="Kilns cause most studio fires.")])
    reading = matcher.read(text)
    assert reading.stance is Stance.DENY
    assert decide_text(reading, matcher.thresholds).outcome is not Outcome.ATTACH
