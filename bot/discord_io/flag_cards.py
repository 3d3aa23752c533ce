"""Cards of flags as Discord shows them, and what a flagger is told.

Never shows the text of a post: a card links to it. What flaggers wrote for the moderators is shown
letter by letter. The markers are the card ids in the buttons' custom ids (pitfalls 1.18).
"""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.discord_io.cards import NEUTRAL
from bot.discord_io.words import and_more, message_link, plain, shorten
from bot.domain.flags import (
    REASON_NAMES,
    CardSource,
    CardState,
    Flag,
    FlagCard,
    FlagReason,
    counts_by_reason,
    is_put_off,
    total_weight,
)
from bot.domain.wording import N_, _, ngettext, quoted
from bot.services.dates import say_number

CUSTOM_ID = "fl1:{verb}:{card}"
URGENT = discord.Colour(0xC0392B)
FLAGGERS_SHOWN = 5
TEXT_SHOWN = 90
EXCERPT_SHOWN = 600
FIELD = 1024

BUTTONS: tuple[tuple[str, str], ...] = (
    ("agree", N_("Agree…")),
    ("disagree", N_("Disagree")),
    ("ignore", N_("Ignore")),
    ("later", N_("Later")),
)
DECISION: dict[CardState, str] = {
    CardState.AGREED: N_("Agreed by {who}, {when}"),
    CardState.DISAGREED: N_("Disagreed by {who}, {when}"),
    CardState.IGNORED: N_("Closed by {who}, {when}"),
}
DID: dict[str, str] = {
    "block": N_("kept the message back"),
    "alert": N_("posted an alert"),
    "timeout": N_("timed the member out"),
    "restrict": N_("restricted the member"),
}
OUTCOME: dict[CardState, str] = {
    CardState.AGREED: N_(
        "The moderators looked at the post that you flagged and agree. Thank you."
    ),
    CardState.DISAGREED: N_(
        "The moderators looked at the post that you flagged and see no problem with it. Thank you "
        "for telling them."
    ),
    CardState.IGNORED: N_(
        "The moderators looked at the post that you flagged and leave it at that. Thank you for "
        "telling them."
    ),
}


def reasons_text(flags: Sequence[Flag]) -> str:
    """Return the reasons, the most frequent first: "spam ×2, off-topic"."""
    return ", ".join(
        _(REASON_NAMES[reason]) + (f" ×{count}" if count > 1 else "")
        for reason, count in counts_by_reason(flags).items()
    )


def flag_embed(card: FlagCard, flags: Sequence[Flag], *, excerpt: str = "") -> discord.Embed:
    """Return the card's text: what it is about, who says what, and how it was decided."""
    embed = discord.Embed(colour=URGENT if card.urgent and card.is_open else NEUTRAL)
    embed.title = shorten(_title(card), 250)
    embed.description = "\n".join(_about(card))
    if card.source is CardSource.AUTOMOD:
        _add_execution(embed, card, excerpt)
    else:
        _add_flags(embed, flags)
    if not card.is_open:
        embed.add_field(name=_("Decided"), value=_decision(card), inline=False)
    elif card.put_off_until is not None and is_put_off(card, discord.utils.utcnow()):
        later = _("{who} put this off; it counts as waiting again {when}").format(
            who=f"<@{card.put_off_by}>", when=_ago(card.put_off_until)
        )
        embed.add_field(name=_("Later"), value=later, inline=False)
    return embed


def _title(card: FlagCard) -> str:
    if card.source is CardSource.AUTOMOD:
        name = str(card.details.get("rule_name", ""))
        return _("AutoMod: {rule}").format(rule=plain(name) or card.details.get("rule"))
    return _("Urgent: a flagged post") if card.urgent else _("A flagged post")


def _about(card: FlagCard) -> list[str]:
    where = f"<#{card.channel}>"
    who = f"<@{card.author}>"
    if card.post is None:
        return [_("{who} in {where}").format(who=who, where=where)]
    link = message_link(card.community, card.channel, card.post)
    lines = [_("[The post]({link}) by {who} in {where}").format(link=link, who=who, where=where)]
    if card.post_deleted:
        lines.append(_("**The post was deleted.**"))
    return lines


