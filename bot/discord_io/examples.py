"""How moderators see what they teach the matcher: the form for an example, the list, the button.

Knows Discord's limits; a form keeps no memory, its custom id says what it is about.
"""

import re
from typing import Any

import discord

from bot.discord_io.cards import NEUTRAL, STANCE_WORDS
from bot.discord_io.words import pages, plain, shorten
from bot.domain.factchecks import Example
from bot.domain.ids import NoteId, Slug
from bot.domain.matches import Stance
from bot.domain.reviews import ReviewId
from bot.domain.wording import N_, _, ngettext
from bot.services.teaching import LONGEST, Taught

KEPT_ID = re.compile(r"ex1:kept:(?P<about>[A-Za-z0-9_-]{22})")
ADDED_ID = re.compile(
    r"ex1:add:(?P<raises>[01]):(?P<stance>assert|deny|ask|report|none):(?P<slug>[a-z0-9-]{1,80})"
)
KEEP_ID = "ex1:keep:{about}"
FIELD = "text"
SHOWN = 300
"""Characters of an example in the list."""
PAGE = 3900
LEARNED = N_(
    "Posts nearly like it are judged so from now on; its text is not kept, unless you keep it."
)
HINT = N_("Write it so that nobody can be recognised by it.")


def example_form(custom_id: str, text: str, *, raises: bool) -> discord.ui.Modal:
    """Return the form in which a moderator writes or confirms an example's text.

    It is stopped at once, so that discord.py sends it and then forgets it.
    """
    title = _("Keep as example") if raises else _("Keep as counter-example")
    modal = discord.ui.Modal(title=title, custom_id=custom_id)
    field = discord.ui.TextInput[Any](
        custom_id=FIELD,
        style=discord.TextStyle.paragraph,
        default=text or None,
        placeholder=_(HINT),
        max_length=LONGEST,
    )
    about = _("This text is kept") if raises else _("This text is kept as “not this claim”")
    modal.add_item(discord.ui.Label(text=about, description=_(HINT), component=field))
    modal.stop()
    return modal


def kept_form(about: str, draft: str, *, raises: bool) -> discord.ui.Modal:
    """Return the form with a judged post's sentence, for a moderator to edit and confirm."""
    return example_form(f"ex1:kept:{about}", draft, raises=raises)


def add_form(example: Example) -> discord.ui.Modal:
    """Return the empty form for an example that a moderator writes by hand."""
    custom_id = f"ex1:add:{int(example.raises)}:{example.stance}:{example.slug}"
    return example_form(custom_id, "", raises=example.raises)


def keep_view(about: ReviewId | NoteId) -> discord.ui.View:
    """Return the button with which a moderator keeps the text of the post that was judged."""
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.Button(label=_("Keep as example…"), custom_id=KEEP_ID.format(about=about))
    )
    view.stop()
    return view


def taught_embeds(slug: Slug, taught: Taught) -> list[discord.Embed]:
    """Return what a community has taught about a fact-check, one embed for each message."""
    lines = []
    for kept in taught.examples:
        kind = (
            STANCE_WORDS[Stance(kept.example.stance)]
            if kept.example.raises
            else _("not this claim")
        )
        lines.append(
            _("“{text}” · {kind} · <@{by}>, {moment}").format(
                text=shorten(plain(kept.example.text), SHOWN),
                kind=_(kind),
                by=kept.by,
                moment=discord.utils.format_dt(kept.at, "R"),
            )
        )
    if taught.posts:
        lines.append(
            ngettext(
                "And {count} judged post, whose text is not kept.",
                "And {count} judged posts, whose text is not kept.",
                taught.posts,
            ).format(count=taught.posts)
        )
    if not lines:
        lines.append(
            _("Nothing yet. What moderators decide on cards, and `/factcheck example add`, teach.")
        )
    embeds = [discord.Embed(colour=NEUTRAL, description=page) for page in pages(lines, PAGE)]
    embeds[0].title = shorten(_("Taught about “{slug}”").format(slug=slug), 256)
    return embeds
