"""A base for forms that keep no memory: everything they need is in their custom id.

A form that was opened before a restart, or by another process, is answered as any other. Knows
discord.py and the edge where a form's errors end; must never know what a form is about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import discord

from bot.domain.wording import N_, _
from bot.services.auditing import DONE
from bot.tree import note_down, outcome_of, reply, report

OLD_FORM = N_(
    "This form is from another version of the bot, or was opened too long ago. Nothing was saved; "
    "please open it again."
)


class GuardedForm:
    """One kind of form, known by its custom id; `FootnoteBot.add_forms` makes it known.

    Whoever opens it sends a `discord.ui.Modal` with such a custom id and stops it at once, so that
    discord.py forgets it.
    """

    template: ClassVar[re.Pattern[str]]
    """What its custom ids look like as a whole."""
    changes_its_message: ClassVar[bool] = False
    """True for a form that changes the message from which it was opened, and defers that itself."""
    audited: ClassVar[bool] = True
    """False for what changes nothing but the member's own data."""
    name: ClassVar[str]
    """What the audit calls a use of it, where that is always the same."""

    def audited_as(self, found: re.Match[str]) -> str:
        """Return under which name the audit has a use of this form."""
        return self.name

    async def sent(
        self,
        interaction: discord.Interaction[Any],
        found: re.Match[str],
        fields: Mapping[str, str],
    ) -> None:
        """Answer: first see that whoever sent it may, then store what they typed."""
        raise AssertionError(f"{type(self).__name__} must say what it does")

    async def receive(self, interaction: discord.Interaction[Any], found: re.Match[str]) -> None:
        """Call `sent`, report whatever it raises, and put the use into the audit."""
        outcome = DONE
        try:
            if not self.changes_its_message:
                await interaction.response.defer(ephemeral=True, thinking=True)
            await self.sent(interaction, found, typed_in(interaction))
        except Exception as error:  # noqa: BLE001 - the edge of forms
            await report(interaction, error)
            outcome = outcome_of(error)
        if self.audited:
            await note_down(interaction, self.audited_as(found), outcome)


async def receive_form(interaction: discord.Interaction[Any], forms: Iterable[GuardedForm]) -> None:
    """Hand a sent form to whoever knows it; one that nobody knows is answered, too."""
    custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
    for form in forms:
        found = form.template.fullmatch(custom_id)
        if found is not None:
            await form.receive(interaction, found)
            return
    await reply(interaction, _(OLD_FORM))


def typed_in(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """Return the texts of a sent form by the custom ids of their fields."""
    return dict(_texts(dict(interaction.data or {}).get("components")))


def _texts(components: object) -> Iterator[tuple[str, str]]:
    for one in components if isinstance(components, list) else []:
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("custom_id"), str) and isinstance(one.get("value"), str):
            yield one["custom_id"], one["value"]
        yield from _texts([one["component"]] if "component" in one else one.get("components"))
