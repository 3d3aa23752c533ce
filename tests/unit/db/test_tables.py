"""What must hold for every table, now and after the next migration."""

import pytest
from sqlalchemy import Column, Table
from sqlmodel.sql.sqltypes import UTCDateTime

from db.all_tables import metadata
from db.types import SafeText, Snowflake

COLUMNS = [
    pytest.param(column, id=f"{table.name}.{column.name}")
    for table in metadata.sorted_tables
    for column in table.columns
]
TABLES = [pytest.param(table, id=table.name) for table in metadata.sorted_tables]


@pytest.mark.parametrize("column", COLUMNS)
def test_an_id_has_64_bits_or_is_text(column: Column[object]) -> None:
    if column.name.endswith("_id"):
        assert isinstance(column.type, Snowflake | SafeText), "32 bits overflow on PostgreSQL"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_moment_is_kept_aware(column: Column[object]) -> None:
    named_so = column.name in {"at", "until"} or column.name.endswith(("_at", "_until"))
    assert isinstance(column.type, UTCDateTime) == named_so


@pytest.mark.parametrize("table", TABLES)
def test_every_constraint_has_a_name_so_that_a_migration_can_drop_it(table: Table) -> None:
    assert all(constraint.name for constraint in table.constraints)
    assert all(index.name and len(index.name) <= 63 for index in table.indexes)
