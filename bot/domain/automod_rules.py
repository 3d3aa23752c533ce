"""Drafts of rules for Discord's own AutoMod, and the limits that Discord sets them.

Pure: knows kinds, limits and sentences; it never filters a text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.wording import N_, _, named


class RuleKind(StrEnum):
    """What a rule looks at."""

    KEYWORD = "keyword"
    SPAM = "spam"
    PRESET = "preset"
    MENTIONS = "mentions"


class Preset(StrEnum):
    """Discord's own lists of words."""

    PROFANITY = "profanity"
    SEXUAL = "sexual"
    SLURS = "slurs"


RULES_ALLOWED: Mapping[RuleKind, int] = {
    RuleKind.KEYWORD: 6,
    RuleKind.SPAM: 1,
    RuleKind.PRESET: 1,
    RuleKind.MENTIONS: 1,
}
"""How many rules of a kind a server can have."""
KIND_NAMES: Mapping[RuleKind, str] = {
    RuleKind.KEYWORD: N_("words"),
    RuleKind.SPAM: N_("spam"),
    RuleKind.PRESET: N_("Discord’s own lists of words"),
    RuleKind.MENTIONS: N_("many mentions"),
}
LONGEST_NAME = 100
MOST_KEYWORDS, LONGEST_KEYWORD = 1000, 60
MOST_PATTERNS, LONGEST_PATTERN = 10, 260
MOST_ALLOWED: Mapping[RuleKind, int] = {RuleKind.KEYWORD: 100, RuleKind.PRESET: 1000}
MOST_MENTIONS = 50
LONGEST_MESSAGE = 150
LONGEST_TIMEOUT = timedelta(days=28)
CAN_TIME_OUT = frozenset({RuleKind.KEYWORD, RuleKind.MENTIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule as a moderator wants it."""

    kind: RuleKind
    name: str
    keywords: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = ()
    mentions: int = 0
    raid_protection: bool = False
    """Whether Discord also looks for raids of mentions; chosen in its settings only."""
    blocks: bool = True
    """Whether the message is kept back; Discord's settings allow rules that do not."""
    message: str = ""
    """What the member reads whose message is kept back."""
    alert_in: int | None = None
    timeout: timedelta | None = None


def words_in(text: str | None) -> tuple[str, ...]:
    """Return the words of a list that is separated by commas, each once.

    >>> words_in("buy coins, *casino*, , buy coins")
    ('buy coins', '*casino*')
    """
    found = (" ".join(word.split()) for word in (text or "").split(","))
    return tuple(dict.fromkeys(word for word in found if word))


def problem_of(draft: RuleDraft) -> str | None:
    """Return why Discord would not take a draft, None where it would."""
    if not 1 <= len(draft.name.strip()) <= LONGEST_NAME:
        return _("A rule’s name has 1 to {most} characters.").format(most=LONGEST_NAME)
    if len(draft.message) > LONGEST_MESSAGE:
        return _("The message has {most} characters at most.").format(most=LONGEST_MESSAGE)
    return _problem_of_trigger(draft) or _problem_of_timeout(draft) or _foreign(draft)


def _problem_of_trigger(draft: RuleDraft) -> str | None:
    match draft.kind:
        case RuleKind.KEYWORD if not draft.keywords and not draft.patterns:
            return _("Which words? Give `words`, separated by commas, or a `pattern`.")
        case RuleKind.PRESET if not draft.presets:
            return _("Which of Discord’s lists? Give `lists`.")
        case RuleKind.MENTIONS if not 1 <= draft.mentions <= MOST_MENTIONS:
            return _("From how many mentions on? Give `mentions`, {most} at most.").format(
                most=MOST_MENTIONS
            )
    allowed = MOST_ALLOWED.get(draft.kind, 0)
    return (
        _too_many(draft.keywords, MOST_KEYWORDS, LONGEST_KEYWORD)
        or _too_many(draft.patterns, MOST_PATTERNS, LONGEST_PATTERN)
        or (_too_many(draft.allowed, allowed, LONGEST_KEYWORD) if allowed else None)
    )


def _too_many(words: Iterable[str], most: int, longest: int) -> str | None:
    found = list(words)
    if len(found) > most:
        return _("Discord takes {most} of these at most, and these are {count}.").format(
            most=most, count=len(found)
        )
    if any(len(word) > longest for word in found):
        return _("Discord takes {most} characters for each of these at most.").format(most=longest)
    return None


def _problem_of_timeout(draft: RuleDraft) -> str | None:
    if draft.timeout is None:
        return None
    if draft.kind not in CAN_TIME_OUT:
        return _("Discord lets only rules about words and about mentions time members out.")
    if not timedelta() < draft.timeout <= LONGEST_TIMEOUT:
        return _("Discord allows timeouts of 28 days at most.")
    return None


def _foreign(draft: RuleDraft) -> str | None:
    """Return which option has no meaning for this kind of rule."""
    given = {
        "words": (draft.keywords, {RuleKind.KEYWORD}),
        "pattern": (draft.patterns, {RuleKind.KEYWORD}),
        "except_words": (draft.allowed, set(MOST_ALLOWED)),
        "lists": (draft.presets, {RuleKind.PRESET}),
        "mentions": (draft.mentions, {RuleKind.MENTIONS}),
    }
    for option, (value, kinds) in given.items():
        if value and draft.kind not in kinds:
            return _("`{option}` has no meaning for a rule about {kind}.").format(
                option=named(option), kind=_(KIND_NAMES[draft.kind])
            )
    return None


def why_no_more(kind: RuleKind, there: int) -> str | None:
    """Return why no rule of this kind can be added to those that are there."""
    most = RULES_ALLOWED[kind]
    if there < most:
        return None
    return _(
        "Discord allows {most} such rules on a server, and there are {there}: change one of them "
        "with `/automod edit`, or delete one."
    ).format(most=most, there=there)
