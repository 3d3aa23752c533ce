"""Says a record's claim as people say, deny, doubt and pass on: made-up messages for the stance.

A new fact-check has no examples; what its own words become when they are denied is known all the
same. Knows no matcher; the sentences are only as good as the simple rules here.
"""

import re
from collections.abc import Sequence

from bench.matching_data import Labelled
from bot.domain.factchecks import FactCheck

RETOLD = "retold"
_FORMS = (
    ("deny", "{plain}? No, that was made up."),
    ("deny", "The claim that {low} is false."),
    ("deny", "{claim} Not true."),
    ("deny", "contrary to what you hear, it isn't the case that {low}"),
    ("deny", "{low} is an urban legend"),
    ("assert", "{claim}"),
    ("assert", "{low}"),
    ("ask", "So is it right that {low}?"),
    ("report", "My colleague told me that {low}"),
    ("report", "Magazine article: {claim}"),
)
_TURNED = (
    ("deny", "{turned}"),
    ("deny", "well, {turned_low}"),
    ("deny", "I was there, {turned_low}. People just repeat it."),
)
"""Forms of a claim whose verb is negated, or whose negation is taken away."""
_AFFIRMED = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can"),
    (re.compile(r"\bdon't\b"), "do"),
    (re.compile(r"\b(is|are|was|were|has been|do|does|did) (?:not|never|no longer)\b"), r"\1"),
    (re.compile(r"\bno longer\b"), "still"),
)
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|has|have|will|would|should|must|could|may)\b")
_NEGATION = re.compile(r"\b(?:no|not|never|nobody|without|barely|none|did not)\b")
_DOES_NOT = """embraces gives lets forces requires uses stops bans trains feeds causes makes needs
    helps stays ruins stunts destroys contains flushes prevents pays charges produces equals saves
    hides costs"""
_DO_NOT = """embrace prefer prove oppose use want hate store make need reduce outsell cause commit
    see get learn clean remember listen mean take depend go"""
_NEVER = """revolted got wiped flopped cancelled called sent released won sold cloned contained
    banned came lasted offered buried started began closed shut wore failed lived fought spent
    slowed made forced"""
_VERBS = {
    **{verb: f"doesn't {verb.removesuffix('s')}" for verb in _DOES_NOT.split()},
    **{verb: f"don't {verb}" for verb in _DO_NOT.split()},
    **{verb: f"never {verb}" for verb in _NEVER.split()},
    "flushes": "doesn't flush",
}
"""The verbs of our claims, negated."""


def retold(checks: Sequence[FactCheck]) -> list[Labelled]:
    """Return the records' claims as somebody says, denies, doubts or passes them on."""
    found = []
    for check in checks:
        plain = check.claim.rstrip(".!?")
        turned = negated(plain)
        forms = _FORMS + (_TURNED if turned else ())
        for number, (stance, form) in enumerate(forms):
            said = form.format(
                claim=check.claim,
                plain=plain,
                low=plain.lower(),
                turned=turned,
                turned_low=turned.lower(),
            )
            name = f"r{number} {check.slug}"
            found.append(Labelled(name, said, (str(check.slug),), (), stance, RETOLD))
        for number, variant in enumerate(check.variants):
            name = f"rv{number} {check.slug}"
            found.append(Labelled(name, variant, (str(check.slug),), (), "assert", RETOLD))
    return found


def negated(claim: str) -> str:
    """Return a claim with its verb negated, or nothing where the rules find no way."""
    for pattern, instead in _AFFIRMED:
        turned, often = pattern.subn(instead, claim, count=1)
        if often:
            return turned
    if _NEGATION.search(claim):
        return ""
    if _AUXILIARY.search(claim):
        return _AUXILIARY.sub(r"\1 not", claim, count=1)
    words = claim.split()
    for place, word in enumerate(words[1:], start=1):
        if word in _VERBS:
            return " ".join([*words[:place], _VERBS[word], *words[place + 1 :]])
    return ""
