"""The forms in which moderators write fact-checks, and what a sent form holds.

A form keeps no memory: its custom id says what it is about and with which revision it was opened,
so that it can be sent after a restart, and after somebody else's change.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.ids import Slug
from bot.services.editing.forms import LIMITS
from bot.services.editing.service import REASON_LIMIT

_FORM = re.compile(r"fe1:(?P<form>add|text|more)(?::(?P<revision>\d{1,9}):(?P<slug>[a-z0-9-]+))?")
LABELS: Mapping[str, str] = {
    "claim": "Claim: what people say",
    "variants": "Other wordings, one a line",
    "verdict": "Finding, or empty for context only",
    "summary": "Summary: what the note shows",
    "details": "Details, with [1] for source 1",
    "sources": "Sources, one a line",
    "checked_on": "Checked on",
    "review_by": "To be reviewed by",
    "reason": "Why this change",
}
HINTS: Mapping[str, str] = {
    "claim": "AI art wins every prize.",
    "verdict": "true, mostly-true, mixed, mostly-false, false, unproven, outdated",
    "summary": "Two lines, at most 420 characters, about the claim and not to whoever made it.",
    "sources": "https://example.org/page | Publisher | Title of the page",
    "checked_on": "2026-11-22",
    "review_by": "2027-11-22",
    "reason": "A new survey came out.",
}
PARAGRAPHS = frozenset({"variants", "summary", "details", "sources"})
REQUIRED = frozenset({"claim", "reason"})
FIELDS: Mapping[str, tuple[str, ...]] = {
    "add": ("claim", "verdict", "summary", "details", "sources"),
    "text": ("claim", "variants", "verdict", "summary", "reason"),
    "more": ("details", "sources", "checked_on", "review_by", "reason"),
}
TITLES: Mapping[str, str] = {
    "add": "New fact-check",
    "text": "Claim, finding and summary",
    "more": "Details, sources and dates",
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
    modal = discord.ui.Modal(title=TITLES[form], custom_id=f"fe1:{form}{about}")
    for name in FIELDS[form]:
        long = name in PARAGRAPHS
        field = discord.ui.TextInput[Any](
            custom_id=name,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            default=fields.get(name) or None,
            placeholder=HINTS.get(name),
            required=name in REQUIRED,
            max_length=LIMITS.get(name, REASON_LIMIT),
        )
        modal.add_item(discord.ui.Label(text=LABELS[name], component=field))
    modal.stop()
    return modal


def sent_form(interaction: discord.Interaction[Any]) -> SentForm | None:
    """Return what a member sent, None where it is no form of ours."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    found = _FORM.fullmatch(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or found is None:
        return None
    names = FIELDS[found["form"]]
    fields = {name: text for name, text in _texts(data.get("components")) if name in names}
    return SentForm(
        form=found["form"],
        slug=Slug(found["slug"]) if found["slug"] else None,
        revision=int(found["revision"] or 0),
        fields=fields,
    )


def _texts(components: object) -> Iterator[tuple[str, str]]:
    for one in components if isinstance(components, list) else []:
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("custom_id"), str) and isinstance(one.get("value"), str):
            yield one["custom_id"], one["value"]
        yield from _texts([one["component"]] if "component" in one else one.get("components"))
