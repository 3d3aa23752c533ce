"""Why a match was made, in words that a member understands.

Knows how each reason is said; the scorer's own names are for developers (`footnote match
--explain`).
"""

from collections.abc import Iterator, Mapping

from bot.domain.matches import Evidence
from bot.domain.wording import N_, _
from bot.matching.learned import LEARNED
from bot.matching.reasons import Reason, reasons, subjects

SMALL = 0.25
"""Log-odds that are not worth a line of their own: they move a probability by 6 % at most."""
SHOWN = 0.05
SAID: Mapping[Reason, tuple[str, str]] = {
    Reason.EXAMPLES: (
        N_("close to examples of this claim"),
        N_("unlike the examples of this claim"),
    ),
    Reason.WORDS: (
        N_("words in common with the claim"),
        N_("few words in common with the claim"),
    ),
    Reason.MEANING: (N_("close to the claim in meaning"), N_("not close to the claim in meaning")),
    Reason.SUBJECTS: (N_("about the claim’s subjects"), N_("leaves subjects of the claim out")),
    Reason.NAMES: (
        N_("the claim’s names and numbers"),
        N_("names or numbers of the claim are missing, or others are there"),
    ),
    Reason.RIVALS: (N_("other claims fit less"), N_("other claims fit about as well")),
    Reason.OTHER_TALK: (
        N_("unlike posts that do not make this claim"),
        N_("like posts that do not make this claim"),
    ),
    Reason.REST: (
        N_("length, and what else the post says"),
        N_("length, and what else the post says"),
    ),
    Reason.JUDGED: (
        N_("like a post that a moderator confirmed"),
        N_("like a post that a moderator found not to make this claim"),
    ),
    Reason.START: (
        N_("where every post starts"),
        N_("where every post starts: most make no such claim"),
    ),
}
"""What is said of a reason that speaks for the claim, and of one that speaks against it."""
VETOES: Mapping[str, str] = {
    "requires": N_("It lacks a word that this fact-check requires."),
    "counter_examples": N_("It is nearly the same as an example that does not make this claim."),
    LEARNED: N_("It is nearly the same as a post that a moderator found not to make this claim."),
}


def reason_lines(evidence: Evidence) -> Iterator[str]:
    """Yield what spoke for the claim and against it, with its points, the strongest first."""
    small = 0.0
    for reason, added in reasons(evidence.contributions):
        if abs(added) < SMALL:
            small += added
            continue
        speaks_for, against = SAID[reason]
        yield f"{_points(added)} {_(speaks_for if added > 0 else against)}"
    if abs(small) >= SHOWN:
        yield f"{_points(small)} {_('smaller things together')}"


def _points(added: float) -> str:
    return f"`{added:+.1f}`".replace("-", "\N{MINUS SIGN}")


def gate_lines(evidence: Evidence) -> Iterator[str]:
    """Yield how much of the claim's subjects is mentioned, and what keeps the score low."""
    said, known = subjects(evidence.gates)
    if known:
        yield _("Subjects of this claim that it mentions: {said} of {known}.").format(
            said=said, known=known
        )
    for gate, veto in VETOES.items():
        if not evidence.gates.get(gate, True):
            yield _(veto)
