"""`/likes`: what is liked most, which likes count and why, and which emoji are likes."""

import re
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.like_words import emoji_text, member_text, post_text, top_embed
from bot.discord_io.publisher import translated
from bot.discord_io.visibility import may_read
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import Emoji, normalise
from bot.domain.wording import _
from bot.services.errors import InvalidInputError, UnavailableError
from bot.services.likes.service import Top
from bot.tree import moderators_only, reply

Span = Literal["day", "week", "month"]
TOP = 5
SPARE = 4
"""How many times as many are ranked, since some stand where the asker may not look."""
MESSAGE = re.compile(r"(?:https?://[\w.]+/channels/\d+/\d+/)?(\d{15,20})/?")
KEYCAP = "\u20e3"


@app_commands.guild_only()
class LikesCog(commands.GroupCog, group_name="likes", group_description="Likes and rankings"):
    """Rankings are for everybody, as far as they may look; the rest is for moderators."""

    emoji = app_commands.Group(name="emoji", description="Which emoji count as likes")

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._likes = bot.services.likes

    @app_commands.command()
    @app_commands.describe(period="The last day, week or month")
    async def top(self, interaction: discord.Interaction[Any], period: Span = "week") -> None:
        """Show the most liked posts and members, and the liveliest threads."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        found = await self._likes.top(community, period, limit=TOP * SPARE)
        embed = top_embed(community, await _visible(found, interaction), limit=TOP)
        await interaction.followup.send(embed=embed, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(
        message="Link or id of a message",
        member="Whose likes to explain instead",
        period="Of a member's likes: the last day, week or month",
    )
    @moderators_only()
    async def explain(
        self,
        interaction: discord.Interaction[Any],
        message: str | None = None,
        member: discord.User | None = None,
        period: Span = "week",
    ) -> None:
        """Say which likes of a message or a member count, which do not, and why."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        if (message is None) == (member is None):
            raise InvalidInputError(_("Give either a message or a member."))
        if member is not None:
            ranked = await self._likes.explain_member(community, MemberId(member.id), period)
            await reply(interaction, member_text(ranked, period))
        elif message is not None:
            explained = await self._likes.explain_post(community, _post_id(message))
            await reply(interaction, post_text(community, explained))

    @emoji.command(name="add")
    @app_commands.describe(emoji="An emoji, also one of this server's own")
    @moderators_only()
    async def add(self, interaction: discord.Interaction[Any], emoji: str) -> None:
        """Let an emoji count as a like, also where it was given before."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        chosen = _parse_emoji(emoji)
        if chosen.isascii() and chosen not in await _own_emoji(interaction):
            raise InvalidInputError(_("That emoji is not one of this server's (any more)."))
        read_back = await self._likes.count_emoji(community, chosen)
        if read_back:
            self._bot.services.catching_up.compare_all(community)
        later = _(" I am reading the last 30 days for it now.") if read_back else ""
        await reply(
            interaction,
            _("{emoji} counts as a like.{later}").format(emoji=emoji_text(chosen), later=later),
        )

    @emoji.command(name="remove")
    @app_commands.describe(emoji="An emoji that counts now")
    @moderators_only()
    async def remove(self, interaction: discord.Interaction[Any], emoji: str) -> None:
        """Let an emoji count no more."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = _parse_emoji(emoji)
        await self._likes.ignore_emoji(CommunityId(interaction.guild_id or 0), chosen)
        await reply(
            interaction, _("{emoji} no longer counts as a like.").format(emoji=emoji_text(chosen))
        )

    @emoji.command(name="list")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show which emoji count as likes."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        counting = await self._likes.emoji(CommunityId(interaction.guild_id or 0))
        own = await _own_emoji(interaction)
        there = [each for each in counting if not each.isascii() or each in own]
        gone = sorted(set(counting) - set(there))
        lines = [
            _("Likes are: {emoji}").format(emoji=" ".join(map(emoji_text, there)) or _("none"))
        ]
        lines += [
            _(
                "- {emoji} no longer exists here; `/likes emoji remove emoji:{emoji}` takes it off "
                "the list."
            ).format(emoji=each)
            for each in gone
        ]
        await reply(interaction, "\n".join(lines))


async def _visible(top: Top, interaction: discord.Interaction[Any]) -> Top:
    """Return what stands where the asker may look."""

    async def sees(place: PlaceId) -> bool:
        guild, user = interaction.guild, interaction.user
        channel = guild.get_channel_or_thread(place) if guild else None
        if channel is None or not isinstance(user, discord.Member):
            return False
        try:
            return await may_read(channel, user)
        except UnavailableError:
            return False

    named = {each.post.channel for each in top.posts} | {each.place for each in top.threads}
    seen = {place for place in named if await sees(place)}
    return Top(
        since=top.since,
        until=top.until,
        posts=[each for each in top.posts if each.post.channel in seen],
        members=top.members,
        threads=[each for each in top.threads if each.place in seen],
    )


def _post_id(text: str) -> PostId:
    found = MESSAGE.fullmatch(text.strip().strip("<>"))
    if found is None:
        raise InvalidInputError(
            _("That is no message: copy its link (or its id) from the message's menu.")
        )
    return PostId(int(found[1]))


def _parse_emoji(text: str) -> Emoji:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) >= 15:
        return Emoji(text)
    parsed = discord.PartialEmoji.from_str(text)
    key = normalise(parsed.name, parsed.id)
    plain = parsed.id is None and (any(map(str.isalnum, key)) and KEYCAP not in key)
    if not key or plain or (parsed.id is None and (key.isascii() or len(key) > 16 or " " in key)):
        raise InvalidInputError(_("That is not an emoji: choose one from the emoji menu."))
    return key


async def _own_emoji(interaction: discord.Interaction[Any]) -> set[Emoji]:
    """Ask for the server's own emoji; they are not kept, which would need one more intent."""
    if interaction.guild is None:
        return set()
    async with translated():
        return {Emoji(str(each.id)) for each in await interaction.guild.fetch_emojis()}
