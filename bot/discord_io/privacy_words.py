"""How a member reads what is stored about them, and what was forgotten.

Knows counts and words for tables; never a row.
"""

from collections.abc import Sequence

import discord

from bot.discord_io.cards import NEUTRAL
from bot.discord_io.words import shorten
from bot.domain.wording import N_, _, ngettext
from bot.services.privacy import Overview, Receipt

DESCRIPTION_LIMIT = 4096
"""A moderator of long standing has rows in every table."""
NOTHING = N_("Nothing is stored about you on this server.")
OPTED_OUT = N_("You opted out: your posts get no notes, and your reactions are not recorded.")
NEVER_TEXT = N_(
    "The text of your posts is never stored, but for a sentence that a moderator writes down as an "
    "example, without your name."
)
RIGHTS = N_(
    "`/mydata export` gives you all of it as a file, `/mydata forget` removes it, `/optout` stops "
    "notes on your posts and the recording of your reactions."
)
AGAIN = N_(
    "What you do from now on is recorded as before, and reactions of yours that still stand on "
    "Discord can be counted again; `/optout` stops notes on your posts and the recording of your "
    "reactions."
)
STAYS_OUT = N_("You stay opted out: the one row that says so was kept, since it needs your id.")
ON_DISCORD = N_(
    "This is about the bot's own records on this server: your messages and reactions on Discord, "
    "and digests that were posted, are still there."
)


def overview_embed(overview: Overview) -> discord.Embed:
    """Say what is stored about a member."""
    if not overview.holdings:
        return _embed(_("Stored about you on this server"), [_(NOTHING)])
    lines = [
        ngettext("- {what}: {count} row", "- {what}: {count} rows", each.rows).format(
            what=_(each.holds), count=each.rows
        )
        for each in overview.holdings
    ]
    if overview.opted_out:
        lines += ["", _(OPTED_OUT)]
    lines += ["", _(NEVER_TEXT) + " " + _(RIGHTS)]
    return _embed(_("Stored about you on this server"), lines)


def receipt_embed(receipt: Receipt) -> discord.Embed:
    """Say what was forgotten, table by table, and what was kept and why."""
    lines = []
    for each in receipt.tables:
        parts = [
            text.format(count=count)
            for text, count in (
                (ngettext("{count} erased", "{count} erased", each.erased), each.erased),
                (
                    ngettext("{count} made anonymous", "{count} made anonymous", each.anonymised),
                    each.anonymised,
                ),
                (ngettext("{count} kept", "{count} kept", each.kept), each.kept),
            )
            if count
        ]
        line = _("- {what}: {done}").format(what=_(each.holds), done=", ".join(parts))
        if each.kept and each.reason_to_keep:
            line = _("{line}; {reason}").format(line=line, reason=_(each.reason_to_keep))
        lines.append(line)
    if not receipt.tables:
        lines.append(_(NOTHING))
    lines += ["", _(STAYS_OUT) if receipt.opted_out else _(AGAIN), _(ON_DISCORD)]
    return _embed(_("Receipt"), lines)


def _embed(title: str, lines: Sequence[str]) -> discord.Embed:
    text = shorten("\n".join(lines), DESCRIPTION_LIMIT)
    return discord.Embed(colour=NEUTRAL, title=title, description=text)
