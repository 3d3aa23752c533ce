"""What a member sees after rating a note: the reasons to choose from, and what the author gets.

Knows custom ids and labels; `cogs.notes` answers them.
"""

import discord

from bot.domain.ids import NoteId
from bot.domain.notes import Helpfulness
from bot.domain.ratings import reasons_for
from bot.domain.wording import _

REASONS_ID = "fc1:reasons:{note}"
SOMEWHAT_ID = "fc1:somewhat:{note}"
APPEAL_ID = "fc1:appeal:{note}"


def reasons_view(note: NoteId, value: Helpfulness) -> discord.ui.View:
    """Return the reasons that fit a rating, and a button for "somewhat" beside the other two."""
    reasons = reasons_for(value)
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.Select(
            custom_id=REASONS_ID.format(note=note),
            placeholder=_("Why? Choose what fits"),
            min_values=1,
            max_values=len(reasons),
            options=[
                discord.SelectOption(label=_(label), value=reason.value)
                for reason, label in reasons.items()
            ],
        )
    )
    if value is not Helpfulness.SOMEWHAT:
        custom_id = SOMEWHAT_ID.format(note=note)
        view.add_item(discord.ui.Button(label=_("Somewhat helpful"), custom_id=custom_id))
    view.stop()
    return view


def appeal_view(note: NoteId) -> discord.ui.View:
    """Return the button that a post's author has in place of a rating."""
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.Button(label=_("Ask for review"), custom_id=APPEAL_ID.format(note=note))
    )
    view.stop()
    return view
