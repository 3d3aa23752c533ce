"""Appeals as Discord shows them: the button in a case's message, the card, the forms, the answers.

Knows Discord's markup and limits; never a database. What members and moderators write is shown
letter by letter. A marker in a footer tells one message from another after a crash.
"""

import discord

from bot.discord_io.case_cards import numbered, post_link
from bot.discord_io.words import plain, shorten
from bot.domain.appeals import (
    LONGEST,
    SHORTEST,
    Appeal,
    AppealOffer,
    AppealState,
    Said,
    Turn,
    lifted_by,
)
from bot.domain.cases import IN_WORDS, Case, CaseKind, CaseState
from bot.domain.wording import N_, _, ngettext
from bot.services.ports import AppealView

COLOURS = {
    AppealState.OPEN: discord.Colour(0x2B6CB0),
    AppealState.ASKED: discord.Colour(0xB7791F),
    AppealState.ACCEPTED: discord.Colour(0x2F855A),
    AppealState.REJECTED: discord.Colour(0x718096),
}
STATES = {
    AppealState.OPEN: N_("Waits for the moderators"),
    AppealState.ASKED: N_("Waits for the member's answer"),
    AppealState.ACCEPTED: N_("Accepted"),
    AppealState.REJECTED: N_("Rejected"),
}
ACCEPTING = {
    CaseKind.UNTIMEOUT: N_("Accepting ends the timeout."),
    CaseKind.UNBAN: N_("Accepting lifts the ban."),
}
TURNS = {
    Turn.APPEAL: N_("{name} asks, {when}"),
    Turn.QUESTION: N_("{name} asks back, {when}"),
    Turn.ANSWER: N_("{name} answers, {when}"),
    Turn.ACCEPTED: N_("{name} accepted this, {when}"),
    Turn.REJECTED: N_("{name} rejected this, {when}"),
}
ANSWERS = {
    Turn.QUESTION: N_("The moderators ask you something about your appeal of case {number}:"),
    Turn.ACCEPTED: N_("Your appeal of case {number} was accepted."),
    Turn.REJECTED: N_("Your appeal of case {number} was rejected:"),
}
LIFTED = {
    CaseKind.WARN: N_("The warning's points do not count any more."),
    CaseKind.KICK: N_("You are welcome to join again."),
}
"""What an accepted appeal changes, where it is so the moment that the member reads it."""
BUTTONS = (
    ("accept", N_("Accept"), discord.ButtonStyle.success),
    ("reject", N_("Reject"), discord.ButtonStyle.secondary),
    ("ask", N_("Ask back"), discord.ButtonStyle.secondary),
)
FORMS = {
    "open": (N_("Appeal case {number}"), N_("What should the moderators know?")),
    "answer": (N_("Your answer on case {number}"), N_("Your answer")),
    "reject": (N_("Reject the appeal of case {number}"), N_("Why? The member reads this.")),
    "ask": (N_("Ask back about case {number}"), N_("Your question to the member")),
}
OWN_CASE = N_("⚠ {moderator} took this action: somebody else has to decide.")
NOT_TOLD = N_("The member could not be told: they take no direct message (any more).")
TURNS_SHOWN = 4
LONGEST_TURN = 700


def offer_view(offer: AppealOffer) -> discord.ui.View:
    """Return the button under a case's message, empty where nobody would read an appeal.

    The view is stopped at once: `cogs.appeals` answers by the custom id.
    """
    view = discord.ui.View(timeout=None)
    if offer.case is not None:
        custom_id = f"ap1:open:{offer.case.key}"
        view.add_item(discord.ui.Button(label=_("Appeal"), custom_id=custom_id))
    view.stop()
    return view


def card_marker(appeal: Appeal) -> str:
    """Return what stands in a card's footer, and in no other message."""
    return f"appeal {appeal.id}"


def card_embed(view: AppealView) -> discord.Embed:
    """Return the card: what was said, the case, the member's history, and the decision."""
    appeal, case = view.appeal, view.case
    embed = discord.Embed(
        title=_("Appeal of case {number} · {kind}").format(
            number=case.number, kind=_(IN_WORDS[case.kind])
        ),
        description="\n\n".join(_turns(appeal)),
        colour=COLOURS[appeal.state],
    )
    text = _case_text(case, is_open=appeal.is_open)
    embed.add_field(name=_("The case"), value=text, inline=False)
    embed.add_field(name=_("Their history"), value=_history(view), inline=False)
    embed.add_field(name=_("State"), value=_state(appeal), inline=False)
    return embed.set_footer(text=card_marker(appeal))


def card_view(appeal: Appeal) -> discord.ui.View:
    """Return the card's buttons; a decided card has none."""
    view = discord.ui.View(timeout=None)
    if appeal.is_open:
        for verb, label, style in BUTTONS:
            custom_id = f"ap1:{verb}:{appeal.id}"
            view.add_item(discord.ui.Button(label=_(label), custom_id=custom_id, style=style))
    view.stop()
    return view


def _turns(appeal: Appeal) -> list[str]:
    """Return the first turn and the newest ones."""
    shown = appeal.said
    if len(shown) > TURNS_SHOWN:
        shown = (shown[0], *shown[1 - TURNS_SHOWN :])
    return [_turn(each) for each in shown]


