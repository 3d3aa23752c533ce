import json
import logging
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import __version__, cli
from bot.services.errors import (
    DatabaseUnusableError,
    InvalidInputError,
    LoginRefusedError,
    UnavailableError,
)
from bot.settings import Settings
from db.all_tables import metadata

CLAIM = "Asia embraces AI art instead of resisting it"
HELP_LIMIT = 0.3
"""Seconds, by contract."""


@pytest.fixture(autouse=True)
def _fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in an empty folder, without settings, and put the logging back."""
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def footnote(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli.app, arguments, input=stdin)


def process(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


def one_sentence(result: Result) -> str:
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    return str(line)


def test_the_version_is_shown() -> None:
    done = subprocess.run(process("--version"), capture_output=True, text=True, check=True)
    assert done.stdout == f"footnote {__version__}\n"


def test_help_answers_at_once() -> None:
    def seconds() -> float:
        """Measure processor time: the clock's would tell how busy the machine is."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(process("--help"), capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    seconds()  # the first start compiles
    assert min(seconds() for _ in range(5)) <= HELP_LIMIT


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, bot.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"discord", "aiohttp", "sqlalchemy", "numpy", "pydantic", "rich", "asyncio", "yaml"}
    assert heavy & set(done.stdout.split()) == set()


def test_every_command_of_the_contract_is_there() -> None:
    groups = {
        "library": ("lint", "list", "show", "import", "export"),
        "db": ("upgrade", "backup", "check"),
        "commands": ("sync",),
    }
    shown = footnote("--help").stdout
    for command in ("sandbox", "run", "replay", "match", "tune", "doctor", *groups):
        assert f"\n  {command} " in shown
    for group, commands in groups.items():
        shown = footnote(group, "--help").stdout
        for command in commands:
            assert f"\n  {command} " in shown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInputError("x"), 2),
        (LoginRefusedError("x"), 3),
        (DatabaseUnusableError("x"), 4),
        (UnavailableError("x", retryable=True), 4),
    ],
)
def test_exit_codes_are_those_of_the_contract(
    error: InvalidInputError | UnavailableError, code: int
) -> None:
    assert cli.exit_code_of(error) == code


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("xyzzy", "No such command 'xyzzy'."),
        ("--bogus", "No such option: --bogus."),
        ("match --bogus", "No such option: --bogus."),
        ("library bogus", "No such command 'bogus'."),
        ("match --top 0", "--top takes a whole number from 1 to 100, not '0'."),
        ("match --format xml", "--format takes only jsonl, not 'xml'."),
        ("sandbox --port x", "--port takes a whole number from 0 to 65535, not 'x'."),
        ("replay x --mode bogus", "--mode takes auto, suggest or silent, not 'bogus'."),
        ("replay x --threshold y", "--threshold takes a number, not 'y'."),
        ("tune --community x", "--community takes a whole number, not 'x'."),
        ("replay", "EXPORT is missing."),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_would_be_right(
    arguments: str, sentence: str
) -> None:
    result = footnote(*arguments.split())
    assert result.exit_code == 2
    assert one_sentence(result).startswith(f"{sentence} `footnote ")


def test_a_group_alone_shows_its_commands() -> None:
    result = footnote("library")
    assert "\n  lint " in result.output


def test_no_summary_of_a_command_is_cut_in_80_columns() -> None:
    for group in ("", "library", "db", "commands"):
        shown = footnote(*group.split(), "--help").stdout
        assert "..." not in shown.replace("[ARGS]...", "")
        assert max(map(len, shown.splitlines())) <= 80


def test_running_without_a_token_says_where_to_get_one() -> None:
    result = footnote("run")
    assert result.exit_code == 2
    assert one_sentence(result).startswith("DISCORD_TOKEN is missing: copy the bot's token")


def test_every_problem_of_the_settings_is_a_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIME_ZONE=Berlin\nLOG_LEVEL=loud\nTIMEZONE=UTC\n")
    result = footnote("db", "check")
    assert result.exit_code == 2
    assert [line.split()[0] for line in result.stderr.splitlines()] == ["TIME_ZONE", "LOG_LEVEL"]


