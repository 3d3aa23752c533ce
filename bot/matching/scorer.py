"""Turns features into a calibrated probability with a sum of small decision trees.

The trees are plain numbers in a JSON file that bench/train_matching.py writes. Every answer splits
exactly into what each feature added to the log-odds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from bot.matching.sparse import Floats

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scorer:
    """A sum of trees, then a straight line on the log-odds and on a few features.

    Node arrays are trees x nodes; a leaf is its own child, so that every walk takes `depth` steps.
    """

    names: tuple[str, ...]
    feature: NDArray[np.int64]
    threshold: Doubles
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Doubles
    depth: int
    slope: float
    straight: Doubles
    """What one unit of each feature adds by itself, beside the trees."""
    offset: float

    def probabilities(self, table: Floats) -> Doubles:
        """Return one probability per row of features."""
        odds = self.slope * self._leaves(table).sum(axis=1) + table @ self.straight + self.offset
        chance: Doubles = 1 / (1 + np.exp(-odds))
        return chance

    def contributions(self, table: Floats) -> Doubles:
        """Return what each feature added to the log-odds: rows x features, then the base.

        A row sums up to the log-odds exactly.
        """
        width = len(self.names) + 1
        rows = np.arange(len(table))[:, None]
        trees = np.arange(len(self.value))[None, :]
        node = np.zeros((len(table), len(self.value)), np.int64)
        added = np.zeros(len(table) * width)
        for _ in range(self.depth):
            split = self.feature[trees, node]
            goes_left = table[rows, split] <= self.threshold[trees, node]
            child = np.where(goes_left, self.left[trees, node], self.right[trees, node])
            steps = self.slope * (self.value[trees, child] - self.value[trees, node])
            added += np.bincount((rows * width + split).ravel(), steps.ravel(), len(added))
            node = child
        parts: Doubles = added.reshape(len(table), width)
        parts[:, :-1] += table * self.straight
        parts[:, -1] += self.offset + self.slope * float(self.value[:, 0].sum())
        return parts

    def _leaves(self, table: Floats) -> Doubles:
        nodes = self.value.shape[1]
        values = np.ascontiguousarray(table, np.float64).ravel()
        rows = np.arange(len(table))[:, None] * table.shape[1]
        first = np.arange(len(self.value))[None, :] * nodes
        feature, threshold = self.feature.ravel(), self.threshold.ravel()
        left, right = self.left.ravel(), self.right.ravel()
        place = np.broadcast_to(first, (len(table), len(self.value)))
        for _ in range(self.depth):
            goes_left = values.take(rows + feature.take(place)) <= threshold.take(place)
            place = first + np.where(goes_left, left.take(place), right.take(place))
        leaves: Doubles = self.value.ravel().take(place)
        return leaves


def scorer_of(data: Mapping[str, object]) -> Scorer:
    """Read a scorer from its JSON form.

    Raises:
        ValueError: The data is no scorer of this form.
    """
    trees = data["trees"]
    names = data["features"]
    line = data["line"]
    straight = data["straight"]
    if not isinstance(trees, list) or not isinstance(names, list) or not isinstance(line, list):
        raise ValueError("a scorer needs features, trees and a line")
    if not isinstance(straight, dict) or not straight.keys() <= set(names):
        raise ValueError("a scorer's straight weights are those of some of its features")
    nodes = max(len(tree["value"]) for tree in trees)
    return Scorer(
        names=tuple(str(name) for name in names),
        feature=_padded(trees, "feature", nodes).astype(np.int64),
        threshold=_padded(trees, "threshold", nodes),
        left=_children(trees, "left", nodes),
        right=_children(trees, "right", nodes),
        value=_padded(trees, "value", nodes),
        depth=max(int(tree["depth"]) for tree in trees),
        slope=float(line[0]),
        straight=np.array([float(straight.get(name, 0)) for name in names]),
        offset=float(line[1]),
    )


def _padded(trees: Sequence[Mapping[str, list[float]]], key: str, nodes: int) -> Doubles:
    table = np.zeros((len(trees), nodes))
    for number, tree in enumerate(trees):
        table[number, : len(tree[key])] = tree[key]
    return table


def _children(
    trees: Sequence[Mapping[str, list[float]]], key: str, nodes: int
) -> NDArray[np.int64]:
    table = np.tile(np.arange(nodes), (len(trees), 1))
    for number, tree in enumerate(trees):
        table[number, : len(tree[key])] = tree[key]
    return table


@lru_cache(maxsize=4)
def load_data(name: str) -> dict[str, object]:
    """Read one of the data files that ship with the matcher."""
    text = files("bot.matching").joinpath("data", name).read_text(encoding="utf-8")
    data: dict[str, object] = json.loads(text)
    return data
