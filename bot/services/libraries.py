"""Libraries of fact-checks as they lie on disk: the starter pack, a directory, a JSON lines file.

Knows where files are and reads them; must never post, ask the time, or know a file's syntax.

For the command line and the rest of the program:

    starter_library() -> tuple[FactCheck, ...]
    starter_examples() -> tuple[Example, ...]
    load_library(path) -> tuple[FactCheck, ...]     directory of Markdown files, or JSON lines
    load_examples(path) -> tuple[Example, ...]      DIRECTORY/examples.jsonl, NAME.examples.jsonl
    find(fact_checks, slug) -> FactCheck            or a NotFoundError with the nearest slugs
    list_lines(fact_checks), show_lines(fact_check) -> tuple[str, ...]
    export(fact_checks, form) -> str                form: markdown | jsonl | claimreview

And beside it, for `footnote library lint` and `footnote library import`:

    library_lint.lint_library(path | None, today) -> LintReport (.lines, .exit_code)
    library_import.import_files(paths, into=, today=, replace=False) -> ImportReport (.lines)

Whatever is wrong with a file is an `InvalidInputError` that names file and line.
"""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from bot.domain.factchecks import Example, FactCheck, Status
from bot.services.errors import InvalidInputError, NotFoundError
from bot.services.formats import claimreview, jsonl, markdown
from bot.services.formats.reports import Parsed, broken

EXAMPLES_NAME = "examples.jsonl"
FILE_LIMIT = 16 * 1024 * 1024
"""Bytes of one file that is read whole."""
FORMS = ("markdown", "jsonl", "claimreview")


@cache
def starter_library() -> tuple[FactCheck, ...]:
    """Return the fact-checks that come with the program, by slug."""
    return tuple(record.fact_check for record, _ in read_records(None))


@cache
def starter_examples() -> tuple[Example, ...]:
    """Return the examples and counter-examples that come with the program."""
    return _examples(resources.files("bot") / "library" / EXAMPLES_NAME)


def load_library(path: Path) -> tuple[FactCheck, ...]:
    """Return the fact-checks of a directory of Markdown files or of a JSON lines file.

    Raises:
        UserFacingError: there is no such library, a file of it is broken, or a slug stands in it
            twice.
    """
    seen: dict[str, str] = {}
    fact_checks: list[FactCheck] = []
    for record, name in read_records(path):
        slug = record.fact_check.slug
        line = record.line_of("slug")
        if slug in seen:
            raise broken(name, line, f"the slug {slug} is taken by {seen[slug]}. Rename one.")
        seen[slug] = f"{name}:{line}"
        fact_checks.append(record.fact_check)
    return tuple(fact_checks)


def load_examples(path: Path) -> tuple[Example, ...]:
    """Return the examples that lie in a library's directory, or beside its JSON lines file."""
    return _examples(path / EXAMPLES_NAME if path.is_dir() else path.with_suffix(".examples.jsonl"))


def read_records(path: Path | None) -> Iterator[tuple[Parsed, str]]:
    """Read a library (None: the starter pack) record by record, each with its file's name.

    Raises:
        UserFacingError: there is no such library, or a file of it is broken.
    """
    return ((read(), name) for name, read in readings(path))


def readings(path: Path | None) -> Iterator[tuple[str, Callable[[], Parsed]]]:
    """Yield, for each record of a library, its file's name and what reads it (and may raise).

    Records of a JSON lines file that name no status count as published: that form has none.

    Raises:
        UserFacingError: there is no such library, or it cannot be read further.
    """
    if path is not None and not path.is_dir():
        yield from _single(path)
        return
    directory = resources.files("bot") / "library" if path is None else path
    files = markdown_files(directory)
    if not files:
        raise InvalidInputError(f"{directory}: no fact-check (*.md) lies in this directory.")
    for file in files:
        yield str(file), partial(_markdown, file)


def markdown_files(directory: Traversable) -> list[Traversable]:
    """Return a directory's Markdown files by name; a README is none of the library."""
    try:
        files = [file for file in directory.iterdir() if file.name.lower().endswith(".md")]
    except OSError as problem:
        raise unreadable(str(directory), problem) from None
    return sorted(
        (file for file in files if file.name.lower() != "readme.md"), key=lambda file: file.name
    )


