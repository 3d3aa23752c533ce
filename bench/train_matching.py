"""Trains the matcher's small models, chooses the thresholds, and writes them as plain numbers.

    python -m bench.train_matching --check     without dev.jsonl; prints the figures on it
    python -m bench.train_matching             with everything; writes the files that ship

A message is always scored as if it had never been an example (exact leave-one-out), so that the
models learn from what they will see. Needs the bench group and the shared evaluation folder.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from bench.fitting import fit_line, fit_stances, fit_trees, fold_of, out_of_fold, scorer_data
from bench.fitting_size import fit_size
from bench.matching_data import (
    ROOT,
    SHARED,
    SIDECAR,
    Labelled,
    dev,
    examples_of,
    labelled,
    library,
    own_examples,
    training,
)
from bench.retelling import RETOLD, retold
from bot.domain.factchecks import FactCheck
from bot.domain.policy import ATTACHING_STANCES
from bot.matching.by_record import BY_MEANING, BY_WORDS
from bot.matching.comparing import RECORD_FEATURES, Asked, compare, profile_of
from bot.matching.embeddings import Embedder
from bot.matching.evidence import Knowledge
from bot.matching.examples import SHIFT, build_space, kernel_of
from bot.matching.features import EXAMPLE_FEATURES, candidates
from bot.matching.meaning_index import MeaningIndex
from bot.matching.messages import messages_of
from bot.matching.prepared import save_prepared
from bot.matching.reading import meanings, views
from bot.matching.records import RecordIndex, segment_of
from bot.matching.scorer import scorer_of
from bot.matching.stance import (
    CUE_FEATURES,
    LIKE_FEATURES,
    STANCES,
    StanceModel,
    cue_values,
    like_values,
    stances_of,
)
from bot.matching.text import own_words
from bot.services.libraries import starter_library

DATA = ROOT / "bot" / "matching" / "data"
WRONG_PER_NEGATIVE = 0.01
"""Wrong best matches above the threshold per hard negative, in cross-validation."""
SUGGEST = 0.5
VERBATIM = "verbatim"
STRAIGHT = ("length",)
"""Features that the line which makes probabilities honest looks at, beside the trees' answer."""
RETOLD_WEIGHT = 0.5
"""Weight of a made-up sentence where the stance is learned."""
REAL_STYLE = 3.0
"""Weight of a message in the manner of real posts, of which there are fewer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate of one message, with what the models see."""

    message: Labelled
    slug: str
    features: np.ndarray
    tones: list[float]
    seen: tuple

    @property
    def right(self) -> int:
        """1 expected, 2 acceptable, 0 wrong."""
        return 1 if self.slug in self.message.expect else 2 * (self.slug in self.message.also_ok)


# ------------------------------------------------------------------ with examples


def knowledge_of(messages: Sequence[Labelled], against: dict[str, str]) -> Knowledge:
    checks = starter_library()
    known = messages_of(checks, examples_of(messages, against))
    return Knowledge(build_space([str(check.slug) for check in checks], known))


def with_counter_examples(
    knowledge: Knowledge, messages: Sequence[Labelled], against: dict[str, str]
) -> Knowledge:
    """Return the same, with the messages that raise nothing taken for counter-examples."""
    near = {one.text: against[one.id] for one in messages if one.id in against}
    space = knowledge.space
    space.messages = [
        replace(one, against=(near[one.text],)) if not one.phrasing and one.text in near else one
        for one in space.messages
    ]
    return Knowledge(space)


def left_out(knowledge: Knowledge, messages: Sequence[Labelled]) -> list[Row]:
    """Score every message as if it had never been an example."""
    space = knowledge.space
    inverse = np.linalg.inv(kernel_of(space))
    row_of = {one.text: row for row, one in enumerate(space.messages) if not one.phrasing}
    found: list[Row] = []
    for message in messages:
        seen = views(own_words(message.text), space.spelling)
        if not seen:
            continue
        row = row_of[message.text]
        likeness = space.compare(seen, meanings(space.embedder, seen))
        weights = (likeness.mixed + np.float32(SHIFT)) ** 2
        pull = weights @ inverse[:, row] / inverse[row, row]
        likeness.scores -= pull[:, None] * space.learned[row][None]
        likeness.kinds[:, :, row] = 0
        likeness.mixed[:, row] = 0
        kept = {place: knowledge.claims[place] for place in _places(knowledge, message)}
        for place in kept:
            knowledge.claims[place] = knowledge.without(place, row)
        found += _rows(knowledge, message, seen, likeness)
        for place, claim in kept.items():
            knowledge.claims[place] = claim
    return found


def unseen(knowledge: Knowledge, messages: Sequence[Labelled]) -> list[Row]:
    """Score messages that are no examples."""
    space = knowledge.space
    found: list[Row] = []
    for message in messages:
        seen = views(own_words(message.text), space.spelling)
        if seen:
            likeness = space.compare(seen, meanings(space.embedder, seen))
            found += _rows(knowledge, message, seen, likeness)
    return found


