"""Joins the scorer's features into the few reasons that a person can follow.

Knows every feature by its documented name; never how a reason is said.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.matching.learned import LEARNED

BASE = "base"
"""Where the score starts before anything of the text is looked at."""
ABOUT = "about:"
"""Gates of this name tell whether the text mentions one subject of the claim."""


class Reason(StrEnum):
    """What can speak for a claim, or against it."""

    EXAMPLES = "examples"
    WORDS = "words"
    MEANING = "meaning"
    SUBJECTS = "subjects"
    NAMES = "names"
    RIVALS = "rivals"
    OTHER_TALK = "other-talk"
    REST = "rest"
    JUDGED = "judged"
    START = "start"


FEATURES: Mapping[Reason, tuple[str, ...]] = {
    Reason.EXAMPLES: (
        "score_whole",
        "score_best",
        "nearest",
        "nearest3",
        "nearest5",
        "known",
        "known_often",
        "strength",
    ),
    Reason.WORDS: (
        "words",
        "parts",
        "parts_best",
        "pairs",
        "rare_shared",
        "found",
        "found_share",
        "phrasing",
        "phrasing_words",
        "cover_claim",
        "cover_best",
        "cover_text",
        "cover_view",
        "cover_record",
    ),
    Reason.MEANING: ("meaning", "meaning_whole", "phrasing_meaning"),
    Reason.SUBJECTS: (
        "concepts",
        "phrasing_concepts",
        "concept_evidence",
        "concept_cover",
        "concept_missed",
        "concept_missed_sum",
        "concept_against",
        "concept_count",
    ),
    Reason.NAMES: ("names", "numbers", "other_numbers"),
    Reason.RIVALS: ("margin", "rival", "found_margin", "meaning_margin"),
    Reason.OTHER_TALK: (
        "claimlike_best",
        "claimlike_whole",
        "unrelated3",
        "counter",
        "over_counter",
    ),
    Reason.REST: ("unknown", "mass", "size", "claim_size", "sentences", "length"),
    Reason.JUDGED: (LEARNED,),
    Reason.START: (BASE,),
}
_REASONS = {name: reason for reason, names in FEATURES.items() for name in names}


def reason_of(feature: str) -> Reason:
    """Return what a feature belongs to.

    >>> reason_of("cover_claim").value, reason_of("one that nobody documented").value
    ('words', 'rest')
    """
    return _REASONS.get(feature, Reason.REST)


def reasons(contributions: Mapping[str, float]) -> list[tuple[Reason, float]]:
    """Return what each reason added to the log-odds, the strongest first; the sum stays the same.

    >>> [(r.value, added) for r, added in reasons({"names": 0.5, "numbers": 0.25, "base": -2.0})]
    [('start', -2.0), ('names', 0.75)]
    """
    added: dict[Reason, float] = {}
    for feature, value in contributions.items():
        reason = reason_of(feature)
        added[reason] = added.get(reason, 0.0) + value
    return sorted(added.items(), key=lambda item: (-abs(item[1]), item[0]))


def subjects(gates: Mapping[str, bool]) -> tuple[int, int]:
    """Return how many of the claim's subjects the text mentions, and how many there are.

    >>> subjects({"requires": True, "about:japan": True, "about:jobs": False})
    (1, 2)
    """
    said = [met for name, met in gates.items() if name.startswith(ABOUT)]
    return sum(said), len(said)
