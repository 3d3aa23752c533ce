"""Fits the small models and turns them into plain numbers. Needs the bench group."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from zlib import crc32

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.domain.matches import Stance
from bot.matching.stance import STANCES, sequences

FOLDS = 5
TREES = {
    "n_estimators": 300,
    "num_leaves": 4,
    "learning_rate": 0.05,
    "min_child_samples": 30,
    "subsample": 0.7,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 5,
    "verbose": -1,
    "n_jobs": 1,
    "deterministic": True,
    "random_state": 0,
}
SEQUENCES = 400
SEQUENCE_WEIGHT = 0.7
ASSERT_LEAN = 0.4
"""Added to an assertion's log-odds: missing a note is a little dearer than one to somebody who
denies or reports. In cross-validation the cheapest where it is 1.3 to 2 times as dear."""


def fold_of(key: str) -> int:
    return crc32(key.encode()) % FOLDS


def fit_trees(table, right, weight) -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(**TREES).fit(table, right, sample_weight=weight)


def out_of_fold(table, right, counted, fold, weight) -> np.ndarray:
    """Return each row's log-odds by trees that saw none of its fold."""
    odds = np.zeros(len(right))
    for number in range(FOLDS):
        seen = (fold != number) & counted
        trees = fit_trees(table[seen], right[seen], weight[seen])
        odds[fold == number] = trees.predict(table[fold == number], raw_score=True)
    return odds


def fit_line(odds, table, right) -> tuple[list[float], list[float]]:
    """Fit the straight line on the log-odds, and on these features, that makes them honest.

    Returns slope and offset, then what a unit of each feature adds.
    """
    line = LogisticRegression(C=1e6).fit(np.column_stack([odds, table]), right)
    slope, *straight = (round(float(one), 5) for one in line.coef_[0])
    return [slope, round(float(line.intercept_[0]), 5)], straight


def scorer_data(
    names: Sequence[str], trees, line: list[float], straight: dict[str, float]
) -> dict[str, object]:
    """Return a scorer as plain numbers."""
    dumped = trees.booster_.dump_model()["tree_info"]
    return {
        "features": list(names),
        "line": line,
        "straight": straight,
        "trees": [_tree(one["tree_structure"]) for one in dumped],
    }


def _tree(root: dict) -> dict[str, list[float] | int]:
    nodes: dict[str, list] = {key: [] for key in ("feature", "threshold", "left", "right", "value")}

    def walk(node: dict) -> tuple[int, int]:
        place = len(nodes["value"])
        leaf = "leaf_value" in node
        nodes["feature"].append(0 if leaf else node["split_feature"])
        nodes["threshold"].append(0.0 if leaf else node["threshold"])
        nodes["left"].append(place)
        nodes["right"].append(place)
        value = node["leaf_value"] if leaf else node["internal_value"]
        nodes["value"].append(round(float(value), 6))
        if leaf:
            return place, 0
        nodes["left"][place], below = walk(node["left_child"])
        nodes["right"][place], other = walk(node["right_child"])
        return place, 1 + max(below, other)

    _, depth = walk(root)
    return {**nodes, "depth": depth}


def fit_stances(
    names: Sequence[str],
    values: np.ndarray,
    seen: Sequence[tuple],
    stances: Sequence[str],
    weight: Sequence[float],
) -> dict[str, object]:
    """Fit the stance model: standardised features and word sequences, multinomial logistic."""
    found = [sequences(view) | sequences(whole) for view, whole in seen]
    vocabulary = _telling(found, stances)
    centre, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    place = {words: column for column, words in enumerate(vocabulary)}
    marks = np.zeros((len(found), len(vocabulary)))
    for row, words in enumerate(found):
        for one in words & place.keys():
            marks[row, place[one]] = SEQUENCE_WEIGHT
    wanted = [list(STANCES).index(stance) for stance in stances]
    model = LogisticRegression(C=0.1, max_iter=2000)
    model.fit(np.hstack([(values - centre) / spread, marks]), wanted, sample_weight=weight)
    split = values.shape[1]
    model.intercept_[list(STANCES).index(Stance.ASSERT)] += ASSERT_LEAN
    weights = model.coef_[:, :split] / spread
    return {
        "stances": [str(stance) for stance in STANCES],
        "features": list(names),
        "weights": _plain(weights.T),
        "sequences": vocabulary,
        "sequence_weights": _plain(SEQUENCE_WEIGHT * model.coef_[:, split:].T),
        "bias": _plain(model.intercept_ - weights @ centre),
    }


def _telling(found: Sequence[set[str]], stances: Sequence[str]) -> list[str]:
    """Return the word sequences that differ most between the stances."""
    total = Counter(stances)
    count: Counter[str] = Counter()
    by_stance: dict[str, Counter[str]] = defaultdict(Counter)
    for words, stance in zip(found, stances, strict=True):
        count.update(words)
        for one in words:
            by_stance[one][stance] += 1
    size = len(stances)
    differing = {}
    for words, often in count.items():
        if often >= 8:
            expected = {stance: often * total[stance] / size for stance in STANCES}
            differing[words] = sum(
                (by_stance[words][stance] - usual) ** 2 / max(usual, 1e-9)
                for stance, usual in expected.items()
            )
    return sorted(differing, key=lambda words: (-differing[words], words))[:SEQUENCES]


def _plain(numbers: np.ndarray) -> list:
    return np.round(numbers, 4).tolist()
