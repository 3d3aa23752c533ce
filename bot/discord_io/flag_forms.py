"""The form in which a member flags a post, and the choices that moderators get.

Keeps no memory: custom ids say what each is about, so that all of them work after a restart.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

import discord

from bot.discord_io.flag_cards import CUSTOM_ID
from bot.discord_io.words import shorten
from bot.domain.cases import CaseKind
from bot.domain.flags import LONGEST_TEXT, FlagCard, FlagReason
from bot.domain.ids import PlaceId, PostId
from bot.domain.wording import N_, _
from bot.services.errors import InvalidInputError
from bot.services.flagging.deciding import Candidate

FORM_ID = re.compile(r"fl1:form:(?P<channel>\d{1,20})-(?P<post>\d{1,20})")
REASON, TEXT = "reason", "text"
CHOICE = 100
"""Characters of an option's label and description."""

MEANING: Mapping[FlagReason, tuple[str, str]] = {
    FlagReason.OFF_TOPIC: (N_("Off-topic"), N_("It has nothing to do with this thread.")),
    FlagReason.INAPPROPRIATE: (
        N_("Inappropriate"),
        N_("It is offensive, abusive, or against the rules of this server."),
    ),
    FlagReason.SPAM: (N_("Spam"), N_("It is advertising or vandalism.")),
    FlagReason.MISINFORMATION: (
        N_("Misinformation"),
        N_("It claims something that is not true, and a fact-check would help."),
    ),
    FlagReason.SOMETHING_ELSE: (
        N_("Something else"),
        N_("It needs a moderator for another reason; please write which."),
    ),
}


class Act(StrEnum):
    """What a moderator can do when they agree with the flags."""

    WARN = "warn"
    HOUR = "timeout-1h"
    DAY = "timeout-1d"
    WEEK = "timeout-7d"
    DELETE = "delete"
    NOTE = "note"
    NOTHING = "nothing"


ACTS: Mapping[Act, str] = {
    Act.WARN: N_("Warn the author"),
    Act.HOUR: N_("Time the author out for an hour"),
    Act.DAY: N_("Time the author out for a day"),
    Act.WEEK: N_("Time the author out for a week"),
    Act.DELETE: N_("Delete the post"),
    Act.NOTE: N_("Write a note about the author"),
    Act.NOTHING: N_("Agree, and do nothing more"),
}
SPANS: Mapping[Act, timedelta] = {
    Act.HOUR: timedelta(hours=1),
    Act.DAY: timedelta(days=1),
    Act.WEEK: timedelta(days=7),
}
KINDS: Mapping[Act, CaseKind] = {
    Act.WARN: CaseKind.WARN,
    Act.HOUR: CaseKind.TIMEOUT,
    Act.DAY: CaseKind.TIMEOUT,
    Act.WEEK: CaseKind.TIMEOUT,
    Act.DELETE: CaseKind.PURGE,
    Act.NOTE: CaseKind.NOTE,
}


def flag_form(channel: PlaceId, post: PostId) -> discord.ui.Modal:
    """Return the form; it is stopped at once, so that discord.py sends it and then forgets it."""
    modal = discord.ui.Modal(title=_("Flag to moderators"), custom_id=f"fl1:form:{channel}-{post}")
    options = [
        discord.SelectOption(label=_(name), value=reason.value, description=_(meaning))
        for reason, (name, meaning) in MEANING.items()
    ]
    reasons = discord.ui.Select[Any](
        custom_id=REASON, options=options, placeholder=_("Choose a reason"), required=True
    )
    words = discord.ui.TextInput[Any](
        custom_id=TEXT,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=LONGEST_TEXT,
        placeholder=_("What should the moderators know?"),
    )
    modal.add_item(discord.ui.Label(text=_("What is wrong with this post?"), component=reasons))
    modal.add_item(
        discord.ui.Label(
            text=_("In your words"),
            description=_("The moderators see this and who you are; the author sees neither."),
            component=words,
        )
    )
    modal.stop()
    return modal


def chosen_in(data: Mapping[str, Any] | None) -> list[str]:
    """Return what was chosen in a select, of a message or of a form."""
    values = [each for each in _values(dict(data or {})) if isinstance(each, list)]
    return [str(value) for each in values for value in each]


def _values(component: Mapping[str, Any]) -> Iterator[object]:
    if "values" in component:
        yield component["values"]
    inner = component.get("components")
    for each in [*(inner if isinstance(inner, list) else []), component.get("component")]:
        if isinstance(each, dict):
            yield from _values(each)


def reason_chosen(data: Mapping[str, Any] | None) -> FlagReason:
    """Return the reason that a form holds.

    Raises:
        InvalidInputError: it holds none that exists.
    """
    for value in chosen_in(data):
        if value in set(FlagReason):
            return FlagReason(value)
    raise InvalidInputError(_("Please choose a reason."))


def act_chosen(data: Mapping[str, Any] | None) -> Act:
    """Return what a moderator chose to do.

    Raises:
        InvalidInputError: there is no such thing to do.
    """
    for value in chosen_in(data):
        if value in set(Act):
            return Act(value)
    raise InvalidInputError(_("Please choose what to do."))


def acts_view(card: FlagCard) -> discord.ui.View:
    """Return the select of what can be done about a card."""
    options = [
        discord.SelectOption(label=_(label), value=act.value)
        for act, label in ACTS.items()
        if act is not Act.DELETE or (card.post is not None and not card.post_deleted)
    ]
    return _select("act", card, options, _("What is to be done?"))


def candidates_view(card: FlagCard, found: Sequence[Candidate]) -> discord.ui.View:
    """Return the select of fact-checks that the post may raise."""
    options = [
        discord.SelectOption(
            label=shorten(each.fact_check.claim, CHOICE),
            value=each.fact_check.slug,
            description=f"{each.probability:.0%}",
        )
        for each in found
    ]
    return _select("attach", card, options, _("Which fact-check?"))


def _select(
    verb: str, card: FlagCard, options: list[discord.SelectOption], asked: str
) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    custom_id = CUSTOM_ID.format(verb=verb, card=card.id)
    view.add_item(discord.ui.Select(custom_id=custom_id, options=options, placeholder=asked))
    view.stop()
    return view
