"""The forms in which moderators write fact-checks, and what a sent form holds.

A form keeps no memory: its custom id says what it is about and with which revision it was opened,
so that it can be sent after a restart, and after somebody else's change.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.ids import Slug
from bot.domain.wording import N_, _
from bot.services.editing.forms import LIMITS
from bot.services.editing.service import REASON_LIMIT

FORM_ID = re.compile(
    r"fe1:(?P<form>add|text|more)(?::(?P<revision>\d{1,9}):(?P<slug>[a-z0-9-]{1,80}))?"
)
LABELS: Mapping[str, str] = {
    "claim": N_("Claim: what people say"),
    "variants": N_("Other wordings, one a line"),
    "verdict": N_("Finding, or empty for context only"),
    "summary": N_("Summary: what the note shows"),
    "details": N_("Details, with [1] for source 1"),
    "sources": N_("Sources, one a line"),
    "checked_on": N_("Checked on"),
    "review_by": N_("To be reviewed by"),
    "reason": N_("Why this change"),
}
HINTS: Mapping[str, str] = {
    "claim": N_("AI art wins every prize."),
    "verdict": N_("true, mostly-true, mixed, mostly-false, false, unproven, outdated"),
    "summary": N_("Two lines, at most 420 characters, about the claim and not to whoever made it."),
    "sources": "https://example.org/page | Publisher | Title of the page",
    "checked_on": "2026-11-22",
    "review_by": "2027-11-22",
    "reason": N_("A new survey came out."),
}
PARAGRAPHS = frozenset({"variants", "summary", "details", "sources"})
REQUIRED = frozenset({"claim", "reason"})
FIELDS: Mapping[str, tuple[str, ...]] = {
    "add": ("claim", "verdict", "summary", "details", "sources"),
    "text": ("claim", "variants", "verdict", "summary", "reason"),
    "more": ("details", "sources", "checked_on", "review_by", "reason"),
}
TITLES: Mapping[str, str] = {
    "add": N_("New fact-check"),
    "text": N_("Claim, finding and summary"),
    "more": N_("Details, sources and dates"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form as it comes back."""

    form: str
    slug: Slug | None
    revision: int
    fields: dict[str, str]


def form_named(
    form: str, fields: Mapping[str, str], *, slug: Slug | None = None, revision: int = 0
) -> discord.ui.Modal:
    """Return a form that begins with these fields.

    It is stopped at once, so that discord.py sends it and then forgets it.
    """
    about = f":{revision}:{slug}" if slug else ""
    modal = discord.ui.Modal(title=_(TITLES[form]), custom_id=f"fe1:{form}{about}")
    for name in FIELDS[form]:
        long = name in PARAGRAPHS
        field = discord.ui.TextInput[Any](
            custom_id=name,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            default=fields.get(name) or None,
            placeholder=_(HINTS[name]) if name in HINTS else None,
            required=name in REQUIRED,
            max_length=LIMITS.get(name, REASON_LIMIT),
        )
        modal.add_item(discord.ui.Label(text=_(LABELS[name]), component=field))
    modal.stop()
    return modal


def sent_form(found: re.Match[str], typed: Mapping[str, str]) -> SentForm:
    """Return what a member sent, by its custom id and the texts of its fields."""
    names = FIELDS[found["form"]]
    return SentForm(
        form=found["form"],
        slug=Slug(found["slug"]) if found["slug"] else None,
        revision=int(found["revision"] or 0),
        fields={name: text for name, text in typed.items() if name in names},
    )


def again_view(sent: SentForm) -> discord.ui.View:
    """Return the button that opens an edit's form again with what was typed."""
    view = discord.ui.View(timeout=None)
    custom_id = f"fe1:again:{sent.form}:{sent.revision}:{sent.slug}"
    view.add_item(discord.ui.Button(label=_("Edit again"), custom_id=custom_id))
    view.stop()
    return view


def own_reason(message: discord.Message | None) -> str:
    """Return the reason that a moderator typed; it stands in the footer of `unfit_embed`."""
    embeds = message.embeds if message else []
    return (embeds[0].footer.text or "")[:REASON_LIMIT] if embeds else ""


def own_version(message: discord.Message | None, slug: Slug) -> discord.Attachment | None:
    """Return the file with what a moderator typed, beside the button of `again_view`."""
    attached = message.attachments if message else []
    return next((file for file in attached if file.filename == f"{slug}-yours.md"), None)
