"""Cases in words: for moderators, for the member concerned, and for a dry run.

Knows Discord's markup and limits; never a database. Reasons are shown letter by letter.
"""

from datetime import datetime

import discord

from bot.discord_io.words import plain, shorten
from bot.domain.appeals import AppealOffer
from bot.domain.cases import IN_WORDS, TOLD, Case, CaseKind, CaseState
from bot.domain.durations import in_words
from bot.domain.wording import _
from bot.services.moderating.acting import Outcome, Plan
from bot.services.moderating.house_rules import HouseRules
from bot.services.ports import AuditEntry

DONE = {
    CaseKind.NOTE: "noted on {whom}",
    CaseKind.WARN: "{whom} was warned",
    CaseKind.TIMEOUT: "{whom} is timed out",
    CaseKind.UNTIMEOUT: "the timeout of {whom} has ended",
    CaseKind.KICK: "{whom} was kicked",
    CaseKind.BAN: "{whom} is banned",
    CaseKind.UNBAN: "{whom} is no longer banned",
    CaseKind.PURGE: "messages were deleted in {whom}",
    CaseKind.SLOWMODE: "slowmode is set in {whom}",
    CaseKind.LOCK: "{whom} is locked",
    CaseKind.UNLOCK: "{whom} is unlocked",
    CaseKind.FACTCHECK_ATTACH: "a fact-check was attached for {whom}",
    CaseKind.FACTCHECK_WITHDRAW: "a fact-check was withdrawn for {whom}",
}
WOULD = {
    CaseKind.NOTE: "write a note on {whom}",
    CaseKind.WARN: "warn {whom}",
    CaseKind.TIMEOUT: "time out {whom}",
    CaseKind.UNTIMEOUT: "end the timeout of {whom}",
    CaseKind.KICK: "kick {whom}",
    CaseKind.BAN: "ban {whom}",
    CaseKind.UNBAN: "lift the ban of {whom}",
    CaseKind.PURGE: "delete messages in {whom}",
    CaseKind.SLOWMODE: "set the slowmode of {whom}",
    CaseKind.LOCK: "lock {whom}",
    CaseKind.UNLOCK: "unlock {whom}",
}
TO_MEMBER = {
    CaseKind.WARN: "You were warned.",
    CaseKind.TIMEOUT: "You were timed out{until}.",
    CaseKind.KICK: "You were removed from the server. You may join again.",
    CaseKind.BAN: "You were banned{until}.",
}
SHOWN_REASON = 600


def _until(moment: datetime | None, *, relative: bool = True) -> str:
    if moment is None:
        return ""
    return discord.utils.format_dt(moment, "R" if relative else "f")


def _whom(case: Case) -> str:
    if case.target is not None:
        return f"<@{case.target}>"
    return f"<#{case.place}>" if case.place is not None else "the server"


def outcome_text(outcome: Outcome) -> str:
    """Say what came of an order, in a few lines."""
    lines = [_result(outcome.case)]
    if outcome.case.state is CaseState.DONE:
        lines += _after(outcome.case)
    lines += _points(outcome.plan, dry=False)
    if outcome.followed_by is not None:
        lines.append(_result(outcome.followed_by))
    return "\n".join(lines)


def _result(case: Case) -> str:
    done = DONE[case.kind].format(whom=_whom(case))
    match case.state:
        case CaseState.DONE:
            return f"Case {case.number}: {done}{_extra(case)}."
        case CaseState.PENDING:
            return (
                f"Case {case.number} is recorded. Discord has not confirmed it yet; "
                "I go on trying, `/case show` tells how it ended."
            )
        case _:
            return f"Case {case.number} could not be carried out: {plain(case.problem)}."


def _extra(case: Case) -> str:
    parts = []
    if case.kind is CaseKind.SLOWMODE:
        seconds = case.details.get("seconds")
        parts.append(f"one message in {seconds} s" if seconds else "off")
    if case.kind is CaseKind.PURGE:
        parts.append(f"{_count(case)} messages")
    if case.until is not None:
        parts.append(f"until {_until(case.until, relative=False)} ({_until(case.until)})")
    return f" ({', '.join(parts)})" if parts else ""


def _count(case: Case) -> int:
    ids = case.details.get("ids")
    return len(ids) if isinstance(ids, list) else 0


def _after(case: Case) -> list[str]:
    if case.kind not in TOLD:
        return []
    told = case.details.get("told")
    return ["They were told by direct message." if told else "They take no direct messages."]


