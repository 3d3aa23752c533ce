"""Composes `footnote replay`: matcher, rules, database in memory, and what is shown of it all.

Knows files and standard streams; decides nothing. For the command line:

    replay_command(export, fact_checks, examples, report=None, as_json=False) -> exit code

It writes results to standard output, problems and progress to standard error, and raises
`UserFacingError` where there is nothing to show.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from bot.domain.factchecks import Example, FactCheck
from bot.domain.periods import Schedule
from bot.domain.policy import Mode
from bot.matching.matcher import Matcher
from bot.services.digests.replayed import ReplayedPosts
from bot.services.errors import InvalidInputError
from bot.services.exports import Source, open_export
from bot.services.replay_lines import (
    finding_json,
    finding_line,
    printable,
    run_json,
    run_line,
    summary_json,
    summary_lines,
)
from bot.services.replaying import Finding, Replay, begin_of
from bot.web.digest_files import digest_files
from bot.web.digests import Names
from bot.web.report import ReportFindings, check_folder, render_report, write_report

EXIT_DONE = 0
EXIT_USAGE = 2

Progress = Callable[[int], None]


def replay_command(
    export: Path,
    fact_checks: Sequence[FactCheck],
    examples: Sequence[Example] = (),
    *,
    report: Path | None = None,
    as_json: bool = False,
    mode: Mode = Mode.AUTO,
    threshold: float | None = None,
    digest: Schedule | None = None,
    out: Path | None = None,
) -> int:
    """Replay an export, show what would be attached, and return the exit code.

    Args:
        export: a JSON export, a folder of them, or a thread file.
        fact_checks: the library to replay with.
        examples: how people say its claims.
        report: the folder to write the HTML report into, if one is wanted.
        as_json: write JSON lines instead of text.
        mode: how the export's places are taken to be watched.
        threshold: attach from this probability instead of the calibrated one.
        digest: build the last digest by this schedule as well.
        out: the folder to write the digest's files into; standard output shows it otherwise.

    Raises:
        UserFacingError: the export cannot be read, the report cannot be written, or the threshold
            is out of bounds.
    """
    _spell_what_the_terminal_lacks()
    if report is not None:
        check_folder(report)
    source = open_export(export, begin=begin_of(fact_checks))
    posts = ReplayedPosts()
    take_post = posts.take if digest is not None else lambda _: None
    replay = Replay(
        source,
        fact_checks,
        Matcher.build,
        examples=examples,
        mode=mode,
        threshold=threshold,
        also=take_post,
    )
    collected = ReportFindings()

    def take(finding: Finding) -> None:
        _write(finding_json(finding) if as_json else finding_line(finding))
        collected.add(finding)

    began = time.perf_counter()
    with _progress(source) as progress:
        asyncio.run(_run(replay, take, progress))
    _write_summary(replay, time.perf_counter() - began, as_json=as_json)
    if report is not None:
        by_slug = {fact_check.slug: fact_check for fact_check in fact_checks}
        page = render_report(source.name, replay.summary, collected, by_slug)
        _complain(f"The report is {write_report(report, page)}")
    if digest is not None:
        _write_digest(posts, replay, digest, out)
    return EXIT_USAGE if source.tally.ended_early else EXIT_DONE


def _write_digest(
    posts: ReplayedPosts, replay: Replay, schedule: Schedule, out: Path | None
) -> None:
    built = asyncio.run(posts.digest(replay.database, schedule))
    if built is None:
        raise InvalidInputError("The export holds no post, so there is no digest.")
    names = Names(
        place=lambda place: posts.places.get(place, "a thread"),
        address=lambda _, __, post: posts.links.get(post, "") if post is not None else "",
        quotes=posts.quotes,
    )
    for line in digest_files(built, names, out):
        _write(line)


def _spell_what_the_terminal_lacks() -> None:
    """Write a character that the output's encoding has not as its number, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


async def _run(replay: Replay, take: Callable[[Finding], None], progress: Progress) -> None:
    async for finding in replay.findings(progress):
        take(finding)


def _write_summary(replay: Replay, seconds: float, *, as_json: bool) -> None:
    if as_json:
        _write(summary_json(replay.summary))
        _write(run_json(replay.summary, seconds))
    else:
        for line in summary_lines(replay.summary):
            _write(line)
        _write(run_line(replay.summary, seconds))
    for problem in replay.summary.reading.problems:
        _complain(problem)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _complain(sentence: str) -> None:
    sys.stderr.write(f"{printable(sentence)}\n")


@contextmanager
def _progress(source: Source) -> Iterator[Progress]:
    """Show on a terminal how much of the export is read; elsewhere show nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress as bars
    from rich.console import Console

    bar = bars.Progress(
        bars.TextColumn("Reading"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )
    with bar:
        task = bar.add_task("", total=source.size)
        yield lambda count: bar.advance(task, count)
