"""A search for a message of the bot's own is bounded, and begins where it may have been posted."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord_io import finding
from bot.domain.ids import PlaceId
from tests.builders import NOON

ME, MIKA = 1, 200
PLACE = PlaceId(5)


class FakeClient:
    """One channel whose messages have the ids 0, 1, 2, ...; every third one is the bot's."""

    def __init__(self, length: int) -> None:
        self.user = SimpleNamespace(id=ME)
        self.length = length
        self.asked: dict[str, Any] = {}

    def get_partial_messageable(self, place: int) -> "FakeClient":
        assert place == PLACE
        return self

    async def history(self, **wanted: Any) -> AsyncIterator[SimpleNamespace]:
        self.asked = wanted
        for number in range(min(self.length, wanted["limit"])):
            author = SimpleNamespace(id=MIKA if number % 3 else ME)
            yield SimpleNamespace(id=number, author=author)


async def find(client: FakeClient, number: int) -> int | None:
    return await finding.find_own(
        cast("discord.Client", client),
        PLACE,
        since=NOON,
        is_it=lambda message: message.id == number,
    )


async def test_only_our_own_messages_since_the_first_attempt_are_looked_at() -> None:
    client = FakeClient(100)
    assert await find(client, 6) == 6
    assert await find(client, 7) is None
    assert (client.asked["after"], client.asked["oldest_first"]) == (NOON, True)


async def test_a_long_history_is_not_read_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    client = FakeClient(1_000_000)
    assert await find(client, finding.MOST_SEARCHED + 1) is None
    assert client.asked["limit"] == finding.MOST_SEARCHED
    assert "ended early" in caplog.text
