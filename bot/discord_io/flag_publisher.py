"""Posts and changes cards of flags, pings moderators of urgent ones, and tells flaggers.

Knows Discord's messages and direct messages; never who may decide what.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import discord

from bot.discord_io.finding import custom_ids, find_own, was_told
from bot.discord_io.flag_cards import alert_text, flag_embed, flag_view, outcome_text
from bot.discord_io.publisher import translated
from bot.discord_io.words import footer_is_about
from bot.domain.flags import Flag, FlagCard
from bot.domain.ids import PostId
from bot.domain.wording import _
from bot.services.errors import GoneError

CANNOT_TELL = 50007
"""Discord's code for somebody who takes no direct messages."""


class DiscordFlagPublisher:
    """Implements the `FlagPublisher` port over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post_card(
        self, card: FlagCard, flags: Sequence[Flag], *, nonce: str, excerpt: str = ""
    ) -> PostId:
        """Post a card without a ping and return the message's id."""
        async with translated():
            message = await self._review_place(card).send(
                embed=flag_embed(card, flags, excerpt=excerpt),
                view=flag_view(card, flags),
                nonce=nonce,
                silent=True,
            )
        return PostId(message.id)

    async def update_card(
        self, card: FlagCard, flags: Sequence[Flag], *, excerpt: str = ""
    ) -> None:
        """Show the card as it is now."""
        if card.message is None:
            return
        message = self._review_place(card).get_partial_message(card.message)
        async with translated():
            await message.edit(
                embed=flag_embed(card, flags, excerpt=excerpt), view=flag_view(card, flags)
            )

    async def find_card(self, card: FlagCard, *, since: datetime) -> PostId | None:
        """Look in the review place's history for the card."""
        return await self._find(
            card, since, lambda m: any(each.endswith(f":{card.id}") for each in custom_ids(m))
        )

    async def alert(self, card: FlagCard, role: int | None, *, nonce: str) -> PostId:
        """Post beneath an urgent card that it is urgent, with a ping of this role."""
        pinged = [discord.Object(role)] if role else False
        async with translated():
            message = await self._review_place(card).send(
                alert_text(role),
                reference=discord.MessageReference(
                    message_id=card.message, channel_id=card.review_place, fail_if_not_exists=False
                )
                if card.message
                else discord.utils.MISSING,
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, users=False, roles=pinged, replied_user=False
                ),
                nonce=nonce,
            )
        return PostId(message.id)

    async def find_alert(self, card: FlagCard, *, since: datetime) -> PostId | None:
        """Look in the review place's history for the card's alert."""

        def is_it(message: discord.Message) -> bool:
            reference = message.reference
            return reference is not None and reference.message_id == card.message

        return await self._find(card, since, is_it)

    async def tell_outcome(
        self, card: FlagCard, flag: Flag, *, nonce: str, since: datetime | None
    ) -> None:
        """Tell a flagger what became of the flag."""
        guild = self._client.get_guild(card.community)
        if guild is None:
            raise GoneError("the bot is no longer in this community")
        footer = _("Flag {number} · {server}").format(number=flag.post, server=guild.name)
        embed = discord.Embed(description=outcome_text(card, flag)).set_footer(text=footer)
        is_footer = partial(footer_is_about, number=flag.post, server=guild.name)
        async with translated():
            try:
                channel = await self._client.create_dm(discord.Object(flag.member))
                if since is not None and await was_told(
                    self._client, channel, since=since, is_footer=is_footer
                ):
                    return
                await channel.send(embed=embed, nonce=nonce)
            except discord.Forbidden as refusal:
                if refusal.code != CANNOT_TELL:
                    raise

    def _review_place(self, card: FlagCard) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(card.review_place)

    async def _find(
        self, card: FlagCard, since: datetime, is_it: Callable[[discord.Message], bool]
    ) -> PostId | None:
        async with translated():
            return await find_own(self._client, card.review_place, since=since, is_it=is_it)