def _places(knowledge: Knowledge, message: Labelled) -> list[int]:
    return [knowledge.place[slug] for slug in message.expect]


def _rows(knowledge, message, seen, likeness) -> list[Row]:
    best = candidates(seen, likeness, knowledge)
    phrasings = _phrasings()
    return [
        Row(
            message,
            knowledge.space.slugs[claim],
            features,
            [
                *cue_values(seen, view, phrasings[knowledge.space.slugs[claim]]),
                *like_values(likeness, view, knowledge, claim),
            ],
            (seen[view], seen[0]),
        )
        for claim, view, features in zip(best.claims, best.views, best.features, strict=True)
    ]


@lru_cache(maxsize=1)
def _phrasings() -> dict[str, tuple[str, ...]]:
    return {str(check.slug): check.phrasings for check in library()}


def counter_examples(knowledge: Knowledge, messages: Sequence[Labelled]) -> dict[str, str]:
    """Return, for every message that raises nothing, the fact-check it comes nearest to.

    Without itself a message that raises nothing would score highest where its weight is lowest.
    """
    space = knowledge.space
    row_of = {one.text: row for row, one in enumerate(space.messages) if not one.phrasing}
    lowest = space.learned[:, : len(space.slugs)].argmin(axis=1)
    return {one.id: space.slugs[lowest[row_of[one.text]]] for one in messages if not one.expect}


# ------------------------------------------------------------------ by the record alone


def record_rows(checks: Sequence[FactCheck], messages: Sequence[Labelled]) -> list[Row]:
    """Score messages against records, without any example."""
    embedder = Embedder.load()
    index = RecordIndex([segment_of(checks)])
    near = MeaningIndex.of(
        [str(check.slug) for check in checks], embedder.embed([check.claim for check in checks])
    )
    profiles = {str(check.slug): profile_of(check, embedder) for check in checks}
    phrasings = {str(check.slug): check.phrasings for check in checks}
    found: list[Row] = []
    for message in messages:
        seen = views(own_words(message.text))
        if not seen:
            continue
        vectors = meanings(embedder, seen)
        codes = sorted({code for one in seen for code in one.content_codes()})
        weight = dict(zip(codes, index.rarity(np.array(codes, np.uint32)).tolist(), strict=True))
        whole = np.array(seen[0].content_codes(), np.uint32)
        by_words = index.search(whole, index.rarity(whole), BY_WORDS)
        scores = {one.slug: one.score for one in by_words}
        for slug in near.nearest(vectors, BY_MEANING):
            scores.setdefault(slug, 0.0)
        names = list(scores)
        table, best = compare(
            Asked(seen, vectors, weight), [profiles[name] for name in names], list(scores.values())
        )
        for name, features, view in zip(names, table, best, strict=True):
            cues = cue_values(seen, view, phrasings[name])
            found.append(Row(message, name, features, cues, (seen[view], seen[0])))
    return found


# ------------------------------------------------------------------ fitting


def fitted(found: Sequence[Row], names: Sequence[str], key) -> tuple[dict[str, object], np.ndarray]:
    """Return a scorer as plain numbers, and every row's probability out of fold."""
    table = np.array([row.features for row in found], np.float64)
    right = np.array([row.right for row in found])
    fold = np.array([fold_of(key(row.message)) for row in found])
    counted = right != 2
    weight = np.array([REAL_STYLE if row.message.kind == "written" else 1.0 for row in found])
    odds = out_of_fold(table, right == 1, counted, fold, weight)
    best = np.array([row for row in best_rows(found, odds) if found[row].message.kind != VERBATIM])
    known = [name for name in STRAIGHT if name in names]
    beside = table[:, [names.index(name) for name in known]]
    line, straight = fit_line(odds[best], beside[best], right[best] > 0)
    trees = fit_trees(table[counted], right[counted] == 1, weight[counted])
    chances = 1 / (1 + np.exp(-(line[0] * odds + beside @ np.array(straight) + line[1])))
    return scorer_data(names, trees, line, dict(zip(known, straight, strict=True))), chances


def best_rows(found: Sequence[Row], odds: np.ndarray) -> np.ndarray:
    """Return the row of each message's best candidate."""
    best: dict[str, int] = {}
    for place, row in enumerate(found):
        known = best.get(row.message.id)
        if known is None or odds[place] > odds[known]:
            best[row.message.id] = place
    return np.array(list(best.values()))


