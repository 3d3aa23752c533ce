"""What every `SourceStore` promises."""

from datetime import timedelta

import pytest

from bot.domain.sources import SourceHealth, SourceState
from bot.services.errors import InvalidInputError
from bot.services.ports import Database
from tests.builders import NOON

URL = "https://news.example/" + "x" * 3000


def build_state(url: str = URL) -> SourceState:
    return SourceState(
        url=url,
        health=SourceHealth.TROUBLED,
        checked_at=NOON,
        due_at=NOON + timedelta(days=1),
        said="no such page (404)",
        moved_to="https://news.example/new",
        failures=3,
        failing_since=NOON,
    )


async def test_a_state_comes_back_as_it_was_put(database: Database) -> None:
    fine = SourceState(url=URL, health=SourceHealth.FINE, checked_at=NOON, due_at=NOON)
    async with database.writing() as stores:
        await stores.sources.put(fine)
        await stores.sources.put(build_state())
    async with database.reading() as stores:
        assert await stores.sources.states([URL]) == {URL: build_state()}


async def test_only_what_was_looked_at_is_known_of_many_addresses(database: Database) -> None:
    many = [f"https://news.example/{number}" for number in range(1_200)]
    async with database.writing() as stores:
        for url in many[::400]:
            await stores.sources.put(build_state(url))
    async with database.reading() as stores:
        assert set(await stores.sources.states(many)) == set(many[::400])
        assert await stores.sources.states([]) == {}


async def test_an_address_that_cannot_be_stored_is_refused(database: Database) -> None:
    async with database.writing() as stores:
        with pytest.raises(InvalidInputError):
            await stores.sources.put(build_state("https://news.example/\x00"))
