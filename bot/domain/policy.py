"""Decides what to do about a match: attach, suggest to moderators, or skip, with the reason.

Pure rules over values; each rule is named, and the first that objects decides. Never posts.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.factchecks import FactCheck, Status
from bot.domain.matches import Match, Reading, Stance
from bot.domain.wording import N_, _

PLACE_COOLDOWN = timedelta(minutes=5)
"""One note per place in this time; Open Notes and python-discord use five minutes as well."""
THREAD_COOLDOWN = timedelta(days=30)
"""One note per thread and fact-check in this time."""
FRESH_FOR = timedelta(days=365)
"""A check older than twelve months is only suggested: stale checks are the commonest complaint."""
IGNORED_CHARACTERS = 10
SHORT_WORDS = 4
ATTACHING_STANCES = frozenset({Stance.ASSERT, Stance.ASK})
"""Deny and report are suggested: no lecturing of people who already know."""


class Mode(StrEnum):
    """What a watched place wants of the bot."""

    AUTO = N_("auto")
    SUGGEST = N_("suggest")
    SILENT = N_("silent")


class Outcome(StrEnum):
    """What is done about a match."""

    ATTACH = "attach"
    SUGGEST = "suggest"
    NONE = "none"


class Reason(StrEnum):
    """Why, in a form that is stored, counted and shown."""

    CONFIDENT = "confident"
    ASKED = "asked"
    NO_MATCH = "no-match"
    UNLIKELY = "unlikely"
    TOO_SHORT = "too-short"
    SHORT = "short"
    UNSURE = "unsure"
    STANCE = "stance"
    STALE = "stale"
    NOT_PUBLISHED = "not-published"
    NOT_WATCHED = "not-watched"
    NOT_A_PERSON = "not-a-person"
    OPTED_OUT = "opted-out"
    SUGGEST_MODE = "suggest-mode"
    SILENT_MODE = "silent-mode"
    PLACE_COOLDOWN = "place-cooldown"
    ALREADY_IN_THREAD = "already-in-thread"
    ALREADY_JUDGED = "already-judged"
    PAUSED = "paused"
    EARNING = "earning"


REASON_TEXT: dict[Reason, str] = {
    Reason.CONFIDENT: N_("the match is above the threshold for attaching"),
    Reason.ASKED: N_("the author asked the bot"),
    Reason.NO_MATCH: N_("no fact-check is about this"),
    Reason.UNLIKELY: N_("the best match is below the threshold for suggesting"),
    Reason.TOO_SHORT: N_("the post has {characters} characters or fewer"),
    Reason.SHORT: N_("the post has fewer than {words} words"),
    Reason.UNSURE: N_("the match is below the threshold for attaching"),
    Reason.STANCE: N_("the post denies or reports the claim rather than raising it"),
    Reason.STALE: N_("the fact-check is older than 12 months or past its review date"),
    Reason.NOT_PUBLISHED: N_("the fact-check is not published"),
    Reason.NOT_WATCHED: N_("the place is not watched"),
    Reason.NOT_A_PERSON: N_("the post is by a bot, a webhook or Discord itself"),
    Reason.OPTED_OUT: N_("the author has opted out"),
    Reason.SUGGEST_MODE: N_("the place asks for suggestions only"),
    Reason.SILENT_MODE: N_("the place is counted silently"),
    Reason.PLACE_COOLDOWN: N_("the place got another note less than 5 minutes ago"),
    Reason.ALREADY_IN_THREAD: N_("the thread got this note in the last 30 days"),
    Reason.ALREADY_JUDGED: N_("this post was judged before"),
    Reason.PAUSED: N_("automatic notes are paused here"),
    Reason.EARNING: N_("the fact-check has not yet earned to attach by itself here"),
}
"""One short clause each, used in "Why", in replay and in suggestions; `say_reason` says them."""


def say_reason(reason: Reason) -> str:
    """Return the clause of a reason in the language spoken now."""
    return _(REASON_TEXT[reason]).format(characters=IGNORED_CHARACTERS, words=SHORT_WORDS)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least probability for attaching and for suggesting."""

    auto: float
    suggest: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.suggest <= self.auto <= 1.0:
            raise ValueError("thresholds must satisfy 0 <= suggest <= auto <= 1")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the rule that decided."""

    outcome: Outcome
    reason: Reason
    match: Match | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the policy needs to know beyond the text."""

    now: datetime
    mode: Mode = Mode.AUTO
    last_note_in_place: datetime | None = None
    last_note_on_claim: datetime | None = None
    """When this thread last got a note for this fact-check."""
    paused: bool = False
    earned: bool = True
    """Whether the fact-check may attach by itself where that has to be earned."""
    asked: bool = False
    """The author mentioned the bot: moderation of its own initiative does not apply."""


