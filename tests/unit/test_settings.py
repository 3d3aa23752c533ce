import os
import re
from pathlib import Path

import pytest

from bot import settings
from bot.settings import Settings, SettingsProblem

TOKEN = "MTE4.Gabcde.not-a-real-token-not-a-real-token"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {field.upper() for field in Settings.model_fields}
    for name in list(os.environ):
        if name.upper() in names:
            monkeypatch.delenv(name)


def write(folder: Path, *lines: str) -> Path:
    path = folder / ".env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems_of(path: Path, *, needs_token: bool = False) -> tuple[str, ...]:
    with pytest.raises(SettingsProblem) as caught:
        settings.load(path, needs_token=needs_token)
    return caught.value.problems


def test_without_a_file_every_default_holds(tmp_path: Path) -> None:
    loaded = settings.load(tmp_path / ".env")
    assert loaded.discord_token is None
    assert loaded.discord_api_base == "https://discord.com/api/v10"
    assert loaded.discord_message_content is True
    assert loaded.database_url == "sqlite+aiosqlite:///data/footnote.db"
    assert loaded.library is None
    assert loaded.zone.key == "UTC"
    assert loaded.http_port is None


def test_the_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "TIME_ZONE=Europe/Berlin", "LOG_LEVEL=DEBUG", "HTTP_PORT=0")
    monkeypatch.setenv("TIME_ZONE", "Asia/Tokyo")
    loaded = settings.load(path)
    assert (loaded.time_zone, loaded.log_level, loaded.http_port) == ("Asia/Tokyo", "debug", 0)


def test_an_empty_value_means_the_default(tmp_path: Path) -> None:
    loaded = settings.load(write(tmp_path, "DISCORD_SHARD_COUNT=", "TIME_ZONE="))
    assert loaded.discord_shard_count is None
    assert loaded.time_zone == "UTC"


def test_a_file_written_by_an_editor_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("TIME_ZONE=Asia/Tokyo\n", encoding="utf-8-sig")
    assert settings.load(path).time_zone == "Asia/Tokyo"


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "TIME_ZONE=Berlin",
        "DISCORD_SHARD_COUNT=many",
        "DATABASE_URL=postgres://bot:hunter2@db/footnote",
        "LOG_LEVEL=loud",
        "LIBRARY=no/such/place",
        "DISCORD_API_BASE=discord.com",
        "DISCORD_GATEWAY_URL=https://discord.com",
        "HTTP_PORT=70000",
        "HTTP_HOST=not a host",
        "LOG_FORMAT=xml",
        "DISCORD_MESSAGE_CONTENT=perhaps",
        "CHECK_SOURCES=perhaps",
        "NOTE_HOLD_SECONDS=-1",
        "KEEP_POSTS_DAYS=1",
        "KEEP_AUDIT_DAYS=for ever",
        "DIGEST_ARCHIVE=perhaps",
        "PUBLIC_URL=somewhere",
    )
    problems = problems_of(path, needs_token=True)
    named = [problem.split()[0] for problem in problems]
    assert sorted(named) == sorted(field.upper() for field in Settings.model_fields)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("TIME_ZONE=Berlin", "Did you mean Europe/Berlin?"),
        ("TIME_ZONE=europe/berlin", "Did you mean Europe/Berlin?"),
        ("TIME_ZONE=new york", "Did you mean America/New_York?"),
        ("DISCORD_SHARD_COUNT=0", "a whole number from 1 to 4096, or left out; it is '0'."),
        ("LOG_LEVEL=loud", "LOG_LEVEL must be debug, info, warning or error; it is 'loud'."),
        ("DATABASE_URL=sqlite:///x.db", "sqlite+aiosqlite:/// and a file's path"),
        ("DATABASE_URL=sqlite+aiosqlite:///", "sqlite+aiosqlite:/// and a file's path"),
        ("DISCORD_API_BASE=https://user@host", "an http or https address"),
        ("DISCORD_GATEWAY_URL=wss://host:port", "a ws or wss address"),
    ],
)
def test_a_problem_says_what_to_write_instead(tmp_path: Path, line: str, expected: str) -> None:
    (problem,) = problems_of(write(tmp_path, line))
    assert expected in problem


