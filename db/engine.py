"""Opens the database and hands out units of work.

Knows engines, pools and transactions; implements `Database` of `bot.services.ports`. The network
is never awaited inside a unit of work.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

from bot.services.ports import Stores
from db.address import Address, parse_address, prepare_file, reaching
from db.problems import translated
from db.schema import read_schema, require_head
from db.sqlite import prepare_sqlite
from db.stores import SqlStores
from db.work import Work

POOL_SIZE = 5
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60


@asynccontextmanager
async def open_database(url: str, *, pool_size: int = POOL_SIZE) -> AsyncIterator["SqlDatabase"]:
    """Open a database whose schema is the program's; make a SQLite file where there is none.

    Args:
        url: `sqlite+aiosqlite:///file` or `postgresql+asyncpg://user:password@host/name`.
        pool_size: connections at most; on SQLite, those for reading.

    Raises:
        DatabaseUnusableError: it cannot be used; the message is one sentence that says why and
            what to do.
    """
    address = parse_address(url)
    prepare_file(address)
    await _make_fresh_file(address, url)
    async with AsyncExitStack() as stack:
        if address.file is None:
            database = _postgres(address, pool_size)
        else:
            database = _sqlite(address, pool_size)
        stack.push_async_callback(database.close)
        await database.require_schema(address)
        yield database


async def _make_fresh_file(address: Address, url: str) -> None:
    """Make the file with all tables in one transaction, unless there is something in it."""
    file = address.file
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        # The migration machinery takes 0.2 s to import, which only the first start should pay.
        from db.migrate import upgrade

        await upgrade(url)


def _sqlite(address: Address, pool_size: int) -> "SqlDatabase":
    writer = create_async_engine(address.url, pool_size=1, max_overflow=0)
    prepare_sqlite(writer, begin="BEGIN IMMEDIATE")
    reader = create_async_engine(address.url, pool_size=pool_size, max_overflow=0)
    prepare_sqlite(reader, begin="BEGIN", read_only=True)
    return SqlDatabase(writer, reader)


def _postgres(address: Address, pool_size: int) -> "SqlDatabase":
    settings: dict[str, Any] = {
        "timeout": CONNECT_SECONDS,
        "command_timeout": STATEMENT_SECONDS,
        "server_settings": {"application_name": "footnote"},
    }
    engine = create_async_engine(
        address.url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args=settings,
    )
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return SqlDatabase(engine, snapshot)


class SqlDatabase:
    """Units of work over a writer and a reader engine; on PostgreSQL both share one pool.

    Invariants:

    - A task has one unit of work at a time: a second would wait for the first for ever.
    - A unit of work ends with its `async with`; its stores are of no use afterwards.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._busy: set[asyncio.Task[Any] | None] = set()

    @property
    def connections_in_use(self) -> int:
        """How many connections units of work hold at this moment."""
        pools = {engine.pool for engine in (self._writer, self._reader)}
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Stores]:
        """Open a snapshot for reading; writing through it raises `RuntimeError`."""
        async with self._work(self._reader, writable=False) as work:
            yield SqlStores(work)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Stores]:
        """Open a transaction: committed on a clean exit, rolled back on an exception.

        Raises:
            UnavailableError: the database does not answer; `ambiguous` where that was during the
                commit, so that the changes may be there.
        """
        async with self._work(self._writer, writable=True) as work:
            yield SqlStores(work)

    @asynccontextmanager
    async def working(self, *, writable: bool) -> AsyncIterator[Work]:
        """Open a transaction for work that goes by the schema, across all stores."""
        async with self._work(
            self._writer if writable else self._reader, writable=writable
        ) as work:
            yield work

    @asynccontextmanager
    async def _work(self, engine: AsyncEngine, *, writable: bool) -> AsyncIterator[Work]:
        task = asyncio.current_task()
        if task in self._busy:
            raise RuntimeError("this task has a unit of work already; units do not nest")
        self._busy.add(task)
        try:
            async with AsyncSession(engine, expire_on_commit=False, autoflush=False) as session:
                with translated():
                    await session.connection()
                work = Work(session, writable=writable)
                try:
                    yield work
                finally:
                    work.end()
                with translated(committing=writable):
                    await session.commit()
        finally:
            self._busy.discard(task)

    async def require_schema(self, address: Address) -> None:
        """See that the database can be written and has the program's schema.

        Raises:
            DatabaseUnusableError: it cannot, or it has not.
        """
        with reaching(address):
            async with self._writer.begin() as connection:
                schema = await read_schema(connection)
        require_head(schema, address.name)

    async def close(self) -> None:
        """Close all connections; without this the drivers' threads keep the process alive."""
        await self._reader.dispose()
        await self._writer.dispose()
