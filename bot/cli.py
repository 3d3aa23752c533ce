"""The `footnote` command: every subcommand is a few lines that call what others know.

Knows the contract of arguments, outputs and exit codes; imports what a subcommand needs only when
it runs, so that `footnote --help` answers at once.
"""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot import __version__
from bot.services.errors import (
    DatabaseUnusableError,
    LoginRefusedError,
    UnavailableError,
    UserFacingError,
)

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_LOGIN = 3
EXIT_DATABASE = 4
EXIT_INTERRUPTED = 130


def exit_code_of(error: UserFacingError | UnavailableError) -> int:
    """Return the exit code that the contract promises for an error."""
    if isinstance(error, LoginRefusedError):
        return EXIT_LOGIN
    if isinstance(error, DatabaseUnusableError):
        return EXIT_DATABASE
    return EXIT_FAILED if isinstance(error, UnavailableError) else EXIT_USAGE


class Edge(TyperGroup):
    """The one place where an error becomes a sentence on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except (UserFacingError, UnavailableError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(exit_code_of(error)) from None
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            _leave_the_pipe()
            raise typer.Exit(0) from None


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


def main() -> None:
    """Run the command line."""
    app()
