"""What is carried out on Discord stays in the community that a case belongs to."""

import discord
import pytest

from bot.discord_io.actions import DiscordActionPublisher
from bot.domain.cases import CaseKind
from bot.services.errors import GoneError
from tests.builders import CHANNEL, COMMUNITY
from tests.unit.moderation.strategies import build_case


class ClientOfOneChannel(discord.Client):
    """Knows one channel, of another server, as a bot on two servers does."""

    async def fetch_channel(self, channel_id: int, /) -> discord.TextChannel:
        """Return the channel; nothing of it may be touched."""
        channel = discord.TextChannel.__new__(discord.TextChannel)
        channel.id, channel.guild = channel_id, Elsewhere(COMMUNITY + 1)
        return channel


class Elsewhere(discord.Guild):
    """Another server."""

    def __init__(self, number: int) -> None:
        self.id = number


@pytest.mark.parametrize("kind", [CaseKind.LOCK, CaseKind.UNLOCK, CaseKind.SLOWMODE])
async def test_a_case_never_acts_on_a_channel_of_another_community(kind: CaseKind) -> None:
    publisher = DiscordActionPublisher(ClientOfOneChannel(intents=discord.Intents.none()))
    case = build_case(kind=kind, target=None, place=CHANNEL, details={"seconds": 5})
    with pytest.raises(GoneError, match="not in this community"):
        await publisher.carry_out(case)
