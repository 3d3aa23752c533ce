"""Who may see which channel, so that what is told in one place is no news to its readers."""

import asyncio
from collections.abc import Collection, Iterable

import discord

from bot.discord_io.publisher import translated
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.wording import _
from bot.services.errors import GoneError, UnavailableError

POLL_S = 0.2
Place = discord.abc.GuildChannel | discord.Thread


class DiscordVisibility:
    """Implements `VisibilitySource`: compares what each role may see."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def ready(self) -> None:
        """Return when the servers' channels and roles are known."""
        # Before its login the client has no event that could be awaited.
        while not self._client.is_ready():  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)

    async def shown(
        self, community: CommunityId, reader: PlaceId | None, places: Collection[PlaceId]
    ) -> Collection[PlaceId]:
        """Return which places every role may see that may see `reader`."""
        guild = self._client.get_guild(community)
        if guild is None:
            return frozenset()
        room = guild.get_channel_or_thread(reader) if reader is not None else None
        readers = [role for role in guild.roles if room is None or _sees(room, role)]
        if room is None:
            readers = [guild.default_role]
        return frozenset([place for place in places if await self._open(guild, place, readers)])

    async def _open(
        self, guild: discord.Guild, place: PlaceId, readers: Iterable[discord.Role]
    ) -> bool:
        found: object = guild.get_channel_or_thread(place)
        if found is None:
            # Archived threads are not in the cache.
            try:
                async with translated():
                    found = await guild.fetch_channel(place)
            except UnavailableError:
                return False
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread):
            return False
        return all(_sees(found, role) for role in readers)


def _sees(place: Place, role: discord.Role) -> bool:
    if isinstance(place, discord.Thread) and (place.is_private() or place.parent is None):
        return False
    return place.permissions_for(role).view_channel


async def may_read(place: Place, member: discord.Member) -> bool:
    """Tell whether a member can read a place; of private threads, whether they are in it.

    Raises:
        UnavailableError: Discord does not say who is in a private thread.
    """
    if isinstance(place, discord.Thread) and place.parent is None:
        return False
    allowed = place.permissions_for(member)  # of a thread, those in its parent
    if not (allowed.read_messages and allowed.read_message_history):
        return False
    if not isinstance(place, discord.Thread) or not place.is_private() or allowed.manage_threads:
        return True
    try:
        async with translated():
            await place.fetch_member(member.id)
    except GoneError:
        return False
    return True


def public_name(guild: discord.Guild, place: PlaceId) -> str:
    """Return a place's name where everybody may see it."""
    found = guild.get_channel_or_thread(place)
    if found is None or not _sees(found, guild.default_role):
        return _("a thread")
    return f"#{found.name}"


def member_name(guild: discord.Guild, member: MemberId) -> str:
    """Return what a member is called, nothing where that is not known."""
    found = guild.get_member(member)
    return found.display_name if found is not None else ""
