"""Keeps a large library's index in a folder, to be memory-mapped at the next start.

Plain arrays (no pickle) and the digest of what they were made of; a folder that does not fit, or
is broken, counts as none.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from bot.domain.factchecks import FactCheck
from bot.matching.meaning_index import MeaningIndex
from bot.matching.records import Segment
from bot.matching.sparse import Frozen

_FORM = "2"
_NAMED = 32
"""Characters of the digest that name an index's folder."""
_UNFINISHED = "unfinished-"
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


def save_index(folder: Path, digest: str, saved: SavedIndex) -> bool:
    """Keep an index in a folder of its own below `folder`; return whether that was possible.

    Written aside and renamed, so that a crash or another process never leaves half of one; what
    another process reads at this moment stays readable to it. A full disk is no error.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(mkdtemp(prefix=_UNFINISHED, dir=folder))
    except OSError:
        return False
    try:
        _write(fresh, digest, saved)
        # Whatever has this name could not be read, or another process was as quick.
        shutil.rmtree(folder / digest[:_NAMED], ignore_errors=True)
        fresh.rename(folder / digest[:_NAMED])
        for other in folder.iterdir():
            if other.name != digest[:_NAMED]:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        return False
    return True


def _write(fresh: Path, digest: str, saved: SavedIndex) -> None:
    arrays = {name: getattr(saved.segment.postings, name) for name in _ARRAYS}
    for name, array in {**arrays, "meanings": saved.meanings.vectors}.items():
        with (fresh / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    described = {"digest": digest, "slugs": saved.segment.slugs}
    with (fresh / "index.json").open("w", encoding="utf-8") as text:
        json.dump(described, text)
        text.flush()
        os.fsync(text.fileno())


def open_index(folder: Path, digest: str) -> SavedIndex | None:
    """Return the index that was made of exactly these texts, memory-mapped, or None."""
    place = folder / digest[:_NAMED]
    try:
        described = json.loads((place / "index.json").read_text(encoding="utf-8"))
        if described["digest"] != digest:
            return None
        arrays = [np.load(place / f"{name}.npy", mmap_mode="r") for name in _ARRAYS]
        meanings = np.load(place / "meanings.npy", mmap_mode="r")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    slugs = [str(slug) for slug in described["slugs"]]
    named = slugs[: len(meanings)]
    return SavedIndex(Segment(slugs, Frozen(*arrays)), MeaningIndex.mapped(named, meanings))
