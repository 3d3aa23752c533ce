import json
from pathlib import Path

import pytest

from bot import replay
from bot.replay import replay_command
from bot.services.errors import InvalidInputError
from tests.unit.replay.exporting import export, message, write
from tests.unit.replay.keyword_reader import KeywordReader, fact_check

LIBRARY = (fact_check("alpha"),)


@pytest.fixture(autouse=True)
def known_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "Matcher", KeywordReader)


def test_findings_come_first_then_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "e.json", export([message(1, "people say alpha again")]))

    assert replay_command(file, LIBRARY) == 0

    out, err = capsys.readouterr()
    first, second, third, *_ = out.splitlines()
    assert first.startswith("2026-11-01 10:01  attach    alpha  0.95 assert  post 4000000000000")
    assert second == "    “alpha”"
    assert third == "1 post read, 2026-11-01 to 2026-11-01; 1 by people."
    assert "posts/s" in out.splitlines()[-1]
    assert err == ""


def test_json_lines_hold_ids_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "e.json", export([message(1, "people say alpha again")]))

    replay_command(file, LIBRARY, as_json=True)

    finding, summary, run = map(json.loads, capsys.readouterr().out.splitlines())
    assert (finding["type"], summary["type"], run["type"]) == ("finding", "summary", "run")
    assert finding["post"] == "400000000000000001"
    assert summary["attached"] == 1


def test_a_truncated_export_is_replayed_as_far_as_it_goes_and_ends_with_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "e.json", export([message(n, f"alpha says {n}") for n in range(3)]))
    text = file.read_text()
    file.write_text(text[: text.rindex('"content"')])

    assert replay_command(file, LIBRARY, report=tmp_path / "report") == 2

    out, err = capsys.readouterr()
    assert "2 posts read" in out
    assert "e.json ends early after 2 messages; what stands before that was read." in err
    assert "ends early" in (tmp_path / "report" / "index.html").read_text()


def test_a_refused_export_leaves_no_report(tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    file.write_text("[]")

    with pytest.raises(InvalidInputError):
        replay_command(file, LIBRARY, report=tmp_path / "report")

    assert not (tmp_path / "report").exists()
