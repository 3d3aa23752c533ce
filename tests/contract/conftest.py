"""The databases that the same suite runs on: in memory, a SQLite file, a PostgreSQL server."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.services.memory import InMemoryDatabase
from bot.services.ports import Database
from db.engine import SqlDatabase, open_database


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An empty database; at the end nothing may hold one of its connections."""
    async with AsyncExitStack() as stack:
        used: InMemoryDatabase | SqlDatabase
        if request.param == "memory":
            used = InMemoryDatabase()
        else:
            url = request.getfixturevalue(f"{request.param}_url")
            used = await stack.enter_async_context(open_database(url))
        yield used
        assert used.connections_in_use == 0
