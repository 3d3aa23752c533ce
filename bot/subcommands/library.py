"""`footnote library`: read, check and convert fact-checks."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.subcommands.given import LibraryOption, print_lines, read_library, read_settings

if TYPE_CHECKING:
    from bot.domain.sources import SourceState

app = typer.Typer(help="Read, check and convert fact-checks.", no_args_is_help=True)


class ExportForm(StrEnum):
    """What fact-checks can be written as."""

    MARKDOWN = "markdown"
    JSONL = "jsonl"
    CLAIMREVIEW = "claimreview"


@app.command("lint")
def lint_all(
    path: Annotated[
        Path | None, typer.Argument(help="A directory or a file; LIBRARY or the starter library.")
    ] = None,
    pages: Annotated[
        bool,
        typer.Option("--pages", help="Also tell which cited pages the bot found gone or moved."),
    ] = False,
) -> None:
    """Say what has to be mended in fact-checks: file, line and remedy."""
    from bot.clock import SystemClock
    from bot.services.library_lint import lint_library

    library = path or read_settings().library
    states = _page_states(library) if pages else {}
    report = lint_library(library, SystemClock().now().date(), states)
    print_lines(report.lines)
    raise typer.Exit(report.exit_code)


def _page_states(library: Path | None) -> "Mapping[str, SourceState]":
    """Read from the database what the weekly look at cited pages has found."""
    import asyncio

    from bot.services.library_lint import cited_addresses
    from db.engine import open_database

    async def read() -> "Mapping[str, SourceState]":
        url = read_settings().database_url
        async with open_database(url) as database, database.reading() as stores:
            return await stores.sources.states(cited_addresses(library))

    return asyncio.run(read())


@app.command("import")
def import_some(
    files: Annotated[
        list[Path], typer.Argument(help="Markdown, JSONL, ClaimReview JSON-LD or Factually text.")
    ],
    into: Annotated[Path, typer.Option(metavar="DIR", help="The library to write into.")],
    replace: Annotated[bool, typer.Option(help="Overwrite fact-checks that are there.")] = False,
) -> None:
    """Bring fact-checks into a library directory: all, or none."""
    from bot.clock import SystemClock
    from bot.services.library_import import import_files

    today = SystemClock().now().date()
    print_lines(import_files(files, into=into, today=today, replace=replace).lines)


@app.command("list")
def list_all(library: LibraryOption = None) -> None:
    """List the fact-checks: slug, status, verdict, day, claim."""
    from bot.services.libraries import list_lines

    print_lines(list_lines(read_library(library)[0]))


@app.command("show")
def show_one(slug: str, library: LibraryOption = None) -> None:
    """Show all that is known of one fact-check."""
    from bot.services.libraries import find, show_lines

    print_lines(show_lines(find(read_library(library)[0], slug)))


@app.command("export")
def export_some(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG]...")] = None,
    form: Annotated[ExportForm, typer.Option("--format")] = ExportForm.JSONL,
    library: LibraryOption = None,
) -> None:
    """Write fact-checks, all or some, to standard output."""
    from bot.services.libraries import export, find

    fact_checks = read_library(library)[0]
    chosen = [find(fact_checks, slug) for slug in slugs] if slugs else fact_checks
    sys.stdout.write(export(chosen, form.value))
