"""Words as others write them: verdicts, days and names for slugs, turned into ours.

Knows publishers' spellings; must never guess where a word has no clear counterpart.
"""

import hashlib
import re
import unicodedata
from datetime import date

from bot.domain.factchecks import Verdict

WORST, BEST = 1, 5
_SCALE = (
    Verdict.FALSE,
    Verdict.MOSTLY_FALSE,
    Verdict.MIXED,
    Verdict.MOSTLY_TRUE,
    Verdict.TRUE,
)
_SPELLINGS = {
    Verdict.TRUE: "correct, accurate, right, confirmed, geppetto checkmark",
    Verdict.MOSTLY_TRUE: (
        "largely true, mostly correct, largely correct, mostly accurate, largely accurate, "
        "one pinocchio"
    ),
    Verdict.MIXED: (
        "mixture, mixed bag, mixed evidence, half true, half right, partly true, partially true, "
        "partly false, partially false, partly correct, two pinocchios"
    ),
    Verdict.MOSTLY_FALSE: (
        "largely false, mostly incorrect, largely incorrect, mostly inaccurate, barely true, "
        "three pinocchios"
    ),
    Verdict.FALSE: (
        "incorrect, inaccurate, wrong, untrue, not true, fake, fake news, fabricated, hoax, "
        "pants on fire, debunked, totally false, completely false, four pinocchios"
    ),
    Verdict.UNPROVEN: (
        "unverified, unsupported, unsubstantiated, no evidence, not proven, inconclusive, "
        "insufficient evidence, unconfirmed"
    ),
    Verdict.OUTDATED: "out of date, no longer true, no longer accurate, obsolete",
}
_KNOWN = {name: verdict for verdict, names in _SPELLINGS.items() for name in names.split(", ")}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? (\d{4})\b")
_SLUG_LENGTH = 60


def verdict_in(words: str) -> Verdict | None:
    """Return the verdict that a publisher's rating names, or None where ours have none for it.

    >>> verdict_in("Pants on Fire!"), verdict_in("FALSE. An old photo"), verdict_in("Satire")
    (<Verdict.FALSE: 'false'>, <Verdict.FALSE: 'false'>, None)
    """
    for part in (words, re.split(r"[.:;,|(–—]| - ", words, maxsplit=1)[0]):
        name = " ".join(re.findall(r"\w+", part.casefold().replace("_", " ")))
        verdict = Verdict.named(name) or _KNOWN.get(name)
        if verdict is not None:
            return verdict
    return None


def verdict_at(value: float, worst: float = WORST, best: float = BEST) -> Verdict | None:
    """Return the verdict at a place on a scale; None outside it."""
    if worst == best or not min(worst, best) <= value <= max(worst, best):
        return None
    return _SCALE[round((value - worst) / (best - worst) * (len(_SCALE) - 1))]


def rating_value(verdict: Verdict | None) -> int | None:
    """Return the place of a verdict on the scale from `WORST` to `BEST`, if it has one."""
    return _SCALE.index(verdict) + WORST if verdict in _SCALE else None


def day_in(text: str) -> date | None:
    """Return the first day that a text names in ISO form or in English words.

    >>> day_in("Checked on February 1, 2026"), day_in("2025-03-04T10:00:00Z"), day_in("last week")
    (datetime.date(2026, 2, 1), datetime.date(2025, 3, 4), None)
    """
    try:
        if iso := _ISO.search(text):
            return date.fromisoformat(iso[0])
        if found := _MONTH_FIRST.search(text):
            return date(int(found[3]), _month(found[1]), int(found[2]))
        if found := _DAY_FIRST.search(text):
            return date(int(found[3]), _month(found[2]), int(found[1]))
    except ValueError:
        pass
    return None


def slug_of(text: str) -> str:
    """Return a slug for a text, the same one every time.

    >>> slug_of("Café “AI art” isn't theft!")
    'cafe-ai-art-isnt-theft'
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]|[^\x00-\x7f]", "", folded))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:_SLUG_LENGTH]
        if len(longer) > _SLUG_LENGTH:
            break
        slug = longer
    if slug:
        return slug
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"claim-{digest[:10]}"


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
