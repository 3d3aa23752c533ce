"""The `footnote` command: every subcommand is a few lines that call what others know.

Knows the contract of arguments, outputs and exit codes; imports what a subcommand needs only when
it runs, so that `footnote --help` answers at once.
"""

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from bot import __version__
from bot.services.errors import (
    DatabaseUnusableError,
    LoginRefusedError,
    UnavailableError,
    UserFacingError,
)

if TYPE_CHECKING:
    from bot.domain.factchecks import Example, FactCheck
    from bot.settings import LogLevel, Settings

QUIET: "LogLevel" = "warning"
"""Level of the logs for commands that answer and end, where LOG_LEVEL says nothing else."""

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_LOGIN = 3
EXIT_DATABASE = 4
EXIT_INTERRUPTED = 130


def exit_code_of(error: UserFacingError | UnavailableError) -> int:
    """Return the exit code that the contract promises for an error.

    An outage that gets this far is the database's: what Discord does not do is tried again later.
    """
    if isinstance(error, LoginRefusedError):
        return EXIT_LOGIN
    if isinstance(error, DatabaseUnusableError | UnavailableError):
        return EXIT_DATABASE
    return EXIT_USAGE


class Edge(TyperGroup):
    """The one place where an error becomes a sentence on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (UserFacingError, UnavailableError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(exit_code_of(error)) from None
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            _leave_the_pipe()
            raise typer.Exit(0) from None
        return result


def _leave_the_pipe() -> None:
    """Send what is still buffered nowhere: the reader, such as `head`, has had enough."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="footnote",
    cls=Edge,
    help="Sourced notes on claims, counted likes and digests for discussion communities.",
    no_args_is_help=True,
    rich_markup_mode=None,  # with rich, --help alone takes more than the 0.3 s it may take
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
library_app = typer.Typer(help="Read, check and convert fact-checks.", no_args_is_help=True)
app.add_typer(library_app, name="library")
db_app = typer.Typer(help="Look after the database.", no_args_is_help=True)
app.add_typer(db_app, name="db")
commands_app = typer.Typer(help="Look after the slash commands.", no_args_is_help=True)
app.add_typer(commands_app, name="commands")

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="PATH",
        help="A directory of Markdown files or a .jsonl file; LIBRARY or the starter library.",
    ),
]


class LineFormat(StrEnum):
    """How `footnote match` reads and writes."""

    JSONL = "jsonl"


class ExportForm(StrEnum):
    """What fact-checks can be written as."""

    MARKDOWN = "markdown"
    JSONL = "jsonl"
    CLAIMREVIEW = "claimreview"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"footnote {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    del version
    from bot import logs

    logs.configure(QUIET)  # until the settings are known


@app.command()
def run() -> None:
    """Run the live bot, with the settings in the environment and .env."""
    settings = _settings(needs_token=True)
    import asyncio

    from bot.app import run_live

    asyncio.run(run_live(settings))


@app.command()
def sandbox(
    once: Annotated[bool, typer.Option("--once", help="Exit after printing.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port.")] = 0,
    thread: Annotated[Path | None, typer.Option(help="A thread file to play.")] = None,
    data: Annotated[Path | None, typer.Option(help="A directory that keeps the data.")] = None,
) -> None:
    """Run the real bot against a local Discord with a page, no token needed.

    With --once the exit code is 1 when the thread got no note.
    """
    import asyncio

    from bot.sandboxed import run_sandbox
    from bot.terminal import show_played

    attached = asyncio.run(
        run_sandbox(
            partial(show_played, serving=not once), once=once, port=port, thread=thread, data=data
        )
    )
    if once and not attached:
        raise typer.Exit(1)


@app.command()
def match(
    library: LibraryOption = None,
    top: Annotated[int, typer.Option(min=1, max=100, help="At most so many matches.")] = 5,
    form: Annotated[LineFormat, typer.Option("--format", help="One JSON object a line.")] = (
        LineFormat.JSONL
    ),
) -> None:
    """Read messages from standard input, write which fact-checks they raise, in the same order.

    A message is {"id": ..., "text": ...} on a line of its own.
    """
    del form
    from bot.domain.factchecks import Status
    from bot.matching.matcher import Matcher
    from bot.services.matching_lines import match_lines

    fact_checks, examples = _library(library)
    published = [each for each in fact_checks if each.status is Status.PUBLISHED]
    matcher = Matcher.build(published, examples)
    _print_lines(match_lines(matcher, _stdin_lines(), top=top))


@app.command()
def replay(
    export: Annotated[
        Path,
        typer.Argument(help="A DiscordChatExporter JSON export, a folder of them, or a thread."),
    ],
    library: LibraryOption = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write an HTML report into this folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON lines.")] = False,
) -> None:
    """Show what would be attached to the posts of an export, and why; nothing is posted."""
    from bot.replay import replay_command

    fact_checks, examples = _library(library)
    raise typer.Exit(replay_command(export, fact_checks, examples, report=report, as_json=as_json))


@library_app.command("lint")
def library_lint(
    path: Annotated[
        Path | None, typer.Argument(help="A directory or a file; LIBRARY or the starter library.")
    ] = None,
) -> None:
    """Say what has to be mended in fact-checks: file, line and remedy."""
    from bot.clock import SystemClock
    from bot.services.library_lint import lint_library

    report = lint_library(path or _settings().library, SystemClock().now().date())
    _print_lines(report.lines)
    raise typer.Exit(report.exit_code)