def _add_flags(embed: discord.Embed, flags: Sequence[Flag]) -> None:
    count = len(flags)
    summary = ngettext("{count} flag", "{count} flags", count).format(count=count)
    weight = _("weight {weight}").format(weight=say_number(total_weight(flags), decimals=1))
    embed.add_field(
        name=_("Flags"), value=f"{summary}, {weight}: {reasons_text(flags)}", inline=False
    )
    lines = [flag_line(flag, TEXT_SHOWN) for flag in flags[:FLAGGERS_SHOWN]]
    if count > FLAGGERS_SHOWN:
        lines.append(and_more(count - FLAGGERS_SHOWN))
    if lines:
        text = shorten("\n".join(lines), FIELD)
        embed.add_field(name=_("Flagged by"), value=text, inline=False)


def flag_line(flag: Flag, limit: int) -> str:
    """Show one flag: who, why, how much it weighs, and their words."""
    reason = _(REASON_NAMES[flag.reason])
    weight = _("weight {weight}").format(weight=say_number(flag.weight, decimals=1))
    words = f" · {quoted(shorten(plain(flag.text), limit))}" if flag.text else ""
    return f"<@{flag.member}> · {reason} · {weight}{words}"


def _add_execution(embed: discord.Embed, card: FlagCard, excerpt: str) -> None:
    found = card.details.get("actions")
    actions = found if isinstance(found, dict) else {}
    times = max(actions.values(), default=1)
    did = ", ".join(_(DID.get(name, name)) for name in sorted(actions))
    count = ngettext("{count} time", "{count} times", times).format(count=times)
    embed.add_field(name=_("What it did"), value=f"{count}: {did}", inline=False)
    keyword = str(card.details.get("keyword", ""))
    if keyword:
        shown = shorten(plain(keyword), FIELD)
        embed.add_field(name=_("What the rule looks for"), value=shown, inline=False)
    if excerpt:
        shown = shorten(plain(excerpt), EXCERPT_SHOWN)
        embed.add_field(name=_("What was written (not stored)"), value=shown, inline=False)


def _decision(card: FlagCard) -> str:
    when = _ago(card.decided_at) if card.decided_at else ""
    text = _(DECISION[card.state]).format(who=f"<@{card.decided_by}>", when=when)
    if card.case is not None:
        text += " · " + _("case {number}").format(number=card.case)
    return text


def _ago(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:R>"


def flag_view(card: FlagCard, flags: Sequence[Flag]) -> discord.ui.View:
    """Return the card's buttons; a decided card keeps only the context.

    The view is stopped at once: `cogs.flagging` answers by the custom ids.
    """
    view = discord.ui.View(timeout=None)
    verbs = [*BUTTONS] if card.is_open else []
    if card.post is not None:
        verbs.append(("context", N_("Context")))
    misinformation = any(flag.reason is FlagReason.MISINFORMATION for flag in flags)
    if card.is_open and misinformation and not card.post_deleted:
        verbs.append(("check", N_("Attach fact-check…")))
    for number, (verb, label) in enumerate(verbs):
        custom_id = CUSTOM_ID.format(verb=verb, card=card.id)
        row = 0 if number < len(BUTTONS) else 1
        view.add_item(discord.ui.Button(label=_(label), custom_id=custom_id, row=row))
    view.stop()
    return view


def alert_text(role: int | None) -> str:
    """Return what is said beneath an urgent card."""
    text = _("This post was flagged by several members and is urgent.")
    return f"<@&{role}> {text}" if role else text


def outcome_text(card: FlagCard, flag: Flag) -> str:
    """Return what a flagger is told; never what was done to whom."""
    link = message_link(flag.community, flag.channel, flag.post)
    return _(OUTCOME[card.state]) + "\n" + _("[The post]({link})").format(link=link)
