"""Makes SQLite behave: real transactions, foreign keys, and commits that survive a power cut.

Knows pragmas and when a transaction begins; never a table.
"""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_TIMEOUT = 5000
"""Milliseconds to wait for another process that is writing."""


def prepare_sqlite(
    engine: AsyncEngine, *, begin: str | None, foreign_keys: bool = True, read_only: bool = False
) -> None:
    """Set every new connection up, and begin transactions explicitly.

    The driver by itself opens no transaction for a SELECT, so that two readers who then write
    overwrite each other without an error; and a transaction that begins with reading cannot wait
    for its turn to write.

    Args:
        engine: whose connections to set up.
        begin: the statement that begins a transaction, `BEGIN IMMEDIATE` for one that writes;
            None for none.
        foreign_keys: False only for migrations, which rebuild tables.
        read_only: whether to refuse changes.
    """
    pragmas = {
        "busy_timeout": str(BUSY_TIMEOUT),
        "foreign_keys": "ON" if foreign_keys else "OFF",
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "query_only": "ON" if read_only else "OFF",
    }

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    def begun(connection: Connection) -> None:
        if begin is not None:
            connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