@library_app.command("import")
def library_import(
    files: Annotated[
        list[Path], typer.Argument(help="Markdown, JSONL, ClaimReview JSON-LD or Factually text.")
    ],
    into: Annotated[Path, typer.Option(metavar="DIR", help="The library to write into.")],
    replace: Annotated[bool, typer.Option(help="Overwrite fact-checks that are there.")] = False,
) -> None:
    """Bring fact-checks into a library directory: all of them, or none after a mistake."""
    from bot.clock import SystemClock
    from bot.services.library_import import import_files

    today = SystemClock().now().date()
    _print_lines(import_files(files, into=into, today=today, replace=replace).lines)


@library_app.command("list")
def library_list(library: LibraryOption = None) -> None:
    """List the fact-checks: slug, status, verdict, day of the check, claim."""
    from bot.services.libraries import list_lines

    _print_lines(list_lines(_library(library)[0]))


@library_app.command("show")
def library_show(slug: str, library: LibraryOption = None) -> None:
    """Show all that is known of one fact-check."""
    from bot.services.libraries import find, show_lines

    _print_lines(show_lines(find(_library(library)[0], slug)))


@library_app.command("export")
def library_export(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG]...")] = None,
    form: Annotated[ExportForm, typer.Option("--format")] = ExportForm.JSONL,
    library: LibraryOption = None,
) -> None:
    """Write fact-checks, all of them or the named ones, to standard output."""
    from bot.services.libraries import export, find

    fact_checks = _library(library)[0]
    chosen = [find(fact_checks, slug) for slug in slugs] if slugs else fact_checks
    sys.stdout.write(export(chosen, form.value))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema; a SQLite file is copied first."""
    import asyncio

    from db.migrate import upgrade

    done = asyncio.run(upgrade(_settings().database_url))
    if done.backup:
        typer.echo(f"The database as it was is kept as {done.backup}.")
    unchanged = done.before == done.after
    typer.echo(f"The schema {'was already' if unchanged else 'is now'} {done.after}.")


@db_app.command("backup")
def db_backup(
    path: Annotated[Path | None, typer.Argument(help="A new file; named by the time.")] = None,
) -> None:
    """Copy a SQLite database to a new file, also while the bot runs."""
    import asyncio

    from bot.clock import SystemClock
    from db.migrate import backup

    target = path or Path(f"footnote-{SystemClock().now():%Y%m%dT%H%M%SZ}.db")
    typer.echo(asyncio.run(backup(_settings().database_url, target)))


@db_app.command("check")
def db_check() -> None:
    """Compare the database with the program's tables, and look for damage."""
    import asyncio

    from db.migrate import check

    differences = asyncio.run(check(_settings().database_url))
    if differences:
        raise DatabaseUnusableError("\n".join(differences))
    typer.echo("The database is as it should be.")


@commands_app.command("sync")
def commands_sync(
    guild: Annotated[
        int | None, typer.Option(metavar="ID", help="Only in this server, where it works at once.")
    ] = None,
) -> None:
    """Register the slash commands with Discord, also when they seem unchanged."""
    settings = _settings(needs_token=True)
    import asyncio

    from bot.registering import register_commands

    names = asyncio.run(register_commands(settings, guild))
    typer.echo(f"{len(names)} commands registered: {', '.join(names)}")


@app.command()
def doctor() -> None:
    """Check token, intents, permissions, database, time zone and library; say what to mend."""
    import asyncio

    from bot.doctor import examine, plain_lines, worst_exit_code
    from bot.settings import DEFAULT_ENV_FILE

    report = asyncio.run(examine(DEFAULT_ENV_FILE))
    if sys.stdout.isatty():
        from bot.terminal import show_report

        show_report(report)
    else:
        _print_lines(plain_lines(report))
    raise typer.Exit(worst_exit_code(report))


def _settings(*, needs_token: bool = False) -> "Settings":
    """Read the settings, say what looks misspelt, and configure the logs."""
    from bot import logs, settings

    loaded = settings.load(needs_token=needs_token)
    for sentence in settings.typos():
        typer.echo(sentence, err=True)
    asked_for = needs_token or "log_level" in loaded.model_fields_set
    level = loaded.log_level if asked_for else QUIET
    logs.configure(level, loaded.log_format, loaded.secrets)
    return loaded


def _library(
    chosen: Path | None,
) -> "tuple[tuple[FactCheck, ...], tuple[Example, ...]]":
    """Return a library and its examples: the chosen one, the settings' one, or the starter's."""
    from bot.services import libraries

    path = chosen or _settings().library
    if path is None:
        return libraries.starter_library(), libraries.starter_examples()
    return libraries.load_library(path), libraries.load_examples(path)


def _stdin_lines() -> Iterator[bytes]:
    """Yield lines, and no more of an endless one than shows that it is too long."""
    from bot.services.matching_lines import LINE_LIMIT

    while line := sys.stdin.buffer.readline(LINE_LIMIT + 1):
        yield line


def _print_lines(lines: Iterable[str]) -> None:
    """Write each line at once, so that another program can wait for it."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def main() -> None:
    """Run the command line; a defect of ours is logged, without secrets, and ends it."""
    try:
        app()
    except Exception:
        import logging

        logging.getLogger(__name__).critical("a defect; please report it", exc_info=True)
        sys.exit(EXIT_FAILED)
