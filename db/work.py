"""One transaction as the stores use it: typed reads, single-statement changes, both dialects.

Knows SQLAlchemy's session and the two dialects' upserts; never a particular table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Delete, Executable, Select, Table, Update, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import SQLModel

from bot.domain.waiting import Queue
from db.many import prepare
from db.problems import translated

T = TypeVar("T")
Values = Mapping[str, object]
Columns = ReadOnlyColumnCollection[str, Any]
Upsert = sqlite.Insert | postgresql.Insert


class Work:
    """A transaction, open for reading or for writing.

    Invariants:

    - Reading never changes anything: a change raises `RuntimeError` before it reaches the database.
    - While writing, rows read with `hold` stay as they are until the end: SQLite has one writer,
      PostgreSQL locks the rows. What is changed without `hold` is changed by one statement.
    """

    def __init__(self, session: AsyncSession, *, writable: bool) -> None:
        self._open_session: AsyncSession | None = session
        self._writable = writable

    def end(self) -> None:
        """Make the transaction unusable: a use after its end would open another one unseen."""
        self._open_session = None

    @property
    def _session(self) -> AsyncSession:
        if self._open_session is None:
            raise RuntimeError("this unit of work has ended")
        return self._open_session

    async def rows(self, statement: Select[T], *, hold: bool = False) -> Sequence[T]:
        """Return the first column of every row, whole rows of a table as objects."""
        if hold and self._writable:
            statement = statement.with_for_update()
        with translated():
            result = await self._session.scalars(
                statement, execution_options={"populate_existing": True}
            )
            return result.all()

    async def first(self, statement: Select[T], *, hold: bool = False) -> T | None:
        """Return the first column of the first row."""
        found = await self.rows(statement.limit(1), hold=hold)
        return found[0] if found else None

    async def pairs(self, statement: Select[Any, Any]) -> Sequence[tuple[Any, Any]]:
        """Return rows of two columns."""
        with translated():
            result = await self._session.execute(
                statement, execution_options={"populate_existing": True}
            )
            return [(row[0], row[1]) for row in result.all()]

    async def tuples(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        """Return rows of any columns."""
        with translated():
            result = await self._session.execute(
                statement, execution_options={"populate_existing": True}
            )
            found: Sequence[Sequence[Any]] = result.all()
            return found

    async def queue(self, came: Mapped[datetime], *where: ColumnElement[bool]) -> Queue:
        """Return how many rows fit, and when the oldest came."""
        ((count, since),) = await self.pairs(select(func.count(), func.min(came)).where(*where))
        return Queue(count, since)

    async def fill(
        self, row: type[SQLModel], columns: Sequence[str], source: Select[*tuple[Any, ...]]
    ) -> int:
        """Insert what a query returns, in the order of these columns; return how many rows."""
        return await self._run(self._insert(row).from_select(list(columns), source))

    async def change(self, statement: Update | Delete) -> int:
        """Change or delete rows; return how many."""
        return await self._run(statement)

    async def insert(self, row: type[SQLModel], values: Values, *, unless: Sequence[str]) -> bool:
        """Insert a row unless one with these key columns exists; return whether it did."""
        statement = self._insert(row).values(values).on_conflict_do_nothing(index_elements=unless)
        return await self._run(statement) == 1

    async def insert_all(self, row: type[SQLModel], values: Sequence[Values]) -> None:
        """Insert many rows with the same columns, none of which is there."""
        if values:
            await self._run(self._insert(row), values)

    async def upsert(
        self,
        row: type[SQLModel],
        values: Values,
        *,
        key: Sequence[str],
        change: Callable[[Columns, Columns], Mapping[str, Any]],
        where: Callable[[Columns, Columns], ColumnElement[bool]] | None = None,
    ) -> bool:
        """Insert a row or change the one with this key; return whether either was done.

        Args:
            row: the table.
            values: of the new row.
            key: columns of the unique key.
            change: given the row that is there and the new one, what to set.
            where: given the same two, whether to change at all.
        """
        return await self._run(self._upsert(row, key, change, where).values(values)) == 1

    async def upsert_all(
        self,
        row: type[SQLModel],
        values: Iterable[Values],
        *,
        key: Sequence[str],
        change: Callable[[Columns, Columns], Mapping[str, Any]],
    ) -> None:
        """Do the same for many rows; the same key may come more than once.

        PostgreSQL's driver runs one prepared statement for each row, SQLite's one for thousands;
        rows are sorted by key, so that two transactions cannot wait for each other's rows.
        """
        ordered = sorted(values, key=itemgetter(*key))
        if not ordered:
            return
        self._require_writable()
        names = tuple(ordered[0])
        prepared = prepare(
            self._session.get_bind().dialect,
            table_of(row),
            names,
            change,
            lambda: self._upsert(row, key, change, None),
        )
        if prepared is None or any(tuple(each) != names for each in ordered):
            await self._run(self._upsert(row, key, change, None), ordered)
            return
        with translated():
            connection = await self._session.connection()
            rows = prepared.rows(ordered)
            if connection.dialect.name == "postgresql":
                await connection.exec_driver_sql(prepared.sql, rows)
                return
            for sql, parameters in prepared.runs(rows):
                await connection.exec_driver_sql(sql, parameters)

    def _upsert(
        self,
        row: type[SQLModel],
        key: Sequence[str],
        change: Callable[[Columns, Columns], Mapping[str, Any]],
        where: Callable[[Columns, Columns], ColumnElement[bool]] | None,
    ) -> Upsert:
        statement = self._insert(row)
        old, new = table_of(row).columns, statement.excluded
        return statement.on_conflict_do_update(
            index_elements=key,
            set_=change(old, new),
            where=where(old, new) if where else None,
        )

    def _insert(self, row: type[SQLModel]) -> Upsert:
        table = table_of(row)
        if self._session.get_bind().dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    def _require_writable(self) -> None:
        if not self._writable:
            raise RuntimeError("a unit of work that was opened for reading cannot write")

    async def _run(self, statement: Executable, many: Sequence[Values] | None = None) -> int:
        self._require_writable()
        with translated():
            connection = await self._session.connection()
            result = await connection.execute(
                statement, None if many is None else [dict(each) for each in many]
            )
            return result.rowcount


def table_of(row: type[SQLModel]) -> Table:
    """Return the table behind a row class."""
    return SQLModel.metadata.tables[str(row.__tablename__)]
