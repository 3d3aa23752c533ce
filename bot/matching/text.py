"""Finds the author's own words in a post, as sentences that point back into the original text.

Knows Discord's and Discourse's markup. Must never use a pattern that takes more than linear time.
"""

import re
import unicodedata
from dataclasses import dataclass

READ_LIMIT = 12_000
"""Characters that are read; Discord's limit is 4,000, and nobody makes a claim after page five."""
SENTENCE_LIMIT = 48
"""Sentences that are judged, from the beginning."""
PIECE_LIMIT = 600
"""Characters of one sentence; a longer run without an end is cut at a space."""

_DROPPED = "\x00"
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "\u00a0": " ", "\r": " ", "\t": " ",
    }
)  # fmt: skip
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINK = re.compile(r"<?\b(?:https?://|www\.)[^\s<>|)\]]{1,2000}>?")
_LABELLED = re.compile(r"\[([^\[\]\n]{1,200})\](\([^()\s]{0,300}\))")
_DISCORD = re.compile(r"<(?:a?:\w{1,40}:\d{1,25}|@[!&]?\d{1,25}|#\d{1,25}|t:\d{1,15}(?::\w)?)>")
_EMOJI_NAME = re.compile(r"(?<!\w):[A-Za-z][\w+-]{1,31}:(?!\w)")
_MENTION = re.compile(r"(?<![\w.])@[\w.\-]{1,40}")
_INLINE_CODE = re.compile(r"`[^`\n]{1,400}`")
_MARKS = re.compile(r"[*_~|]{2,3}|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|(?m:^[ ]{0,3}#{1,3}[ ])")
_QUOTED_LINE = re.compile(r"(?m)^[ ]{0,3}>(?!>>)[^\n]*")
_COMMAND = re.compile(
    r"\s{0,5}(?:[!/$%?&]|[a-zA-Z]{1,2}!)[a-z][\w-]{0,30}(?:\s|:|\Z)|\s{0,5}-[a-z]"
)
_QUERY = re.compile(
    r"\s{0,5}(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s[^\n]{0,400}\b(?:FROM|SET|VALUES)\b"
)
_BOUNDARY = re.compile(r"[.!?…]+[\"')\]]{0,3}(?=\s|\Z)|\n+|\s\|\s|;\s")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|inc|ltd|co|corp|jr|sr|approx|u\.s"
    r"|u\.k|feb|jan|aug|sept|sep|oct|nov|dec))\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the author's own, cleaned, with its place in the original text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What is left of a post when quotes, code, links, mentions and markup are taken away."""

    sentences: tuple[Sentence, ...]
    words: int
    characters: int
    quoted: str = ""
    """What the post quotes of others, cleaned."""


def own_words(text: str) -> OwnWords:
    """Return the author's own sentences; a bot command or a bare link has none."""
    text = text[:READ_LIMIT]
    if _COMMAND.match(text) or _QUERY.match(text):
        return OwnWords((), 0, 0)
    masked = _plain(text)
    masked = _without_code(masked)
    masked = _LABELLED.sub(lambda found: f" {found[1]} " + " " * len(found[2]), masked)
    masked = _blank(_LINK, masked)
    masked = _blank(_DISCORD, masked)
    masked, quoted = _without_quotes(masked)
    masked = _blank(_MENTION, masked)
    masked = _blank(_EMOJI_NAME, masked)
    masked = _MARKS.sub(lambda found: _DROPPED * len(found[0]), masked)
    sentences = _sentences(masked)
    words = sum(len(_WORD.findall(sentence.text)) for sentence in sentences)
    characters = sum(len(sentence.text) for sentence in sentences)
    return OwnWords(sentences, words, characters, " ".join(quoted.split()))


def _plain(text: str) -> str:
    """Map every character to one plain character, or to the mark for dropping."""
    if text.isascii():
        return text.replace("\r", " ").replace("\t", " ").replace(_DROPPED, " ")
    text = text.replace(_DROPPED, " ").translate(_PLAIN)
    text = _SURROGATE.sub(" ", _ZERO_WIDTH.sub(_DROPPED, text))
    return text if text.isascii() else "".join(map(_compatible, text))


def _compatible(character: str) -> str:
    if character < "\u0180":
        return character
    simple = unicodedata.normalize("NFKC", character)
    return simple if len(simple) == 1 else character


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " * len(found[0]), text)


def _without_code(text: str) -> str:
    parts = text.split("```")
    if len(parts) > 1:
        last = len(parts) - 1
        for place in range(1, len(parts), 2):
            if place < last:
                parts[place] = "\n" + " " * (len(parts[place]) - 1) if parts[place] else ""
        text = "   ".join(parts)
    return _blank(_INLINE_CODE, text) if "`" in text else text


def _without_quotes(text: str) -> tuple[str, str]:
    """Blank block quotes of Discord, Discourse and e-mail, and return them apart."""
    quoted: list[str] = []

    def take(start: int, end: int) -> None:
        nonlocal text
        quoted.append(text[start:end].strip("> \n"))
        text = text[:start] + " " * (end - start) + text[end:]

    tail = text.find(">>> ")
    if tail == 0 or (tail > 0 and text[tail - 1] == "\n"):
        take(tail, len(text))
    for _ in range(20):
        opening = text.find("[quote")
        if opening < 0:
            break
        closing = text.find("[/quote]", opening)
        take(opening, closing + len("[/quote]") if closing >= 0 else len(text))
    if ">" in text:
        quoted.extend(found[0].strip("> ") for found in _QUOTED_LINE.finditer(text))
        text = _blank(_QUOTED_LINE, text)
    return text, " ".join(quoted)


def _sentences(masked: str) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    start = 0
    for end in _ends(masked):
        if end - start > PIECE_LIMIT:
            for piece_start, piece_end in _cut(masked, start, end):
                _add(sentences, masked, piece_start, piece_end)
        else:
            _add(sentences, masked, start, end)
        start = end
        if len(sentences) >= SENTENCE_LIMIT:
            break
    return tuple(sentences[:SENTENCE_LIMIT])


def _ends(masked: str) -> list[int]:
    ends = []
    for found in _BOUNDARY.finditer(masked):
        if found[0].startswith(".") and _ABBREVIATION.search(
            masked, max(0, found.start() - 8), found.start()
        ):
            continue
        ends.append(found.end())
    ends.append(len(masked))
    return ends


def _cut(masked: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    while end - start > PIECE_LIMIT and len(pieces) < SENTENCE_LIMIT:
        space = masked.rfind(" ", start + PIECE_LIMIT // 2, start + PIECE_LIMIT)
        stop = space if space > 0 else start + PIECE_LIMIT
        pieces.append((start, stop))
        start = stop
    return [*pieces, (start, min(end, start + PIECE_LIMIT))]


def _add(sentences: list[Sentence], masked: str, start: int, end: int) -> None:
    piece = masked[start:end]
    lead = len(piece) - len(piece.lstrip(" \n" + _DROPPED))
    piece = piece.strip(" \n" + _DROPPED)
    cleaned = " ".join(piece.replace(_DROPPED, "").split())
    if _WORD.search(cleaned):
        sentences.append(Sentence(cleaned, start + lead, start + lead + len(piece)))
