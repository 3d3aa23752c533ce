"""`footnote tune`: what each threshold would have made of the matches that moderators judged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.services.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.domain.tuning import Judged, Tried
    from bot.settings import Settings

PICTURE = "tuning.png"


async def judged_matches(settings: "Settings", community: int | None) -> "Sequence[Judged]":
    """Read the labelled matches of one community, or of all; reads only."""
    from bot.domain.ids import CommunityId
    from db.engine import open_database

    chosen = None if community is None else CommunityId(community)
    async with open_database(settings.database_url) as database, database.reading() as stores:
        return await stores.labels.judged(chosen)


def tuning_lines(judged: "Sequence[Judged]", out: Path | None) -> Iterator[str]:
    """Yield the table, what follows from it, and where the picture is.

    Raises:
        InvalidInputError: there are too few labels, or the picture cannot be written.
    """
    from bot.domain.tuning import LEAST_LABELS, advised, each_threshold

    if len(judged) < LEAST_LABELS:
        raise InvalidInputError(
            f"Labels with a known probability: {len(judged)}; at least {LEAST_LABELS} are needed "
            "before anything follows from them. Moderators label with the review cards."
        )
    tried = each_threshold(judged)
    picture = None if out is None else _painted(tried, len(judged), out)
    right = sum(each.right for each in judged)
    yield f"{len(judged)} labels: {right} right, {len(judged) - right} wrong."
    yield from _table(tried)
    yield from _by_fact_check(judged)
    best = advised(tried)
    if best is None:
        yield (
            "No threshold is certain enough yet to be advised: its precision would have to be at "
            "least 0.90 with 95 % certainty."
        )
    else:
        yield (
            f"The lowest threshold whose precision is at least 0.90 with 95 % certainty: "
            f"{best.threshold:.2f}."
        )
    yield (
        "Only what was suggested or attached could be labelled, so recall is among those matches: "
        "what the matcher never raised is not in it."
    )
    if picture is not None:
        yield str(picture)


def _table(tried: "Sequence[Tried]") -> Iterator[str]:
    yield "threshold  notes  right  wrong  precision  at least  recall"
    for each in tried:
        yield (
            f"{each.threshold:9.2f}  {each.right + each.wrong:5}  {each.right:5}  "
            f"{each.wrong:5}  {_share(each.precision):>9}  {each.bound:8.2f}  "
            f"{_share(each.recall):>6}"
        )


def _by_fact_check(judged: "Sequence[Judged]") -> Iterator[str]:
    labels = Counter(each.slug for each in judged)
    right = Counter(each.slug for each in judged if each.right)
    for slug, count in sorted(labels.items()):
        yield f"{slug}: {right[slug]} of {count} right"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def _painted(tried: "Sequence[Tried]", labels: int, folder: Path) -> Path:
    from bot.services.tuning_chart import paint_tuning

    target, draft = folder / PICTURE, folder / f".{PICTURE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(paint_tuning(tried, labels))
        draft.replace(target)
    except OSError as problem:
        raise InvalidInputError(
            f"The picture cannot be written to {folder}: {problem.strerror}."
        ) from problem
    return target
