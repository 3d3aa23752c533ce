"""Measures the matcher: quality, calibration, speed, memory, scale, side by side with other ways.

    python -m bench.matching quality      the figures on held-out messages (trained without dev)
    python -m bench.matching claims       whole fact-checks left out
    python -m bench.matching speed        latency per stage with 61 and with 10,375 fact-checks
    python -m bench.matching scale        100,000 and 1,000,000 fact-checks
    python -m bench.matching others       bm25s, rank-bm25, static embeddings alone, MiniLM

`quality` needs `python -m bench.train_matching --check` before. Plots go to bench/out.
"""

import argparse
import json
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.matching_data import (
    ROOT,
    SHARED,
    Labelled,
    dev,
    examples_of,
    labelled,
    library,
    own_examples,
    training,
)
from bot.domain.matches import Reading
from bot.domain.policy import Outcome, decide_text
from bot.matching.matcher import Matcher
from bot.matching.models import Models
from bot.matching.prepared import load_prepared

OUT = ROOT / "bench" / "out"


@dataclass(frozen=True, slots=True)
class Answer:
    """One message and what the matcher said."""

    message: Labelled
    reading: Reading
    outcome: Outcome

    @property
    def right(self) -> bool:
        """Tell whether the best match is expected or acceptable."""
        best = self.reading.best
        return best is not None and best.slug in self.message.fine

    @property
    def chance(self) -> float:
        """Return the best match's probability."""
        best = self.reading.best
        return best.probability if best else 0.0


def checked_models() -> Models:
    """Return the models that were trained without dev."""
    found = [
        json.loads((OUT / name).read_text()) for name in ("by-examples.json", "by-record.json")
    ]
    return Models.of(*found)


def ask(matcher: Matcher, messages: Sequence[Labelled]) -> list[Answer]:
    found = []
    for message in messages:
        reading = matcher.read(message.text)
        found.append(Answer(message, reading, decide_text(reading, matcher.thresholds).outcome))
    return found


def share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def figures(answers: Sequence[Answer]) -> dict[str, float]:
    """Return the figures of shared/eval/score.py, and the calibration error."""
    positive = [one for one in answers if one.message.expect]
    negative = [one for one in answers if one.message.negative]
    wanted = [one for one in positive if one.message.stance in ("assert", "ask")]
    attached = [one for one in answers if one.outcome is Outcome.ATTACH]
    hits = sum(one.outcome is Outcome.ATTACH and one.right for one in wanted)
    false = sum(one.outcome is Outcome.ATTACH for one in negative)
    best = [one for one in positive if one.reading.best]
    return {
        "positives": len(positive),
        "negatives": len(negative),
        "p@1": share(
            sum(one.reading.best.slug in one.message.expect for one in best), len(positive)
        ),
        "in 5": share(
            sum(any(m.slug in a.message.expect for m in a.reading.matches) for a in positive),
            len(positive),
        ),
        "recall": share(hits, len(wanted)),
        "precision": share(sum(one.right for one in attached), len(attached)),
        "attached": len(attached),
        "false/1000": 1000 * share(false, len(negative)),
        "stance": share(
            sum(one.reading.stance == one.message.stance for one in positive), len(positive)
        ),
        "ece": calibration(answers)[0],
    }


def calibration(answers: Sequence[Answer]) -> tuple[float, list[tuple[float, float, int]]]:
    """Return the expected calibration error over ten bins, and the bins."""
    chances = np.array([one.chance for one in answers])
    right = np.array([one.right for one in answers])
    bins, error = [], 0.0
    for number in range(10):
        inside = np.minimum((chances * 10).astype(int), 9) == number
        if inside.any():
            said, was = float(chances[inside].mean()), float(right[inside].mean())
            bins.append((said, was, int(inside.sum())))
            error += abs(said - was) * inside.mean()
    return float(error), bins


def curve(answers: Sequence[Answer]) -> list[tuple[float, float, float]]:
    """Return threshold, recall and wrong per 1,000 for many thresholds (stances as judged)."""
    wanted = sum(bool(a.message.expect) and a.message.stance in ("assert", "ask") for a in answers)
    negatives = sum(one.message.negative for one in answers)
    speaking = [one for one in answers if one.reading.stance.value in ("assert", "ask")]
    found = []
    for threshold in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98):
        above = [one for one in speaking if one.chance >= threshold]
        hits = sum(
            one.right and bool(one.message.expect) and one.message.stance in ("assert", "ask")
            for one in above
        )
        false = sum(one.message.negative for one in above)
        found.append((threshold, share(hits, wanted), 1000 * share(false, negatives)))
    return found


