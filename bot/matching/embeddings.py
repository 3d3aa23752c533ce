"""Turns text into a vector of meaning with the static embeddings that wordllama's wheel carries.

Reads the installed package's two files; must never import wordllama's loader, which can download.
"""

import json
import struct
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vector = NDArray[np.float32]
DIMENSIONS = 256
_TOKEN_LIMIT = 400


class Embedder:
    """Maps text to unit vectors: the weighted mean of its tokens' vectors."""

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._table = table

    @classmethod
    def load(cls) -> "Embedder":
        """Load the model that the installed wordllama wheel carries; cached for the process."""
        return _load()

    def token_ids(self, text: str) -> list[int]:
        """Return the text's token numbers."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids[:_TOKEN_LIMIT]

    def is_one_piece(self, word: str) -> bool:
        """Tell whether a word is in the model's vocabulary as a whole, as common words are."""
        return len(self.token_ids(word)) == 1

    def embed(self, texts: Sequence[str]) -> Vector:
        """Return one unit vector per text, zeros for a text without tokens."""
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            ids = self.token_ids(text)
            if ids:
                vectors[row] = self._table[ids].astype(np.float32).mean(axis=0)
        return _unit(vectors)

    def embed_parts(self, text: str, spans: Sequence[tuple[int, int]]) -> Vector:
        """Return the unit vector of a text, and those of its parts, read in one go."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        found = self._table[encoded.ids[:_TOKEN_LIMIT]].astype(np.float32)
        ends = np.array([end for _, end in encoded.offsets[:_TOKEN_LIMIT]])
        vectors = np.zeros((1 + len(spans), DIMENSIONS), np.float32)
        places = np.searchsorted(ends, [(0, len(text)), *spans], side="right").tolist()
        for row, (first, last) in enumerate(places):
            if first < last:
                vectors[row] = found[first:last].mean(axis=0)
        return _unit(vectors)


def _unit(vectors: Vector) -> Vector:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vector = vectors / np.maximum(norms, np.float32(1e-9))
    return unit


@lru_cache(maxsize=1)
def _load() -> Embedder:
    found = find_spec("wordllama")
    if found is None or found.origin is None:
        raise RuntimeError("wordllama is not installed; install Footnote's dependencies again")
    home = Path(found.origin).parent
    tokenizer = Tokenizer.from_file(str(home / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Embedder(tokenizer, _table(home / "weights" / "l2_supercat_256.safetensors"))


def _table(path: Path) -> NDArray[np.float16]:
    """Map the one tensor of a safetensors file: 8 bytes of length, a JSON header, the data."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    entry = header["embedding.weight"]
    if entry["dtype"] != "F16" or entry["shape"][1] != DIMENSIONS:
        raise RuntimeError(f"{path.name} is not the embedding table this version was made for")
    return np.memmap(
        path, np.float16, "r", 8 + length + entry["data_offsets"][0], tuple(entry["shape"])
    )
