"""A post as the matcher compares it: the views of it, each with its terms, concepts and meaning.

A view is the whole of the author's words, or one sentence. Knows nothing of fact-checks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.concepts import load_concepts
from bot.matching.embeddings import Embedder, Vector
from bot.matching.spelling import Spelling
from bot.matching.text import OwnWords
from bot.matching.words import all_part_codes, is_content, stem, stem_code, tokens, word_codes

VIEW_LIMIT = 12
"""Views of one post; more sentences than that are judged together only."""
VIEW_WORDS = 4
"""Words that a sentence needs to be judged by itself."""
WORD_LIMIT = 700
"""Words of a view that are compared."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a post."""

    text: str
    start: int
    end: int
    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    content: tuple[str, ...]
    """Stems of the words that carry meaning, each once, in order."""
    concepts: tuple[int, ...]

    def words(self) -> list[int]:
        """Return the numbers of the words and word pairs."""
        return word_codes(list(self.stems))

    def parts(self) -> list[int]:
        """Return the numbers of the parts of the words that carry meaning."""
        return all_part_codes(token for token in self.tokens if is_content(token))

    def content_codes(self) -> list[int]:
        """Return the numbers of the words that carry meaning."""
        return [stem_code(word) for word in self.content]


def view(text: str, start: int = 0, end: int = 0, *, spelling: Spelling | None = None) -> View:
    """Return one view of a cleaned text."""
    found = tuple(tokens(text)[:WORD_LIMIT])
    if spelling is not None:
        found = tuple(map(spelling.corrected, found))
    stems = tuple(stem(token) for token in found)
    content = dict.fromkeys(
        word for word, token in zip(stems, found, strict=True) if is_content(token)
    )
    known = load_concepts().of(list(stems))
    return View(text, start, end, found, stems, tuple(content), known)


def views(own: OwnWords, spelling: Spelling | None = None) -> list[View]:
    """Return the whole text first, then each sentence that can stand by itself."""
    sentences = own.sentences
    if not sentences:
        return []
    whole = view(
        " ".join(sentence.text for sentence in sentences),
        sentences[0].start,
        sentences[-1].end,
        spelling=spelling,
    )
    if len(sentences) == 1 or not whole.tokens:
        return [whole] if whole.tokens else []
    single = [
        view(one.text, one.start, one.end, spelling=spelling) for one in sentences[: VIEW_LIMIT * 2]
    ]
    return [whole, *[one for one in single if len(one.tokens) >= VIEW_WORDS][: VIEW_LIMIT - 1]]


def meanings(embedder: Embedder, of: Sequence[View]) -> Vector:
    """Return one unit vector per view; the first is the whole, which has the others' text."""
    if len(of) == 1:
        return embedder.embed([of[0].text])
    whole, spans, start = of[0].text, [], 0
    for one in of[1:]:
        start = whole.index(one.text, start)
        spans.append((start, start + len(one.text)))
        start += len(one.text)
    return embedder.embed_parts(whole, spans)