def _turn(said: Said) -> str:
    when = discord.utils.format_dt(said.at, "R")
    head = _(TURNS[said.turn]).format(name=f"<@{said.by}>", when=when)
    text = shorten(plain(said.text), LONGEST_TURN)
    return f"{head}\n> {text}" if text else head


def _case_text(case: Case, *, is_open: bool) -> str:
    by = f"<@{case.by}>" if case.by else "Footnote"
    when = discord.utils.format_dt(case.created_at, "R")
    lines = [
        _("{kind} for {member}, by {moderator}, {when}").format(
            kind=_(IN_WORDS[case.kind]).capitalize(),
            member=f"<@{case.target}>",
            moderator=by,
            when=when,
        )
    ]
    if case.until is not None:
        end = discord.utils.format_dt(case.until, "f")
        lines.append(_("Until {moment}").format(moment=end))
    reason = shorten(plain(case.reason), 400)
    lines.append(_("Reason: {reason}").format(reason=reason or _("none")))
    if link := post_link(case):
        lines.append(_("[The post]({link})").format(link=link))
    if is_open:
        lines += _for_deciding(case, by)
    return shorten("\n".join(lines), 1024)


def _for_deciding(case: Case, by: str) -> list[str]:
    """Say what accepting does, and who cannot; once it is decided neither is of use."""
    lines = []
    lift = lifted_by(case, discord.utils.utcnow())
    if lift is not None:
        lines.append(_(ACCEPTING[lift]))
    elif case.kind is CaseKind.WARN and case.ended_at is None:
        lines.append(_accepting_warning(case))
    if case.by is not None:
        lines.append(_(OWN_CASE).format(moderator=by))
    return lines


def _accepting_warning(case: Case) -> str:
    return ngettext(
        "Accepting withdraws the warning's {count} point.",
        "Accepting withdraws the warning's {count} points.",
        case.points,
    ).format(count=case.points)


def _history(view: AppealView) -> str:
    lines = [
        ngettext(
            "{count} point of warnings counts.", "{count} points of warnings count.", view.points
        ).format(count=view.points)
    ]
    for case in view.history:
        when = discord.utils.format_dt(case.created_at, "R")
        failed = _(" (failed)") if case.state is CaseState.FAILED else ""
        reason = shorten(plain(case.reason), 60)
        lines.append(f"{numbered(case)}{failed} · {when} · {reason}")
    if view.more:
        more = ngettext(
            "and {count} more: `/case list`", "and {count} more: `/case list`", view.more
        )
        lines.append(more.format(count=view.more))
    if not view.history:
        lines.append(_("No other case."))
    return shorten("\n".join(lines), 1024)


def _state(appeal: Appeal) -> str:
    text = _(STATES[appeal.state])
    return f"{text}\n{_(NOT_TOLD)}" if appeal.told is False else text


def queue_line(view: AppealView, link: str | None) -> str:
    """Show one appeal in one line of the queue."""
    when = discord.utils.format_dt(view.appeal.opened_at, "R")
    case = view.case
    text = _("Case {number}: {kind} of {member} · {when} · {state}").format(
        number=case.number,
        kind=_(IN_WORDS[case.kind]),
        member=f"<@{view.appeal.member}>",
        when=when,
        state=_(STATES[view.appeal.state]),
    )
    return f"{text} · {link}" if link else text


def answer_marker(view: AppealView) -> str:
    """Return with what the footer of one answer ends, and that of no other message."""
    return f"{view.appeal.id[:6]}-{len(view.appeal.said)}"


def answer_embed(view: AppealView, community: str) -> discord.Embed:
    """Return the moderators' newest word, as the member reads it; it names no moderator."""
    said = view.appeal.said[-1]
    lines = [_(ANSWERS[said.turn]).format(number=view.case.number)]
    if said.text:
        lines.append(f"> {shorten(plain(said.text), 2000)}")
    if said.turn is Turn.ACCEPTED and view.case.kind in LIFTED:
        lines.append(_(LIFTED[view.case.kind]))
    embed = discord.Embed(description="\n".join(lines), colour=COLOURS[view.appeal.state])
    about = _("Case {number} · {server}").format(number=view.case.number, server=community)
    return embed.set_footer(text=f"{about} · {answer_marker(view)}")


def answer_view(appeal: Appeal) -> discord.ui.View:
    """Return the button with which a member answers a question; empty under a decision."""
    view = discord.ui.View(timeout=None)
    if appeal.state is AppealState.ASKED:
        custom_id = f"ap1:answer:{appeal.id}"
        view.add_item(discord.ui.Button(label=_("Answer"), custom_id=custom_id))
    view.stop()
    return view


def appeal_form(form: str, about: str, number: int) -> discord.ui.Modal:
    """Return a form with one long field; stopped at once, since its custom id says everything."""
    title, label = FORMS[form]
    modal = discord.ui.Modal(
        title=_(title).format(number=number), custom_id=f"ap1:f-{form}:{about}"
    )
    field = discord.ui.TextInput["discord.ui.Modal"](
        custom_id="text",
        style=discord.TextStyle.paragraph,
        min_length=SHORTEST,
        max_length=LONGEST,
    )
    modal.add_item(discord.ui.Label(text=_(label), component=field))
    modal.stop()
    return modal
