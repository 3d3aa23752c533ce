"""What `/factcheck simulate` answers: counts, reasons and links; never a post's words."""

from collections.abc import Sequence

from bot.discord_io.words import message_link
from bot.domain.ids import CommunityId
from bot.domain.policy import REASON_TEXT, Outcome
from bot.services.simulating import CARDS, POSTS_READ, Simulation, Trial

LINKS = 10
LINES = 8
"""How many reasons and fact-checks are listed, so that the links still fit."""
MESSAGE_LIMIT = 2000
WORDS = {Outcome.ATTACH: "note", Outcome.SUGGEST: "suggestion"}


def simulation_text(trial: Trial, found: Simulation, *, review: bool) -> str:
    """Say what would have happened, as much of it as one message holds."""
    summary = found.summary
    days = "day" if trial.days == 1 else f"{trial.days} days"
    lines = [
        f"**The last {days} in <#{trial.place}>, mode {found.mode.value}:** "
        f"{summary.by_people} posts by people; {_count(summary.attached, 'note')}, "
        f"{_count(summary.suggested, 'suggestion')}, {summary.withheld} withheld. "
        "Nothing was posted there."
    ]
    if not found.complete:
        lines.append(
            f"Not all could be read (at most {POSTS_READ:,} posts, and for a few minutes)."
        )
    # Members' posts that raise nothing have reasons as well; what is told is about findings.
    reasons: dict[str, int] = {}
    for each in found.findings:
        if each.outcome is not Outcome.ATTACH:
            text = REASON_TEXT[each.reason]
            reasons[text] = reasons.get(text, 0) + 1
    lines += [f"- {count} × {text}" for text, count in _most(reasons)]
    lines += [
        f"- `{slug}`: {_count(tally.attached, 'note')}, "
        f"{_count(tally.suggested, 'suggestion')}, {tally.withheld} withheld"
        for slug, tally in list(summary.fact_checks.items())[:LINES]
    ]
    lines += _links(trial.community, found)
    if review:
        lines.append(f"Review cards sent: {found.asked} (at most {CARDS}, none twice).")
    elif summary.attached or summary.suggested:
        lines.append("`review: True` sends the first of them to the review channel for labels.")
    return _fitting(lines)


def _links(community: CommunityId, found: Simulation) -> list[str]:
    shown = [each for each in found.findings if each.outcome in WORDS][:LINKS]
    return [
        f"{WORDS[each.outcome]} · {each.probability:.0%} · "
        f"{message_link(community, each.channel, each.post)}"
        for each in shown
    ]


def _most(counts: dict[str, int]) -> Sequence[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LINES]


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _fitting(lines: list[str]) -> str:
    kept = list(lines)
    while len("\n".join(kept)) > MESSAGE_LIMIT:
        kept.pop(-2)
    return "\n".join(kept)
