"""Loads the labelled messages and the libraries that the matcher is trained and measured with."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import Slug

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SIDECAR = ROOT / "bot" / "library" / "examples.jsonl"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled message."""

    id: str
    text: str
    expect: tuple[str, ...]
    also_ok: tuple[str, ...]
    stance: str
    kind: str
    near: str = ""
    thread: str = ""

    @property
    def fine(self) -> frozenset[str]:
        """Return the fact-checks that are right or acceptable."""
        return frozenset((*self.expect, *self.also_ok))

    @property
    def negative(self) -> bool:
        """Tell whether no fact-check is right or acceptable."""
        return not self.fine


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def labelled(*names: str) -> list[Labelled]:
    """Read labelled messages of the shared evaluation folder."""
    found = []
    for name in names:
        found += [
            Labelled(
                str(row["id"]),
                row["text"],
                tuple(row["expect"]),
                tuple(row.get("also_ok", ())),
                row.get("stance", "assert"),
                row.get("kind", "-"),
                row.get("near", ""),
                row.get("thread", ""),
            )
            for row in rows(SHARED / "eval" / name)
        ]
    return found


def training() -> list[Labelled]:
    return labelled(*(f"train/ai-art-{number}.jsonl" for number in range(4)))


def dev() -> list[Labelled]:
    return labelled("dev.jsonl")


def own_examples() -> list[Labelled]:
    """Read the examples that the project's authors wrote in the manner of real posts."""
    if not SIDECAR.exists():
        return []
    return [
        Labelled(
            f"w{number}",
            row["text"],
            tuple(row.get("raises", ())),
            tuple(row.get("related", ())),
            row["stance"],
            "written",
        )
        for number, row in enumerate(rows(SIDECAR))
        if row.get("origin") == "written"
    ]


def library(path: Path | None = None) -> list[FactCheck]:
    """Read a JSON lines library, as far as matching needs it."""
    return [
        FactCheck(
            slug=Slug(row["slug"]),
            claim=row["claim"],
            variants=tuple(row.get("variants", ())),
            summary=row.get("summary", ""),
            title=row.get("title", ""),
        )
        for row in rows(path or SHARED / "library" / "ai-art.jsonl")
    ]


def examples_of(
    messages: Iterable[Labelled], against: dict[str, str] | None = None
) -> list[Example]:
    """Turn labelled messages into the library's examples and counter-examples."""
    found: list[Example] = []
    for message in messages:
        related = tuple(Slug(slug) for slug in message.also_ok)
        found += [
            Example(
                slug=Slug(slug),
                text=message.text,
                raises=True,
                stance=message.stance,
                related=related,
            )
            for slug in message.expect
        ]
        if not message.expect:
            slug = (against or {}).get(message.id, message.near)
            found.append(
                Example(
                    slug=Slug(slug), text=message.text, raises=False, stance="none", related=related
                )
            )
    return found


def folds(messages: Sequence[Labelled], count: int) -> list[int]:
    """Return the fold of each message: every seventh step, so that neighbours are parted."""
    return [(number * 7 + number // count) % count for number in range(len(messages))]
