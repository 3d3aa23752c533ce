"""Turns what drivers raise into the program's own errors, once.

Knows SQLSTATEs, SQLite's error names and the drivers' exceptions; its sentences never contain an
address, a password or a value.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.domain.wording import _
from bot.services.errors import ConflictError, UnavailableError

_DUPLICATES = {"23505", "23503"}
"""SQLSTATEs of a broken unique key and of a broken foreign key."""
_SQLITE_DUPLICATES = {
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
}
_RETRYABLE_CLASSES = ("08", "40", "53", "55", "57")
"""SQLSTATE classes: connection, rollback (deadlock), resources, lock not available, shutdown."""
_SQLITE_RETRYABLE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")


@contextmanager
def translated(*, committing: bool = False) -> Iterator[None]:
    """Translate the errors of one statement, or of the commit.

    Args:
        committing: whether a lost connection leaves open if the effect exists.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise UnavailableError("no database connection became free", retryable=True) from error
    except DBAPIError as error:
        raise _translate(error, committing) from error
    except StatementError as error:
        # Raised by our own column types before the driver saw the value.
        raise (error.orig or error) from None
    except (OSError, TimeoutError) as error:
        raise UnavailableError(
            "the database does not answer", retryable=True, ambiguous=committing
        ) from error


def state_of(error: BaseException) -> str:
    """Return the SQLSTATE or SQLite's error name, empty where the driver gives none."""
    original = error.orig if isinstance(error, StatementError) else error
    while original is not None:
        if isinstance(original, sqlite3.Error):
            return getattr(original, "sqlite_errorname", "")
        state = getattr(original, "sqlstate", None)
        if state:
            return str(state)
        original = original.__cause__
    return ""


def _translate(error: DBAPIError, committing: bool) -> Exception:
    state = state_of(error)
    if state in _DUPLICATES or state in _SQLITE_DUPLICATES:
        return ConflictError(_("Somebody else changed the same thing in the meantime."))
    lost = error.connection_invalidated
    if lost or state.startswith(_SQLITE_RETRYABLE) or state[:2] in _RETRYABLE_CLASSES:
        return UnavailableError(
            f"the database is not available ({state or 'connection lost'})",
            retryable=True,
            ambiguous=committing and (lost or state.startswith("08")),
        )
    if state.startswith("SQLITE_") and not state.startswith(("SQLITE_CONSTRAINT", "SQLITE_ERROR")):
        return UnavailableError(f"the database file cannot be used ({state})", retryable=False)
    return error


def is_outage(error: Exception) -> bool:
    """Tell whether an error comes from the driver or the machine rather than from our code.

    asyncpg raises its own errors past SQLAlchemy while it connects; it is known by name, because
    importing it costs a start on SQLite a tenth of a second.
    """
    of_driver = type(error).__module__.partition(".")[0] in ("asyncpg", "sqlite3")
    return of_driver or isinstance(error, DBAPIError | PoolTimeoutError | OSError)
