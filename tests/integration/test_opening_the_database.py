"""Whatever is wrong with the database, opening it says so in one sentence and changes nothing."""

import asyncio
import os
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.services.errors import DatabaseUnusableError, UnavailableError
from db import sqlite
from db.engine import SqlDatabase, open_database
from tests.postgres import LOCKED_OUT, PostgresServer

NOBODY = 65_534


async def problem(url: str) -> str:
    """Return the sentence that opening gives."""
    with pytest.raises(DatabaseUnusableError) as raised:
        async with open_database(url):
            raise AssertionError("it was opened")
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert "secret" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("postgresql://u:secret@host/name", "begin it with postgresql+asyncpg://"),
        ("postgres://u:secret@host/name", "begin it with postgresql+asyncpg://"),
        ("postgresql+psycopg://u:secret@host/name", "begin it with postgresql+asyncpg://"),
        ("sqlite:///data/footnote.db", "begin it with sqlite+aiosqlite:///"),
        ("mysql+aiomysql://u:secret@host/name", "write sqlite+aiosqlite:///"),
        ("data/footnote.db", "not a database address"),
        ("", "not a database address"),
        ("postgresql+asyncpg://u:secret@host:port/name", "not a database address"),
        ("postgresql+asyncpg://u:secret@host", "names no database"),
        ("sqlite+aiosqlite://", "must name a file"),
        ("sqlite+aiosqlite:///:memory:", "must name a file"),
        ("sqlite+aiosqlite:///file:x?mode=ro", "must name a file"),
    ],
)
async def test_an_address_of_another_form_says_how_to_write_it(url: str, hint: str) -> None:
    assert hint in await problem(url)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder, seen by a user whom permissions bind: root may write anywhere."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
            try:
                yield folder
            finally:
                os.seteuid(0)
        else:
            yield folder
        folder.chmod(0o777)


async def test_a_read_only_file(unprivileged: Path) -> None:
    file = unprivileged / "footnote.db"
    sqlite3.connect(file).close()
    file.write_bytes(b"")
    file.chmod(0o444)
    assert "read-only" in await problem(f"sqlite+aiosqlite:///{file}")
    assert names(unprivileged) == ["footnote.db"]


async def test_a_folder_that_cannot_be_written(unprivileged: Path) -> None:
    inner = unprivileged / "inner"
    inner.mkdir(mode=0o555)
    assert "cannot be written" in await problem(f"sqlite+aiosqlite:///{inner / 'footnote.db'}")
    assert "cannot be made" in await problem(f"sqlite+aiosqlite:///{inner / 'a' / 'footnote.db'}")
    assert names(inner) == []


async def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    assert "is a folder" in await problem(f"sqlite+aiosqlite:///{tmp_path}")


async def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be made" in await problem(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'x.db'}")


async def test_a_file_that_another_program_has_locked(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 20)
    other = sqlite3.connect(tmp_path / "footnote.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "another program has locked it" in await problem(sqlite_url)
    finally:
        other.close()
    async with open_database(sqlite_url):
        pass


async def test_a_lock_while_running_is_an_outage_that_passes(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 20)
    other = sqlite3.connect(tmp_path / "footnote.db", isolation_level=None)
    async with open_database(sqlite_url) as database:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as raised:
            async with database.writing():
                raise AssertionError("it was opened")
        other.close()
        assert raised.value.retryable
        async with database.writing() as stores:
            await stores.settings.put("name", "value")


async def test_a_server_that_does_not_answer() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sentence = await problem(f"postgresql+asyncpg://u:secret@127.0.0.1:{port}/footnote")
    assert "Nothing answers" in sentence


async def test_a_host_that_does_not_exist() -> None:
    sentence = await problem("postgresql+asyncpg://u:secret@no-such-host.invalid/footnote")
    assert "Nothing answers" in sentence


@pytest.mark.postgres
async def test_a_database_that_does_not_exist(postgres_server: PostgresServer) -> None:
    sentence = await problem(postgres_server.url("footnote_missing"))
    assert "'footnote_missing'" in sentence
    assert "create it" in sentence


@pytest.mark.postgres
async def test_a_wrong_password(postgres_server: PostgresServer) -> None:
    if not postgres_server.started_here:
        pytest.skip("a given server has no user of ours without a password")
    url = postgres_server.url("postgres", username=LOCKED_OUT, password="secret")
    assert "refuses the user or the password" in await problem(url)


@pytest.mark.postgres
async def test_a_lost_connection_is_an_outage_and_the_next_unit_of_work_goes_on(
    postgres_url: str,
) -> None:
    async with open_database(postgres_url) as database:
        with pytest.raises(UnavailableError) as raised:
            await _lose_connection(database, postgres_url, then="lost, too")
        assert raised.value.retryable
        async with database.reading() as stores:
            assert await stores.settings.get("name") is None


@pytest.mark.postgres
async def test_a_connection_lost_while_committing_leaves_open_what_happened(
    postgres_url: str,
) -> None:
    async with open_database(postgres_url) as database:
        with pytest.raises(UnavailableError) as raised:
            await _lose_connection(database, postgres_url)
        assert raised.value.retryable
        assert raised.value.ambiguous
        assert database.connections_in_use == 0


async def _lose_connection(database: SqlDatabase, url: str, *, then: str | None = None) -> None:
    """Lose the connection in the middle; write once more where `then` is given."""
    async with database.writing() as stores:
        await stores.settings.put("name", "lost")
        await asyncio.create_task(_disconnect_all(url))
        if then is not None:
            await stores.settings.put("name", then)


async def _disconnect_all(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await engine.dispose()
