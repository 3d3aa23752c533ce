"""Where the database is: reads `DATABASE_URL`, and says what is wrong with it or at the other end.

Knows addresses, files and the drivers' first answers; its sentences never contain the password.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.services.errors import DatabaseUnusableError
from db.problems import is_outage, state_of

FORMS = "sqlite+aiosqlite:///data/footnote.db or postgresql+asyncpg://user:password@host/name"
_REWRITTEN = {
    "sqlite": "sqlite+aiosqlite:///",
    "postgres": "postgresql+asyncpg://",
    "postgresql": "postgresql+asyncpg://",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A checked `DATABASE_URL`."""

    url: URL
    file: Path | None
    """The SQLite file; None where the database is PostgreSQL."""

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        if self.file is not None:
            return f"the database file {self.file}"
        return f"the PostgreSQL database {self.url.database!r} on {self._host}"

    @property
    def _host(self) -> str:
        query = self.url.query.get("host", "")
        socket = query if isinstance(query, str) else query[0]
        return self.url.host or socket or "this machine"


def parse_address(url: str) -> Address:
    """Check the form of a database address.

    Raises:
        DatabaseUnusableError: the address cannot be used; the message says how to write it.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUnusableError(
            f"DATABASE_URL is not a database address; write {FORMS}."
        ) from None
    if parsed.drivername == "sqlite+aiosqlite":
        return Address(parsed, _file_of(parsed))
    if parsed.drivername == "postgresql+asyncpg":
        if not parsed.database:
            raise DatabaseUnusableError(
                "DATABASE_URL names no database; write postgresql+asyncpg://user:password@host/name."
            )
        return Address(parsed, None)
    start = _REWRITTEN.get(parsed.drivername.partition("+")[0])
    hint = f"begin it with {start}" if start else f"write {FORMS}"
    raise DatabaseUnusableError(
        f"DATABASE_URL begins with {parsed.drivername}://, which Footnote does not use; {hint}."
    )


def _file_of(url: URL) -> Path:
    name = url.database or ""
    if not name or name == ":memory:" or name.startswith("file:"):
        raise DatabaseUnusableError(
            "DATABASE_URL must name a file for SQLite, such as sqlite+aiosqlite:///data/footnote.db."
        )
    return Path(name)


def prepare_file(address: Address) -> None:
    """Make the folder of a SQLite file, and see that both can be written.

    Raises:
        DatabaseUnusableError: they cannot.
    """
    file = address.file
    if file is None:
        return
    if file.is_dir():
        raise DatabaseUnusableError(f"{file} is a folder; DATABASE_URL must name a file.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusableError(
            f"The folder {file.parent} for the database cannot be made: {_reason(error)}."
        ) from None
    if not os.access(file.parent, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
        raise DatabaseUnusableError(
            f"The folder {file.parent} cannot be written; SQLite keeps its journal beside the file."
        )
    if file.exists() and not os.access(file, os.R_OK | os.W_OK, effective_ids=_EFFECTIVE):
        raise DatabaseUnusableError(f"The database file {file} is read-only for this user.")


_EFFECTIVE = os.access in os.supports_effective_ids


@contextmanager
def reaching(address: Address) -> Iterator[None]:
    """Turn what goes wrong while a database is opened into one clear sentence.

    Raises:
        DatabaseUnusableError: with that sentence.
    """
    try:
        yield
    except Exception as error:
        if not is_outage(error):
            raise
        raise _unusable(address, error) from error


def _unusable(address: Address, error: Exception) -> DatabaseUnusableError:
    state = state_of(error)
    for start, sentence in _SENTENCES.items():
        if state.startswith(start):
            return DatabaseUnusableError(sentence.format(name=address.name))
    if address.file is None and not state:
        return DatabaseUnusableError(
            f"Nothing answers for {address.name}; start the server, or correct DATABASE_URL."
        )
    return DatabaseUnusableError(f"Cannot use {address.name} ({state or type(error).__name__}).")


_SENTENCES = {
    "SQLITE_READONLY": "Cannot write {name}: it is read-only.",
    "SQLITE_BUSY": "Cannot use {name}: another program has locked it; stop that one, or wait.",
    "SQLITE_CANTOPEN": "Cannot open {name}; check that its folder exists and can be written.",
    "SQLITE_NOTADB": "Cannot use {name}: it is not a SQLite database.",
    "SQLITE_CORRUPT": "Cannot use {name}: it is damaged; restore a backup.",
    "SQLITE_FULL": "Cannot write {name}: the disk is full.",
    "SQLITE_IOERR": "Cannot use {name}: the disk reports an error.",
    "28": "The server refuses the user or the password for {name}; check DATABASE_URL.",
    "3D000": "There is no such thing as {name}; create it with createdb first.",
    "42501": "The user in DATABASE_URL lacks rights in {name}; let it create tables there.",
    "53300": "Too many connections to {name}.",
    "57P03": "The server is still starting up for {name}; try again in a moment.",
}


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
