"""Listens to reactions and hands them to the ingest queue in order.

Raw events only: the others are told for messages in a cache, which we do without (pitfalls 1.4).
"""

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io import reactions
from bot.domain.events import Event


class ReactionsCog(commands.Cog):
    """What is taken at once is only put into the queue: order is kept there."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._ingest = bot.services.ingest
        self._clock = bot.services.clock
        bot.at_once("raw_reaction_add", self._given)
        bot.at_once("raw_reaction_remove", self._withdrawn)
        bot.at_once("raw_reaction_clear", self._cleared)
        bot.at_once("raw_reaction_clear_emoji", self._emoji_cleared)

    def _put(self, event: Event | None) -> None:
        if event is not None:
            self._ingest.put(event)

    @property
    def _me(self) -> int:
        return self._bot.user.id if self._bot.user else 0

    def _given(self, payload: discord.RawReactionActionEvent) -> None:
        """Take a reaction."""
        self._put(reactions.reaction(payload, self._me, self._clock.now()))

    def _withdrawn(self, payload: discord.RawReactionActionEvent) -> None:
        """Take a withdrawal."""
        self._put(reactions.reaction(payload, self._me, self._clock.now()))

    def _cleared(self, payload: discord.RawReactionClearEvent) -> None:
        """Take the clear of a whole message."""
        self._put(reactions.clear(payload, self._clock.now()))

    def _emoji_cleared(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Take the clear of one emoji."""
        self._put(reactions.clear(payload, self._clock.now()))
