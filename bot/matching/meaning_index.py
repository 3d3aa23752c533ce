"""Finds the claims whose meaning is nearest to a text.

A coarse pass over the first dimensions of the vectors, then an exact one over the best.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.embeddings import DIMENSIONS, Vector

COARSE = 64
"""The embeddings were trained so that their first dimensions are a smaller embedding."""
BRUTE_LIMIT = 60_000
"""Claims up to which all are compared; beyond that words alone find the candidates."""
_KEPT = 4


class MeaningIndex:
    """The claims' vectors."""

    def __init__(self) -> None:
        self._slugs: list[str] = []
        self._place: dict[str, int] = {}
        self._coarse: Vector = np.zeros((0, COARSE), np.float32)
        self._full: NDArray[np.float16] = np.zeros((0, DIMENSIONS), np.float16)

    @property
    def vectors(self) -> NDArray[np.float16]:
        """The claims' vectors, row by row."""
        return self._full

    @classmethod
    def mapped(cls, slugs: Sequence[str], vectors: NDArray[np.float16]) -> "MeaningIndex":
        """Return an index over vectors that were saved."""
        index = cls()
        index._slugs = list(slugs)
        index._place = {slug: row for row, slug in enumerate(slugs)}
        index._coarse = _coarse(vectors[:, :COARSE].astype(np.float32))
        index._full = vectors
        return index

    @classmethod
    def of(cls, slugs: Sequence[str], vectors: Vector) -> "MeaningIndex":
        """Return an index over these claims."""
        return cls.mapped(slugs, vectors.astype(np.float16))

    def fork(self) -> "MeaningIndex":
        """Return a copy that takes changes by itself."""
        other = MeaningIndex()
        other._slugs = list(self._slugs)
        other._place = dict(self._place)
        other._coarse = self._coarse.copy()
        other._full = self._full
        return other

    def put(self, slug: str, vector: Vector) -> None:
        """Add a claim or replace the one with its slug."""
        self.remove(slug)
        self._place[slug] = len(self._slugs)
        self._slugs.append(slug)
        self._coarse = np.vstack([self._coarse, _coarse(vector[None])])
        self._full = np.vstack([self._full, vector[None].astype(np.float16)])

    def remove(self, slug: str) -> None:
        """Take a claim out; one that is not there is no error."""
        row = self._place.pop(slug, None)
        if row is not None:
            self._slugs[row] = ""
            self._coarse[row] = 0

    def nearest(self, vectors: Vector, top: int) -> list[str]:
        """Return the claims nearest to any of the views, best first."""
        if not self._place:
            return []
        near = (_coarse(vectors) @ self._coarse.T).max(axis=0)
        count = min(top * _KEPT, len(near))
        rows = np.sort(np.argpartition(-near, count - 1)[:count])
        exact = (self._full[rows].astype(np.float32) @ vectors.T).max(axis=1)
        order = rows[np.argsort(-exact, kind="stable")]
        return [self._slugs[row] for row in order if self._slugs[row]][:top]

    def nearest_of(self, slugs: Sequence[str], vectors: Vector, top: int) -> list[str]:
        """Return those of these claims that are nearest to any of the views, best first."""
        known = [slug for slug in slugs if slug in self._place]
        rows = [self._place[slug] for slug in known]
        near = (self._full[rows].astype(np.float32) @ vectors.T).max(axis=1, initial=-1.0)
        return [known[place] for place in np.argsort(-near, kind="stable")[:top].tolist()]


def _coarse(vectors: Vector) -> Vector:
    cut = np.ascontiguousarray(vectors[:, :COARSE], np.float32)
    norms = np.linalg.norm(cut, axis=1, keepdims=True)
    unit: Vector = cut / np.maximum(norms, np.float32(1e-9))
    return unit
