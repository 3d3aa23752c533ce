"""Turns text into comparable words: stems, numbers, names and pairs; knows common short forms.

Pure; must never depend on hash order or on which fact-checks there are.
"""

import re
from functools import lru_cache

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


def tokens(text: str) -> list[str]:
    """Return the text's words and numbers in lower case, in order."""
    return _TOKEN.findall(text.lower())


@lru_cache(maxsize=65_536)
def stem(token: str) -> str:
    """Return the stem of one lower-case word."""
    word = token.replace("’", "'").removesuffix("'s").replace(".", "").replace("'", "")
    return str(_STEMMER.stemWord(word))


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [stem(token) for token in tokens(text) if token not in STOP_WORDS]
