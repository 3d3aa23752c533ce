"""Makes imprints of texts: 128 signs by which the like of a text is recognised, and no text.

A text becomes a long vector of what it has in common with others (words, parts of words, meaning,
concepts), and an imprint keeps only on which side of 128 random planes that vector lies. Knows no
fact-check, no database and no secret; ADR 12 says what can be learned from an imprint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bot.matching.concepts import load_concepts
from bot.matching.embeddings import Vector
from bot.matching.examples import Weighing
from bot.matching.prepared import load_prepared
from bot.matching.reading import View
from bot.matching.sparse import Floats
from bot.matching.words import code

FORM = 1
"""Changes with whatever makes imprints of different versions incomparable; others are left out."""
BITS = 128
"""Enough to know a near copy again, too few to read its words off: measured in ADR 12."""
_SHARES = (0.3, 0.2, 0.3, 0.2)
"""How much words, parts of words, meaning and concepts count, as among the library's examples."""
MEANING_SIZE = 128
"""Dimensions of the embedding that are compared."""
_EXPECTED = sqrt(2 / np.pi)
"""Mean length of one coordinate of a random unit vector, by the square root of their number."""
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a text is compared by: one unit vector, as numbered terms and their weights."""

    terms: NDArray[np.uint64]
    weights: Floats


class Tracer:
    """Turns views of a text into traits; the same in every process and for every library."""

    def __init__(self, words: Weighing, parts: Weighing) -> None:
        self._words = words
        self._parts = parts
        names = load_concepts().names
        self._concepts = np.array([code(f"concept {name}") for name in names], np.uint64)

    def traits(self, view: View, vector: Vector) -> Traits:
        """Return what one view, with its vector of meaning, is compared by."""
        said = list(view.concepts)
        meaning = vector[:MEANING_SIZE] / max(1e-9, float(np.linalg.norm(vector[:MEANING_SIZE])))
        kinds = (
            _kind(self._words.weigh(view.words())),
            _kind(self._parts.weigh(view.parts())),
            (np.arange(MEANING_SIZE, dtype=np.uint64), meaning.astype(np.float32)),
            (self._concepts[said], np.full(len(said), 1 / sqrt(max(1, len(said))), np.float32)),
        )
        terms = [
            numbers | np.uint64(kind << 32) for kind, (numbers, _) in enumerate(kinds, start=1)
        ]
        weights = [
            values * np.float32(sqrt(share))
            for share, (_, values) in zip(_SHARES, kinds, strict=True)
        ]
        whole = np.concatenate(weights)
        whole /= max(1e-9, float(np.linalg.norm(whole)))
        return Traits(np.concatenate(terms), whole)


def _kind(weighed: dict[int, float]) -> tuple[NDArray[np.uint64], Floats]:
    return (
        np.fromiter(weighed.keys(), np.uint64, len(weighed)),
        np.fromiter(weighed.values(), np.float32, len(weighed)),
    )


def sides(traits: Traits, salt: int) -> Floats:
    """Return how far a text lies from each of the random planes, and on which side."""
    words = BITS // 64
    seeds = np.arange(1, words + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = traits.terms[:, None] * _MIX_2 + (seeds ^ np.uint64(salt))[None, :]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    mixed ^= mixed >> np.uint64(31)
    signs = np.unpackbits(mixed.astype("<u8").view(np.uint8), axis=1).astype(np.float32)
    lying: Floats = traits.weights @ (2 * signs - 1)
    return lying


def imprint(traits: Traits, salt: int) -> bytes:
    """Return the imprint of a text: the signs alone."""
    return np.packbits(sides(traits, salt) > 0).tobytes()


def unpacked(imprints: Sequence[bytes]) -> Floats:
    """Return imprints as rows that `sides` is multiplied with for an estimate of the likeness."""
    rows = np.frombuffer(b"".join(imprints), np.uint8).reshape(len(imprints), BITS // 8)
    signs: Floats = np.unpackbits(rows, axis=1).astype(np.float32)
    return (2 * signs - 1) * np.float32(1 / (_EXPECTED * BITS))


@lru_cache(maxsize=1)
def load_tracer() -> Tracer:
    """Return the tracer with the rarities that ship with the program, for whatever library."""
    prepared = load_prepared()
    if prepared is None:
        unknown = Weighing(np.zeros(1, np.uint32), np.ones(1, np.float32), 1.0)
        return Tracer(unknown, unknown)
    return Tracer(prepared.weighing("words"), prepared.weighing("parts"))
