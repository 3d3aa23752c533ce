"""Measures what an imprint of a judged post is good for, and what somebody could learn from it.

    python -m bench.imprints      near copies recognised, false alarms, words guessed (ADR 12)

Needs the evaluation folder beside the checkout.
"""

import random
from collections import Counter

import numpy as np

from bench.matching_data import Labelled, dev, training
from bot.matching.embeddings import Embedder
from bot.matching.imprints import BITS, Traits, imprint, load_tracer, sides, unpacked
from bot.matching.learned import NEAR, SAME
from bot.matching.reading import meanings, views
from bot.matching.text import own_words
from bot.matching.words import is_content, tokens

SALT = 1
VOCABULARY = 6_000
GUESSES = 10
NOISE = 1.2
"""Standard deviation of an estimate, by the square root of the number of signs."""


def traits(text: str) -> list[Traits]:
    seen = views(own_words(text))
    vectors = meanings(Embedder.load(), seen) if seen else []
    return [load_tracer().traits(*pair) for pair in zip(seen, vectors, strict=True)]


def nearly(text: str, share: float, rng: random.Random) -> str:
    """Leave out a share of the words, swap some neighbours, and add a word."""
    words = [word for word in text.split() if rng.random() > share]
    for at in range(len(words) - 1):
        if rng.random() < 0.05:
            words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join([*words, "lol"])


def recognised(messages: list[Labelled]) -> None:
    rng = random.Random(5)  # noqa: S311 - repeatable, no secret
    kept = unpacked([imprint(traits(message.text)[0], SALT) for message in messages])
    for share in (0.1, 0.2, 0.3, 0.4):
        found = []
        for row, message in enumerate(messages):
            seen = traits(nearly(message.text, share, rng))
            found.append(max([float(sides(one, SALT) @ kept[row]) for one in seen], default=0.0))
        said = (
            f"{np.mean(np.array(found) >= NEAR):.3f} near, {np.mean(np.array(found) >= SAME):.3f}"
        )
        print(f"{share:.0%} of the words left out: {said} the same")
    lying = [np.array([sides(one, SALT) for one in traits(m.text)]) for m in messages]
    likeness = np.array([(rows @ kept.T).max(axis=0) for rows in lying])
    other = np.array(
        [
            [one is not two and not one.fine & set(two.expect) for two in messages]
            for one in messages
        ]
    )
    alarms = [int((likeness[other] >= bar).sum()) for bar in (NEAR, SAME)]
    print(f"other talk: {alarms[0]} near, {alarms[1]} the same, of {int(other.sum())} pairs")


def guessed(messages: list[Labelled], known: list[Labelled]) -> None:
    """Guess words as somebody could who has the database, this program and the fact-check."""
    said = Counter(
        word for m in (*known, *messages) for word in set(tokens(m.text)) if is_content(word)
    )
    words = [word for word, _ in said.most_common(VOCABULARY) if traits(word)]
    lying = np.array([sides(traits(word)[0], SALT) for word in words])
    of_claim: dict[str, Counter[str]] = {}
    for message in known:
        for slug in message.expect:
            of_claim.setdefault(slug, Counter()).update(set(tokens(message.text)))
    right: dict[str, list[float]] = {"claim": [], "imprint": [], "both": []}
    ranks: list[int] = []
    raising = [message for message in messages if message.expect]
    chosen = random.Random(3).sample(raising, 150)  # noqa: S311 - repeatable, no secret
    for message in chosen:
        kept = unpacked([imprint(traits(message.text)[0], SALT)])[0]
        spoken = {word for word in tokens(message.text) if is_content(word)} & set(words)
        counts = of_claim[message.expect[0]]
        claim = np.log(np.array([counts[word] for word in words]) + 0.2)
        alone = lying @ kept
        both = claim + (alone - 0.06) * 0.12 / (NOISE**2 / BITS)
        for name, scores in (("claim", claim), ("imprint", alone), ("both", both)):
            best = {words[place] for place in np.argsort(-scores)[:GUESSES]}
            right[name].append(len(best & spoken) / GUESSES)
        order = {words[place]: rank for rank, place in enumerate(np.argsort(-both))}
        ranks += [order[word] for word in spoken if not counts[word]]
    shares = ", ".join(f"{name} {np.mean(found):.2f}" for name, found in right.items())
    print(f"right among {GUESSES} guessed words, by what is known: {shares}")
    early = np.mean(np.array(ranks) < GUESSES)
    print(f"words that the claim's examples never use: rank {np.median(ranks):.0f} of {len(words)}")
    print(f"  in the median, {early:.3f} among the first {GUESSES}")


def main() -> None:
    messages = [message for message in dev() if traits(message.text)]
    recognised(messages)
    guessed(messages, training())


if __name__ == "__main__":
    main()
