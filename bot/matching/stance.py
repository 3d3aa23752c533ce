"""Tells what a text does with a claim: asserts, denies, asks, or reports what others say.

A linear model over cue words, short word sequences and, where there are examples, how like the
text is to examples of each stance. The weights are plain numbers in a JSON file.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.domain.matches import Stance
from bot.matching.evidence import Knowledge
from bot.matching.examples import Likeness
from bot.matching.reading import View

STANCES = (Stance.ASSERT, Stance.DENY, Stance.ASK, Stance.REPORT)

_CUES: dict[str, tuple[Stance, str]] = {
    "refuses": (
        Stance.DENY,
        r"^\W*(?:no|nope|nah|wrong|false|not true|nonsense|incorrect|not quite|not really"
        r"|hardly)\b",
    ),
    "calls_false": (
        Stance.DENY,
        r"\b(?:myth|debunked|misinformation|disinformation|misleading|untrue|false|nonsense"
        r"|bullshit|bs|hoax|urban legend|baloney|rubbish|outdated|exaggerat\w{0,4}|overblown"
        r"|no evidence|doesn'?t hold up|not true|isn'?t true|wasn'?t true|wrong|incorrect|far from"
        r"|stop spreading"
        r"|stop repeating|no such thing|on the contrary|the opposite|fairy tale|made up)\b",
    ),
    "negates": (
        Stance.DENY,
        r"\b(?:not|never|nobody|none|nothing|neither|nor|without|didn'?t|doesn'?t|don'?t|isn'?t"
        r"|aren'?t|wasn'?t|weren'?t|hasn'?t|haven'?t|can'?t|cannot|couldn'?t|won'?t|wouldn'?t|no)\b",
    ),
    "corrects": (
        Stance.DENY,
        r"\b(?:actually|in fact|in reality|to be fair|fwiw|contrary|except|rather|instead|only"
        r"|still|even though|although|however|plenty of|tell that to|people keep saying"
        r"|keep repeating)\b",
    ),
    "asks": (
        Stance.ASK,
        r"\b(?:is it true|is that true|is there any truth|any truth|anyone know|does anyone|does"
        r" anybody|anybody know|wondering|wonder if|wonder whether|curious|genuine question|serious"
        r" question|honest question|quick question|source\?|or is that|or not|or what|true or|can"
        r" someone explain|what happened|is this real|did they|have they|should i believe)\b",
    ),
    "inverts": (
        Stance.ASK,
        r"(?:^|[.!?,:;\n-]\s*|\b(?:so|and|but|wait|ok|okay|hey|hi|q|question)\s+)(?:is|are|was"
        r"|were|do|does|did|can|could|has|have|had|will|would|should|isn'?t|aren'?t|didn'?t|doesn'?t"
        r"|hasn'?t|who|what|why|how|which|when)\b",
    ),
    "tells_of": (
        Stance.REPORT,
        r"\b(?:according to|reportedly|allegedly|apparently|supposedly|claims?|claimed|claiming"
        r"|says|said|saying|told|tells|reports?|reported|reporting|insists?|insisted|argues?|argued"
        r"|announced|states?|stated|wrote|writes|writing|quoted?|quotes|quoting|mentioned|calls?"
        r"|called|swears?|swore|heard|hear)\b",
    ),
    "names_source": (
        Stance.REPORT,
        r"\b(?:article|podcast|newsletter|headline|blog|column|columnist|magazine|newspaper"
        r"|paper|thread|tweet|post|video|youtuber|documentary|study|survey|poll|journalist"
        r"|reporter|news"
        r"|bbc|cnn|guardian|times|reuters|press|radio|speaker|panel|lecture|professor|teacher"
        r"|somewhere|linkedin|reddit|facebook|tiktok|wikipedia|report)\b",
    ),
    "others_say": (
        Stance.REPORT,
        r"\b(?:(?:my|a|some|one|this|that|the) (?:\w{1,15} ){0,2}(?:friend|mate|cousin|uncle"
        r"|aunt|brother|sister|dad|mom|mum|boss|colleague|coworker|co-worker|guy|lady|dude"
        r"|neighbou?r|roommate|flatmate|teacher|professor|client|lead|someone)|someone|somebody"
        r"|they say|people say|people are saying|folks say|can'?t verify|not sure if"
        r"|no idea (?:if|where|whether)|just passing|not my words|relaying|read that"
        r"|read somewhere|i read|i heard|i saw)\b",
    ),
    "mocks": (
        Stance.ASSERT,
        r"[🙄🤡😏💀]|(?<!\w)/s\b|\b(?:yeah right|sure(?=,)|sure(?= jan)|love how|funny how"
        r"|chef'?s kiss|oh no|totally|genius|shocking)\b",
    ),
    "hedges": (
        Stance.REPORT,
        r"\b(?:might|maybe|perhaps|probably|possibly|seems|seemingly|i think|i guess|i believe"
        r"|afaik|iirc|could be|likely|sounds like)\b",
    ),
    "quotes": (Stance.REPORT, r"\"[^\"\n]{3,200}\""),
}
_PATTERNS = {name: (stance, re.compile(cue)) for name, (stance, cue) in _CUES.items()}
CUE_FEATURES = (
    *(f"{name}_{where}" for name in _PATTERNS for where in ("here", "anywhere")),
    "question_here",
    "question_anywhere",
    "question_ends",
    "short",
    "headline",
    "unpunctuated",
    "first_person",
    "second_person",
)
LIKE_FEATURES = (
    *(f"tone_{where}_{stance}" for where in ("here", "anywhere") for stance in STANCES),
    *(f"like_{stance}" for stance in STANCES),
    *(f"like3_{stance}" for stance in STANCES),
)
_SEQUENCE_LIMIT = 120
_FIRST_PERSON = frozenset(
    {"i", "i'm", "i've", "i'd", "i'll", "my", "me", "we", "our", "us", "mine"}
)
_SECOND_PERSON = frozenset({"you", "your", "you're", "u", "ur", "yours"})


@dataclass(frozen=True, slots=True)
class StanceModel:
    """Weights: features x stances, then word sequences x stances."""

    features: tuple[str, ...]
    weights: NDArray[np.float64]
    sequences: dict[str, int]
    sequence_weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def marked(self, seen: Sequence[View]) -> NDArray[np.float64]:
        """Return what the word sequences of these views add to each stance."""
        rows = {self.sequences[one] for each in seen for one in sequences(each) & self._known}
        added: NDArray[np.float64] = self.sequence_weights[sorted(rows)].sum(axis=0)
        return added

    @property
    def _known(self) -> Set[str]:
        return self.sequences.keys()


class Tone:
    """How a text sounds: what does not depend on the fact-check is worked out once per view."""

    def __init__(self, model: StanceModel, seen: Sequence[View]) -> None:
        self._model = model
        self._seen = seen
        self._by_view: dict[int, tuple[list[float], NDArray[np.float64]]] = {}
        self.first: tuple[Stance, str] | None = None
        """The stance on the likeliest claim, and its cue; good enough for the unlikely ones."""

    def told(self, view: int, more: Sequence[float] = ()) -> tuple[Stance, str]:
        """Return the stance on the claim that this view raised, and the words that speak for it."""
        stance = STANCES[int(np.argmax(self.odds(view, more)))]
        found = stance, _cue(self._seen[view].text, stance)
        self.first = self.first or found
        return found

    def odds(self, view: int, more: Sequence[float] = ()) -> NDArray[np.float64]:
        """Return one number per stance for the claim that this view raised; the largest wins."""
        known = self._by_view.get(view)
        if known is None:
            one, whole = self._seen[view], self._seen[0]
            marked = self._model.marked((one, whole) if view else (whole,))
            known = self._by_view[view] = (cue_values(one.text, whole.text), marked)
        cues, marked = known
        values = np.asarray([*cues, *more], np.float64)
        odds: NDArray[np.float64] = self._model.bias + values @ self._model.weights + marked
        return odds


def cue_values(sentence: str, whole: str) -> list[float]:
    """Return the cue features of the sentence that raised the claim, and of the whole post."""
    values: list[float] = []
    same = sentence == whole
    low = whole.lower()
    low_sentence = low if same else sentence.lower()
    for _, pattern in _PATTERNS.values():
        here = len(pattern.findall(low_sentence))
        anywhere = here if same else len(pattern.findall(low))
        values += [min(here, 2), min(anywhere, 3) / 2]
    values += [
        float("?" in sentence),
        float("?" in whole),
        float(whole.rstrip("\"') ").endswith("?")),
        float(len(whole) < 60),
        *_manner(whole),
    ]
    return values


def _manner(whole: str) -> list[float]:
    """Return whether a post is written like a headline, and of whom it speaks."""
    words = whole.split()
    capital = sum(word[:1].isupper() for word in words) / max(1, len(words))
    lowered = [word.strip(".,!?'\"()").lower() for word in words]
    return [
        float(len(words) >= 4 and capital >= 0.6),
        float(whole[-1:].isalnum()),
        min(3, sum(word in _FIRST_PERSON for word in lowered)) / 3,
        min(3, sum(word in _SECOND_PERSON for word in lowered)) / 3,
    ]


def sequences(one: View) -> set[str]:
    """Return the words and pairs of words that the model may have weights for."""
    words = list(one.tokens[:_SEQUENCE_LIMIT])
    marked = ["^", *words, "$"]
    pairs = [f"{a} {b}" for a, b in pairwise(marked)]
    return {*words, *pairs}


def like_values(likeness: Likeness, view: int, knowledge: Knowledge, claim: int) -> list[float]:
    """Return how like the text is to what each stance sounds like, in general and on the claim."""
    first = len(knowledge.claims) + 1
    tones = [float(likeness.scores[row, first + k]) for row in (view, 0) for k in range(4)]
    reach = np.maximum(likeness.mixed[view], likeness.mixed[0])
    rows = knowledge.claims[claim].at.by_stance
    nearest = [sorted(reach.take(some).tolist(), reverse=True)[:3] for some in rows]
    return [
        *tones,
        *(max(found, default=0.0) for found in nearest),
        *(sum(found) / max(1, len(found)) for found in nearest),
    ]


def stance_values(
    seen: Sequence[View], view: int, likeness: Likeness, knowledge: Knowledge, claim: int
) -> list[float]:
    """Return all features of the stance on a fact-check that has examples."""
    return [
        *cue_values(seen[view].text, seen[0].text),
        *like_values(likeness, view, knowledge, claim),
    ]


def _cue(sentence: str, stance: Stance) -> str:
    low = sentence.lower()
    for meant, pattern in _PATTERNS.values():
        found = pattern.search(low) if meant is stance else None
        if found:
            return found[0].strip()[:60]
    return "?" if stance is Stance.ASK and "?" in sentence else ""


def stances_of(data: Mapping[str, object]) -> StanceModel:
    """Read a stance model from its JSON form.

    Raises:
        ValueError: The data is no stance model.
    """
    features, found = data.get("features"), data.get("sequences")
    if not isinstance(features, list) or not isinstance(found, list):
        raise ValueError("a stance model needs features and sequences")
    return StanceModel(
        tuple(str(name) for name in features),
        np.array(data["weights"], np.float64).reshape(len(features), len(STANCES)),
        {str(words): row for row, words in enumerate(found)},
        np.array(data["sequence_weights"], np.float64).reshape(len(found), len(STANCES)),
        np.array(data["bias"], np.float64),
    )
