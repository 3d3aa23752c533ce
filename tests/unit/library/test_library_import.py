"""An import writes everything or nothing, and publishes nothing that is unfinished."""

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from bot.domain.factchecks import Status
from bot.services.errors import ConflictError, UserFacingError
from bot.services.formats import jsonl, markdown
from bot.services.libraries import load_library
from bot.services.library_import import import_files
from tests.builders import build_fact_check

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 11, 23)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_files_of_every_form_come_in_together(tmp_path: Path) -> None:
    into = tmp_path / "library"
    report = import_files(sorted(FIXTURES.iterdir()), into=into, today=TODAY)
    assert len(load_library(into)) == 4
    assert {check.status for check in report.fact_checks} == {Status.DRAFT}
    assert (into / "materials" / "the-weavers-and-the-machine.md").is_file()
    said = "\n".join(report.lines)
    assert "thread-looms.txt: left out, it is a thread. Play it: footnote replay" in said
    assert "article-looms.md:3: the quote inside single quotes" in said
    assert ".md:9: source 1 has no address. Add the https address of the page." in said


def test_a_published_record_with_errors_becomes_a_draft(tmp_path: Path) -> None:
    sound, unsound = build_fact_check(), build_fact_check(slug="another", summary="")
    path = tmp_path / "in.jsonl"
    path.write_text(jsonl.render([sound, unsound]), encoding="utf-8")
    report = import_files([path], into=tmp_path / "library", today=TODAY)
    assert [check.status for check in report.fact_checks] == [Status.PUBLISHED, Status.DRAFT]
    assert any(line.startswith("another: became a draft") for line in report.lines)


def test_a_slug_that_exists_is_only_replaced_on_request(tmp_path: Path) -> None:
    into = tmp_path / "library"
    into.mkdir()
    old, new = build_fact_check(summary="Old."), build_fact_check(summary="New.")
    kept = into / f"{old.slug}.md"
    kept.write_text(markdown.render(old), encoding="utf-8")
    path = tmp_path / "in.jsonl"
    path.write_text(jsonl.render([new, build_fact_check(slug="other")]), encoding="utf-8")
    before = everything_in(into)
    with pytest.raises(ConflictError, match=r"exists\. Use --replace"):
        import_files([path], into=into, today=TODAY)
    assert everything_in(into) == before
    import_files([path], into=into, today=TODAY, replace=True)
    assert new in load_library(into)
    assert old not in load_library(into)


def test_one_broken_file_keeps_the_others_out(tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_text("---\nclaim: [\n---\n", encoding="utf-8")
    into = tmp_path / "library"
    with pytest.raises(UserFacingError, match=r"broken\.md:\d+: "):
        import_files([FIXTURES / "factually-quilts.txt", broken], into=into, today=TODAY)
    assert not into.exists()


def test_the_same_slug_twice_is_refused(tmp_path: Path) -> None:
    page = FIXTURES / "factually-quilts.txt"
    with pytest.raises(ConflictError, match="comes twice"):
        import_files([page, page], into=tmp_path, today=TODAY)
    assert everything_in(tmp_path) == {}


@pytest.mark.parametrize("files_before_it", [0, 1])
def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files_before_it: int
) -> None:
    into = tmp_path / "library"
    into.mkdir()
    old = build_fact_check(summary="Old.")
    (into / f"{old.slug}.md").write_text(markdown.render(old), encoding="utf-8")
    path = tmp_path / "in.jsonl"
    path.write_text(
        jsonl.render([build_fact_check(), build_fact_check(slug="other")]), encoding="utf-8"
    )
    before = everything_in(into)
    really_replace = os.replace
    done: list[Path] = []

    def fill_up(source: Path, target: Path) -> None:
        if len(done) == files_before_it:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source))
        really_replace(source, target)
        done.append(target)

    monkeypatch.setattr(os, "replace", fill_up)
    with pytest.raises(UserFacingError, match="no space left on device"):
        import_files([path], into=into, today=TODAY, replace=True)
    assert everything_in(into) == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\x02", "a binary file"),
        (b"just words", "not a known format"),
        ("caf\u00e9".encode("latin-1"), ":1: not UTF-8"),
        (b'{"@type": "ClaimReview", ', "not JSON at column"),
        (b'{"slug": "a", "claim": ', "not JSON at column"),
        (b"Title\n\ntext\n\n2 Likes\n", "a thread, not a fact-check"),
        (b"---\ntitle: 'a\nb: c\n---\ntext\n", "in.txt:"),
    ],
)
def test_what_cannot_be_imported_gets_one_sentence(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(content)
    with pytest.raises(UserFacingError, match=says) as caught:
        import_files([path], into=tmp_path / "library", today=TODAY)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "library").exists()


def test_a_directory_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="not a file that can be read"):
        import_files([tmp_path], into=tmp_path, today=TODAY)
    with pytest.raises(UserFacingError, match="no such file"):
        import_files([tmp_path / "none.md"], into=tmp_path, today=TODAY)
    with pytest.raises(UserFacingError, match="Nothing to import"):
        import_files([], into=tmp_path, today=TODAY)


def test_a_library_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "library"
    blocked.write_text("a file where the directory should be", encoding="utf-8")
    with pytest.raises(UserFacingError, match=r"library: .*Check path and rights"):
        import_files([FIXTURES / "factually-quilts.txt"], into=blocked, today=TODAY)
