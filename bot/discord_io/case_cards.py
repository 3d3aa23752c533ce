"""Cases in words: for moderators, for the member concerned, and for a dry run.

Knows Discord's markup and limits; never a database. Reasons are shown letter by letter.
"""

from datetime import datetime

import discord

from bot.discord_io.audit_words import say_use
from bot.discord_io.words import message_link, plain, shorten
from bot.domain.appeals import AppealOffer
from bot.domain.cases import IN_WORDS, STATES_IN_WORDS, TOLD, Case, CaseKind, CaseState
from bot.domain.durations import in_words
from bot.domain.ids import PlaceId, PostId
from bot.domain.wording import N_, _, ngettext
from bot.services.moderating.acting import Outcome, Plan
from bot.services.moderating.house_rules import HouseRules
from bot.services.ports import AuditEntry

DONE = {
    CaseKind.NOTE: N_("noted on {whom}"),
    CaseKind.WARN: N_("{whom} was warned"),
    CaseKind.TIMEOUT: N_("{whom} is timed out"),
    CaseKind.UNTIMEOUT: N_("the timeout of {whom} has ended"),
    CaseKind.KICK: N_("{whom} was kicked"),
    CaseKind.BAN: N_("{whom} is banned"),
    CaseKind.UNBAN: N_("{whom} is no longer banned"),
    CaseKind.PURGE: N_("messages were deleted in {whom}"),
    CaseKind.SLOWMODE: N_("slowmode is set in {whom}"),
    CaseKind.LOCK: N_("{whom} is locked"),
    CaseKind.UNLOCK: N_("{whom} is unlocked"),
    CaseKind.FACTCHECK_ATTACH: N_("a fact-check was attached for {whom}"),
    CaseKind.FACTCHECK_WITHDRAW: N_("a fact-check was withdrawn for {whom}"),
}
GONE = N_("{whom} is not on the server any more: they left, or an earlier attempt had removed them")
WOULD = {
    CaseKind.NOTE: N_("write a note on {whom}"),
    CaseKind.WARN: N_("warn {whom}"),
    CaseKind.TIMEOUT: N_("time out {whom}"),
    CaseKind.UNTIMEOUT: N_("end the timeout of {whom}"),
    CaseKind.KICK: N_("kick {whom}"),
    CaseKind.BAN: N_("ban {whom}"),
    CaseKind.UNBAN: N_("lift the ban of {whom}"),
    CaseKind.PURGE: N_("delete messages in {whom}"),
    CaseKind.SLOWMODE: N_("set the slowmode of {whom}"),
    CaseKind.LOCK: N_("lock {whom}"),
    CaseKind.UNLOCK: N_("unlock {whom}"),
}
TO_MEMBER = {
    CaseKind.WARN: N_("You were warned."),
    CaseKind.TIMEOUT: N_("You were timed out{until}."),
    CaseKind.KICK: N_("You were removed from the server. You may join again."),
    CaseKind.BAN: N_("You were banned{until}."),
}
SHOWN_REASON = 600


def _until(moment: datetime | None, *, relative: bool = True) -> str:
    if moment is None:
        return ""
    return discord.utils.format_dt(moment, "R" if relative else "f")


def _whom(case: Case) -> str:
    if case.target is not None:
        return f"<@{case.target}>"
    return f"<#{case.place}>" if case.place is not None else _("the server")


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
    gone = case.kind is CaseKind.KICK and case.details.get("gone")
    done = _(GONE if gone else DONE[case.kind]).format(whom=_whom(case))
    match case.state:
        case CaseState.DONE:
            return _("Case {number}: {done}{more}.").format(
                number=case.number, done=done, more=_extra(case)
            )
        case CaseState.PENDING:
            return _(
                "Case {number} is recorded. Discord has not confirmed it yet; I go on "
                "trying, `/case show` tells how it ended."
            ).format(number=case.number)
        case _:
            return _("Case {number} could not be carried out: {problem}.").format(
                number=case.number, problem=plain(case.problem)
            )


def _extra(case: Case) -> str:
    parts = []
    if case.kind is CaseKind.SLOWMODE:
        seconds = case.details.get("seconds")
        parts.append(
            _("one message in {seconds} s").format(seconds=seconds) if seconds else _("off")
        )
    if case.kind is CaseKind.PURGE:
        parts.append(
            ngettext("{count} message", "{count} messages", _count(case)).format(count=_count(case))
        )
    if case.until is not None:
        parts.append(
            _("until {until}, {left}").format(
                until=_until(case.until, relative=False), left=_until(case.until)
            )
        )
    return f" ({', '.join(parts)})" if parts else ""


def _count(case: Case) -> int:
    ids = case.details.get("ids")
    return len(ids) if isinstance(ids, list) else 0


def _after(case: Case) -> list[str]:
    if case.kind not in TOLD:
        return []
    told = case.details.get("told")
    return [_("They were told by direct message.") if told else _("They take no direct messages.")]


def _points(plan: Plan, *, dry: bool) -> list[str]:
    if plan.case.kind is not CaseKind.WARN:
        return []
    lines = [_("Points in the last 90 days: {points}.").format(points=plan.points_after)]
    if plan.step is not None:
        span = in_words(plan.step.timeout)
        if not plan.step.automatic:
            lines.append(
                _("At {points} points a timeout of {span} is suggested.").format(
                    points=plan.step.points, span=span
                )
            )
        elif dry:
            lines.append(
                _("At {points} points a timeout of {span} follows by itself.").format(
                    points=plan.step.points, span=span
                )
            )
    return lines


