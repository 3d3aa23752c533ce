"""How a text's words stand to a claim's own: said as the claim says them, negated, or opposed.

Compares two wordings by the scope of their negations; knows nothing of truth or of the world.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.matching.cues import NEGATORS, REFUTING, Cue, listed, words_of
from bot.matching.words import is_content, numbers_of, stem

SCOPE = 8
"""Words after a negation that it reaches at most."""
NEAR = 3
"""Words after a negation that it speaks of first."""
CLOSE = 6
"""Words between a claim's words and what is said of them."""
PHRASINGS = 8
"""Phrasings of a claim that are compared."""

RELATION_FEATURES = (
    "opposed",
    "opposed_share",
    "opposed_near",
    "all_agreed",
    "parity",
    "denied_not",
    "antonym",
    "exceptions",
    "other_number",
    "covered",
    "rest",
    "refuted_after",
    "refuted_before",
)
_STOPS = frozenset('.!?,:;…\n"()')
_TURNS = listed("but because since while although though unless except whereas")
_UNDOING = listed(
    "fails failed fail refuses refused refuse declined denied denies stopped stops lacks lack"
    " instead avoid avoids avoided"
)
_NEGATING = NEGATORS | _UNDOING
_BREAKS = _STOPS | _TURNS
_HOLLOW = {
    "not": listed("only just surprised sure even because"),
    "no": listed("wonder doubt matter idea way"),
    "cant": listed("believe wait stand"),
    "cannot": listed("believe wait stand"),
    "dont": listed("forget worry"),
    "couldnt": listed("believe"),
    "nothing": listed("but"),
    "never": listed("forget mind"),
}
_UNIVERSAL = listed(
    "all every everyone everybody only any anything always never nobody none most no everything"
    " entire entirely whole fully overwhelmingly nearly almost"
)
_EXISTENTIAL = listed(
    "some several many plenty lots loads few handful exception exceptions half dozens"
)
_PAIRS = """allow ban|permit ban|allow forbid|let forbid|legal illegal|lawful unlawful|win lose
won lost|love hate|like hate|like dislike|rise fall|grow shrink|increase decrease|gain lose|up down
support oppose|accept reject|embrace reject|embrace resist|welcome resist|welcome reject
safe dangerous|safe unsafe|safe useless|start stop|begin end|alive dead|thrive die|improve die
improve degrade|better worse|best worst|success failure|flop success|flopped sold|succeed fail
easy hard|possible impossible|common rare|public private|free paid|reliable unreliable
reliable garbage|cancelled held|cancel ahead|real fake|genuine fake|true false|human machine
protected unprotected|protects useless|protected free|stolen public|steal learn|stolen learn
theft learning|copy learn|copies learns|store learn|stores learns|collage new|approve disapprove
agree disagree|trust distrust|happy angry|fine angry|fine worried|fine protest|fine oppose|mind fine
mind okay|safe stripped|obvious indistinguishable|tell indistinguishable|tell obvious
cheap expensive|few most|minority majority|optional mandatory|voluntary mandatory|forced voluntary
require voluntary|replace hire|replaced hired|taking hired|lose gain|kill help|kill boost
dismissed alive|dismissed ongoing|thrown ahead|dismissed ahead|settled open|settled pending
consent agreed|harmless harmful|cause prevent|causes prevents|banned allowed|lifted banned
banned allow|more less|higher lower|faster slower|bigger smaller|oldest newest|first last
increased fell|rose fell|rising falling|invented copied|remember forget|visible invisible
strong weak|strengthen weaken|help hurt|helps hurts|raise lower|open closed|keep remove"""


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.replace("\n", "|").split("|"):
        one, other = map(stem, pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES = _opposites()


@dataclass(frozen=True, slots=True)
class Said:
    """The telling words of a text: whether each is negated, and how far the negation is away."""

    stems: tuple[str, ...]
    """Of every word; empty where it is a mark or tells nothing."""
    negated: tuple[int, ...]
    """Of every word: 0, or the how-manieth word after a negation it is."""
    present: frozenset[str]
    negations: int
    numbers: frozenset[str]
    universal: bool
    existential: bool


def said(words: Sequence[str]) -> Said:
    """Read the words of a text with the reach of their negations."""
    stems: list[str] = []
    negated: list[int] = []
    reach = negations = 0
    for place, word in enumerate(words):
        if word in _NEGATING:
            stems.append(stem(word) if word in _UNDOING else "")
            negated.append(0)
            if not _hollow(words, place):
                # Two negations shortly after each other undo each other.
                reach = 0 if 0 < reach <= NEAR else 1
                negations += 1
            continue
        stems.append(_telling(word))
        if reach:
            if word in _BREAKS:
                reach = 0
            negated.append(reach)
            reach = reach + 1 if 0 < reach < SCOPE else 0
        else:
            negated.append(0)
    chosen = frozenset(words)
    return Said(
        tuple(stems),
        tuple(negated),
        frozenset(stems) - {""},
        negations,
        numbers_of([word for word in words if word[0].isdigit()]),
        not chosen.isdisjoint(_UNIVERSAL),
        not chosen.isdisjoint(_EXISTENTIAL),
    )


@lru_cache(maxsize=16_384)
def _telling(word: str) -> str:
    """Return the stem of a word that carries meaning, and nothing for others and for marks."""
    return stem(word) if word[0].isalnum() and is_content(word) else ""


def _hollow(words: Sequence[str], place: int) -> bool:
    """Tell whether a negation negates nothing, as in "not only" and "can't believe"."""
    after = words[place + 1] if place + 1 < len(words) else "."
    return after in _STOPS or after in _HOLLOW.get(words[place], ())


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of saying a claim: its telling words, and which of them it negates."""

    polarity: dict[str, bool]
    opposites: dict[str, bool]
    negations: int
    universal: bool


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """How a record says its claim."""

    phrases: tuple[Phrase, ...]
    numbers: frozenset[str]


@lru_cache(maxsize=4_096)
def claim_words(phrasings: tuple[str, ...]) -> ClaimWords:
    """Read a record's phrasings; the first is the claim itself."""
    numbers = numbers_of(words_of(phrasings[0])) if phrasings else frozenset()
    return ClaimWords(tuple(map(_phrase, phrasings[:PHRASINGS])), numbers)


def _phrase(text: str) -> Phrase:
    one = said(words_of(text))
    polarity = {
        word: bool(reach) for word, reach in zip(one.stems, one.negated, strict=True) if word
    }
    opposites = {
        other: negated
        for word, negated in polarity.items()
        for other in _OPPOSITES.get(word, ())
        if other not in polarity
    }
    return Phrase(polarity, opposites, one.negations, one.universal)


def relation_values(one: Said, cues: Sequence[Cue], claim: ClaimWords) -> list[float]:
    """Return how a text stands to a claim: the RELATION_FEATURES, by the nearest phrasing."""
    if not claim.phrases or not one.present:
        return [0.0] * len(RELATION_FEATURES)
    best = max(claim.phrases, key=lambda each: _share(each, one))
    places = [place for place, word in enumerate(one.stems) if word in best.polarity]
    meant = [best.polarity[one.stems[place]] for place in places]
    reach = [one.negated[place] for place in places]
    wrong = [bool(far) != negated for far, negated in zip(reach, meant, strict=True)]
    near = sum(odd and far <= NEAR for odd, far in zip(wrong, reach, strict=True))
    unmet = any(negated and not far for far, negated in zip(reach, meant, strict=True))
    turned = _turned(best, one)
    covered = len(one.present & best.polarity.keys()) / max(1, len(best.polarity))
    before, after = _refuted(cues, places)
    return [
        min(3, sum(wrong)) / 3,
        sum(wrong) / max(1, len(places)),
        min(2, near) / 2,
        float(bool(places) and not any(wrong) and not turned),
        float((one.negations > 0) != (best.negations > 0)),
        float(unmet and not one.negations),
        min(2, turned) / 2,
        float(best.universal and one.existential),
        float(bool(claim.numbers and one.numbers) and claim.numbers.isdisjoint(one.numbers)),
        covered,
        1 - covered * len(best.polarity) / len(one.present),
        covered * after,
        covered * before,
    ]


def _turned(phrase: Phrase, one: Said) -> int:
    """Return how often the opposite of a claim's word is said just as the claim says its word."""
    if one.present.isdisjoint(phrase.opposites):
        return 0
    return sum(
        word in phrase.opposites and bool(far) == phrase.opposites[word]
        for word, far in zip(one.stems, one.negated, strict=True)
    )


def _share(phrase: Phrase, one: Said) -> float:
    return len(one.present & phrase.polarity.keys()) / (len(phrase.polarity) + 2)


def _refuted(cues: Sequence[Cue], places: Sequence[int]) -> tuple[bool, bool]:
    """Tell whether something that calls false stands shortly before the claim's words, or after."""
    if len(places) < 2:
        return False, False
    refuting = [cue for cue in cues if cue.name in REFUTING]
    before = any(0 <= places[0] - cue.end <= CLOSE for cue in refuting)
    after = any(0 <= cue.start - places[-1] <= CLOSE for cue in refuting)
    return before, after
