"""Compares a text with examples of how people say each claim, and with counter-examples.

Kernel ridge regression, one target per fact-check, over words, parts of words, concepts and
meaning. Learns an added example at once. Knows no thresholds and makes no decision.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.concepts import load_concepts
from bot.matching.embeddings import Embedder, Vector
from bot.matching.reading import View, meanings, view
from bot.matching.sparse import Floats, Frozen, Postings, Queries, freeze
from bot.matching.spelling import Spelling, common_words
from bot.matching.text import own_words
from bot.matching.words import tokens

KERNELS = ("words", "parts", "meaning", "concepts")
MIX = np.array([0.3, 0.2, 0.3, 0.2], np.float32)
"""How much each kind of likeness counts."""
MEANING_SIZE = 64
"""Dimensions that are compared; the embeddings' first ones are a smaller embedding."""
SHIFT = 0.3
RIDGE = 0.05
GENERAL = ("any", "assert", "deny", "ask", "report")
"""Targets beside the fact-checks: whether the text raises any, and what it does with it."""
_PRIOR = -1.0
COMMON_SHARE = 0.12
"""Share of the messages from which on a term is too common to compare by."""
_MANY = 500
"""Messages that it takes to tell what is common."""


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled text: a phrasing, an example or a counter-example."""

    text: str
    raises: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    """Fact-checks of which it is a counter-example."""
    stance: str = "assert"
    phrasing: bool = False
    """True for the record's own claim and variants."""


def own_text(text: str) -> str:
    """Return the author's own words as one cleaned line."""
    return " ".join(sentence.text for sentence in own_words(text).sentences)


@dataclass(slots=True)
class Likeness:
    """How like each known message the views of a text are."""

    kinds: Floats
    """Kernels x views x messages."""
    mixed: Floats
    """Views x messages."""
    scores: Floats
    """Views x targets: the fact-checks, then the general ones."""


@dataclass(slots=True)
class Weighing:
    """Term weights of one kind: rare ones count more, unknown ones most, common ones nothing."""

    terms: NDArray[np.uint32]
    rarity: Floats
    rarest: float

    def weigh_all(self, documents: Sequence[Sequence[int]]) -> Queries:
        """Return the unit vectors of several texts' terms at once."""
        sizes = [len(codes) for codes in documents]
        keys = np.repeat(np.arange(len(documents), dtype=np.int64) << 32, sizes)
        keys += np.fromiter((term for codes in documents for term in codes), np.int64, sum(sizes))
        keys, amounts = np.unique(keys, return_counts=True)
        owners = keys >> 32
        terms = (keys & 0xFFFFFFFF).astype(np.uint32)
        weights = (1 + np.log(amounts)).astype(np.float32) * self.of(terms)
        norms = np.sqrt(np.bincount(owners, weights * weights, len(documents)), dtype=np.float32)
        weights /= np.maximum(norms, np.float32(1e-9))[owners]
        telling = weights > 0
        return Queries(len(documents), owners[telling], terms[telling], weights[telling])

    def weigh(self, codes: Sequence[int]) -> dict[int, float]:
        """Return the unit vector of these terms."""
        count = Counter(codes)
        if not count:
            return {}
        terms = np.fromiter(count.keys(), np.uint32, len(count))
        amounts = np.fromiter(count.values(), np.float32, len(count))
        weights = (1 + np.log(amounts)) * self.of(terms)
        weights /= max(1e-9, math.sqrt(float(weights @ weights)))
        found = zip(terms.tolist(), weights.tolist(), strict=True)
        return {term: weight for term, weight in found if weight > 0}

    def of(self, terms: NDArray[np.uint32]) -> Floats:
        """Return the rarity of each term."""
        places = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        known = self.terms[places] == terms
        return np.where(known, self.rarity[places], np.float32(self.rarest)).astype(np.float32)


def weighing(documents: Sequence[Sequence[int]]) -> Weighing:
    """Learn how rare each term is."""
    frequency = Counter(term for document in documents for term in set(document))
    terms = np.array(sorted(frequency), np.uint32)
    counts = np.array([frequency[int(term)] for term in terms], np.float32)
    size = len(documents)
    rarity = np.log((1 + size) / (1 + counts)) + 1
    if size >= _MANY:
        rarity[counts > COMMON_SHARE * size] = 0
    return Weighing(terms, rarity.astype(np.float32), math.log(1 + size) + 1)