def read_text(file: Traversable) -> str:
    """Read a whole text file.

    Raises:
        UserFacingError: it cannot be read, is too large, empty, binary, or not UTF-8.
    """
    name = str(file)
    with opened(file) as stream:
        data = stream.read(FILE_LIMIT + 1)
    if len(data) > FILE_LIMIT:
        raise broken(name, None, f"larger than {FILE_LIMIT // 2**20} MiB. Split it.")
    if not data.strip():
        raise broken(name, 1, "the file is empty. Write a fact-check into it, or remove it.")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise broken(name, line, "a binary file (it holds NUL bytes). Give a text file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise broken(name, line, "not UTF-8. Save the file as UTF-8.") from None


def unreadable(name: str, problem: OSError) -> InvalidInputError:
    """Return the error for a file that the system does not give."""
    reason = problem.strerror or "it cannot be read"
    return InvalidInputError(f"{name}: {reason[:1].lower()}{reason[1:]}. Check path and rights.")


def find(fact_checks: Iterable[FactCheck], slug: str) -> FactCheck:
    """Return the fact-check of this slug.

    Raises:
        NotFoundError: there is none; the message names the nearest slugs.
    """
    by_slug: dict[str, FactCheck] = {fact_check.slug: fact_check for fact_check in fact_checks}
    if slug in by_slug:
        return by_slug[slug]
    near = get_close_matches(slug, by_slug, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`footnote library list` names all."
    raise NotFoundError(f"No fact-check has the slug {slug!r}. {hint}")


def list_lines(fact_checks: Iterable[FactCheck]) -> tuple[str, ...]:
    """Return one line for each fact-check: slug, status, verdict, day of the check, claim."""
    rows = [
        (item.slug, item.status.value, _verdict(item), str(item.checked_on or "-"), item.claim)
        for item in fact_checks
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return tuple(
        "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True))
        for row in rows
    )


def show_lines(fact_check: FactCheck) -> tuple[str, ...]:
    """Return everything that is known of a fact-check, for reading."""
    lines = [
        fact_check.claim,
        f"{fact_check.slug} · {_verdict(fact_check)} · {fact_check.status.value}"
        f" · revision {fact_check.revision}",
        f"Checked on {fact_check.checked_on or '-'}, review by {fact_check.review_by or '-'}",
    ]
    lines += [f"Also said: {variant}" for variant in fact_check.variants]
    lines += [
        text for part in (fact_check.summary, fact_check.details) if part for text in ("", part)
    ]
    if fact_check.sources:
        lines.append("")
    for source in sorted(fact_check.sources, key=lambda source: source.n):
        title = (
            f": {source.title}" if source.title_verified and source.title != source.label else ""
        )
        day = f" ({source.published})" if source.published else ""
        lines.append(f"[{source.n}] {source.label}{title}{day} {source.url or '(no address)'}")
    lines += [f"Ask: {question}" for question in fact_check.questions]
    return tuple(lines)


def export(fact_checks: Iterable[FactCheck], form: str) -> str:
    """Write fact-checks in one of the `FORMS`; Markdown takes exactly one.

    Raises:
        InvalidInputError: there is no such form, or Markdown is asked to hold several.
    """
    items = tuple(fact_checks)
    if form == "jsonl":
        return jsonl.render(items)
    if form == "claimreview":
        return claimreview.render(items)
    if form != "markdown":
        raise InvalidInputError(f"No form is called {form!r}. Choose one of: {', '.join(FORMS)}.")
    if len(items) != 1:
        raise InvalidInputError("One Markdown file holds one fact-check. Name its slug.")
    return markdown.render(items[0])


def _verdict(fact_check: FactCheck) -> str:
    return (
        (fact_check.verdict and fact_check.verdict.value) or fact_check.unknown_verdict or "context"
    )


def _markdown(file: Traversable) -> Parsed:
    return markdown.parse(read_text(file), str(file))


def _single(path: Path) -> Iterator[tuple[str, Callable[[], Parsed]]]:
    name = str(path)
    if path.suffix.lower() == ".md":
        yield name, partial(_markdown, path)
        return
    empty = True
    with opened(path) as stream:
        for number, text in jsonl.numbered(_bounded_lines(stream), name):
            empty = False
            yield name, partial(jsonl.parse_line, text, name, number, status=Status.PUBLISHED)
    if empty:
        raise broken(name, 1, "the file is empty. Write one JSON object a line into it.")


def _examples(file: Traversable) -> tuple[Example, ...]:
    if not file.is_file():
        return ()
    with opened(file) as stream:
        lines = jsonl.numbered(_bounded_lines(stream), str(file))
        return tuple(
            example
            for number, text in lines
            for example in jsonl.parse_examples(text, str(file), number)
        )


def _bounded_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines, and no more of an endless one than shows that it is too long."""
    while line := stream.readline(jsonl.LINE_LIMIT + 1):
        yield line


def opened(file: Traversable) -> IO[bytes]:
    """Open a file to read its bytes.

    Raises:
        UserFacingError: there is no such file, or it cannot be read.
    """
    if not file.is_file():
        if isinstance(file, Path) and file.exists():
            raise InvalidInputError(f"{file}: not a file that can be read.")
        raise NotFoundError(f"{file}: no such file.")
    try:
        return file.open("rb")
    except OSError as problem:
        raise unreadable(str(file), problem) from None