def decide_text(reading: Reading, thresholds: Thresholds) -> Decision:
    """Apply the part of the policy that looks at the text alone."""
    match = reading.best
    if match is None:
        return Decision(Outcome.NONE, Reason.NO_MATCH)
    if reading.characters <= IGNORED_CHARACTERS:
        return Decision(Outcome.NONE, Reason.TOO_SHORT, match)
    if match.probability < thresholds.suggest:
        return Decision(Outcome.NONE, Reason.UNLIKELY, match)
    if match.stance is Stance.NONE:
        return Decision(Outcome.NONE, Reason.STANCE, match)
    if match.probability < thresholds.auto:
        return Decision(Outcome.SUGGEST, Reason.UNSURE, match)
    if match.stance not in ATTACHING_STANCES:
        return Decision(Outcome.SUGGEST, Reason.STANCE, match)
    if reading.words < SHORT_WORDS:
        return Decision(Outcome.SUGGEST, Reason.SHORT, match)
    return Decision(Outcome.ATTACH, Reason.CONFIDENT, match)


def decide(
    reading: Reading,
    fact_check: FactCheck | None,
    thresholds: Thresholds,
    circumstances: Circumstances,
) -> Decision:
    """Decide about the best match of a post in its place and time.

    Precedence: the text, the fact-check's status, silence, repetition in the thread, the mode,
    what has to be earned, staleness, the pause, the place's cooldown. A later rule can only lower
    the outcome. Where the author asked the bot, what would be suggested to moderators is attached.
    """
    if circumstances.asked:
        return _decide_asked(reading, fact_check, thresholds, circumstances)
    decision = decide_text(reading, thresholds)
    match = decision.match
    if decision.outcome is Outcome.NONE or match is None or fact_check is None:
        return decision
    if fact_check.status is not Status.PUBLISHED:
        return Decision(Outcome.NONE, Reason.NOT_PUBLISHED, match)
    if circumstances.mode is Mode.SILENT:
        return Decision(Outcome.NONE, Reason.SILENT_MODE, match)
    if _within(circumstances.last_note_on_claim, THREAD_COOLDOWN, circumstances.now):
        return Decision(Outcome.NONE, Reason.ALREADY_IN_THREAD, match)
    if decision.outcome is Outcome.SUGGEST:
        return decision
    return _decide_confident(match, fact_check, circumstances)


def _decide_asked(
    reading: Reading,
    fact_check: FactCheck | None,
    thresholds: Thresholds,
    circumstances: Circumstances,
) -> Decision:
    match = reading.best
    if match is None or fact_check is None:
        return Decision(Outcome.NONE, Reason.NO_MATCH)
    if match.probability < thresholds.suggest:
        return Decision(Outcome.NONE, Reason.UNLIKELY, match)
    if fact_check.status is not Status.PUBLISHED:
        return Decision(Outcome.NONE, Reason.NOT_PUBLISHED, match)
    if _within(circumstances.last_note_on_claim, THREAD_COOLDOWN, circumstances.now):
        return Decision(Outcome.NONE, Reason.ALREADY_IN_THREAD, match)
    return Decision(Outcome.ATTACH, Reason.ASKED, match)


def _decide_confident(
    match: Match, fact_check: FactCheck, circumstances: Circumstances
) -> Decision:
    if circumstances.mode is Mode.SUGGEST:
        return Decision(Outcome.SUGGEST, Reason.SUGGEST_MODE, match)
    if not circumstances.earned:
        return Decision(Outcome.SUGGEST, Reason.EARNING, match)
    if is_stale(fact_check, circumstances.now.date()):
        return Decision(Outcome.SUGGEST, Reason.STALE, match)
    if circumstances.paused:
        return Decision(Outcome.SUGGEST, Reason.PAUSED, match)
    if _within(circumstances.last_note_in_place, PLACE_COOLDOWN, circumstances.now):
        return Decision(Outcome.NONE, Reason.PLACE_COOLDOWN, match)
    return Decision(Outcome.ATTACH, Reason.CONFIDENT, match)


def is_stale(fact_check: FactCheck, today: date) -> bool:
    """Tell whether a fact-check is too old to be attached without a human."""
    if fact_check.review_by is not None and today > fact_check.review_by:
        return True
    return fact_check.checked_on is None or today - fact_check.checked_on > FRESH_FOR


def _within(then: datetime | None, span: timedelta, now: datetime) -> bool:
    return then is not None and now - then < span
