"""Answers which fact-checks a text raises, how surely, which sentence did it, and with what stance.

Deterministic: the same library and text give the same answer in every process. No clock, no
network; reads only the data files that ship with the program.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import Slug
from bot.domain.imprints import Imprint
from bot.domain.matches import Match, Reading
from bot.domain.policy import Thresholds
from bot.matching.by_examples import ByExamples
from bot.matching.by_record import ByRecord
from bot.matching.embeddings import Embedder
from bot.matching.gate import Gate
from bot.matching.imprints import FORM, load_tracer
from bot.matching.judged import Judged, rounded
from bot.matching.learned import LearnedPosts
from bot.matching.models import Models, load_models
from bot.matching.reading import meanings, views
from bot.matching.spelling import Spelling
from bot.matching.text import OwnWords, own_words
from bot.matching.words import content_stems

VERSION = "footnote-matcher-1"
ENOUGH_EXAMPLES = 8
"""Examples from which on a fact-check is recognised by them rather than by its record alone."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which fact-checks are recognised by examples."""

    rich: list[FactCheck]
    poor: list[FactCheck]


class Matcher:
    """The matcher: text in, matches out. Implements `bot.services.ports.Reader`."""

    def __init__(self, models: Models | None = None) -> None:
        self._models = models or load_models()
        self._embedder = Embedder.load()
        self._gate = Gate()
        self._checks: dict[Slug, FactCheck] = {}
        self._by_examples: ByExamples | None = None
        self._by_record = ByRecord(self._embedder, self._models)
        self._few: dict[Slug, list[Example]] = {}
        """Examples of fact-checks that have too few to be recognised by them."""
        self._learned: LearnedPosts | None = None

    @property
    def version(self) -> str:
        """Name and version of the rules and figures it decides by."""
        return VERSION

    @property
    def thresholds(self) -> Thresholds:
        """Thresholds that were calibrated together with it."""
        return self._models.thresholds

    @classmethod
    def build(
        cls,
        fact_checks: Iterable[FactCheck],
        examples: Iterable[Example] = (),
        *,
        models: Models | None = None,
        saved: Path | None = None,
    ) -> "Matcher":
        """Return a matcher over these fact-checks and what is known of how people say them.

        `saved` is a folder that keeps the index of a large library from one start to the next.
        """
        matcher = cls(models)
        checks = {check.slug: check for check in fact_checks}
        given = list(examples)
        plan = _plan(checks.values(), given)
        matcher._checks = checks
        if plan.rich:
            matcher._by_examples = ByExamples.build(plan.rich, given, matcher._models)
            matcher._gate.learn(matcher._by_examples.knowledge)
        poor = {check.slug for check in plan.poor}
        few = [one for one in given if one.slug in poor]
        for one in few:
            matcher._few.setdefault(one.slug, []).append(one)
        matcher._by_record.put_all(plan.poor, few, saved)
        return matcher

    def fork(self, salt: int) -> "Matcher":
        """Return a copy that learns by itself, and sets this one's answers free of what it learns.

        `salt` makes its imprints incomparable with those of others.
        """
        other = Matcher(self._models)
        other._gate = self._gate.fork()
        other._checks = dict(self._checks)
        other._by_examples = self._by_examples.fork() if self._by_examples else None
        other._by_record = self._by_record.fork()
        other._few = {slug: list(given) for slug, given in self._few.items()}
        other._learned = LearnedPosts(load_tracer(), salt)
        return other

    def put(self, fact_check: FactCheck, examples: Iterable[Example] = ()) -> None:
        """Add a fact-check or replace the one with its slug; takes effect at once."""
        self._checks[fact_check.slug] = fact_check
        given = list(examples)
        if self._by_examples is not None and fact_check.slug in self._by_examples:
            self._by_examples.put(fact_check, given)
            self._gate.learn_phrasings(_said(fact_check))
            return
        few = self._few.setdefault(fact_check.slug, [])
        few += [one for one in given if one not in few]
        if sum(one.raises for one in few) >= ENOUGH_EXAMPLES:
            self._promote(fact_check)
        else:
            self._by_record.put(fact_check, given)

    def remove(self, slug: Slug) -> None:
        """Take a fact-check out; one that is not there is no error."""
        if self._checks.pop(slug, None) is not None:
            if self._by_examples is not None:
                self._by_examples.remove(slug)
            self._by_record.remove(slug)
            self._few.pop(slug, None)

    def add_example(self, example: Example) -> None:
        """Learn one example or counter-example; takes effect at once."""
        if example.slug not in self._checks:
            return
        if self._by_examples is not None and example.slug in self._by_examples:
            self._by_examples.add(example)
            if example.raises:
                self._gate.learn_phrasings(content_stems(example.text))
            return
        few = self._few.setdefault(example.slug, [])
        if example in few:
            return
        few.append(example)
        if sum(one.raises for one in few) >= ENOUGH_EXAMPLES:
            self._by_record.remove(example.slug)
            self._promote(self._checks[example.slug])
        else:
            self._by_record.add(example)

    def _promote(self, check: FactCheck) -> None:
        """Recognise a fact-check by its examples from now on: it has enough of them."""
        given = self._few.pop(check.slug)
        if self._by_examples is None:
            self._by_examples = ByExamples.build([check], given, self._models)
        else:
            self._by_examples.take_in(check, given)
        self._gate.learn_phrasings(_said(check))
        for one in given:
            if one.raises:
                self._gate.learn_phrasings(content_stems(one.text))

    def imprint(self, text: str) -> tuple[bytes, int] | None:
        """Return what is to be kept of a text that a moderator judged, and in which form.

        None where the text has no words of the author's own, or the matcher is not a fork.
        """
        seen = views(own_words(text), self._spelling)
        if not seen or self._learned is None:
            return None
        return self._learned.signs(seen[0], meanings(self._embedder, seen[:1])[0]), FORM

    def learn(self, imprint: Imprint) -> None:
        """Let a judged post count at once, of which only the imprint was kept."""
        if self._learned is not None:
            self._learned.add(imprint)

    @property
    def _spelling(self) -> Spelling | None:
        return self._by_examples.spelling if self._by_examples is not None else None

    def read(self, text: str, *, top: int = 5) -> Reading:
        """Return up to `top` fact-checks that the text raises, best first."""
        own = own_words(text)
        reading = Reading(words=own.words, characters=own.characters)
        found = self._judge(own, max(0, top)) if own.sentences else []
        best = sorted(found, key=lambda one: (-rounded(one.probability), one.slug))[: max(0, top)]
        return replace(reading, matches=tuple(_match(one, text) for one in best))

    def _judge(self, own: OwnWords, top: int) -> list[Judged]:
        stems = [stem for one in own.sentences for stem in content_stems(one.text)]
        rich = self._by_examples if self._gate.passes(stems) else None
        records = self._by_record.shortlist(stems)
        if rich is None and not records:
            return []
        seen = views(own, self._spelling)
        if not seen:
            return []
        vectors = meanings(self._embedder, seen)
        found = rich.judge(seen, vectors, top) if rich is not None else []
        if records:
            found += self._by_record.judge(records, seen, vectors, len(self._checks), top)
        if self._learned is not None:
            return self._learned.applied(seen, vectors, found, self._checks)
        return found


def _plan(checks: Iterable[FactCheck], examples: Sequence[Example]) -> _Plan:
    known: dict[Slug, int] = {}
    for example in examples:
        if example.raises:
            known[example.slug] = known.get(example.slug, 0) + 1
    rich: list[FactCheck] = []
    poor: list[FactCheck] = []
    for check in checks:
        (rich if known.get(check.slug, 0) >= ENOUGH_EXAMPLES else poor).append(check)
    return _Plan(rich, poor)


def _said(check: FactCheck) -> list[str]:
    return [stem for text in check.phrasings for stem in content_stems(text)]


def _match(judged: Judged, text: str) -> Match:
    start, end = judged.span
    return Match(
        slug=Slug(judged.slug),
        probability=rounded(judged.probability),
        sentence=text[start:end],
        span=(start, end),
        stance=judged.stance,
        evidence=judged.evidence(),
    )
