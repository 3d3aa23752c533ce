"""What subcommands are given and give back: settings, a library, lines.

Imports what it needs only when it is asked, so that `footnote --help` answers at once.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.domain.factchecks import Example, FactCheck
    from bot.settings import LogLevel, Settings

QUIET: "LogLevel" = "warning"
"""Level of the logs for commands that answer and end, where LOG_LEVEL says nothing else."""

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="PATH",
        help="A directory of Markdown files or a .jsonl file; LIBRARY or the starter library.",
    ),
]


def read_settings(*, needs_token: bool = False) -> "Settings":
    """Read the settings, say what looks misspelt, and configure the logs."""
    from bot import logs, settings

    loaded = settings.load(needs_token=needs_token)
    for sentence in settings.typos():
        typer.echo(sentence, err=True)
    asked_for = needs_token or "log_level" in loaded.model_fields_set
    level = loaded.log_level if asked_for else QUIET
    logs.configure(level, loaded.log_format, loaded.secrets)
    return loaded


def read_library(
    chosen: Path | None,
) -> "tuple[tuple[FactCheck, ...], tuple[Example, ...]]":
    """Return a library and its examples: the chosen one, the settings' one, or the starter's.

    A library without examples takes the starter's, which count for the fact-checks of their slugs.
    """
    from bot.services import libraries

    path = chosen or read_settings().library
    if path is None:
        return libraries.starter_library(), libraries.starter_examples()
    examples = libraries.load_examples(path) or libraries.starter_examples()
    return libraries.load_library(path), examples


def stdin_lines() -> Iterator[bytes]:
    """Yield lines, and no more of an endless one than shows that it is too long."""
    from bot.services.matching_lines import LINE_LIMIT

    while line := sys.stdin.buffer.readline(LINE_LIMIT + 1):
        yield line


def print_lines(lines: Iterable[str]) -> None:
    """Write each line at once, so that another program can wait for it."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