@dataclass(slots=True)
class ExampleSpace:
    """All labelled messages, and the weights learned from them."""

    slugs: list[str]
    messages: list[Message]
    words: Postings
    parts: Postings
    word_weights: Weighing
    part_weights: Weighing
    concept_weights: Floats
    concepts: Floats
    """Messages x concepts, unit rows."""
    vectors: Vector
    """Messages x dimensions, unit rows."""
    centre: Floats
    learned: Floats
    """Messages x targets: the dual weights."""
    by_concept: Floats = field(init=False)
    """The concepts again, concepts x messages: quicker to pick from."""
    by_meaning: Floats = field(init=False)
    """The vectors again, dimensions x messages: quicker to multiply with; shares their memory."""
    content: list[tuple[str, ...]]
    embedder: Embedder
    spelling: Spelling

    def __post_init__(self) -> None:
        self.take_concepts(self.concepts)
        self.take_vectors(self.vectors)

    def take_vectors(self, rows: Vector) -> None:
        """Set the messages' vectors of meaning."""
        self.by_meaning = np.ascontiguousarray(rows.T)
        self.vectors = self.by_meaning.T

    def take_concepts(self, rows: Floats) -> None:
        """Set the messages' concepts."""
        self.concepts = rows
        self.by_concept = np.ascontiguousarray(rows.T)

    # ---------------------------------------------------------------- comparing

    def compare(self, views: Sequence[View], vectors: Vector) -> Likeness:
        """Compare each view with every message."""
        size = len(self.messages)
        kinds = np.empty((4, len(views), size), np.float32)
        kinds[0] = self.words.scores(self.word_weights.weigh_all([one.words() for one in views]))
        kinds[1] = self.parts.scores(self.part_weights.weigh_all([one.parts() for one in views]))
        np.matmul(self.centred(vectors), self.by_meaning, out=kinds[2])
        self._score_concepts(views, kinds[3])
        mixed = kinds[0] * MIX[0]
        for kind in (1, 2, 3):
            mixed += kinds[kind] * MIX[kind]
        weights = mixed + np.float32(SHIFT)
        weights *= weights
        scores = weights @ self.learned
        scores += np.float32(_PRIOR)
        return Likeness(kinds, mixed, scores)

    def _score_concepts(self, views: Sequence[View], scores: Floats) -> None:
        """Work out how like each view's concepts are to every message's."""
        mentioned = sorted({concept for one in views for concept in one.concepts})
        rows = self.concept_rows(views)[:, mentioned]
        np.matmul(rows, self.by_concept[mentioned], out=scores)

    def centred(self, vectors: Vector) -> Vector:
        """Return vectors relative to the centre of all messages, as unit vectors."""
        moved = vectors[:, : len(self.centre)] - self.centre
        norms = np.linalg.norm(moved, axis=1, keepdims=True)
        unit: Vector = moved / np.maximum(norms, np.float32(1e-9))
        return unit

    def concept_rows(self, views: Sequence[View]) -> Floats:
        """Return one unit row of weighted concepts per view."""
        rows = np.zeros((len(views), len(self.concept_weights)), np.float32)
        for place, one in enumerate(views):
            mentioned = list(one.concepts)
            if mentioned:
                weights = self.concept_weights[mentioned]
                rows[place, mentioned] = weights / np.linalg.norm(weights)
        return rows

    # ---------------------------------------------------------------- learning

    def fork(self) -> "ExampleSpace":
        """Return a copy that learns by itself; what does not change is shared."""
        return replace(
            self,
            slugs=list(self.slugs),
            messages=list(self.messages),
            words=self.words.fork(),
            parts=self.parts.fork(),
            learned=self.learned.copy(),
            content=list(self.content),
        )

    def add_claim(self, slug: str) -> None:
        """Make room for a fact-check: all that is known so far does not raise it."""
        place = len(self.slugs)
        self.slugs.append(slug)
        self.learned = np.insert(self.learned, place, np.float32(0), axis=1)

    def add(self, message: Message) -> int:
        """Learn one message at once: one step of coordinate descent; return its row."""
        one = view(own_text(message.text), spelling=self.spelling)
        vector = meanings(self.embedder, [one])
        likeness = self.compare([one], vector)
        row = self.words.add(self.word_weights.weigh(one.words()))
        self.parts.add(self.part_weights.weigh(one.parts()))
        self.take_concepts(np.vstack([self.concepts, self.concept_rows([one])]))
        self.take_vectors(np.vstack([self.vectors, self.centred(vector)]))
        self.messages.append(message)
        self.content.append(one.content)
        itself = (1 + SHIFT) ** 2 + RIDGE
        step = (targets([message], self.slugs)[0] - likeness.scores[0]) / np.float32(itself)
        self.learned = np.vstack([self.learned, step[None]]).astype(np.float32)
        return row


