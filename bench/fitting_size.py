"""Fits how the size of a library changes the odds of a match. Needs the bench group.

The project's own records are parted into libraries of several sizes, and the same messages asked
of each; how the odds must move with the logarithm of the size is read off and carried on upwards.
"""

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.matching_data import Labelled
from bot.domain.factchecks import FactCheck
from bot.matching.comparing import RECORD_FEATURES
from bot.matching.records import USUAL_SIZE
from bot.matching.scorer import Scorer

SIZES = (13, 53, 211)
EVERY = 3
"""One message in so many is asked."""
_SHARE = RECORD_FEATURES.index("found_share")


def fit_size(
    checks: Sequence[FactCheck], messages: Sequence[Labelled], scorer: Scorer, score: Callable
) -> dict[str, float]:
    """Return what a growth of the library takes from the odds, and what sharing words gives back.

    `score` scores messages against records: one row per candidate.
    """
    asked = messages[::EVERY]
    inputs, right = [], []
    for size in SIZES:
        growth = float(np.log(size / USUAL_SIZE))
        for part, own in _parted(checks, asked, size):
            for row, odds in _best(score(part, own), scorer):
                share = min(float(row.features[_SHARE]), 1.0)
                inputs.append([odds, growth * (share - 0.5), -growth])
                right.append(row.right > 0)
    (steep, share, penalty), _ = _fitted(np.array(inputs), np.array(right))
    return {
        "penalty": round(max(0.0, penalty / steep), 3),
        "share": round(max(0.0, share / steep), 3),
    }


def _fitted(inputs: np.ndarray, right: np.ndarray) -> tuple[list[float], float]:
    model = LogisticRegression(C=10.0, max_iter=1000).fit(inputs, right)
    return model.coef_[0].tolist(), float(model.intercept_[0])


def _parted(checks: Sequence[FactCheck], messages: Sequence[Labelled], size: int):
    """Part the records at random into libraries of a size, each with the messages on them."""
    mixed = sorted(checks, key=lambda check: crc32(f"{size} {check.slug}".encode()))
    count = max(1, round(len(mixed) / size))
    for number in range(count):
        part = mixed[number::count]
        slugs = {str(check.slug) for check in part}
        own = [one for one in messages if _belongs(one, slugs, number, count)]
        yield part, own


def _belongs(message: Labelled, slugs: set[str], number: int, count: int) -> bool:
    about = message.expect[0] if message.expect else message.near
    return about in slugs if about else crc32(message.id.encode()) % count == number


def _best(found: Sequence, scorer: Scorer):
    """Yield each message's best candidate and its log-odds."""
    if not found:
        return
    chances = scorer.probabilities(np.array([row.features for row in found], np.float32))
    best: dict[str, int] = {}
    for place, row in enumerate(found):
        known = best.get(row.message.id)
        if known is None or chances[place] > chances[known]:
            best[row.message.id] = place
    for place in best.values():
        chance = min(max(float(chances[place]), 1e-6), 1 - 1e-6)
        yield found[place], float(np.log(chance) - np.log1p(-chance))