def test_a_misspelt_setting_is_mentioned_and_the_work_goes_on(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=UTC\n")
    result = footnote("db", "upgrade")
    assert result.exit_code == 0
    assert one_sentence(result) == ".env: TIMEZONE is not a setting; did you mean TIME_ZONE?"


def test_match_answers_in_the_same_order_in_the_contracts_form() -> None:
    messages = [{"id": 7, "text": CLAIM}, {"id": "b", "text": "nice weather"}]
    result = footnote("match", "--top", "2", stdin="\n".join(map(json.dumps, messages)))
    assert result.exit_code == 0, result.stderr
    first, second = map(json.loads, result.stdout.splitlines())
    assert list(first) == ["id", "decision", "stance", "matches"]
    assert (first["id"], second["id"]) == (7, "b")
    assert first["decision"] == "attach"
    assert first["matches"][0]["slug"] == "asia-embraces-ai-art"
    assert set(first["matches"][0]) == {"slug", "score", "sentence"}
    assert second["decision"] == "none"


def test_match_reads_a_library_of_ones_own(tmp_path: Path) -> None:
    library = tmp_path / "own.jsonl"
    record = {"slug": "moon-cheese", "claim": "The moon is made of cheese."}
    library.write_text(json.dumps(record) + "\n")
    message = json.dumps({"id": 1, "text": "the moon is made of cheese, everybody knows"})
    result = footnote("match", "--library", str(library), stdin=message)
    assert json.loads(result.stdout)["matches"][0]["slug"] == "moon-cheese"


def test_a_library_line_without_a_slug_is_named(tmp_path: Path) -> None:
    library = tmp_path / "own.jsonl"
    library.write_text('{"slug": "a", "claim": "b"}\n{"claim": "c"}\n')
    result = footnote("match", "--library", str(library))
    assert result.exit_code == 2
    assert f"{library}:2" in one_sentence(result)


@pytest.mark.parametrize(
    ("stdin", "named"),
    [
        ("{", "Line 1"),
        (json.dumps({"id": 1, "text": CLAIM}) + '\n{"id": 2}\n', "Line 2"),
        (b'{"id": 1, "text": "\xff"}', "Line 1"),
        ("a" * 10_000_000, "Line 1"),
    ],
)
def test_a_line_that_is_no_message_is_one_sentence(stdin: str | bytes, named: str) -> None:
    result = footnote("match", stdin=stdin)
    assert result.exit_code == 2
    assert one_sentence(result).startswith(named)


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    shown = subprocess.Popen(
        process("library", "export"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.read(10)
    shown.stdout.close()
    assert shown.wait(timeout=20) == 0
    assert shown.stderr.read() == b""
    shown.stderr.close()


def test_ctrl_c_ends_quietly() -> None:
    waiting = subprocess.Popen(
        process("match"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert waiting.stdin is not None
    assert waiting.stdout is not None
    waiting.stdin.write(json.dumps({"id": 1, "text": "hello"}).encode() + b"\n")
    waiting.stdin.flush()
    waiting.stdout.readline()  # it has answered, and waits for more
    waiting.send_signal(signal.SIGINT)
    _, complaint = waiting.communicate(timeout=20)
    assert waiting.returncode == 130
    assert complaint == b""


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = footnote("sandbox", "--once", "--port", str(port))
    assert result.exit_code == 2
    assert one_sentence(result).startswith(f"Port {port} is in use")


def test_a_library_can_be_listed_shown_exported_and_imported_again(tmp_path: Path) -> None:
    listed = footnote("library", "list").stdout.splitlines()
    assert any(line.startswith("asia-embraces-ai-art ") for line in listed)
    assert "[1]" in footnote("library", "show", "asia-embraces-ai-art").stdout
    exported = footnote("library", "export", "--format", "claimreview")
    (tmp_path / "all.json").write_text(exported.stdout, encoding="utf-8")
    imported = footnote("library", "import", "all.json", "--into", "copy")
    assert imported.exit_code == 0, imported.stderr
    assert len(list((tmp_path / "copy").glob("*.md"))) == len(listed)
    again = footnote("library", "import", "all.json", "--into", "copy")
    assert again.exit_code == 2


def test_an_unknown_slug_is_one_sentence_with_the_nearest() -> None:
    result = footnote("library", "show", "asia-embraces-ai-arts")
    assert result.exit_code == 2
    assert "Did you mean asia-embraces-ai-art" in one_sentence(result)


def test_lint_passes_the_starter_library_and_stops_at_a_broken_file(tmp_path: Path) -> None:
    assert footnote("library", "lint").exit_code == 0
    (tmp_path / "broken.md").write_text("---\nclaim: [\n---\n")
    result = footnote("library", "lint", str(tmp_path))
    assert result.exit_code == 2
    assert "broken.md" in result.stdout


def test_a_database_is_made_checked_and_copied(tmp_path: Path) -> None:
    assert "is now" in footnote("db", "upgrade").stdout
    assert "was already" in footnote("db", "upgrade").stdout
    assert footnote("db", "check").exit_code == 0
    assert footnote("db", "backup", "copy.db").stdout == "copy.db\n"
    assert (tmp_path / "copy.db").stat().st_size > 0
    again = footnote("db", "backup", "copy.db")
    assert again.exit_code == 4
    assert "exists already" in one_sentence(again)
    assert len(list(tmp_path.glob("footnote-*.db"))) == 0
    assert footnote("db", "backup").exit_code == 0
    assert len(list(tmp_path.glob("footnote-*.db"))) == 1


def test_a_database_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/footnote.db").write_bytes(b"not a database" * 100)
    result = footnote("db", "check")
    assert result.exit_code == 4
    assert one_sentence(result)


def test_a_replay_shows_what_would_be_attached(tmp_path: Path) -> None:
    thread = tmp_path / "thread.md"
    thread.write_text(f"# Art\n\n## Mika · 2026-11-20 10:00 UTC\n\n{CLAIM}, as always.\n")
    result = footnote("replay", "thread.md", "--json", "--report", "out")
    assert result.exit_code == 0, result.stderr
    first = json.loads(result.stdout.splitlines()[0])
    assert (first["slug"], first["outcome"]) == ("asia-embraces-ai-art", "attach")
    assert list((tmp_path / "out").glob("*.html"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--mode", "suggest"), "suggest"),
        (("--mode", "silent"), "none"),
        (("--threshold", "0.8"), "attach"),
    ],
)
def test_a_replay_tries_another_mode_or_threshold(
    tmp_path: Path, options: tuple[str, ...], expected: str
) -> None:
    thread = tmp_path / "thread.md"
    thread.write_text(f"# Art\n\n## Mika · 2026-11-20 10:00 UTC\n\n{CLAIM}, as always.\n")
    result = footnote("replay", "thread.md", "--json", *options)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[0])["outcome"] == expected


def test_a_threshold_out_of_bounds_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "thread.md").write_text("# Art\n\n## Mika\n\nHello.\n")
    result = footnote("replay", "thread.md", "--threshold", "80")
    assert result.exit_code == 2
    assert "from 0.30 to 1.00" in one_sentence(result)


@pytest.mark.parametrize("content", [None, "", '{"guild": {"id"'])
def test_an_export_that_is_none_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "export.json").write_text(content)
    result = footnote("replay", "export.json")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert "export.json" in result.stderr


def test_a_defect_is_logged_without_secrets_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token = ".".join(("MTE4NjI5NDQ4MTU0NzI2MTk1MA", "GqWeRt", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7"))

    def break_down() -> None:
        from bot import logs

        logs.configure("warning")
        raise RuntimeError(f"with {token}")

    monkeypatch.setattr(cli, "app", break_down)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr().err
    assert ended.value.code == 1
    assert "a defect; please report it" in shown
    assert "RuntimeError" in shown
    assert token not in shown


def test_the_doctor_lists_what_is_stored_where_with_numbers() -> None:
    without = footnote("doctor", "--privacy")
    assert without.exit_code == 4
    assert "nothing is stored" in one_sentence(without)
    footnote("db", "upgrade")
    listed = footnote("doctor", "--privacy")
    assert listed.exit_code == 0
    for table in metadata.tables:
        assert re.search(rf"(?m)^{table} \(\d+ rows\): ", listed.stdout), table
    assert "ids of posts are kept for 90 days, the audit 365 days" in listed.stdout
