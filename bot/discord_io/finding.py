"""Finds a message of the bot's own in a channel's history, as after a crash that hid an answer.

Knows how far a search goes; what tells one message from another is told by whoever asks.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import discord

from bot.domain.ids import PlaceId, PostId

logger = logging.getLogger(__name__)

MOST_SEARCHED = 2_000
"""Messages of one search, the oldest first, in twenty requests at most. Whoever asks since the
attempt that may have posted it finds it near the beginning; whoever asks since long before may miss
it in a busy channel."""
MOST_TOLD = 50
"""Direct messages of one search; few follow each other."""


async def find_own(
    client: discord.Client,
    place: PlaceId,
    *,
    since: datetime,
    is_it: Callable[[discord.Message], bool],
) -> PostId | None:
    """Return the oldest message of ours since then for which `is_it` holds, None without one."""
    me = client.user
    read = 0
    history = client.get_partial_messageable(place).history(
        after=since, limit=MOST_SEARCHED, oldest_first=True
    )
    async for message in history:
        read += 1
        if me is not None and message.author.id == me.id and is_it(message):
            return PostId(message.id)
    if read == MOST_SEARCHED:
        logger.warning("a search of the history ended early", extra={"place": place})
    return None


async def was_told(
    client: discord.Client,
    channel: discord.DMChannel,
    *,
    since: datetime,
    is_footer: Callable[[str], bool],
) -> bool:
    """Tell whether we sent a direct message with such a footer since then."""
    me = client.user
    async for message in channel.history(after=since, limit=MOST_TOLD):
        if me is not None and message.author.id == me.id and has_footer(message, is_footer):
            return True
    return False


def has_footer(message: discord.Message, is_footer: Callable[[str], bool]) -> bool:
    """Tell whether one of a message's embeds has such a footer."""
    return any(is_footer(embed.footer.text or "") for embed in message.embeds)


def custom_ids(message: discord.Message) -> Iterator[str]:
    """Yield the custom ids of a message's buttons, which tell for ever what it is."""
    for row in message.components:
        for item in getattr(row, "children", ()):
            yield getattr(item, "custom_id", None) or ""
