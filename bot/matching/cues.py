"""The words by which a text shows what it does with a claim: cue phrases, and the manner of a post.

Knows English only, and no claim; every look-up takes linear time.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.matches import Stance


def listed(words: str) -> frozenset[str]:
    """Return the words of a list that is written as one text."""
    return frozenset(words.split())


NEGATORS = listed(
    "not never nobody none nothing neither nor without cannot no hardly barely scarcely zero aint"
    " didnt doesnt dont isnt arent wasnt werent hasnt havent hadnt cant couldnt wont wouldnt"
    " shouldnt nowhere"
)
_PHRASES: dict[str, tuple[Stance, str]] = {
    "calls_false": (
        Stance.DENY,
        "myth|myths|debunked|debunk|debunks|debunking|hoax|misconception|misinformation"
        "|disinformation|untrue|urban legend|fairy tale|fairytale|fake news|fake story|a fake"
        "|was fake|is fake|made up|fabricated|made that up|no truth|not true|isnt true|wasnt true"
        "|arent true|not actually true|is false|thats false|was false|simply false|totally false"
        "|false claim|is wrong|thats wrong|dead wrong|just wrong|not the case|isnt the case"
        "|nonsense|bullshit|bs|baloney|rubbish|bollocks|hogwash|crap|lie|lies|refuted|disproven"
        "|disproved|never happened|didnt happen|hasnt happened|no such thing|no evidence"
        "|zero evidence|no proof|contrary to|doesnt hold up|dont hold up|not how|isnt how|not what"
        "|isnt what|tell that to|my foot|in your dreams|no longer true|incorrect|no basis"
        "|demonstrably|conspiracy|couldnt be further|is a stretch",
    ),
    "calls_doubtful": (
        Stance.DENY,
        "misleading|outdated|exaggerated|exaggeration|exaggerating|overblown|oversimplified|too"
        " broad|wrong|false|fake|wishful thinking|inaccurate|not quite|not really|that simple|so"
        " simple|far from|on the contrary|the opposite|rewriting history|mixed up|mixing up"
        "|confuse|confusing|confused|confuses|mistaken|misread|misunderstand|misunderstanding"
        "|silly|garbage|useless|worthless|ridiculous|absurd|stretch|clickbait|out of context"
        "|taken out|never said|didnt say|doesnt mean|nowhere near|not even|not at all|at all"
        "|by no means|anything but|worst case|edge case|cherry picked|meaningless",
    ),
    "doubts": (
        Stance.DENY,
        "doubt|dont believe|dont buy|not buying|disagree|hard to believe|not convinced|sceptical"
        "|skeptical|doubtful|unlikely|no way|nice try|good luck|as if",
    ),
    "protests": (
        Stance.DENY,
        "stop saying|stop spreading|stop repeating|stop calling|stop pretending|stop claiming|stop"
        " telling|stop acting|stop painting|stop scaring|stop blaming|please stop|pls stop|quit"
        " saying|quit spreading|people keep|ppl keep|keep repeating|keep saying|keep claiming|dont"
        " tell|please drop|retire it|spare me|tired of hearing|sick of hearing",
    ),
    "scorns": (
        Stance.DENY,
        "keep hearing|keep reading|calling that|calling it|calling this|the idea that|the claim"
        " that|the notion that|this idea|that idea|the story|that story|the argument|that argument"
        "|lazy argument|people who think|anyone who thinks|anyone who says|anyone claiming|if you"
        " think|you think|you people|so called|supposed|this whole|that whole|read the|look it up"
        "|do the math|do the maths|educate yourself|learn how|you realise|you realize|everyone"
        " thinks|everybody thinks|everyone says|everybody says",
    ),
    "corrects": (
        Stance.DENY,
        "actually|in fact|in reality|to be fair|fwiw|except|rather|instead|only|still|though"
        "|although|however|merely|really about|mostly about|was about|were about|different"
        "|difference|depends|case by case|exception|exceptions|limits|just because|settled|so"
        " much for|more nuanced|nuance|big if|technically",
    ),
    "counts_others": (
        Stance.NONE,
        "plenty of|lots of|many|several|some|loads of|tons of|most of|half of|dozens|thousands of"
        "|a handful|a few|every single|everyone i know|nobody i know|i know lots|ask any|anyone"
        " who|just fine|as well|same way|the same|like humans|just like|every human|since"
        " forever|for decades|for centuries",
    ),
    "witnesses": (
        Stance.NONE,
        "i tested|ive tested|i tried|ive tried|i work|i worked|i lived|ive lived|ive been|i was|i"
        " placed|i measured|lawyer here|here not yours|in my experience|my studio|our studio|my"
        " own|i can|i know|ive seen|ive never|i have never|we hired|my team|i run|ive used|i use",
    ),
    "asks": (
        Stance.ASK,
        "is it true|is that true|is this true|any truth|anyone know|anybody know|does anyone|does"
        " anybody|wondering|wonder if|wonder whether|curious|genuine question|serious question"
        "|honest question|quick question|source|or is that|or not|or what|true or|can someone|can"
        " anyone|can anybody|what happened|is this real|is that real|did they|have they|should i"
        " believe|asking for|not sure if|not sure whether|no idea if|no idea whether|any proof|is"
        " there|question|explain|sources|fact check|is it just",
    ),
    "inverts": (
        Stance.ASK,
        "is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|isnt|arent|didnt"
        "|doesnt|hasnt|who|what|why|how|which|when|where|whats|hows|since when",
    ),
    "attributes": (
        Stance.REPORT,
        "according to|says|said|told|tells|claims|claimed|claiming|saying|report|reports|reported"
        "|reporting|insists|insisted|argues|argued|announced|announces|states|stated|wrote|writes"
        "|writing|quoted|quotes|quoting|mentioned|calls|called|swears|swore|warn|warns|warned|heard"
        "|hear|explained|explains|showed|shows|reckons|thinks|believes|admits|admitted|posted"
        "|describes|described|brought up|pointed out|points out|per|via|citing|cites|confirms"
        "|confirmed|suggests|reveals|revealed|accuses|accused|accuse|say|finds|found|find|predicts"
        "|ranks|going around|going round|in the news|in a video|in an interview",
    ),
    "by_hearsay": (
        Stance.REPORT,
        "reportedly|allegedly|apparently|supposedly|rumour|rumor|rumours|rumors|people say|people"
        " are saying|folks say|they say|word is|cant verify|just passing|not my words|relaying|read"
        " that|read somewhere|i read|i heard|i saw|saw a|read a|read an|heard that|heard from|heard"
        " a|heard on|forwarded|shared a|sent me|linked|they wrote",
    ),
    "names_source": (
        Stance.REPORT,
        "article|podcast|newsletter|headline|headlines|blog|column|columnist|magazine|newspaper"
        "|paper|thread|tweet|post|video|youtuber|documentary|journalist|reporter|news|bbc|cnn"
        "|guardian|times|reuters|verge|bloomberg|wired|press|radio|speaker|panel|lecture|lecturer"
        "|somewhere|linkedin|reddit|facebook|tiktok|wikipedia|youtube|slide|keynote|interview|reel"
        "|episode|booklet|poster|whatsapp|instagram|twitter|subreddit|discord|stream|streamer",
    ),
    "others_say": (
        Stance.REPORT,
        "friend|mate|cousin|uncle|aunt|brother|sister|dad|mom|mum|boss|colleague|coworker|guy|lady"
        "|dude|neighbour|neighbor|roommate|flatmate|teacher|professor|prof|tutor|client|lead"
        "|someone|somebody|director|consultant|landlord|instructor|coach|wife|husband|girlfriend"
        "|boyfriend|daughter|son|nan|grandma|grandpa|classmate|publisher|editor|mod|a girl|some"
        " dude",
    ),
    "brings_news": (
        Stance.REPORT,
        "study|survey|poll|researchers|research|scientists|experts|judge|judges|court|lawsuit|suit"
        "|appeals|ruling|regulators|minister|ministers|government|officials|police|union|guild"
        "|breaking|exclusive|analysis|opinion|industry|executives|ceo|company|firm|startup|artists"
        "|creators|authors|musicians|actors|writers|publishers|studios|fans|players|listeners"
        "|viewers|landmark|record|million|billion|amid|after|over|new",
    ),
    "headline_verb": (
        Stance.REPORT,
        "rules|sues|bans|wins|loses|faces|launches|plans|agrees|settles|files|releases|drops"
        "|cancels|sells|fetches|hits|joins|signs|urges|asks|demands|rejects|dismisses|denies|grants"
        "|orders|requires|adds|removes|allows|lets|takes|gets|tops|leads|sparks|angers|boycotts"
        "|protests|pushes|moves|backs|cuts|hires|fires|lays|replaces|unveils|introduces|declines"
        "|refuses|turns|becomes|raises|threatens|sides|beats|draws|closes|opens|ends|goes|comes"
        "|makes|uses|sue|file|face|win|lose|sign|ask|settle|release|protest|strike|join|flock"
        "|boycott|urge|demand|oppose|embrace|attack|leave|push|to pay|to use|to require|to let|to"
        " allow|to ban|to reach",
    ),
    "mocks": (
        Stance.ASSERT,
        "yeah right|sure jan|love how|funny how|chefs kiss|oh no|totally|genius|shocking|imagine"
        "|of course|thanks to|oh sure|oh great|clearly|can we talk|remember when|reminder|fun fact"
        "|the fact that|just saying|crazy that|wild that|insane that",
    ),
    "hedges": (
        Stance.REPORT,
        "might|maybe|perhaps|probably|possibly|seems|seemingly|i think|i guess|i believe|afaik"
        "|iirc|could be|likely|sounds like|pretty sure|not sure|may",
    ),
    "chats": (
        Stance.NONE,
        "lol|lmao|bro|ngl|tbh|imo|imho|u|ur|fr|smh|idk|omg|wtf|yall|gonna|wanna|kinda|ppl|bc|cuz"
        "|dude|literally|honestly|fuck|fucking|shit|damn|hell|ass|yeah|nah|ok|okay|wow|haha|rn|af"
        "|thats|im|youre|theyre|ive|its|dont|cant|wont|doesnt|isnt|didnt",
    ),
}
_REFUSALS = listed(
    "nope nah wrong false nonsense incorrect untrue rubbish bs bullshit lies fake myth hardly"
    " disagree"
)
_AFTER_NO = listed("it they that he she you we i this its theyre thats youre")
_OPENERS = listed("so and but wait ok okay hey hi q question like um well yo also or")
_ENDS = frozenset('.!?:;-("')
_BEFORE_INVERSION = _ENDS | _OPENERS | {","}
_FIRST_PERSON = listed("i im ive id ill my me we our us mine")
_SECOND_PERSON = listed("you your youre u ur yours yall")
_CLOSING = frozenset(".!?")
_SCOFFS = frozenset("🙄🤡😏💀😂🤣") | {"/s"}
_WORD = re.compile(
    r"\d+(?:[.,]\d+)+|\b(?:[a-z]\.){2,9}|[^\W_]+|[.!?,:;…\"()\-🙄🤡😏💀😂🤣]|(?<!\w)/s\b"
)
_WRITTEN = re.compile(
    r"\d+(?:[.,]\d+)+|\b(?:[a-z]\.){2,9}|[^\W_]+(?:'[^\W_]*)*|[.!?,:;…\"()\-🙄🤡😏💀😂🤣]|(?<!\w)/s\b"
)
"""The same words with their apostrophes."""
WORDS_READ = 400
"""Words of a text that are looked through for cues."""

_FORMS = {
    "refuses": Stance.DENY,
    "negates": Stance.DENY,
    "scoffs": Stance.ASSERT,
    "quotes": Stance.NONE,
}
"""Cues that are no phrases: a sentence that begins with no, a negation, a scoff, quoted words."""
_MEANT = {**{name: stance for name, (stance, _) in _PHRASES.items()}, **_FORMS}
CUES = tuple(_MEANT)
_PLACE = {name: place for place, name in enumerate(CUES)}
REFUTING = frozenset(_PLACE[name] for name in ("calls_false", "doubts", "protests", "refuses"))
"""Cues that speak of something that was said, and call it false."""
_REFUSES, _INVERTS, _QUOTES = _PLACE["refuses"], _PLACE["inverts"], _PLACE["quotes"]
SHORT = 60
"""Characters below which a post is short."""
MANNER_FEATURES = (
    "question_here",
    "question_anywhere",
    "question_ends",
    "exclaims",
    "short",
    "single",
    "headline",
    "plain_headline",
    "colon",
    "unpunctuated",
    "lower_start",
    "first_person",
    "second_person",
)


def _lexicon() -> dict[str, list[tuple[int, list[str], int]]]:
    """Return, by its first word, every cue phrase with its length and the place of its cue."""
    found: dict[str, list[tuple[int, list[str], int]]] = {}
    for name, (_, phrases) in _PHRASES.items():
        for words in map(str.split, phrases.split("|")):
            found.setdefault(words[0], []).append((len(words), words, _PLACE[name]))
    for name, single in (("negates", NEGATORS), ("scoffs", _SCOFFS)):
        for word in sorted(single):
            found.setdefault(word, []).append((1, [word], _PLACE[name]))
    return found


_LEXICON = _lexicon()


class Cue(NamedTuple):
    """One cue in a text: which, and from which word to which."""

    name: int
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """Return the words and marks of a text in lower case, without apostrophes."""
    return _WORD.findall(text.lower().replace("'", ""))[:WORDS_READ]


def cues_in(words: list[str]) -> list[Cue]:
    """Return the cues of a text, in order."""
    found: list[Cue] = []
    last = "."
    for place, word in enumerate(words):
        phrases = _LEXICON.get(word)
        if phrases:
            for size, phrase, name in phrases:
                if size > 1 and words[place : place + size] != phrase:
                    continue
                if name != _INVERTS or last in _BEFORE_INVERSION:
                    found.append(Cue(name, place, place + size))
        if last in _ENDS and _refuses(words, place):
            found.append(Cue(_REFUSES, place, place + 1))
        last = word
    marks = [place for place, word in enumerate(words) if word == '"']
    found += [Cue(_QUOTES, one, other) for one, other in zip(marks[::2], marks[1::2], strict=False)]
    return found


def _refuses(words: list[str], place: int) -> bool:
    if words[place] in _REFUSALS:
        return True
    after = words[place + 1] if place + 1 < len(words) else "."
    return words[place] == "no" and (not after.isalnum() or after in _AFTER_NO)


def counted(cues: Sequence[Cue], most: int) -> list[float]:
    """Return how often each cue occurs, as a share of what counts at most."""
    counts = [0] * len(CUES)
    for cue in cues:
        counts[cue.name] += 1
    return [min(count, most) / most for count in counts]


def telling_cue(text: str, cues: Sequence[Cue], stance: Stance) -> str:
    """Return the strongest of a text's cues for a stance, as it is written, if there is one."""
    speaking = [cue for cue in cues if _MEANT[CUES[cue.name]] is stance]
    if not speaking:
        return ""
    first = min(speaking)
    return " ".join(_WRITTEN.findall(text.lower())[first.start : first.end])


def manner(sentence: str, whole: str, words: Sequence[str]) -> list[float]:
    """Return how a post is written: like a question or a headline; and of whom it speaks."""
    pieces = whole.split()
    size = len(pieces)
    capital = sum(piece[0].isupper() for piece in pieces) / max(1, size)
    first = sum(map(_FIRST_PERSON.__contains__, words))
    second = sum(map(_SECOND_PERSON.__contains__, words))
    closed = not _CLOSING.isdisjoint(words)
    single = _CLOSING.isdisjoint(words[:-1])
    plain = not (first or second or closed) and 4 <= size <= 22 and whole[:1].isupper()
    return [
        float("?" in sentence),
        float("?" in whole),
        float(whole.rstrip("\"') ").endswith("?")),
        float("!" in whole),
        float(len(whole) < SHORT),
        float(single),
        float(size >= 4 and capital >= 0.6),
        float(plain),
        float(":" in words),
        float(whole[-1:].isalnum()),
        float(whole[:1].islower()),
        min(3, first) / 3,
        min(3, second) / 3,
    ]
