"""Recognises fact-checks by their record alone: claim, variants, title and summary.

Joins the record index, the meanings of the claims, the scorer and the stance model; scales from
one fact-check to a million.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from bot.domain.factchecks import Example, FactCheck
from bot.domain.matches import Stance
from bot.matching.comparing import Asked, Profile, compare, profile_of
from bot.matching.embeddings import Embedder, Vector
from bot.matching.judged import Judged, NamedNumbers, requirement_met, sentence_span, shared_words
from bot.matching.meaning_index import BRUTE_LIMIT, MeaningIndex
from bot.matching.models import Growth, Models
from bot.matching.reading import View
from bot.matching.records import USUAL_SIZE, Found, RecordIndex, large_segment
from bot.matching.saved import SavedIndex, digest_of, open_index, save_index
from bot.matching.scorer import Doubles
from bot.matching.sparse import Floats
from bot.matching.stance import Tone
from bot.matching.words import stem_code

BY_WORDS = 8
BY_MEANING = 4
POOL = 80
"""Records of a large library that share most words, among which meaning chooses."""
SHARED_WORDS = 2
"""Telling words that a text must share with the records to be looked at."""
LARGE = 1_000
"""Fact-checks from which on most chat shares some words with one of them."""
WORTH_A_LOOK = 1.25
"""Least score of the best record in a large library, in logarithms of its size."""
WORTH_SAVING = 1_000
"""Fact-checks from which on reading an index is quicker than making it."""
PROFILE_LIMIT = 20_000
SAME_AS_COUNTER = 0.9
TELLING = 0.05
"""Probability below which the stance is that on the likeliest claim."""
_COUNTERED = 0.2
_UNMET = 0.05


class ByRecord:
    """Fact-checks that have few examples or none."""

    def __init__(self, embedder: Embedder, models: Models) -> None:
        self._embedder = embedder
        self._checks: dict[str, FactCheck] = {}
        self._more: dict[str, list[str]] = {}
        self._counter: dict[str, list[str]] = {}
        self._index = RecordIndex()
        self._meanings = MeaningIndex()
        self._profiles: dict[str, Profile] = {}
        self._models = models
        self._scorer = models.by_record
        self._stances = models.stances_by_record

    def __len__(self) -> int:
        return len(self._checks)

    def put_all(
        self, checks: Sequence[FactCheck], examples: Iterable[Example], saved: Path | None = None
    ) -> None:
        """Add many fact-checks at once; `saved` is a folder that keeps their index."""
        self._checks = {str(check.slug): check for check in checks}
        for example in examples:
            self._note(example)
        if not checks:
            return
        if len(checks) < WORTH_SAVING:
            saved = None
        digest = digest_of(checks) if saved else ""
        known = open_index(saved, digest) if saved else None
        if known is None:
            known = SavedIndex(large_segment(checks), self._meanings_of(checks))
            if saved:
                save_index(saved, digest, known)
        self._index = RecordIndex([known.segment])
        self._meanings = known.meanings
        for slug in self._more:
            self._refresh(slug)

    def _meanings_of(self, checks: Sequence[FactCheck]) -> MeaningIndex:
        if len(checks) > BRUTE_LIMIT:
            return MeaningIndex()
        claims = self._embedder.embed([check.claim for check in checks])
        return MeaningIndex.of([str(check.slug) for check in checks], claims)

    def fork(self) -> "ByRecord":
        """Return a copy that learns by itself; what is frozen is shared."""
        other = ByRecord(self._embedder, self._models)
        other._checks = dict(self._checks)
        other._more = {slug: list(texts) for slug, texts in self._more.items()}
        other._counter = {slug: list(texts) for slug, texts in self._counter.items()}
        other._index = self._index.fork()
        other._meanings = self._meanings.fork()
        other._profiles = dict(self._profiles)
        return other

    def put(self, check: FactCheck, examples: Iterable[Example]) -> None:
        """Add a fact-check or replace the one with its slug."""
        slug = str(check.slug)
        self._checks[slug] = check
        for example in examples:
            self._note(example)
        self._refresh(slug)

    def add(self, example: Example) -> None:
        """Take an example as a further phrasing, a counter-example as something else."""
        self._note(example)
        self._refresh(str(example.slug))

    def remove(self, slug: str) -> None:
        """Take a fact-check out; one that is not there is no error."""
        if self._checks.pop(slug, None) is not None:
            self._index.remove(slug)
            self._meanings.remove(slug)
            self._profiles.pop(slug, None)
            self._more.pop(slug, None)
            self._counter.pop(slug, None)

    def shortlist(self, stems: Iterable[str]) -> list[Found]:
        """Return the records that share most with a text of these telling words.

        None in which the text shares too little with any record to be worth another look.
        """
        codes = {stem_code(stem) for stem in stems}
        if not self._checks or not codes:
            return []
        terms = np.array(sorted(codes), np.uint32)
        if self._index.known(terms) < min(SHARED_WORDS, len(codes)):
            return []
        large = len(self._checks) > LARGE
        least = WORTH_A_LOOK * math.log(len(self._checks)) if large else 0.0
        top = POOL if large else BY_WORDS
        return self._index.search(terms, self._index.rarity(terms), top, least)

    def judge(
        self, shortlist: Sequence[Found], seen: Sequence[View], vectors: Vector, size: int, top: int
    ) -> list[Judged]:
        """Return the likeliest fact-checks in a library of this size."""
        codes = sorted({code for one in seen for code in one.content_codes()})
        rarity = self._index.rarity(np.array(codes, np.uint32))
        weight = dict(zip(codes, rarity.tolist(), strict=True))
        found = {one.slug: one.score for one in shortlist[:BY_WORDS]}
        if len(self._checks) > LARGE:
            rest = {one.slug: one.score for one in shortlist[BY_WORDS:]}
            near = self._meanings.nearest_of(list(rest), vectors, BY_MEANING)
            found |= {slug: rest[slug] for slug in near}
        else:
            for slug in self._meanings.nearest(vectors, BY_MEANING):
                found.setdefault(slug, 0.0)
        profiles = [self._profile(slug) for slug in found]
        asked = Asked(seen, vectors, weight)
        table, best = compare(asked, profiles, list(found.values()))
        chances = _sized(self._scorer.probabilities(table), table, size, self._models.growth)
        tone = Tone(self._stances, seen)
        return [
            self._judged(
                seen, vectors, profiles[row], best[row], float(chances[row]), table[row], tone
            )
            for row in np.argsort(-chances, kind="stable")[:top]
        ]

    def _judged(
        self,
        seen: Sequence[View],
        vectors: Vector,
        profile: Profile,
        best: int,
        chance: float,
        row: Floats,
        tone: Tone,
    ) -> Judged:
        check = profile.fact_check
        near = profile.vectors @ vectors[best]
        gates = self._gates(check, seen, vectors, float(near.max()))
        if not gates["requires"]:
            chance = min(chance, _UNMET)
        if not gates["counter_examples"]:
            chance = min(chance, _COUNTERED)
        told = tone.first
        if told is None or chance >= TELLING:
            told = tone.told(best, check.phrasings)
        if any(phrase.tokens == seen[0].tokens for phrase in profile.phrases):
            told = told if told[0] is Stance.ASK else (Stance.ASSERT, "")
        phrasings = (*check.phrasings, *self._more.get(str(check.slug), ()))
        scorer = self._scorer
        return Judged(
            slug=str(check.slug),
            probability=chance,
            span=sentence_span(seen, lambda place: float((profile.vectors @ vectors[place]).max())),
            stance=told[0],
            stance_cue=told[1],
            phrasing=phrasings[int(near.argmax())],
            words=shared_words(
                seen[best],
                lambda stem: any(stem_code(stem) in one.codes for one in profile.phrases),
            ),
            features=NamedNumbers(scorer.names, lambda: row.tolist()),
            contributions=NamedNumbers(
                (*scorer.names, "base"), lambda: scorer.contributions(row[None])[0].tolist()
            ),
            gates=gates,
        )

    def _gates(
        self, check: FactCheck, seen: Sequence[View], vectors: Vector, nearest: float
    ) -> dict[str, bool]:
        return {
            "requires": requirement_met(check.requires, seen[0].text),
            "counter_examples": not self._countered(str(check.slug), vectors, nearest),
        }

    def _countered(self, slug: str, vectors: Vector, nearest: float) -> bool:
        texts = self._counter.get(slug)
        if not texts:
            return False
        likeness = float((self._embedder.embed(texts) @ vectors[0]).max())
        return likeness >= SAME_AS_COUNTER and likeness > nearest

    def _note(self, example: Example) -> None:
        known = self._more if example.raises else self._counter
        texts = known.setdefault(str(example.slug), [])
        if example.text not in texts:
            texts.append(example.text)

    def _refresh(self, slug: str) -> None:
        check = self._checks[slug]
        self._profiles.pop(slug, None)
        more = self._more.get(slug, ())
        self._index.put(check, more)
        if len(self._checks) <= BRUTE_LIMIT:
            self._meanings.put(slug, self._embedder.embed([check.claim])[0])

    def _profile(self, slug: str) -> Profile:
        profile = self._profiles.get(slug)
        if profile is None:
            if len(self._profiles) >= PROFILE_LIMIT:
                self._profiles.clear()
            profile = profile_of(self._checks[slug], self._embedder, self._more.get(slug, ()))
            self._profiles[slug] = profile
        return profile


def _sized(chances: Doubles, table: Floats, size: int, by: Growth) -> Doubles:
    """Make up for the size of the library: among more fact-checks, more come near by chance."""
    growth = max(0.0, float(np.log(size / USUAL_SIZE)))
    if not growth:
        return chances
    sure = np.clip(chances, 1e-9, 1 - 1e-9)
    share = np.minimum(table[:, 1], 1.0)
    odds = np.log(sure) - np.log1p(-sure) + growth * (by.share * (share - 0.5) - by.penalty)
    larger: Doubles = 1 / (1 + np.exp(-odds))
    return larger