def _points(plan: Plan, *, dry: bool) -> list[str]:
    if plan.case.kind is not CaseKind.WARN:
        return []
    lines = [f"Points in the last 90 days: {plan.points_after}."]
    if plan.step is not None:
        span = in_words(plan.step.timeout)
        if not plan.step.automatic:
            lines.append(f"At {plan.step.points} points a timeout of {span} is suggested.")
        elif dry:
            lines.append(f"At {plan.step.points} points a timeout of {span} follows by itself.")
    return lines


def plan_text(plan: Plan) -> str:
    """Say exactly what an order would do."""
    case = plan.case
    would = WOULD[case.kind].format(whom=_whom(case))
    lines = [f"**Dry run: nothing was changed.** I would {would}{_extra(case)}."]
    if case.kind is CaseKind.BAN:
        days = int(str(case.details.get("delete_seconds", 0))) // 86400
        lines.append(f"Messages of the last {days} days would be deleted." if days else
                     "No message would be deleted.")  # fmt: skip
    if case.until is not None and case.kind in (CaseKind.BAN, CaseKind.SLOWMODE, CaseKind.LOCK):
        lines.append("I would end it by myself.")
    if plan.tells_member:
        lines.append("They would be told by direct message.")
    lines += _points(plan, dry=True)
    lines.append(f"Reason: {shorten(plain(case.reason), SHOWN_REASON) or 'none'}")
    lines.append("It would be recorded as a case of its own.")
    return "\n".join(lines)


def member_text(case: Case, rules: HouseRules, offer: AppealOffer) -> str:
    """Return what the member concerned reads."""
    until = f" until {_until(case.until, relative=False)}" if case.until else ""
    lines = [TO_MEMBER[case.kind].format(until=until)]
    if case.reason:
        lines.append(f"Reason: {shorten(plain(case.reason), 3000)}")
    if rules.contact:
        lines.append(f"Questions? {shorten(plain(rules.contact), 400)}")
    if offer.link and offer.link_until is not None:
        until = _until(offer.link_until, relative=False)
        lines.append(
            _("You can also appeal on this page, until {until}: {link}").format(
                until=until, link=offer.link
            )
        )
    return "\n".join(lines)


def case_embed(case: Case) -> discord.Embed:
    """Show one case with everything that is recorded."""
    embed = discord.Embed(title=f"Case {case.number} · {IN_WORDS[case.kind]}")
    embed.description = shorten(plain(case.reason), 2500) or "No reason given."
    embed.add_field(name="About", value=shorten(f"{_whom(case)} {plain(case.target_name)}", 1000))
    by = f"<@{case.by}> {plain(case.by_name)}" if case.by else "Footnote"
    embed.add_field(name="By", value=shorten(by, 1000))
    embed.add_field(name="When", value=_until(case.created_at, relative=False))
    if case.until is not None:
        ended = " (ended)" if case.ended_at else ""
        embed.add_field(name="Until", value=_until(case.until, relative=False) + ended)
    if case.points:
        withdrawn = _(" (withdrawn)") if case.kind is CaseKind.WARN and case.ended_at else ""
        embed.add_field(name="Points", value=f"{case.points}{withdrawn}")
    if case.place is not None and case.target is not None:
        embed.add_field(name="Where", value=f"<#{case.place}>")
    state = case.state.value + (f": {plain(case.problem)}" if case.problem else "")
    embed.add_field(name="State", value=shorten(state, 1000))
    for note in case.notes[-8:]:
        head = f"Note by {plain(note.by_name)}"
        body = f"{shorten(plain(note.body), 200)} ({_until(note.at)})"
        embed.add_field(name=shorten(head, 200), value=body, inline=False)
    return embed


def case_line(case: Case) -> str:
    """Show one case in one line of a list."""
    state = "" if case.state is CaseState.DONE else f" · {case.state}"
    reason = shorten(plain(case.reason), 80)
    return (
        f"**{case.number}** {IN_WORDS[case.kind]} · {_whom(case)} · {_until(case.created_at)}"
        f"{state}{f' · {reason}' if reason else ''}"
    )


def audit_line(entry: AuditEntry) -> str:
    """Show one entry of the audit in one line."""
    return (
        f"{_until(entry.at)} · <@{entry.member}> · `{plain(entry.command).replace('`', '')}` · "
        f"{entry.outcome}"
    )
