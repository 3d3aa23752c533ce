"""What `/factcheck simulate` answers: counts, reasons and links; never a post's words."""

from collections.abc import Sequence

from bot.discord_io.words import MESSAGE_LIMIT, message_link
from bot.domain.ids import CommunityId
from bot.domain.policy import Outcome, say_reason
from bot.domain.wording import N_, _, ngettext
from bot.services.dates import say_number
from bot.services.simulating import CARDS, POSTS_READ, Simulation, Trial

LINKS = 10
LINES = 8
"""How many reasons and fact-checks are listed, so that the links still fit."""
PAUSED = N_(
    "Left out of this: automatic notes are paused there now, so today these notes would be "
    "suggestions."
)
EARNING = N_(
    "Left out of this: with `/watch autonomy` on, a fact-check that has not earned it yet would "
    "only suggest."
)
WORDS = {Outcome.ATTACH: N_("note on the post"), Outcome.SUGGEST: N_("suggestion")}


def simulation_text(trial: Trial, found: Simulation, *, review: bool) -> str:
    """Say what would have happened, as much of it as one message holds."""
    summary = found.summary
    head = ngettext(
        "**The last day in <#{place}>, mode {mode}:**",
        "**The last {count} days in <#{place}>, mode {mode}:**",
        trial.days,
    ).format(count=trial.days, place=trial.place, mode=_(found.mode.value))
    people = ngettext(
        "{count} post by people", "{count} posts by people", summary.by_people
    ).format(count=summary.by_people)
    counted = _counted(summary.attached, summary.suggested, summary.withheld)
    lines = [f"{head} {people}; {counted}. {_('It was only worked out: no note was posted.')}"]
    lines += _left_out(found)
    # Members' posts that raise nothing have reasons as well; what is told is about findings.
    reasons: dict[str, int] = {}
    for each in found.findings:
        if each.outcome is not Outcome.ATTACH:
            text = say_reason(each.reason)
            reasons[text] = reasons.get(text, 0) + 1
    lines += [f"- {count} × {text}" for text, count in _most(reasons)]
    lines += [
        f"- `{slug}`: {_counted(tally.attached, tally.suggested, tally.withheld)}"
        for slug, tally in list(summary.fact_checks.items())[:LINES]
    ]
    lines += _links(trial.community, found)
    if review:
        lines.append(
            _("Review cards sent: {asked} (at most {cards}, none twice).").format(
                asked=found.asked, cards=CARDS
            )
        )
    elif summary.attached or summary.suggested:
        lines.append(_("`review: True` sends the first of them to the review channel for labels."))
    return _fitting(lines)


def _left_out(found: Simulation) -> list[str]:
    lines = []
    if not found.complete:
        lines.append(
            _("Not all could be read (at most {posts} posts, and for a few minutes).").format(
                posts=say_number(POSTS_READ)
            )
        )
    if found.paused:
        lines.append(_(PAUSED))
    if found.earning:
        lines.append(_(EARNING))
    return lines


def _links(community: CommunityId, found: Simulation) -> list[str]:
    shown = [each for each in found.findings if each.outcome in WORDS][:LINKS]
    return [
        f"- [{_(WORDS[each.outcome])}]({message_link(community, each.channel, each.post)}) · "
        f"{each.probability:.0%} · <#{each.channel}>"
        for each in shown
    ]


def _most(counts: dict[str, int]) -> Sequence[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LINES]


def _counted(attached: int, suggested: int, withheld: int) -> str:
    return ", ".join(
        (
            ngettext("{count} note", "{count} notes", attached).format(count=attached),
            ngettext("{count} suggestion", "{count} suggestions", suggested).format(
                count=suggested
            ),
            ngettext("{count} withheld", "{count} withheld", withheld).format(count=withheld),
        )
    )


def _fitting(lines: list[str]) -> str:
    kept = list(lines)
    while len("\n".join(kept)) > MESSAGE_LIMIT:
        kept.pop(-2)
    return "\n".join(kept)
