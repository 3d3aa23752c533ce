"""Reads a flagged post, and what stands around it, as Discord shows them now; keeps nothing.

Knows channels, messages and who may see them; never decides about a flag.
"""

from typing import Any

import discord

from bot.discord_io.orders import User, fetch_person
from bot.discord_io.publisher import translated
from bot.discord_io.standings import Channel
from bot.discord_io.translate import PERSON_TYPES
from bot.discord_io.visibility import may_read
from bot.discord_io.words import message_link, plain, shorten
from bot.domain.flags import FlagCard
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.wording import N_, _
from bot.services.errors import GoneError, InvalidInputError, NotAllowedError, NotFoundError
from bot.services.flagging.flagging import FlaggedPost

NEIGHBOURS = 5
"""Messages that the context shows, the flagged post in their middle."""
POST_SHOWN = 300
GONE = N_("This post is gone.")
UNREADABLE = N_("I cannot read this channel, so I cannot take flags there.")
NOT_YOURS_TO_SEE = N_("You cannot read this channel.")
NOT_BY_A_PERSON = N_("This is a message of Discord’s own: nobody wrote it.")
NO_MEMBER = N_("This was not posted by a member: it can only be deleted.")

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


def as_flagged(message: discord.Message, guild_id: int, bot_id: int) -> FlaggedPost:
    """Return a message as what a flag is about.

    Raises:
        InvalidInputError: nobody wrote it.
    """
    if message.type not in PERSON_TYPES and message.author.id != bot_id:
        raise InvalidInputError(_(NOT_BY_A_PERSON))
    channel = message.channel
    parent = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
    return FlaggedPost(
        community=CommunityId(guild_id),
        place=PlaceId(parent),
        channel=PlaceId(channel.id),
        post=PostId(message.id),
        author=MemberId(message.author.id),
        is_ours=message.author.id == bot_id,
        opens_thread=isinstance(channel, discord.Thread) and channel.id == message.id,
    )


async def read_flagged(
    interaction: discord.Interaction[Any], channel_id: int, post_id: int
) -> FlaggedPost:
    """Return a post as it is now, for a member who can see it.

    Raises:
        UserFacingError: it is gone, or the member or the bot cannot see it.
    """
    channel = await visible_channel(interaction, channel_id)
    try:
        async with translated():
            message = await channel.fetch_message(post_id)
    except GoneError:
        raise NotFoundError(_(GONE)) from None
    return as_flagged(message, channel.guild.id, channel.guild.me.id)


async def visible_channel(interaction: discord.Interaction[Any], channel_id: int) -> Readable:
    """Return a channel with messages that whoever acts, and the bot, can read.

    Raises:
        UserFacingError: it is gone, or one of them cannot read it.
    """
    channel = await own_channel(interaction, channel_id)
    if not channel.permissions_for(channel.guild.me).read_message_history:
        raise InvalidInputError(_(UNREADABLE))
    return channel


async def own_channel(interaction: discord.Interaction[Any], channel_id: int) -> Readable:
    """Return a channel with messages that whoever acts can read.

    Raises:
        UserFacingError: it is gone, or they cannot read it.
    """
    channel = await channel_named(interaction, channel_id)
    if not isinstance(channel, Readable) or not isinstance(interaction.user, discord.Member):
        raise NotFoundError(_(GONE))
    if not await may_read(channel, interaction.user):
        raise NotAllowedError(_(NOT_YOURS_TO_SEE))
    return channel


async def channel_named(interaction: discord.Interaction[Any], channel_id: int) -> Channel:
    """Return a channel or thread of the server, also one that was archived.

    Raises:
        NotFoundError: it is gone.
    """
    guild = interaction.guild
    if guild is None:
        raise NotFoundError(_(GONE))
    found = guild.get_channel_or_thread(channel_id)
    if found is not None:
        return found
    try:
        async with translated():
            return await guild.fetch_channel(channel_id)
    except (GoneError, discord.InvalidData):  # gone, or of another server
        raise NotFoundError(_(GONE)) from None


async def author_of(interaction: discord.Interaction[Any], card: FlagCard) -> User:
    """Return whom a card is about, a member or not any more.

    Raises:
        InvalidInputError: it was posted by no account that can be acted on.
    """
    found = await fetch_person(interaction, card.author)
    if found is None:
        raise InvalidInputError(_(NO_MEMBER))
    return found


async def context_of(interaction: discord.Interaction[Any], card: FlagCard) -> str:
    """Return the post and its neighbours, as they stand now, for this moderator only."""
    channel = await visible_channel(interaction, card.channel)
    post = card.post or PostId(0)
    async with translated():
        around = discord.Object(post)
        found = [m async for m in channel.history(limit=NEIGHBOURS, around=around)]
    lines = [_line(card, message) for message in sorted(found, key=lambda each: each.id)]
    if all(message.id != post for message in found):
        lines.append(f"**{_(GONE)}**")
    return "\n".join(lines)


def _line(card: FlagCard, message: discord.Message) -> str:
    name = plain(message.author.display_name)
    link = message_link(card.community, card.channel, PostId(message.id))
    # A note says what it is about in its embed's title only.
    text = message.content or next((each.title for each in message.embeds if each.title), "")
    shown = shorten(plain(text), POST_SHOWN) or _("(no text)")
    mark = "➤ " if message.id == card.post else ""
    when = int(message.created_at.timestamp())
    return f"{mark}**{name}** [<t:{when}:t>]({link}): {shown}"
