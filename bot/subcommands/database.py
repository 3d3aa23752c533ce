"""`footnote db`: look after the database."""

from pathlib import Path
from typing import Annotated

import typer

from bot.services.errors import DatabaseUnusableError
from bot.subcommands.given import read_settings

app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade_schema() -> None:
    """Bring the database to the newest schema.

    A SQLite file is copied first.
    """
    import asyncio

    from db.migrate import upgrade

    done = asyncio.run(upgrade(read_settings().database_url))
    if done.backup:
        typer.echo(f"The database as it was is kept as {done.backup}.")
    unchanged = done.before == done.after
    typer.echo(f"The schema {'was already' if unchanged else 'is now'} {done.after}.")


@app.command("backup")
def copy_file(
    path: Annotated[Path | None, typer.Argument(help="A new file; named by the time.")] = None,
) -> None:
    """Copy a SQLite database to a new file, also while the bot runs."""
    import asyncio

    from bot.clock import SystemClock
    from db.migrate import backup

    target = path or Path(f"footnote-{SystemClock().now():%Y%m%dT%H%M%SZ}.db")
    typer.echo(asyncio.run(backup(read_settings().database_url, target)))


@app.command("release")
def give_free() -> None:
    """Let another bot have the database: the next one that starts."""
    import asyncio

    from bot.services.belonging import give_free as free_of_its_owner
    from db.engine import open_database

    async def released() -> str | None:
        async with open_database(read_settings().database_url) as database:
            return await free_of_its_owner(database)

    owner = asyncio.run(released())
    was = f"belonged to the application {owner}" if owner else "belonged to none"
    typer.echo(f"The database {was}; the next bot that starts has it.")


@app.command("check")
def check_schema() -> None:
    """Compare the tables with the program's, and look for damage."""
    import asyncio

    from db.migrate import check

    differences = asyncio.run(check(read_settings().database_url))
    if differences:
        raise DatabaseUnusableError("\n".join(differences))
    typer.echo("The database is as it should be.")
