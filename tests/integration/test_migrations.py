"""From nothing, and from every earlier schema, to the tables that the program uses; never back."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.services.errors import DatabaseUnusableError
from db.all_tables import metadata
from db.engine import open_database
from db.migrate import Upgrade, backup, check, current, upgrade
from db.schema import HEAD, MIGRATIONS, REVISIONS


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'footnote.db'}"
    else:
        yield request.getfixturevalue("empty_postgres_url")


async def execute(url: str, *statements: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


def described(connection: Connection) -> dict[str, object]:
    """Say all that the database knows about its tables, checks and partial indexes included."""
    inspector = inspect(connection)
    return {
        name: (
            sorted(str(column | {"comment": None}) for column in inspector.get_columns(name)),
            sorted(str(sorted(each.items())) for each in inspector.get_check_constraints(name)),
            sorted(str(sorted(each.items())) for each in inspector.get_unique_constraints(name)),
            sorted(str(each["constrained_columns"]) for each in inspector.get_foreign_keys(name)),
            sorted(f"{i['name']} {i['column_names']}" for i in inspector.get_indexes(name)),
            sorted(
                str({key: str(value) for key, value in each["dialect_options"].items()})
                for each in inspector.get_indexes(name)
                if each.get("dialect_options")
            ),
            str(inspector.get_pk_constraint(name)),
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def description(url: str) -> dict[str, object]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.run_sync(described)
    await engine.dispose()
    return found


async def test_an_empty_database_gets_all_tables(url: str) -> None:
    assert await current(url) is None
    assert await upgrade(url) == Upgrade(before=None, after=HEAD, backup=None)
    assert await current(url) == HEAD
    assert await check(url) == []
    async with open_database(url) as database, database.writing() as stores:
        await stores.settings.put("name", "value")


async def test_an_upgrade_twice_changes_nothing(url: str) -> None:
    await upgrade(url)
    assert await upgrade(url) == Upgrade(before=HEAD, after=HEAD, backup=None)


async def test_two_upgrades_at_once_are_as_good_as_one(url: str) -> None:
    await asyncio.gather(upgrade(url), upgrade(url))
    assert await check(url) == []


async def test_the_migrations_make_exactly_the_tables_of_the_program(url: str) -> None:
    await upgrade(url)
    migrated = await description(url)
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    made = await description(url)
    assert migrated.keys() == made.keys()
    for name, table in made.items():
        assert migrated[name] == table


async def test_a_missing_or_additional_column_is_reported(url: str) -> None:
    await upgrade(url)
    await execute(
        url, "ALTER TABLE watch DROP COLUMN added_at", "ALTER TABLE note ADD COLUMN text TEXT"
    )
    found = await check(url)
    assert any("add_column" in line and "added_at" in line for line in found)
    assert any("remove_column" in line and "text" in line for line in found)


async def test_a_schema_from_a_newer_program_is_refused(url: str) -> None:
    await upgrade(url)
    await execute(url, "UPDATE alembic_version SET version_num = '9999_later'")
    for attempt in (upgrade(url), check(url), current(url), _open(url)):
        with pytest.raises(DatabaseUnusableError, match="9999_later was made by a newer Footnote"):
            await attempt


async def test_a_database_of_another_program_is_left_alone(url: str) -> None:
    await execute(url, "CREATE TABLE theirs (id INTEGER)")
    for attempt in (upgrade(url), _open(url)):
        with pytest.raises(DatabaseUnusableError, match="none that Footnote made"):
            await attempt
    assert list(await description(url)) == ["theirs"]


async def test_an_old_schema_is_refused_with_the_command_that_helps(url: str) -> None:
    await execute(url, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    with pytest.raises(DatabaseUnusableError, match="run `footnote db upgrade`"):
        await _open(url)
    with pytest.raises(DatabaseUnusableError, match="run `footnote db upgrade`"):
        await check(url)


@pytest.mark.postgres
async def test_an_empty_postgres_is_not_filled_by_opening_it(empty_postgres_url: str) -> None:
    with pytest.raises(DatabaseUnusableError, match=r"is empty.*run `footnote db upgrade`"):
        await _open(empty_postgres_url)
    assert await description(empty_postgres_url) == {}


async def test_a_sqlite_file_is_made_with_its_folders_by_opening_it(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "footnote.db"
    url = f"sqlite+aiosqlite:///{file}"
    await _open(url)
    assert await check(url) == []
    async with open_database(url) as database, database.writing() as stores:
        await stores.settings.put("name", "kept")
    async with open_database(url) as database, database.reading() as stores:
        assert await stores.settings.get("name") == "kept"


async def test_two_processes_may_start_on_a_file_that_is_not_there(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'footnote.db'}"
    await asyncio.gather(*(_open(url) for _ in range(4)))
    assert await check(url) == []


async def test_a_failed_migration_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'footnote.db'}"

    async def find_an_orphan(connection: object) -> list[str]:
        return ["row 1 of rating has no note"]

    monkeypatch.setattr("db.migrate._orphans", find_an_orphan)
    with pytest.raises(DatabaseUnusableError, match="nothing was changed"):
        await upgrade(url)
    assert await description(url) == {}


async def test_rows_without_their_parent_are_reported(sqlite_url: str) -> None:
    await execute(sqlite_url, "INSERT INTO rating VALUES ('gone', 1, 'helpful', '2026-11-23')")
    assert await check(sqlite_url) == ["row 1 of rating has no note"]


async def test_a_copy_is_whole_while_the_database_is_in_use(
    sqlite_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copies" / "today.db"
    async with open_database(sqlite_url) as database:
        async with database.writing() as stores:
            await stores.settings.put("name", "before")
        async with database.writing() as stores:
            await stores.settings.put("name", "not yet committed")
            assert await asyncio.create_task(backup(sqlite_url, copy)) == copy
    assert [path.name for path in copy.parent.iterdir()] == ["today.db"]
    copied = f"sqlite+aiosqlite:///{copy}"
    assert await check(copied) == []
    async with open_database(copied) as database, database.reading() as stores:
        assert await stores.settings.get("name") == "before"


async def test_a_copy_never_replaces_a_file(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(DatabaseUnusableError, match="exists already"):
        await backup(sqlite_url, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


async def test_a_copy_that_cannot_be_written_is_one_sentence(
    sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnusableError, match="cannot be written"):
        await backup(sqlite_url, tmp_path / "file" / "copy.db")
    with pytest.raises(DatabaseUnusableError, match="no database file"):
        await backup(f"sqlite+aiosqlite:///{tmp_path / 'missing.db'}", tmp_path / "copy.db")
    assert not (tmp_path / "missing.db").exists()


async def test_postgres_is_copied_with_its_own_tool(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="pg_dump"):
        await backup("postgresql+asyncpg://user@host/name", tmp_path / "copy")


async def test_a_damaged_file_is_reported_before_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "footnote.db"
    file.write_bytes(b"this is a text, not a database. " * 100)
    for attempt in (_open, upgrade, check):
        with pytest.raises(DatabaseUnusableError, match="not a SQLite database"):
            await attempt(f"sqlite+aiosqlite:///{file}")


def test_the_newest_revision_is_known_without_the_migration_machinery() -> None:
    script = ScriptDirectory.from_config(
        Config(attributes={}, config_args={"script_location": str(MIGRATIONS)})
    )
    history = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(history)) == REVISIONS
    assert script.get_heads() == [HEAD]


def test_the_journal_allows_reading_while_writing(migrated_sqlite: Path) -> None:
    with sqlite3.connect(migrated_sqlite) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def _open(url: str) -> None:
    async with open_database(url):
        pass
