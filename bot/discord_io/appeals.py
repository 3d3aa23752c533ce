"""Posts and changes the cards of appeals, and tells members what the moderators answered."""

from datetime import timedelta

import discord

from bot.discord_io.appeal_cards import (
    answer_embed,
    answer_marker,
    answer_view,
    card_embed,
    card_marker,
    card_view,
)
from bot.discord_io.finding import find_own, has_footer, was_told
from bot.discord_io.publisher import translated
from bot.domain.ids import PostId
from bot.services.ports import AppealView

LOOK_BACK = timedelta(minutes=1)
NO_LONGER_REACHED = frozenset({50007, 50278})
"""Cannot send messages to this user; no mutual guilds."""


class DiscordAppealPublisher:
    """Implements `AppealPublisher` over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post_card(self, view: AppealView, *, nonce: str) -> PostId:
        """Post a card without a ping and return the message's id."""
        channel = self._client.get_partial_messageable(view.appeal.card_place)
        async with translated():
            message = await channel.send(
                embed=card_embed(view), view=card_view(view.appeal), nonce=nonce, silent=True
            )
        return PostId(message.id)

    async def update_card(self, view: AppealView) -> None:
        """Show the card as the appeal is now."""
        channel = self._client.get_partial_messageable(view.appeal.card_place)
        message = channel.get_partial_message(view.appeal.message or 0)
        async with translated():
            await message.edit(embed=card_embed(view), view=card_view(view.appeal))

    async def find_card(self, view: AppealView) -> PostId | None:
        """Look for the card in its channel since the appeal was opened."""
        since, marker = view.appeal.opened_at - LOOK_BACK, card_marker(view.appeal)
        async with translated():
            return await find_own(
                self._client,
                view.appeal.card_place,
                since=since,
                is_it=lambda card: has_footer(card, lambda footer: footer.endswith(marker)),
            )

    async def tell(self, view: AppealView, *, nonce: str, again: bool) -> bool:
        """Send the member the moderators' newest word; False where they take no message."""
        guild = self._client.get_guild(view.case.community)
        name = guild.name if guild else "Discord"
        async with translated():
            try:
                channel = await self._client.create_dm(discord.Object(view.appeal.member))
                marker = answer_marker(view)
                since = view.appeal.said[-1].at - LOOK_BACK
                if again and await was_told(
                    self._client,
                    channel,
                    since=since,
                    is_footer=lambda footer: footer.endswith(marker),
                ):
                    return True
                embed = answer_embed(view, name)
                await channel.send(embed=embed, view=answer_view(view.appeal), nonce=nonce)
            except discord.Forbidden:
                return False
            except discord.HTTPException as error:
                if error.code in NO_LONGER_REACHED:
                    return False
                raise
        return True
