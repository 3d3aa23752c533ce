"""Which schema a database has, compared with the one that this program knows.

Knows the revisions by the names of their files, so that a start needs no migration machinery.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.errors import DatabaseUnusableError

MIGRATIONS = Path(__file__).parent / "migrations"
REVISIONS = tuple(sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))
"""Oldest first; each file is named after its revision."""
HEAD = REVISIONS[-1]
_VERSION_TABLE = "alembic_version"
_version = table(_VERSION_TABLE, column("version_num"))


@dataclass(frozen=True, slots=True)
class Schema:
    """What a database holds."""

    revision: str | None
    """None where no revision is recorded."""
    empty: bool
    """Whether there is no table but the one that records the revision."""


async def read_schema(connection: AsyncConnection) -> Schema:
    """Return what the database holds."""
    return await connection.run_sync(_read)


def _read(connection: Connection) -> Schema:
    tables = inspect(connection).get_table_names()
    revision = None
    if _VERSION_TABLE in tables:
        revision = connection.execute(select(_version.c.version_num)).scalar()
    return Schema(revision=revision, empty=set(tables) <= {_VERSION_TABLE})


def require_known(schema: Schema, name: str) -> None:
    """See that the revision is one of this program's, or that the database is empty.

    Raises:
        DatabaseUnusableError: it is a newer one, or the tables are not Footnote's.
    """
    if schema.revision is None and not schema.empty:
        raise DatabaseUnusableError(
            f"Cannot use {name}: it holds tables, but none that Footnote made."
        )
    if schema.revision is not None and schema.revision not in REVISIONS:
        raise DatabaseUnusableError(
            f"Cannot use {name}: its schema {schema.revision} was made by a newer Footnote; "
            "update the program."
        )


def require_head(schema: Schema, name: str) -> None:
    """See that the database has exactly the schema that this program uses.

    Raises:
        DatabaseUnusableError: it has not; the message says what to run.
    """
    require_known(schema, name)
    if schema.revision != HEAD:
        state = f"has the schema {schema.revision}" if schema.revision else "is empty"
        raise DatabaseUnusableError(
            f"Cannot use {name}: it {state}, this program needs {HEAD}; run `footnote db upgrade`."
        )
