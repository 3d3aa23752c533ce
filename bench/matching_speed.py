"""Measures how long an answer takes, per stage and by size of the library, and what it occupies."""

import gc
import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from bench.matching_data import SHARED, dev, labelled, library, rows
from bot.domain.factchecks import FactCheck
from bot.domain.ids import Slug
from bot.matching.matcher import Matcher
from bot.matching.reading import meanings, views
from bot.matching.text import own_words
from bot.matching.words import content_stems
from bot.services.libraries import starter_examples, starter_library

CHAT = (
    "good morning everyone",
    "anyone up for a round of cards later?",
    "lol that was a great game last night, we should do it again next week",
    "my cat just knocked a glass of juice over my keyboard, brb",
    "happy birthday!! hope you get lots of cake",
    "what time is the meeting tomorrow?",
    "the train is late again, I'll be there at half past six",
    "thanks, that worked",
    "has somebody got a charger I can borrow?",
    "just finished the last season and I have so many feelings",
)


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of processor time that a piece of work takes on its thread."""
    start = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - start) / 1e6


def summary(name: str, times: Sequence[float]) -> str:
    ordered = sorted(times)
    high = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return f"  {name:36} median {statistics.median(ordered):7.3f} ms   p99 {high:7.3f} ms"


def memory() -> float:
    """Return the process's peak memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def latencies(title: str, matcher: Matcher, texts: Sequence[str]) -> None:
    for text in texts[:50]:
        matcher.read(text)
    print(
        summary(title, [timed(lambda text=text: matcher.read(text)) for text in texts]), flush=True
    )


def speed() -> None:
    """Measure with the starter library and with 10,375 fact-checks."""
    start = timed(lambda: Matcher.build(starter_library(), starter_examples()))
    again = timed(lambda: Matcher.build(starter_library(), starter_examples()))
    matcher = Matcher.build(starter_library(), starter_examples())
    print(f"starter library: built in {start:.0f} ms, again in {again:.0f} ms, {memory():.0f} MiB")
    written = [one.text for one in dev()]
    real = [row["text"] for row in rows(SHARED / "eval" / "unlabelled.jsonl")]
    latencies("written messages", matcher, written)
    latencies("real posts on the topic", matcher, real)
    latencies("off-topic chat", matcher, CHAT * 20)
    stages(matcher, written)
    for text in ("a" * 100_000, "Asia embraces AI art. " * 4500, "ai art is theft " * 6000):
        print(f"  100,000 characters: {timed(lambda text=text: matcher.read(text)):.1f} ms")
    checks = library(SHARED / "eval" / "clef2020" / "checks.jsonl")
    print(f"10,375 fact-checks: built in {timed(lambda: Matcher.build(checks)):.0f} ms")
    large = Matcher.build(checks)
    latencies(
        "tweets, 10,375 fact-checks", large, [one.text for one in labelled("clef2020/dev.jsonl")]
    )
    both = Matcher.build([*starter_library(), *checks], starter_examples())
    latencies("written messages, 10,436", both, written)
    latencies("off-topic chat, 10,436", both, CHAT * 20)
    changes(large)


def stages(matcher: Matcher, texts: Sequence[str]) -> None:
    own = [own_words(text) for text in texts]
    seen = [views(one) for one in own if one.sentences]
    parts: dict[str, Callable[[int], object]] = {
        "clean and part into sentences": lambda n: own_words(texts[n]),
        "stems for the gate": lambda n: [content_stems(s.text) for s in own[n].sentences],
        "views": lambda n: views(own[n]),
        "meanings": lambda n: meanings(matcher._embedder, seen[n % len(seen)]),  # noqa: SLF001
    }
    for name, work in parts.items():
        print(summary(name, [timed(lambda n=n, work=work: work(n)) for n in range(len(texts))]))


def changes(matcher: Matcher) -> None:
    """Measure adding and removing one fact-check."""
    new = [
        FactCheck(
            slug=Slug(f"new-{n}"), claim=f"The town of Elm number {n} painted its bridge blue."
        )
        for n in range(200)
    ]
    print(summary("add a fact-check", [timed(lambda one=one: matcher.put(one)) for one in new]))
    gone = [timed(lambda one=one: matcher.remove(one.slug)) for one in new]
    print(summary("remove a fact-check", gone))


def made_up(count: int) -> list[FactCheck]:
    """Return fact-checks with the word frequencies of real ones, in random order of words."""
    words = [
        word
        for check in library(SHARED / "eval" / "clef2020" / "checks.jsonl")
        for word in check.claim.split()
    ]
    chance = random.Random(7)  # noqa: S311 - made-up data
    names = [
        f"{chance.choice('BCDFGKLMNPRST')}{chance.choice('aeiou')}{n:x}" for n in range(60_000)
    ]
    return [
        FactCheck(
            slug=Slug(f"m{n}"),
            claim=" ".join([*chance.choices(words, k=14), *chance.choices(names, k=2)]),
        )
        for n in range(count)
    ]


def scale() -> None:
    """Measure 10,000, 100,000 and 1,000,000 made-up fact-checks, and draw the plot."""
    found = []
    for count in (10_000, 100_000, 1_000_000):
        checks = made_up(count)
        chance = random.Random(11)  # noqa: S311 - made-up data
        texts = [
            " ".join(chance.sample(check.claim.split(), 10)) + " they say, can you believe it"
            for check in chance.sample(checks, 200)
        ]
        start = time.perf_counter()
        matcher = Matcher.build(checks)
        print(f"{count:,} fact-checks: built in {time.perf_counter() - start:.0f} s")
        gc.collect()
        gc.freeze()
        for text in texts[:20]:
            matcher.read(text)
        times = [timed(partial(matcher.read, text)) for text in texts]
        print(summary("one message", times))
        print(f"  memory {memory():.0f} MiB")
        changes(matcher)
        found.append((count, statistics.median(times)))
        del matcher, checks
        gc.unfreeze()
    plot(found)


def plot(found: Sequence[tuple[int, float]]) -> None:
    """Draw median latency over the library's size, both axes logarithmic, as SVG."""
    from math import log10

    from bench.matching import OUT

    dots = [
        (60 + 150 * (log10(count) - 4), 260 - 100 * log10(max(ms, 0.1) * 10), count, ms)
        for count, ms in found
    ]
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y, _, _ in dots)
    labels = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#3b6ea5"/>'
        f'<text x="{x - 20:.0f}" y="{y - 10:.0f}" font-size="12">{ms:.2f} ms</text>'
        f'<text x="{x - 25:.0f}" y="285" font-size="12">{count:,}</text>'
        for x, y, count, ms in dots
    )
    (OUT / "scaling.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="440" height="300" '
        'font-family="sans-serif"><rect width="440" height="300" fill="white"/>'
        '<path d="M50 265H420" stroke="#333"/>'
        f'<polyline points="{line}" fill="none" stroke="#3b6ea5" stroke-width="2"/>'
        f"{labels}</svg>\n",
        encoding="utf-8",
    )
