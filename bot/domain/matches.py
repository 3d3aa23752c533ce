"""What the matcher says about a text: which fact-checks it raises, how surely, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.ids import Slug


class Stance(StrEnum):
    """What a post does with a claim."""

    ASSERT = "assert"
    DENY = "deny"
    ASK = "ask"
    REPORT = "report"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a match was made, for "Why this note?"; everything here can be shown to a member."""

    phrasing: str = ""
    """The claim, variant or example of the fact-check that came nearest."""
    words: tuple[str, ...] = ()
    """Words and names on which post and fact-check agree."""
    features: Mapping[str, float] = field(default_factory=dict)
    """The scorer's inputs, by documented name."""
    contributions: Mapping[str, float] = field(default_factory=dict)
    """What each feature added to the log-odds."""
    gates: Mapping[str, bool] = field(default_factory=dict)
    """Each gate by name: passed or failed."""
    stance_cue: str = ""
    """The words that decided the stance."""
    learned: float = 0.0
    """Likeness of the nearest post that a moderator confirmed and whose text was not kept; zero
    where none is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A fact-check that a text raises."""

    slug: Slug
    probability: float
    sentence: str
    span: tuple[int, int]
    """Start and end of the sentence in the text as given, in characters."""
    stance: Stance
    evidence: Evidence = field(default_factory=Evidence)

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability {self.probability} is outside 0..1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answer for one text: its matches, best first, and what the policy needs of the text."""

    matches: tuple[Match, ...] = ()
    words: int = 0
    """Words that are the author's own: without quotes, code, links and mentions."""
    characters: int = 0

    @property
    def best(self) -> Match | None:
        """The likeliest match, if there is one."""
        return self.matches[0] if self.matches else None

    @property
    def stance(self) -> Stance:
        """The stance on the best match."""
        return self.matches[0].stance if self.matches else Stance.NONE
