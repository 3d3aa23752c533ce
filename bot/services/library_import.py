"""Bringing files of any known format into a library directory, all of them or none.

Knows what may be written where; must never publish what the linter would not let through.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.domain.factchecks import FactCheck, Status
from bot.domain.linting import can_publish, lint
from bot.services.errors import ConflictError, InvalidInputError
from bot.services.formats import article, claimreview, factually, jsonl, markdown
from bot.services.formats.detect import Form, form_of
from bot.services.formats.reports import Imported, Material, Parsed, broken
from bot.services.libraries import read_text, unreadable
from bot.services.library_lint import finding_lines

MATERIALS_NAME = "materials"
"""The folder in a library that articles go to; the loader does not look into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did."""

    lines: tuple[str, ...]
    """For people: every file written, every warning, everything the linter finds."""
    written: tuple[Path, ...]
    fact_checks: tuple[FactCheck, ...]
    materials: tuple[Material, ...]


def parse_text(text: str, name: str) -> Imported:
    """Read a text in whichever known format it is; a record without a status becomes a draft.

    Raises:
        InvalidInputError: it is in no known format, it is a thread, or it is broken.
    """
    match form_of(text, name):
        case Form.MARKDOWN:
            return Imported(records=(markdown.parse(text, name),))
        case Form.JSONL:
            lines = jsonl.numbered(text.encode().splitlines(keepends=True), name)
            return Imported(records=tuple(jsonl.parse_line(line, name, n) for n, line in lines))
        case Form.CLAIMREVIEW:
            return claimreview.parse(text, name)
        case Form.FACTUALLY:
            return factually.parse(text, name)
        case Form.ARTICLE:
            return article.parse(text, name)
        case Form.THREAD:
            raise broken(name, 1, f"a thread, not a fact-check. Play it: footnote replay {name}")
        case None:
            raise broken(
                name,
                1,
                "not a known format. Give a fact-check in Markdown, JSON lines, ClaimReview "
                "JSON-LD or Factually text, or an article with front matter.",
            )


def import_files(
    paths: Sequence[Path], *, into: Path, today: date, replace: bool = False
) -> ImportReport:
    """Bring files into a library directory: every one, or after any mistake none.

    A thread among other files is left out with a line that says so. A published record that the
    linter does not let through becomes a draft. A slug that exists is only overwritten with
    `replace`.

    Raises:
        UserFacingError: a file is broken or unknown, or a slug is taken.
    """
    lines: list[str] = []
    records: list[Parsed] = []
    materials: list[Material] = []
    for path in paths:
        text = read_text(path)
        if form_of(text, str(path)) is Form.THREAD and len(paths) > 1:
            lines.append(f"{path}: left out, it is a thread. Play it: footnote replay {path}")
            continue
        imported = parse_text(text, str(path))
        lines += [f"{path}:{warned.line}: {warned.sentence}" for warned in imported.warnings]
        records += imported.records
        materials += imported.materials
    if not records and not materials:
        raise InvalidInputError("Nothing to import. Name at least one fact-check or article.")
    fact_checks = tuple(_held_back(record.fact_check, today, lines) for record in records)
    files = _files(fact_checks, materials, into)
    _refuse_overwriting(files, allowed=replace)
    _write_all(files)
    for fact_check in fact_checks:
        file = into / f"{fact_check.slug}.md"
        lines.append(f"{file}: {fact_check.status.value}, {fact_check.claim}")
        written = markdown.parse(files[file], str(file))
        lines += finding_lines(lint(fact_check, today), written, str(file))
    for material in materials:
        by = f" by {material.author}" if material.author else ""
        lines.append(f"{_material_file(material, into)}: material, {material.title}{by}")
    return ImportReport(
        lines=tuple(lines),
        written=tuple(files),
        fact_checks=fact_checks,
        materials=tuple(materials),
    )


def _held_back(fact_check: FactCheck, today: date, lines: list[str]) -> FactCheck:
    """Return the fact-check, as a draft where it claims to be published and may not be."""
    if fact_check.status is not Status.PUBLISHED or can_publish(fact_check, today):
        return fact_check
    lines.append(f"{fact_check.slug}: became a draft, for the linter finds what must be mended.")
    return replace(fact_check, status=Status.DRAFT)


def _files(
    fact_checks: Sequence[FactCheck], materials: Sequence[Material], into: Path
) -> dict[Path, str]:
    files: dict[Path, str] = {}
    contents = [(into / f"{item.slug}.md", markdown.render(item)) for item in fact_checks]
    contents += [(_material_file(item, into), article.render(item)) for item in materials]
    for file, content in contents:
        if file in files:
            raise ConflictError(f"The slug {file.stem} comes twice in this import. Rename one.")
        files[file] = content
    return files


def _material_file(material: Material, into: Path) -> Path:
    return into / MATERIALS_NAME / f"{material.slug}.md"


def _refuse_overwriting(files: Mapping[Path, str], *, allowed: bool) -> None:
    taken = [file for file in files if file.exists()]
    if taken and not allowed:
        more = f" (and {len(taken) - 1} more)" if len(taken) > 1 else ""
        raise ConflictError(f"{taken[0]} exists{more}. Use --replace to overwrite it.")


def _write_all(files: Mapping[Path, str]) -> None:
    """Write all files or none: first beside their places, then each into its place at once."""
    suffix = f".{secrets.token_hex(4)}.tmp"
    made: list[Path] = []
    before: dict[Path, bytes | None] = {}
    try:
        for file in files:
            made += _make_directory(file.parent)
        for file, content in files.items():
            file.with_name(file.name + suffix).write_bytes(content.encode())
        for file in files:
            kept = file.read_bytes() if file.exists() else None
            os.replace(file.with_name(file.name + suffix), file)
            before[file] = kept
    except OSError as problem:
        _undo(before)
        for file in files:
            _discard(file.with_name(file.name + suffix))
        for directory in reversed(made):
            directory.rmdir()
        name = str(problem.filename or next(iter(files))).removesuffix(suffix)
        raise unreadable(name, problem) from None


def _make_directory(directory: Path) -> list[Path]:
    """Make a directory with its parents; return those that were missing, outermost first."""
    missing = [item for item in (directory, *directory.parents) if not item.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _undo(before: Mapping[Path, bytes | None]) -> None:
    for file, content in before.items():
        if content is None:
            _discard(file)
        else:
            file.write_bytes(content)


def _discard(file: Path) -> None:
    """Remove a file if there is one and its directory can be reached."""
    if file.is_file():
        file.unlink()
