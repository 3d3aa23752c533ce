"""Everything that was learned and ships as plain numbers: the scorers, the stances, the thresholds.

One value that the matcher is built with, so that measurements can try others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.policy import Thresholds
from bot.matching.scorer import Scorer, load_data, scorer_of
from bot.matching.stance import StanceModel, stances_of

Data = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Growth:
    """What a larger library takes from the log-odds, and what sharing most words gives back.

    Both by the logarithm of its size: among more fact-checks, more come near by chance.
    """

    penalty: float
    share: float


@dataclass(frozen=True, slots=True)
class Models:
    """The learned numbers."""

    by_examples: Scorer
    by_record: Scorer
    stances_by_examples: StanceModel
    stances_by_record: StanceModel
    thresholds: Thresholds
    growth: Growth

    @classmethod
    def of(cls, examples: Data, record: Data) -> "Models":
        """Read the models from the JSON forms of the two ways of recognising a claim."""
        thresholds = part(examples, "thresholds")
        size = part(record, "size")
        return cls(
            by_examples=scorer_of(part(examples, "scorer")),
            by_record=scorer_of(part(record, "scorer")),
            stances_by_examples=stances_of(part(examples, "stances")),
            stances_by_record=stances_of(part(record, "stances")),
            thresholds=Thresholds(
                auto=float(str(thresholds["auto"])), suggest=float(str(thresholds["suggest"]))
            ),
            growth=Growth(float(str(size["penalty"])), float(str(size["share"]))),
        )


def part(data: Data, name: str) -> Data:
    """Return one part of a model's JSON form.

    Raises:
        ValueError: There is no such part.
    """
    found = data.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"the model has no {name!r}")
    return found


@lru_cache(maxsize=1)
def load_models() -> Models:
    """Read the models that ship with the program."""
    return Models.of(load_data("by-examples.json"), load_data("by-record.json"))
