"""Measures the matcher on fact-checks it has never seen an example of."""

from bench.matching import ask, checked_models, figures
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
from bot.matching.matcher import Matcher

PARTS = 5


def claims() -> None:
    """Leave a fifth of the fact-checks without examples, in turn; then claims of other fields."""
    models = checked_models()
    checks = library()
    seen = [*training(), *own_examples()]
    totals: dict[str, list[float]] = {}
    for part in range(PARTS):
        hidden = {str(check.slug) for check in checks[part::PARTS]}
        known = [one for one in seen if not hidden & one.fine]
        matcher = Matcher.build(checks, examples_of(known), models=models)
        asked = [
            one for one in dev() if hidden & set(one.expect) or (one.negative and _turn(one, part))
        ]
        found = figures(ask(matcher, asked))
        for name, value in found.items():
            totals.setdefault(name, []).append(value)
        print(part, {name: round(value, 3) for name, value in found.items()}, flush=True)
    print("whole fact-checks left out:", {k: round(sum(v) / PARTS, 3) for k, v in totals.items()})
    everything = [*checks, *library(SHARED / "eval" / "train" / "general-claims.jsonl")]
    matcher = Matcher.build(everything, models=models)
    print("211 records alone, dev:", _short(figures(ask(matcher, dev()))))
    general = labelled("train/general.jsonl")
    print("other fields, records alone:", _short(figures(ask(matcher, general))))


def _turn(message: Labelled, part: int) -> bool:
    return int("".join(filter(str.isdigit, message.id)) or 0) % PARTS == part


def _short(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}