def threshold(found: Sequence[Row], chances: np.ndarray, tones: StanceModel, wrong: float) -> float:
    """Return the least probability with at most this share of hard negatives attached above it.

    A negative that is taken to deny or to report is not attached, whatever its probability. The
    share is the mean over the sets of messages, which were written by different hands.
    """
    by_set: dict[str, list[float]] = {}
    for place in best_rows(found, chances):
        row = found[place]
        if row.message.negative:
            whole = row.seen[:1] if row.seen[0].text == row.seen[1].text else row.seen
            odds = tones.bias + np.array(row.tones) @ tones.weights + tones.marked(whole)
            speaks = STANCES[int(np.argmax(odds))] in ATTACHING_STANCES
            name = "dev" if row.message.id.startswith("d") else "train"
            name = "written" if row.message.kind == "written" else name
            by_set.setdefault(name, []).append(float(chances[place]) if speaks else 0.0)
    for least in np.arange(0.5, 0.999, 0.0025):
        shares = [np.mean(np.array(some) >= least) for some in by_set.values()]
        if np.mean(shares) <= wrong:
            return round(float(least), 4)
    return 0.999


def stance_rows(found: Sequence[Row]) -> list[Row]:
    """Return one row per message that raises a fact-check: the one of the expected fact-check."""
    chosen: dict[str, Row] = {}
    for row in found:
        if row.right == 1 and row.message.stance in ("assert", "deny", "ask", "report"):
            chosen.setdefault(row.message.id, row)
    return list(chosen.values())


def stances(names: Sequence[str], chosen: Sequence[Row]) -> dict[str, object]:
    return fit_stances(
        names,
        np.array([row.tones for row in chosen], np.float64),
        [row.seen for row in chosen],
        [row.message.stance for row in chosen],
        [RETOLD_WEIGHT if row.message.kind == RETOLD else 1.0 for row in chosen],
    )


def _claim_key(message: Labelled) -> str:
    """Keep all messages on one claim in one fold: figures then hold for claims never seen."""
    return message.expect[0] if message.expect else message.near or message.id


def verbatim(checks: Sequence[FactCheck]) -> list[Labelled]:
    """Return the records' own wording as messages: whoever says just that raises the claim."""
    found = []
    for check in checks:
        for number, text in enumerate(check.phrasings):
            for form, said in enumerate((text, text.rstrip(".!?").lower())):
                name = f"v{number}.{form} {check.slug}"
                found.append(Labelled(name, said, (str(check.slug),), (), "assert", VERBATIM))
    return found


def train(messages: Sequence[Labelled]) -> tuple[dict, dict, Knowledge, dict[str, str]]:
    """Train everything; return the two models, what was learned, and the counter-examples."""
    knowledge = knowledge_of(messages, {})
    against = counter_examples(knowledge, messages)
    knowledge = with_counter_examples(knowledge, messages, against)
    found = left_out(knowledge, messages)
    scorer, chances = fitted(found, EXAMPLE_FEATURES, lambda message: message.id)
    own_words_told = unseen(knowledge, retold(library()))
    tones = stances((*CUE_FEATURES, *LIKE_FEATURES), stance_rows([*found, *own_words_told]))
    auto = threshold(found, chances, stances_of(tones), WRONG_PER_NEGATIVE)
    by_examples = {
        "scorer": scorer,
        "stances": tones,
        "thresholds": {"auto": auto, "suggest": SUGGEST},
    }
    general = labelled("train/general.jsonl")
    checks = [*library(), *library(SHARED / "eval" / "train" / "general-claims.jsonl")]
    plain = record_rows(checks, [*messages, *general, *verbatim(checks)])
    record_scorer, _ = fitted(plain, RECORD_FEATURES, _claim_key)
    heard = stance_rows([*plain, *record_rows(checks, retold(checks))])
    told = [row for row in heard if row.message.kind != VERBATIM]
    by_record = {
        "scorer": record_scorer,
        "stances": stances(CUE_FEATURES, told),
        "size": fit_size(checks, [*messages, *general], scorer_of(record_scorer), record_rows),
    }
    return by_examples, by_record, knowledge, against


def write(path: Path, data: dict[str, object]) -> None:
    path.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")


def write_sidecar(messages: Sequence[Labelled], against: dict[str, str]) -> None:
    """Write the starter's examples: first those of the evaluation folder, then our own."""
    lines = []
    for message in messages:
        row = {
            "text": message.text,
            "raises": list(message.expect),
            "against": [against[message.id]] if message.id in against else [],
            "related": list(message.also_ok),
            "stance": message.stance,
            "origin": "written" if message.kind == "written" else "eval",
        }
        lines.append(json.dumps({key: value for key, value in row.items() if value != []}))
    SIDECAR.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="without dev; write to bench/out")
    asked = options.parse_args()
    own = [replace(one, id=f"own{number}") for number, one in enumerate(own_examples())]
    given = [*training(), *([] if asked.check else dev()), *own]
    messages = [one for one in given if views(own_words(one.text))]
    by_examples, by_record, knowledge, against = train(messages)
    target = ROOT / "bench" / "out" if asked.check else DATA
    target.mkdir(exist_ok=True)
    write(target / "by-examples.json", by_examples)
    write(target / "by-record.json", by_record)
    print(f"thresholds {by_examples['thresholds']}, size {by_record['size']}")
    if not asked.check:
        write_sidecar(messages, against)
        save_prepared(knowledge.space, SIDECAR.with_name("examples.npz"))


if __name__ == "__main__":
    main()
