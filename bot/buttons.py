"""A base for buttons and choices that keep no memory: everything is in their custom id.

`DynamicItem` has no error hook, and an exception in its `interaction_check` is swallowed (style
F19): so `GuardedButton` catches what `pressed` raises, and nobody overrides `interaction_check`.
"""

import re
from typing import Any, Self

import discord

from bot.services.auditing import DONE
from bot.tree import note_down, outcome_of, report


class GuardedButton(discord.ui.DynamicItem[Any], template="none"):
    """One kind of button or choice; `template` says what its custom ids look like.

    Whoever sends one sends a plain `discord.ui.Button` with such a custom id: what is made here of
    a press is never shown. A press is audited by the first two parts of its custom id, unless the
    class says that it changes nothing of others' (`audited = False`).
    """

    audited = True

    def __init__(self, found: re.Match[str]) -> None:
        self.found = found
        super().__init__(discord.ui.Button(custom_id=found[0]))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], found: re.Match[str]
    ) -> Self:
        """Rebuild the button from what Discord sends."""
        return cls(found)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Call `pressed`, and report whatever it raises."""
        try:
            await self.require_here(interaction)
            await self.pressed(interaction)
        except Exception as error:  # noqa: BLE001 - the edge of buttons
            await report(interaction, error)
            outcome = outcome_of(error)
        else:
            outcome = DONE
        if self.audited:
            custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
            await note_down(interaction, ":".join(custom_id.split(":")[:2]), outcome)

    async def require_here(self, interaction: discord.Interaction[Any]) -> None:
        """See that what the custom id names is of this server: a client can name anything.

        Raises:
            UserFacingError: it is another server's.
        """

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the press."""
        raise AssertionError(f"{type(self).__name__} must say what a press does")