def _deleted(days: int) -> str:
    if not days:
        return _("No message would be deleted.")
    return ngettext(
        "Messages of the last {count} day would be deleted.",
        "Messages of the last {count} days would be deleted.",
        days,
    ).format(count=days)


def plan_text(plan: Plan) -> str:
    """Say exactly what an order would do."""
    case = plan.case
    would = _(WOULD[case.kind]).format(whom=_whom(case))
    lines = [
        _("**Dry run: nothing was changed.** I would {would}{more}.").format(
            would=would, more=_extra(case)
        )
    ]
    if case.kind is CaseKind.BAN:
        days = int(str(case.details.get("delete_seconds", 0))) // 86400
        lines.append(_deleted(days))
    if case.until is not None and case.kind in (CaseKind.BAN, CaseKind.SLOWMODE, CaseKind.LOCK):
        lines.append(_("I would end it by myself."))
    if plan.tells_member:
        lines.append(_("They would be told by direct message."))
    lines += _points(plan, dry=True)
    lines.append(
        _("Reason: {reason}").format(reason=shorten(plain(case.reason), SHOWN_REASON) or _("none"))
    )
    lines.append(_("It would be recorded as a case of its own."))
    return "\n".join(lines)


def member_text(case: Case, rules: HouseRules, offer: AppealOffer) -> str:
    """Return what the member concerned reads."""
    until = (
        _(" until {until}").format(until=_until(case.until, relative=False)) if case.until else ""
    )
    lines = [_(TO_MEMBER[case.kind]).format(until=until)]
    if case.reason:
        lines.append(_("Reason: {reason}").format(reason=shorten(plain(case.reason), 3000)))
    if link := post_link(case):
        lines.append(_("[The post]({link})").format(link=link))
    if rules.contact:
        lines.append(_("Questions? {contact}").format(contact=shorten(plain(rules.contact), 400)))
    if offer.link and offer.link_until is not None:
        until = _until(offer.link_until, relative=False)
        lines.append(
            _("You can also appeal on this page, until {until}: {link}").format(
                until=until, link=offer.link
            )
        )
    return "\n".join(lines)


def post_link(case: Case) -> str | None:
    """Return the address of the post that a case came from, None where it came from none."""
    channel, post = case.details.get("channel", case.place), case.details.get("post")
    if not isinstance(channel, int) or not isinstance(post, int):
        return None
    return message_link(case.community, PlaceId(channel), PostId(post))


def case_embed(case: Case) -> discord.Embed:
    """Show one case with everything that is recorded."""
    embed = discord.Embed(
        title=_("Case {number} · {kind}").format(number=case.number, kind=_(IN_WORDS[case.kind]))
    )
    embed.description = shorten(plain(case.reason), 2500) or _("No reason given.")
    embed.add_field(
        name=_("About"), value=shorten(f"{_whom(case)} {plain(case.target_name)}", 1000)
    )
    by = f"<@{case.by}> {plain(case.by_name)}" if case.by else "Footnote"
    embed.add_field(name=_("By"), value=shorten(by, 1000))
    embed.add_field(name=_("When"), value=_until(case.created_at, relative=False))
    if case.until is not None:
        ended = _(" (ended)") if case.ended_at else ""
        embed.add_field(name=_("Until"), value=_until(case.until, relative=False) + ended)
    if case.points:
        embed.add_field(name=_("Points"), value=f"{case.points}{_withdrawn(case)}")
    if link := post_link(case):
        embed.add_field(name=_("Where"), value=_("[The post]({link})").format(link=link))
    elif case.place is not None and case.target is not None:
        embed.add_field(name=_("Where"), value=f"<#{case.place}>")
    state = _(STATES_IN_WORDS[case.state]) + (f": {plain(case.problem)}" if case.problem else "")
    embed.add_field(name=_("State"), value=shorten(state, 1000))
    for note in case.notes[-8:]:
        head = _("Note by {name}").format(name=plain(note.by_name))
        body = f"{shorten(plain(note.body), 200)} ({_until(note.at)})"
        embed.add_field(name=shorten(head, 200), value=body, inline=False)
    return embed


def numbered(case: Case) -> str:
    """Return the number and kind of a case; a bare number would read as a count of its kind."""
    head = _("Case {number} · {kind}").format(number=case.number, kind=_(IN_WORDS[case.kind]))
    return f"**{head}**{_withdrawn(case)}"


def _withdrawn(case: Case) -> str:
    return _(" (withdrawn)") if case.kind is CaseKind.WARN and case.ended_at else ""


def case_line(case: Case) -> str:
    """Show one case in one line of a list."""
    state = "" if case.state is CaseState.DONE else f" · {_(STATES_IN_WORDS[case.state])}"
    reason = shorten(plain(case.reason), 80)
    return (
        f"{numbered(case)} · {_whom(case)} · {_until(case.created_at)}"
        f"{state}{f' · {reason}' if reason else ''}"
    )


def audit_line(entry: AuditEntry) -> str:
    """Show one entry of the audit in one line."""
    used = plain(say_use(entry.command)).replace("`", "")
    return f"{_until(entry.at)} · <@{entry.member}> · `{used}` · {_(entry.outcome)}"
