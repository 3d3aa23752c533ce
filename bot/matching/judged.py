"""One fact-check as judged for one text, before it becomes a match: probability, place, reasons.

Shared by the two ways of recognising a claim; knows no library and no thresholds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.matches import Evidence, Stance
from bot.matching.reading import View

SHOWN_WORDS = 12


def rounded(probability: float) -> float:
    """Return a probability as it is compared and shown: equal on every machine."""
    return round(min(max(float(probability), 0.0), 1.0), 5)


class NamedNumbers(Mapping[str, float]):
    """Numbers by name, worked out when somebody asks for them; zeros are left out."""

    def __init__(self, names: Sequence[str], values: Callable[[], Sequence[float]]) -> None:
        self._names = names
        self._values = values
        self._known: dict[str, float] | None = None

    def _numbers(self) -> dict[str, float]:
        if self._known is None:
            self._known = {
                name: round(float(value), 4)
                for name, value in zip(self._names, self._values(), strict=True)
                if abs(value) >= 5e-5
            }
        return self._known

    def __getitem__(self, name: str) -> float:
        return self._numbers()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers())

    def __len__(self) -> int:
        return len(self._numbers())

    def __repr__(self) -> str:
        return repr(self._numbers())


@dataclass(slots=True)
class Judged:
    """A fact-check, how likely the text raises it, and what the reasons are made of."""

    slug: str
    probability: float
    span: tuple[int, int]
    stance: Stance
    stance_cue: str = ""
    phrasing: str = ""
    words: tuple[str, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    contributions: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[str, bool] = field(default_factory=dict)
    learned: float = 0.0

    def evidence(self) -> Evidence:
        """Return the reasons as the domain shows them."""
        return Evidence(
            phrasing=self.phrasing,
            words=self.words,
            features=self.features,
            contributions=self.contributions,
            gates=self.gates,
            stance_cue=self.stance_cue,
            learned=rounded(self.learned),
        )


def sentence_span(seen: Sequence[View], likeness: Callable[[int], float]) -> tuple[int, int]:
    """Return the place of the sentence that speaks most for the claim."""
    if len(seen) == 1:
        return seen[0].start, seen[0].end
    best = max(range(1, len(seen)), key=lambda place: (likeness(place), -place))
    return seen[best].start, seen[best].end


def requirement_met(requires: Sequence[Sequence[str]], text: str) -> bool:
    """Tell whether a text has a word of every group that a fact-check requires by hand."""
    if not requires:
        return True
    lowered = f" {' '.join(text.lower().split())} "
    return all(any(word.lower() in lowered for word in group) for group in requires)


def shared_words(one: View, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the words of a view whose stems are known for a fact-check, as they were written."""
    telling = [stem for stem in one.content if is_known(stem)][:SHOWN_WORDS]
    return tuple(one.tokens[one.stems.index(stem)] for stem in telling)
