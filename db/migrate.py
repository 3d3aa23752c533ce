"""Moves a database to the program's schema, checks it, and copies it.

Knows alembic, and needs no `alembic.ini`. For the command line:

    await upgrade(url) -> Upgrade              footnote db upgrade; .before, .after, .backup
    await check(url) -> list[str]              footnote db check; empty where all is well
    await backup(url, path) -> Path            footnote db backup
    await current(url) -> str | None           the revision, None where the database is empty
    await draft(message) -> Path               for developers: python -m db.migrate "add likes"

All raise `DatabaseUnusableError` with one sentence. A migration runs in one transaction, alone: it
is there as a whole or not at all.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.services.errors import DatabaseUnusableError
from db.address import Address, parse_address, prepare_file, reaching
from db.all_tables import metadata
from db.schema import HEAD, MIGRATIONS, read_schema, require_head, require_known
from db.sqlite import prepare_sqlite

_LOCK = 0x464F_4F54_4E4F_5445
"""Key of PostgreSQL's advisory lock: the word FOOTNOTE."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did."""

    before: str | None
    after: str
    backup: Path | None
    """Copy of the SQLite file as it was, where there was something to lose."""


async def upgrade(url: str) -> Upgrade:
    """Bring a database to the newest schema; make the SQLite file where there is none.

    Raises:
        DatabaseUnusableError: the database cannot be reached, or its schema is not known.
    """
    address = parse_address(url)
    prepare_file(address)
    before = await current(url)
    if before == HEAD:
        return Upgrade(before, HEAD, None)
    copy = None
    if before is not None and address.file is not None:
        copy = await backup(url, _free_name(address.file, before))
    async with _connected(address) as connection:
        await _wait_for_others(connection, address)
        await connection.run_sync(_run, "upgrade")
        await _require_whole(connection, address)
    return Upgrade(before, HEAD, copy)


async def current(url: str) -> str | None:
    """Return the database's revision, None where it is empty.

    Raises:
        DatabaseUnusableError: it cannot be reached, or it is not one of ours.
    """
    address = parse_address(url)
    if address.file is not None and not address.file.exists():
        return None
    async with _connected(address) as connection:
        schema = await read_schema(connection)
    require_known(schema, address.name)
    return schema.revision


async def check(url: str) -> list[str]:
    """Compare a database with the program's tables and look for damage.

    Returns:
        One line for each difference; empty where all is well.

    Raises:
        DatabaseUnusableError: it cannot be reached, or has another schema.
    """
    address = parse_address(url)
    _require_file(address)
    async with _connected(address) as connection:
        require_head(await read_schema(connection), address.name)
        found = await connection.run_sync(_differences)
        if address.file is not None:
            result = await connection.exec_driver_sql("PRAGMA integrity_check")
            found += [line for line in result.scalars() if line != "ok"]
            found += await _orphans(connection)
    return found


async def backup(url: str, path: Path) -> Path:
    """Copy a SQLite database to a new file while it is in use; whole or not at all.

    Raises:
        DatabaseUnusableError: the file cannot be copied there, or the database is PostgreSQL.
    """
    address = parse_address(url)
    if address.file is None:
        raise DatabaseUnusableError(
            "Footnote copies SQLite files only; use pg_dump for a PostgreSQL database."
        )
    _require_file(address)
    with _written_whole(path) as part:
        async with _connected(address, begin=None) as connection:
            await connection.execute(text("VACUUM INTO :target"), {"target": str(part)})
    return path


async def draft(message: str) -> Path:
    """Write the next migration from the difference between tables and newest revision."""
    with TemporaryDirectory() as folder:
        address = parse_address(f"sqlite+aiosqlite:///{folder}/draft.db")
        async with _connected(address) as connection:
            await connection.run_sync(_run, "upgrade")
            return await connection.run_sync(_draft, message)


def _require_file(address: Address) -> None:
    if address.file is not None and not address.file.exists():
        raise DatabaseUnusableError(f"There is no database file {address.file}.")


@contextmanager
def _written_whole(path: Path) -> Iterator[Path]:
    """Hand out a name beside `path`, and give the file its own name once it is complete."""
    if path.exists():
        raise DatabaseUnusableError(f"{path} exists already; choose another name for the copy.")
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        yield part
        part.rename(path)
    except OSError as error:
        raise DatabaseUnusableError(
            f"The copy {path} cannot be written: {(error.strerror or 'unknown reason').lower()}."
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()


def _free_name(file: Path, revision: str) -> Path:
    name = file.with_name(f"{file.name}.{revision}.backup")
    number = 1
    while name.exists():
        number += 1
        name = file.with_name(f"{file.name}.{revision}.backup-{number}")
    return name


@asynccontextmanager
async def _connected(
    address: Address, *, begin: str | None = "BEGIN IMMEDIATE"
) -> AsyncIterator[AsyncConnection]:
    """Connect outside the program's pools: migrations need foreign keys off."""
    engine = create_async_engine(address.url, poolclass=NullPool)
    if address.file is not None:
        prepare_sqlite(engine, begin=begin, foreign_keys=False)
    try:
        with reaching(address):
            async with engine.begin() as connection:
                yield connection
    finally:
        await engine.dispose()


async def _wait_for_others(connection: AsyncConnection, address: Address) -> None:
    """Let one process migrate at a time; SQLite's transaction has seen to it already."""
    if address.file is None:
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def _require_whole(connection: AsyncConnection, address: Address) -> None:
    if address.file is not None and await _orphans(connection):
        raise DatabaseUnusableError(
            f"The upgrade of {address.name} would leave rows without their parent; "
            "nothing was changed."
        )


async def _orphans(connection: AsyncConnection) -> list[str]:
    result = await connection.exec_driver_sql("PRAGMA foreign_key_check")
    return [f"row {row.rowid} of {row.table} has no {row.parent}" for row in result]


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s")
    return config


def _run(connection: Connection, name: str) -> None:
    getattr(command, name)(_config(connection), "head")


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [_described(difference) for difference in compare_metadata(context, metadata)]


def _described(difference: Any) -> str:
    """Say a difference in a line; alembic nests those within one column in a list."""
    parts: tuple[Any, ...] = tuple(difference[0] if isinstance(difference, list) else difference)
    return " ".join(str(getattr(part, "name", part)) for part in parts if part is not None)


def _draft(connection: Connection, message: str) -> Path:
    number = int(HEAD.partition("_")[0]) + 1
    revision = f"{number:04}_{message.lower().replace(' ', '_')}"
    made = command.revision(
        _config(connection), message=message, autogenerate=True, rev_id=revision
    )
    return Path(str(getattr(made, "path", "")))


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(draft(' '.join(sys.argv[1:])))}\n")
