"""Keeps what was learned from the starter's examples, so that a start takes no seconds.

An archive of plain arrays (no pickle). Knows the place of that archive; everything else about the
library comes from outside.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.matching.embeddings import Embedder
from bot.matching.examples import ExampleSpace, Message, Weighing
from bot.matching.sparse import Frozen, Postings
from bot.matching.spelling import Spelling

_ARCHIVE = "examples.npz"
_FORM = 2
Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The arrays of a space that was learned before."""

    arrays: Arrays

    def resume(self, slugs: set[str], messages: Sequence[Message]) -> ExampleSpace | None:
        """Return the space for these messages, or None where it must be learned anew.

        It can be resumed when every example it was learned from is still there; new fact-checks
        and messages are learned on top.
        """
        known = str(self.arrays["slugs"]).split("\n")
        place = {key: row for row, key in enumerate(self.arrays["keys"].tolist())}
        given: dict[int, Message] = {}
        fresh: list[Message] = []
        for message in messages:
            row = place.get(_key(message))
            if row is None:
                fresh.append(message)
            else:
                given[row] = message
        phrasing = self.arrays["phrasing"]
        missing = [row for row in range(len(place)) if row not in given]
        if any(not phrasing[row] for row in missing):
            return None
        space = self._space(known, [given.get(row, Message("")) for row in range(len(place))])
        space.learned[missing] = 0
        for slug in sorted(slugs.difference(known)):
            space.add_claim(slug)
        for message in fresh:
            space.add(message)
        return space

    def _space(self, slugs: list[str], messages: list[Message]) -> ExampleSpace:
        arrays, embedder = self.arrays, Embedder.load()
        size = len(messages)
        concepts = np.unpackbits(arrays["concepts"].astype(np.uint8), axis=1)
        weights = arrays["concept_weights"].astype(np.float32)
        rows = concepts[:, : len(weights)].astype(np.float32) * weights
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
        return ExampleSpace(
            slugs=list(slugs),
            messages=messages,
            words=Postings(self._frozen("words"), size),
            parts=Postings(self._frozen("parts"), size),
            word_weights=self.weighing("words"),
            part_weights=self.weighing("parts"),
            concept_weights=weights,
            concepts=rows,
            vectors=arrays["vectors"].astype(np.float32),
            centre=arrays["centre"].astype(np.float32),
            learned=arrays["learned"].astype(np.float32),
            content=[tuple(line.split()) for line in str(arrays["content"]).split("\n")],
            embedder=embedder,
            spelling=Spelling(str(arrays["vocabulary"]).split(), embedder.is_one_piece),
        )

    def _frozen(self, name: str) -> Frozen:
        return Frozen(
            self.arrays[f"{name}_terms"].astype(np.uint32),
            self.arrays[f"{name}_starts"].astype(np.int64),
            self.arrays[f"{name}_rows"].astype(np.int32),
            self.arrays[f"{name}_weights"].astype(np.float32),
        )

    def weighing(self, name: str) -> Weighing:
        """Return how rare each word, or part of a word, is in the starter's messages."""
        return Weighing(
            self.arrays[f"{name}_terms"].astype(np.uint32),
            self.arrays[f"{name}_rarity"].astype(np.float32),
            float(self.arrays[f"{name}_rarest"].item()),
        )


def _key(message: Message) -> int:
    text = f"{'phrasing' if message.phrasing else 'example'}\n{message.text}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big")


def save_prepared(space: ExampleSpace, path: Path) -> None:
    """Write a space that was learned, rounded as it will be read."""
    arrays: Arrays = {
        "form": np.array(_FORM),
        "slugs": np.array("\n".join(space.slugs)),
        "keys": np.array([_key(message) for message in space.messages], np.int64),
        "phrasing": np.array([message.phrasing for message in space.messages]),
        "concepts": np.packbits(space.concepts > 0, axis=1),
        "concept_weights": space.concept_weights,
        "vectors": space.vectors.astype(np.float16),
        "centre": space.centre,
        "learned": space.learned,
        "vocabulary": np.array(" ".join(space.spelling.words)),
        "content": np.array("\n".join(" ".join(content) for content in space.content)),
    }
    for name, postings, weighing in (
        ("words", space.words, space.word_weights),
        ("parts", space.parts, space.part_weights),
    ):
        arrays[f"{name}_terms"] = postings.frozen.terms
        arrays[f"{name}_starts"] = postings.frozen.starts.astype(np.int32)
        arrays[f"{name}_rows"] = postings.frozen.rows.astype(np.uint16)
        arrays[f"{name}_weights"] = postings.frozen.weights.astype(np.float16)
        arrays[f"{name}_rarity"] = weighing.rarity
        arrays[f"{name}_rarest"] = np.array(weighing.rarest)
    np.savez_compressed(path, allow_pickle=False, **arrays)


@lru_cache(maxsize=1)
def load_prepared() -> Prepared | None:
    """Read the archive that ships with the starter library, if it is there."""
    archive = files("bot").joinpath("library", _ARCHIVE)
    if not archive.is_file():
        return None
    with as_file(archive) as path, np.load(path, allow_pickle=False) as arrays:
        if int(arrays["form"]) != _FORM:
            return None
        return Prepared({name: arrays[name] for name in arrays.files})