def show(title: str, answers: Sequence[Answer]) -> None:
    print(f"\n## {title}")
    for name, value in figures(answers).items():
        print(f"  {name:12} {value:.3f}" if isinstance(value, float) else f"  {name:12} {value}")


def show_parts(answers: Sequence[Answer]) -> None:
    by_kind: dict[str, list[Answer]] = defaultdict(list)
    by_stance: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        by_kind[one.message.kind].append(one)
        if one.message.expect:
            by_stance[one.message.stance].append(one)
    print("  kind            n  attached  best right")
    for kind, some in sorted(by_kind.items()):
        attached = sum(one.outcome is Outcome.ATTACH for one in some)
        right = share(sum(one.right for one in some), len(some))
        print(f"  {kind:14} {len(some):3} {attached:8}  {right:10.2f}")
    print("  stance    n  told right")
    for stance, some in sorted(by_stance.items()):
        told = share(sum(one.reading.stance == stance for one in some), len(some))
        print(f"  {stance:8} {len(some):3} {told:10.2f}")


def average_precision(ranked: Sequence[str], gold: Sequence[str]) -> float:
    hits = total = 0.0
    for place, slug in enumerate(ranked[:5], start=1):
        if slug in gold:
            hits += 1
            total += hits / place
    return total / min(len(gold), 5)


def quality() -> None:
    models = checked_models()
    load_prepared.cache_clear()
    checks = library()
    seen = [*training(), *own_examples()]
    with_examples = Matcher.build(checks, examples_of(seen), models=models)
    print(f"thresholds {models.thresholds}")
    answers = ask(with_examples, dev())
    show("dev, with examples (dev not among them)", answers)
    show_parts(answers)
    print("  threshold  recall  wrong/1000")
    for row in curve(answers):
        print("  {:9.2f}  {:6.3f}  {:6.1f}".format(*row))
    for said, was, count in calibration(answers)[1]:
        print(f"  said {said:.2f} was {was:.2f} ({count})")
    plot_reliability(answers)
    show("dev, by the record alone", ask(Matcher.build(checks, models=models), dev()))
    wild = ask(with_examples, labelled("wild-dev.jsonl"))
    show("real posts, with examples", wild)
    print("  threshold  recall  wrong/1000")
    for row in curve(wild):
        print("  {:9.2f}  {:6.3f}  {:6.1f}".format(*row))
    other = library(SHARED / "eval" / "clef2020" / "checks.jsonl")
    large = Matcher.build([*checks, *other], examples_of(seen), models=models)
    show("dev, among 10,436 fact-checks", ask(large, dev()))
    ranking = Matcher.build(other, models=models)
    for name in ("dev", "train"):
        messages = labelled(f"clef2020/{name}.jsonl")
        scores = [
            average_precision([m.slug for m in ranking.read(one.text).matches], one.expect)
            for one in messages
        ]
        print(f"CLEF-2020 {name}: MAP@5 {np.mean(scores):.4f}")


def plot_reliability(answers: Sequence[Answer]) -> None:
    """Draw the reliability plot as SVG, without a plotting library."""
    error, bins = calibration(answers)
    dots = "".join(
        f'<circle cx="{40 + 320 * said:.0f}" cy="{360 - 320 * was:.0f}" '
        f'r="{3 + count**0.5 / 2:.1f}" fill="#3b6ea5" fill-opacity="0.7"/>'
        for said, was, count in bins
    )
    (OUT / "reliability.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" '
        'font-family="sans-serif"><rect width="400" height="400" fill="white"/>'
        '<path d="M40 360H360M40 360V40" stroke="#333"/>'
        '<path d="M40 360L360 40" stroke="#999" stroke-dasharray="4"/>'
        f'{dots}<text x="120" y="392" font-size="13">probability said</text>'
        f'<text x="48" y="30" font-size="13">share right (calibration error {error:.3f})</text>'
        "</svg>\n",
        encoding="utf-8",
    )


def main() -> None:
    from bench import matching_claims, matching_others, matching_speed

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=("quality", "claims", "speed", "scale", "others"))
    asked = options.parse_args()
    {
        "quality": quality,
        "claims": matching_claims.claims,
        "speed": matching_speed.speed,
        "scale": matching_speed.scale,
        "others": matching_others.others,
    }[asked.what]()


if __name__ == "__main__":
    main()
