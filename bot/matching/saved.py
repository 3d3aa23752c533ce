"""Keeps a large library's index in a folder, to be memory-mapped at the next start.

Plain arrays (no pickle) and the digest of what they were made of; a folder that does not fit, or
is broken, counts as none.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.domain.factchecks import FactCheck
from bot.matching.meaning_index import MeaningIndex
from bot.matching.records import Segment
from bot.matching.sparse import Frozen

_FORM = "1"
_ARRAYS = ("terms", "starts", "rows", "weights")


@dataclass(frozen=True, slots=True)
class SavedIndex:
    """A library's index as it lies in a folder."""

    segment: Segment
    meanings: MeaningIndex


def digest_of(checks: Sequence[FactCheck]) -> str:
    """Return what tells one library's texts from another's."""
    digest = hashlib.sha256(_FORM.encode())
    for check in checks:
        parts = (check.slug, *check.phrasings, check.title, check.summary)
        digest.update("\x1f".join(parts).encode("utf-8", "surrogatepass"))
        digest.update(b"\x1e")
    return digest.hexdigest()


def save_index(folder: Path, digest: str, saved: SavedIndex) -> None:
    """Write an index beside the old one, then put it in its place."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in _ARRAYS:
        np.save(fresh / f"{name}.npy", getattr(saved.segment.postings, name), allow_pickle=False)
    np.save(fresh / "meanings.npy", saved.meanings.vectors, allow_pickle=False)
    described = {"digest": digest, "slugs": saved.segment.slugs}
    (fresh / "index.json").write_text(json.dumps(described), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def open_index(folder: Path, digest: str) -> SavedIndex | None:
    """Return the index that was made of exactly these texts, memory-mapped, or None."""
    try:
        described = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        if described["digest"] != digest:
            return None
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS]
        meanings = np.load(folder / "meanings.npy", mmap_mode="r")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    slugs = [str(slug) for slug in described["slugs"]]
    named = slugs[: len(meanings)]
    return SavedIndex(Segment(slugs, Frozen(*arrays)), MeaningIndex.mapped(named, meanings))
