"""The `footnote` command: every subcommand is a few lines that call what others know.

Knows the contract of arguments, outputs and exit codes; imports what a subcommand needs only when
it runs, so that `footnote --help` answers at once.
"""

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot import __version__
from bot.domain.periods import Cadence
from bot.domain.policy import Mode
from bot.services.errors import (
    DatabaseUnusableError,
    LoginRefusedError,
    UnavailableError,
    UserFacingError,
)
from bot.subcommands.database import app as db_app
from bot.subcommands.given import (
    QUIET,
    LibraryOption,
    print_lines,
    read_library,
    read_settings,
    stdin_lines,
)
from bot.subcommands.library import app as library_app
from bot.subcommands.usage import UsageError, usage_sentence

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

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the options that stand before the subcommand."""
        try:
            return super().make_context(*args, **kwargs)
        except UsageError as error:
            raise _refused(error) from None

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except UsageError as error:
            raise _refused(error) from None
        except (UserFacingError, UnavailableError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(exit_code_of(error)) from None
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            _leave_the_pipe()
            raise typer.Exit(0) from None
        return result


def _refused(error: Exception) -> Exception:
    """Say what is wrong with how the command was called; a bare group shows its help."""
    sentence = usage_sentence(error)
    if sentence is None:
        return error
    typer.echo(sentence, err=True)
    return typer.Exit(EXIT_USAGE)


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
app.add_typer(library_app, name="library")
app.add_typer(db_app, name="db")
commands_app = typer.Typer(help="Look after the slash commands.", no_args_is_help=True)
app.add_typer(commands_app, name="commands")


class LineFormat(StrEnum):
    """How `footnote match` reads and writes."""

    JSONL = "jsonl"


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
    settings = read_settings(needs_token=True)
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
    """Run the real bot against a local Discord with a page.

    It needs no token. With --once the exit code is 1 when the thread got no note.
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
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why, by the scorer's own features.")
    ] = False,
) -> None:
    """Say which fact-checks the messages on standard input raise.

    A message is one line of JSON, {"text": "..."}, or {"id": ..., "text": "..."}: the id comes
    back as it was given, and is the line's number where there is none. Answers come in the order
    of the messages, one line of JSON for each.
    """
    del form
    from bot.domain.factchecks import Status
    from bot.matching.matcher import Matcher
    from bot.services.matching_lines import match_lines

    fact_checks, examples = read_library(library)
    published = [each for each in fact_checks if each.status is Status.PUBLISHED]
    matcher = Matcher.build(published, examples)
    print_lines(match_lines(matcher, stdin_lines(), top=top, explain=explain))


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
    mode: Annotated[Mode, typer.Option(help="How places are taken to be watched.")] = Mode.AUTO,
    threshold: Annotated[
        float | None, typer.Option(metavar="P", help="Attach from this probability, 0.30 to 1.")
    ] = None,
    digest: Annotated[
        Cadence | None, typer.Option(help="Write the export's last digest as well.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the digest's files there.")
    ] = None,
) -> None:
    """Show what posts of an export would have got; nothing is posted."""
    from bot.domain.periods import Schedule
    from bot.replay import replay_command

    fact_checks, examples = read_library(library)
    schedule = None if digest is None else Schedule(digest)
    code = replay_command(
        export,
        fact_checks,
        examples,
        report=report,
        as_json=as_json,
        mode=mode,
        threshold=threshold,
        digest=schedule,
        out=out,
    )
    raise typer.Exit(code)


@app.command()
def digest(
    community: Annotated[
        int | None, typer.Option(metavar="ID", help="Whose; left out where there is only one.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="KEY", help="Such as 2026-W47; the last that ended.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write Markdown, HTML and PNG there.")
    ] = None,
) -> None:
    """Build a digest from the database; nothing is posted."""
    import asyncio

    from bot.subcommands.digest import digest_from_database
    from bot.web.digest_files import digest_files
    from bot.web.digests import Names

    settings = read_settings()
    built = asyncio.run(digest_from_database(settings, community, period))
    print_lines(digest_files(built, Names(), out))


@app.command()
def tune(
    community: Annotated[
        int | None, typer.Option(metavar="ID", help="Whose labels; left out, those of all.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a plot there.")] = None,
) -> None:
    """Show precision and recall at each threshold, from labels.

    Labels are what moderators judged: on review cards, and on notes.
    """
    import asyncio

    from bot.subcommands.tune import judged_matches, tuning_lines

    judged = asyncio.run(judged_matches(read_settings(), community))
    print_lines(tuning_lines(judged, out))


@commands_app.command("sync")
def commands_sync(
    guild: Annotated[
        int | None, typer.Option(metavar="ID", help="Only in this server, where it works at once.")
    ] = None,
) -> None:
    """Register the slash commands with Discord in any case."""
    settings = read_settings(needs_token=True)
    import asyncio

    from bot.registering import register_commands

    names = asyncio.run(register_commands(settings, guild))
    typer.echo(f"{len(names)} commands registered: {', '.join(names)}")


@app.command()
def doctor(
    privacy: Annotated[
        bool, typer.Option("--privacy", help="List what is stored where, and for how long.")
    ] = False,
) -> None:
    """Check the settings, Discord and the database; say what to mend.

    That is token, intents, permissions, database, time zone and library.
    """
    import asyncio

    from bot.doctor import describe_storage, examine, plain_lines, worst_exit_code
    from bot.settings import DEFAULT_ENV_FILE

    if privacy:
        print_lines(asyncio.run(describe_storage(DEFAULT_ENV_FILE)))
        return
    report = asyncio.run(examine(DEFAULT_ENV_FILE))
    if sys.stdout.isatty():
        from bot.terminal import show_report

        show_report(report)
    else:
        print_lines(plain_lines(report))
    raise typer.Exit(worst_exit_code(report))


def main() -> None:
    """Run the command line; a defect of ours is logged, without secrets, and ends it."""
    try:
        app()
    except Exception:
        import logging

        logging.getLogger(__name__).critical("a defect; please report it", exc_info=True)
        sys.exit(EXIT_FAILED)
