import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.services.errors import InvalidInputError
from bot.services.exports import open_export
from bot.services.replaying import DayTally, Replay, begin_of
from bot.web import report
from bot.web.report import (
    BARS_LIMIT,
    ReportFindings,
    chart_bars,
    check_folder,
    render_report,
    write_report,
)
from tests.unit.replay.exporting import export, message, write
from tests.unit.replay.keyword_reader import KeywordReader, fact_check

LIBRARY = (fact_check("alpha", claim='Alpha & <b>"beta"</b>'), fact_check("beta"))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def page_of(path: Path) -> str:
    source = open_export(path, begin=begin_of(LIBRARY))
    replay = Replay(source, LIBRARY, KeywordReader.build)
    findings = ReportFindings()
    async for finding in replay.findings():
        findings.add(finding)
    return render_report(
        source.name, replay.summary, findings, {known.slug: known for known in LIBRARY}
    )


async def test_the_page_tells_outcome_reason_excerpt_and_sources(tmp_path: Path) -> None:
    posts = [message(1, "What came before. alpha. And after"), message(2, "we all know beta is so")]
    page = await page_of(write(tmp_path / "e.json", export(posts)))

    assert "What came before. <mark>alpha</mark>. And after" in page
    assert "the match is above the threshold for attaching" in page
    assert "the place got another note less than 5 minutes ago" in page
    assert 'href="https://archive.example/1"' in page
    assert "1 Nov 2026" in page


async def test_nothing_in_an_export_becomes_markup(tmp_path: Path) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} &lt;"
    exported = export([message(1, f"{attack} so alpha they say {attack}")], name=attack)
    page = await page_of(write(tmp_path / "e.json", exported))
    tags = Tags(page)

    assert not {"script", "img", "b", "iframe"} & set(tags.seen)
    assert all(link.startswith("https://") for link in tags.links)
    assert "javascript:" not in page
    assert "{{ 7*7 }}" in page
    assert tags.open == []


async def test_the_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = await page_of(write(tmp_path / "e.json", export([message(1, "so alpha they say")])))

    assert not {"link", "script", "img", "iframe", "object"} & set(Tags(page).seen)
    assert "@import" not in page
    assert not re.search(r"url\(", page)
    assert "prefers-color-scheme: dark" in page


async def test_an_export_that_raises_nothing_has_a_page_too(tmp_path: Path) -> None:
    page = await page_of(write(tmp_path / "e.json", export([])))

    assert "No post raised a claim that the library knows." in page
    assert Tags(page).open == []


def test_a_page_shows_so_many_findings_and_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FINDINGS_SHOWN", 2)
    findings = ReportFindings()
    for _ in range(5):
        findings.add(object())  # type: ignore[arg-type]

    assert (len(findings.shown), findings.left_out) == (2, 3)


@pytest.mark.parametrize("span", [1, 30, 92, 93, 400, 700, 3_000, 20_000])
def test_any_stretch_of_time_fits_the_chart_and_keeps_its_sums(span: int) -> None:
    first = date(2000, 1, 1)
    days = {
        first + timedelta(days=n): DayTally(attached=1, posts=2) for n in {0, span // 2, span - 1}
    }
    bars = chart_bars(days)

    assert 1 <= len(bars) <= BARS_LIMIT + 2
    assert sum(bar.tally.attached for bar in bars) == len(days)
    assert max(bar.attached for bar in bars) == 100
    assert bars[-1].x + bars[-1].width <= 100.01


def test_a_report_is_written_whole_and_replaces_an_earlier_one(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "report"
    write_report(folder, "first")
    written = write_report(folder, "second")

    assert written.read_text() == "second"
    assert [file.name for file in folder.iterdir()] == ["index.html"]


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    (folder / "index.html").mkdir(parents=True)

    with pytest.raises(InvalidInputError, match="cannot be written"):
        write_report(folder, "page")

    assert [file.name for file in folder.iterdir()] == ["index.html"]


def test_a_file_in_the_way_is_told_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "report"
    file.write_text("mine")

    with pytest.raises(InvalidInputError, match="is a file; --report needs a folder"):
        check_folder(file)
    with pytest.raises(InvalidInputError, match="cannot be written"):
        check_folder(file / "below")