def test_a_problem_never_shows_a_secret(tmp_path: Path) -> None:
    path = write(
        tmp_path, f'DISCORD_TOKEN="Bot {TOKEN}"', "DATABASE_URL=postgres://bot:hunter2@db/x"
    )
    text = "\n".join(problems_of(path))
    assert "DISCORD_TOKEN" in text
    assert "DATABASE_URL" in text
    assert TOKEN not in text
    assert "hunter2" not in text


def test_the_settings_never_show_a_secret_when_printed(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        f"DISCORD_TOKEN={TOKEN}",
        "DATABASE_URL=postgresql+asyncpg://bot:hunter2@db/footnote",
    )
    loaded = settings.load(path)
    assert TOKEN not in repr(loaded)
    assert "hunter2" not in repr(loaded)
    assert set(loaded.secrets) == {TOKEN, "hunter2"}


def test_a_missing_token_is_a_problem_only_for_those_who_need_one(tmp_path: Path) -> None:
    path = write(tmp_path, "DISCORD_TOKEN=")
    assert settings.load(path).discord_token is None
    (problem,) = problems_of(path, needs_token=True)
    assert problem.startswith("DISCORD_TOKEN is missing: copy the bot's token")
    live = settings.load(write(tmp_path, f"DISCORD_TOKEN={TOKEN}"), needs_token=True)
    assert live.secrets == (TOKEN,)


def test_a_line_that_is_no_assignment_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "LOG_LEVEL=info", "this is not an assignment", "TIME_ZONE=UTC")
    assert problems_of(path) == (f"{path}, line 2: write it as NAME=value, or put # before it.",)


def test_a_file_that_is_no_text_is_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"TIME_ZONE=\xff\xfe\n")
    assert problems_of(path) == (f"{path} is not UTF-8 text; save it as UTF-8.",)


def test_a_directory_in_the_files_place_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    (problem,) = problems_of(tmp_path / ".env")
    assert "cannot be read" in problem


def test_a_misspelt_name_is_noticed(tmp_path: Path) -> None:
    path = write(
        tmp_path, "DISCORD_TOKN=x", "TIMEZONE=UTC", "DISCORD_COLOUR=red", "PATH_TO_SOMETHING=1"
    )
    assert settings.typos(path) == (
        f"{path}: DISCORD_TOKN is not a setting; did you mean DISCORD_TOKEN?",
        f"{path}: TIMEZONE is not a setting; did you mean TIME_ZONE?",
        f"{path}: DISCORD_COLOUR is not a setting; remove it or see .env.example.",
    )
    assert settings.typos(tmp_path / "missing") == ()
    assert settings.typos(None) == ()


def test_the_library_may_be_a_directory_or_a_jsonl_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    (tmp_path / "a.txt").touch()
    for good in (tmp_path, tmp_path / "a.jsonl"):
        assert settings.load(write(tmp_path, f"LIBRARY={good}")).library == good
    assert problems_of(write(tmp_path, f"LIBRARY={tmp_path / 'a.txt'}"))


def test_an_address_loses_its_last_slash(tmp_path: Path) -> None:
    loaded = settings.load(write(tmp_path, "DISCORD_API_BASE=http://127.0.0.1:8080/api/v10/"))
    assert loaded.discord_api_base == "http://127.0.0.1:8080/api/v10"


def test_the_example_file_sets_nothing_but_defaults(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / ".env.example"
    assert settings.load(example) == settings.load(None)
    uncommented = re.sub(r"(?m)^#(?=[A-Z_]+=)", "", example.read_text(encoding="utf-8"))
    (tmp_path / ".env").write_text(uncommented, encoding="utf-8")
    shown = settings.load(tmp_path / ".env")
    assert shown.model_copy(
        update={"discord_gateway_url": None, "public_url": None}
    ) == settings.load(None)