def targets(messages: Sequence[Message], slugs: Sequence[str]) -> Floats:
    """Return what the regression should answer: 1 raises it, 0 may, -1 does not."""
    place = {slug: number for number, slug in enumerate(slugs)}
    wanted = np.full((len(messages), len(slugs) + len(GENERAL)), -1, np.float32)
    for row, message in enumerate(messages):
        for slug in message.related:
            if slug in place:
                wanted[row, place[slug]] = 0
        for slug in message.raises:
            if slug in place:
                wanted[row, place[slug]] = 1
        if message.raises:
            wanted[row, len(slugs)] = 1
            if message.stance in GENERAL:
                wanted[row, len(slugs) + GENERAL.index(message.stance)] = 1
        elif message.related:
            wanted[row, len(slugs)] = 0
    return wanted


def build_space(slugs: Sequence[str], messages: Sequence[Message]) -> ExampleSpace:
    """Learn from all messages at once; takes seconds for thousands of them."""
    embedder = Embedder.load()
    texts = [own_text(message.text) for message in messages]
    spelling = Spelling(common_words(map(tokens, texts)), embedder.is_one_piece)
    seen = [view(text, spelling=spelling) for text in texts]
    words = [one.words() for one in seen]
    parts = [one.parts() for one in seen]
    word_weights, part_weights = weighing(words), weighing(parts)
    mentioned = Counter(concept for one in seen for concept in one.concepts)
    concept_weights = np.array(
        [math.log((1 + len(seen)) / (1 + mentioned[k])) + 1 for k in range(len(load_concepts()))],
        np.float32,
    )
    vectors = embedder.embed([one.text for one in seen])
    space = ExampleSpace(
        slugs=list(slugs),
        messages=list(messages),
        words=Postings(freeze([word_weights.weigh(codes) for codes in words]), len(seen)),
        parts=Postings(freeze([part_weights.weigh(codes) for codes in parts]), len(seen)),
        word_weights=word_weights,
        part_weights=part_weights,
        concept_weights=concept_weights,
        concepts=np.zeros((0, len(concept_weights)), np.float32),
        vectors=np.zeros((0, MEANING_SIZE), np.float32),
        centre=vectors[:, :MEANING_SIZE].mean(axis=0),
        learned=np.zeros((len(seen), len(slugs) + len(GENERAL)), np.float32),
        content=[one.content for one in seen],
        embedder=embedder,
        spelling=spelling,
    )
    space.take_vectors(space.centred(vectors))
    space.take_concepts(space.concept_rows(seen))
    space.learned = _solve(space, targets(messages, slugs))
    return space


def _solve(space: ExampleSpace, wanted: Floats) -> Floats:
    """Solve (K + ridge) x = targets for the kernel over all messages."""
    solved: Floats = np.linalg.solve(kernel_of(space), wanted - np.float32(_PRIOR))
    return solved.astype(np.float32)


def kernel_of(space: ExampleSpace) -> Floats:
    """Return the likeness of all messages to all messages, with the ridge on the diagonal."""
    size = len(space.messages)
    kernel = MIX[0] * _gram(space.words.frozen, size) + MIX[1] * _gram(space.parts.frozen, size)
    kernel += MIX[2] * (space.vectors @ space.vectors.T)
    kernel += MIX[3] * (space.concepts @ space.concepts.T)
    shifted: Floats = ((kernel + np.float32(SHIFT)) ** 2).astype(np.float32)
    shifted[np.diag_indices(size)] += np.float32(RIDGE)
    return shifted


def _gram(frozen: Frozen, size: int) -> Floats:
    """Return the inner products of all rows with all rows."""
    gram = np.zeros((size, size), np.float32)
    starts = frozen.starts
    for place in range(len(frozen.terms)):
        rows = frozen.rows[starts[place] : starts[place + 1]]
        if len(rows) > 1:
            weights = frozen.weights[starts[place] : starts[place + 1]]
            gram[np.ix_(rows, rows)] += np.outer(weights, weights)
        else:
            gram[rows[0], rows[0]] += frozen.weights[starts[place]] ** 2
    return gram
