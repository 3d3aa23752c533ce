"""Turns text into comparable words: stems, pairs, parts of words, numbers; knows short forms.

Pure; must never depend on hash order or on which fact-checks there are.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import Stemmer

_STEMMER = Stemmer.Stemmer("english", 0)
_TOKEN = re.compile(r"[$€£]?\d+(?:[.,]\d+)*(?:\s?%|[a-z]{1,2}\b)?|[^\W_]+(?:['’.&][^\W_]+)*")
_STOP = """a an and are as at be been being but by can could did do does doing for from had has have
    having he her hers him his how i if in into is it its itself just me more most my myself no nor
    not of off on once only or other our ours out over own s same she should so some such t than
    that the their theirs them themselves then there these they this those through to too under
    until up very was we were what when where which while who whom why will with would you your
    yours yourself about again all also am any because before between both during each few further
    here lol like really get got even still one much many well now say says said saying thing
    things going go im ive dont didnt doesnt isnt cant wont thats theyre youre ur u r ya yeah
    tbh imo imho ngl fr bro lmao btw idk anyway maybe actually literally"""
STOP_WORDS = frozenset(_STOP.split())
PART_LENGTH = 4
"""Characters of a part of a word; long enough to be telling, short enough to survive a typo."""


def tokens(text: str) -> list[str]:
    """Return the text's words and numbers in lower case, in order."""
    return _TOKEN.findall(text.lower())


@lru_cache(maxsize=65_536)
def stem(token: str) -> str:
    """Return the stem of one lower-case word."""
    word = token.replace("’", "'").removesuffix("'s").replace(".", "").replace("'", "")
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=65_536)
def is_content(token: str) -> bool:
    """Tell whether a lower-case word carries meaning of its own."""
    return token.replace("'", "") not in STOP_WORDS


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [stem(token) for token in tokens(text) if is_content(token)]


def name_stems(text: str) -> frozenset[str]:
    """Return the stems of the words that are written like names."""
    names = (word for place, word in enumerate(text.split()) if word[:1].isupper() and place > 0)
    return frozenset(stem for word in names for stem in content_stems(word))


def numbers_of(found: Iterable[str]) -> frozenset[str]:
    """Return the numbers among tokens, without signs and units."""
    plain = (
        token.strip("$€£% ").replace(",", "")
        for token in found
        if not token.isalpha() and any(map(str.isdigit, token))
    )
    return frozenset(one.rstrip("abcdefghijklmnopqrstuvwxyz") for one in plain)


def code(term: str) -> int:
    """Return a 32-bit number for a term that is the same in every process."""
    return crc32(term.encode("utf-8", "replace"))


@lru_cache(maxsize=65_536)
def stem_code(stemmed: str) -> int:
    """Return the number of a single stem."""
    return crc32(stemmed.encode("utf-8", "replace"))


def word_codes(stems: list[str]) -> list[int]:
    """Return the numbers of the stems and of the pairs of neighbours."""
    single = [stem_code(word) for word in stems]
    pairs = [crc32(b"%x+%x" % pair) for pair in pairwise(single)]
    return single + pairs


@lru_cache(maxsize=32_768)
def part_codes(token: str) -> tuple[int, ...]:
    """Return the numbers of a word's parts of four characters, its edges marked."""
    padded = f"#{token}#"
    if len(padded) <= PART_LENGTH:
        return (code("~" + padded),)
    last = min(len(padded), 40) - PART_LENGTH + 1
    return tuple(code("~" + padded[at : at + PART_LENGTH]) for at in range(last))


def all_part_codes(words: Iterable[str]) -> list[int]:
    """Return the numbers of all words' parts, repeated as often as they occur."""
    return [part for word in words for part in part_codes(word)]
