"""Recognises fact-checks by examples of how people say them.

Joins the example space, the knowledge per fact-check, the scorer and the stance model.
"""

from collections.abc import Sequence

import numpy as np

from bot.domain.factchecks import Example, FactCheck
from bot.matching.embeddings import Vector
from bot.matching.evidence import Knowledge, Rows
from bot.matching.examples import Likeness, Message
from bot.matching.features import Candidates, candidates
from bot.matching.judged import Judged, NamedNumbers, requirement_met, sentence_span, shared_words
from bot.matching.learning import space_for
from bot.matching.messages import messages_of
from bot.matching.models import Models
from bot.matching.reading import View
from bot.matching.sparse import Floats
from bot.matching.spelling import Spelling
from bot.matching.stance import Tone, like_values

SAME_AS_COUNTER = 0.8
"""Likeness to a counter-example from which on the text is taken to be the same thing."""
COUNTERED = 0.2
"""The most a text can get that is the same thing as a counter-example."""
TELLING = 0.05
"""Probability below which the stance is that on the likeliest claim."""
UNMET = 0.05
"""The most a text can get that lacks a word which the fact-check requires by hand."""


class ByExamples:
    """Fact-checks that have examples."""

    def __init__(self, checks: Sequence[FactCheck], knowledge: Knowledge, models: Models) -> None:
        self.knowledge = knowledge
        self._checks = {str(check.slug): check for check in checks}
        self._dead = [place for slug, place in knowledge.place.items() if slug not in self._checks]
        self._gone: dict[str, FactCheck] = {}
        """What was taken out as it was then: its messages are still known."""
        self._models = models
        self._scorer = models.by_examples
        self._stances = models.stances_by_examples

    @classmethod
    def build(
        cls, checks: Sequence[FactCheck], examples: Sequence[Example], models: Models
    ) -> "ByExamples":
        """Learn from all examples, or load what was learned from the same ones before."""
        return cls(checks, Knowledge(space_for(checks, messages_of(checks, examples))), models)

    def __contains__(self, slug: str) -> bool:
        return slug in self._checks

    def fork(self) -> "ByExamples":
        """Return a copy that learns by itself."""
        checks = list(self._checks.values())
        other = ByExamples(checks, self.knowledge.fork(), self._models)
        other._gone = dict(self._gone)
        return other

    def take_in(self, check: FactCheck, examples: Sequence[Example]) -> None:
        """Add a fact-check that has examples; takes effect at once."""
        slug = str(check.slug)
        if slug in self.knowledge.place:
            self._dead.remove(self.knowledge.place[slug])
        else:
            self.knowledge.add_claim(slug)
        known = self._gone.pop(slug, None)
        if known is not None:
            self._checks[slug] = known
            self.put(check, examples)
            return
        self._checks[slug] = check
        for text in check.phrasings:
            self._learn(Message(text, (slug,), phrasing=True))
        for example in examples:
            self.add(example)

    def put(self, check: FactCheck, examples: Sequence[Example]) -> None:
        """Change a fact-check; learn its new phrasings and examples."""
        old = self._checks[str(check.slug)]
        self._checks[str(check.slug)] = check
        for gone in set(old.phrasings) - set(check.phrasings):
            self.knowledge.forget_phrasing(str(check.slug), gone)
        for text in check.phrasings:
            if text not in old.phrasings:
                self._learn(Message(text, (str(check.slug),), phrasing=True))
        for example in examples:
            self.add(example)

    def remove(self, slug: str) -> None:
        """Take a fact-check out."""
        check = self._checks.pop(slug, None)
        if check is not None:
            self._gone[slug] = check
            self._dead.append(self.knowledge.place[slug])

    def add(self, example: Example) -> None:
        """Learn one example or counter-example, unless it is known."""
        slug = str(example.slug)
        for known in self.knowledge.space.messages:
            about = known.raises if example.raises else known.against
            if known.text == example.text and slug in about:
                return
        if example.raises:
            message = Message(example.text, (slug,), tuple(example.related), (), example.stance)
        else:
            message = Message(example.text, (), tuple(example.related), (slug,), "none")
        self._learn(message)

    def _learn(self, message: Message) -> None:
        self.knowledge.add(self.knowledge.space.add(message))

    def judge(self, seen: Sequence[View], vectors: Vector, top: int) -> list[Judged]:
        """Return the likeliest fact-checks."""
        likeness = self.knowledge.space.compare(seen, vectors)
        found = candidates(seen, likeness, self.knowledge, dead=self._dead)
        if not found.claims:
            return []
        chances = self._scorer.probabilities(found.features)
        tone = Tone(self._stances, seen)
        best = np.argsort(-chances, kind="stable")[:top]
        return [
            self._judged(seen, likeness, found, int(place), float(chances[place]), tone)
            for place in best
        ]

    @property
    def spelling(self) -> Spelling:
        """What is known of the words that the library uses."""
        return self.knowledge.space.spelling

    def _judged(
        self,
        seen: Sequence[View],
        likeness: Likeness,
        found: Candidates,
        place: int,
        chance: float,
        tone: Tone,
    ) -> Judged:
        claim, best = found.claims[place], found.views[place]
        slug = self.knowledge.space.slugs[claim]
        known = self.knowledge.claims[claim]
        reach = np.maximum(likeness.mixed[best], likeness.mixed[0])
        near = int(known.at.all[int(np.argmax(reach.take(known.at.all)))])
        gates = self._gates(slug, claim, seen, best, reach)
        if not gates["requires"]:
            chance = min(chance, UNMET)
        if not gates["counter_examples"]:
            chance = min(chance, COUNTERED)
        told = tone.first
        if told is None or chance >= TELLING:
            like = like_values(likeness, best, self.knowledge, claim)
            told = tone.told(best, self._checks[slug].phrasings, like)
        scorer, row = self._scorer, found.features[place]
        return Judged(
            slug=slug,
            probability=chance,
            span=sentence_span(seen, lambda row: float(likeness.scores[row, claim])),
            stance=told[0],
            stance_cue=told[1],
            phrasing=self.knowledge.space.messages[near].text,
            words=shared_words(seen[best], lambda stem: known.words[stem] > 0),
            features=NamedNumbers(scorer.names, lambda: row.tolist()),
            contributions=NamedNumbers(
                (*scorer.names, "base"), lambda: scorer.contributions(row[None])[0].tolist()
            ),
            gates=gates,
        )

    def _gates(
        self, slug: str, claim: int, seen: Sequence[View], best: int, reach: Floats
    ) -> dict[str, bool]:
        known = self.knowledge.claims[claim]
        gates = {
            "requires": requirement_met(self._checks[slug].requires, seen[0].text),
            "counter_examples": not self._countered(reach, known.at),
        }
        names, said = self.knowledge.concept_names, seen[best].concepts + seen[0].concepts
        for concept in known.weights.sure:
            gates[f"about:{names[concept]}"] = concept in said
        return gates

    @staticmethod
    def _countered(reach: Floats, rows: Rows) -> bool:
        if not len(rows.counter):
            return False
        nearest = float(reach.take(rows.counter).max())
        return nearest >= SAME_AS_COUNTER and nearest > float(reach.take(rows.all).max())
