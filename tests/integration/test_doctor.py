"""What the doctor finds without Discord."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.discord_io.permissions import invite_link, missing, missing_for_moderation
from bot.doctor import (
    Condition,
    Diagnosis,
    check_database,
    check_intent,
    check_library,
    check_moderation,
    check_time_zone,
    check_token,
    examine,
    plain_lines,
    worst_exit_code,
)
from bot.settings import Settings
from bot.terminal import show_report
from db.migrate import upgrade

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SHAPED = ".".join(
    ("MTE4NjI5NDQ4MTU0NzI2MTk1MA", "GqWeRt", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9")
)
NOT_AN_ID = ".".join(
    ("YWJjZGVmZ2hpamtsbW5vcHFy", "GqWeRt", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9")
)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {field.upper() for field in Settings.model_fields}
    for name in list(os.environ):
        if name.upper() in names:
            monkeypatch.delenv(name)


def with_token(token: str) -> Settings:
    return Settings(discord_token=SecretStr(token))


def test_a_tokens_shape_is_judged_without_showing_it() -> None:
    assert check_token(Settings()).exit_code == 2
    assert check_token(with_token(SHAPED)).condition is Condition.OK
    for wrong in ("118629448154726195", "a" * 64, NOT_AN_ID, SHAPED.replace(".", "-")):
        found = check_token(with_token(wrong))
        assert found.exit_code == 2
        assert wrong not in f"{found.result} {found.remedy}"


def test_another_server_may_have_tokens_of_another_shape() -> None:
    settings = Settings(discord_token=SecretStr("x"), discord_api_base="http://127.0.0.1:1/api")
    assert check_token(settings).condition is Condition.WARNING


def test_the_local_time_is_shown() -> None:
    found = check_time_zone(Settings(time_zone="Asia/Tokyo"), NOW)
    assert found.result == "Asia/Tokyo, where it is Tuesday 05:00 now"


def test_the_starter_library_is_fine_and_a_broken_one_is_not(tmp_path: Path) -> None:
    assert check_library(Settings(), NOW).condition is Condition.OK
    (tmp_path / "broken.md").write_text("---\nclaim: [\n---\n")
    found = check_library(Settings(library=tmp_path), NOW)
    assert found.exit_code == 2
    assert found.remedy == f"Run: footnote library lint {tmp_path}"


async def test_a_database_is_fresh_or_right_or_broken(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'footnote.db'}"
    settings = Settings(database_url=url)
    assert "made at the first start" in (await check_database(settings)).result
    assert not (tmp_path / "new").exists()
    await upgrade(url)
    assert (await check_database(settings)).condition is Condition.OK
    (tmp_path / "new/footnote.db").write_bytes(b"not a database" * 100)
    assert (await check_database(settings)).exit_code == 4


def test_either_form_of_the_intent_is_enough() -> None:
    for flags in (
        discord.ApplicationFlags(gateway_message_content=True),
        discord.ApplicationFlags(gateway_message_content_limited=True),
    ):
        assert check_intent(Settings(), flags).condition is Condition.OK
    assert check_intent(Settings(), discord.ApplicationFlags()).exit_code == 3


async def test_every_problem_of_the_settings_is_a_line_of_the_report(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("TIME_ZONE=x\nLOG_LEVEL=y\nTIMEZONE=z\n")
    report = await examine(env_file)
    assert worst_exit_code(report) == 2
    conditions = [each.condition for each in report]
    assert conditions == [
        Condition.WARNING,
        Condition.PROBLEM,
        Condition.PROBLEM,
        Condition.UNKNOWN,
    ]


async def test_without_a_token_discord_is_not_asked(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"DATABASE_URL=sqlite+aiosqlite:///{tmp_path / 'footnote.db'}\n")
    report = await examine(env_file)
    assert report[-1].condition is Condition.UNKNOWN
    assert worst_exit_code(report) == 2


async def test_a_server_that_does_not_answer_ends_with_3(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(
        "DISCORD_TOKEN=x\nDISCORD_API_BASE=http://127.0.0.1:9\n"
        f"DATABASE_URL=sqlite+aiosqlite:///{tmp_path / 'footnote.db'}\n"
    )
    report = await examine(env_file)
    assert worst_exit_code(report) == 3
    assert "does not answer" in report[-1].result


def test_on_a_terminal_the_report_is_a_table_that_shows_everything_as_it_is() -> None:
    console = Console(file=io.StringIO(), width=60, record=True)
    show_report([Diagnosis("[b]login[/b]", Condition.PROBLEM, "refused.", "Copy it.", 3)], console)
    shown = console.export_text()
    for part in ("problem", "[b]login[/b]", "refused.", "Copy it."):
        assert part in shown


def test_the_report_has_a_line_for_the_result_and_one_for_the_remedy() -> None:
    assert plain_lines(
        [
            Diagnosis("token", Condition.OK, "fine"),
            Diagnosis("login", Condition.PROBLEM, "refused.", "Copy it again.", 3),
        ]
    ) == (
        "ok           token: fine",
        "problem      login: refused.",
        "             -> Copy it again.",
    )


def test_what_moderators_commands_lack_is_a_warning_with_names() -> None:
    everything = discord.Permissions.all()
    assert check_moderation("Cats", everything).condition is Condition.OK
    everything.update(ban_members=False, view_audit_log=False)
    found = check_moderation("Cats", everything)
    assert (found.condition, found.exit_code) == (Condition.WARNING, 0)
    assert "lacks Ban Members, View Audit Log" in found.result


def test_the_invitation_asks_for_what_moderators_commands_need() -> None:
    link = invite_link(7)
    asked = discord.Permissions(int(parse_qs(urlsplit(link).query)["permissions"][0]))
    assert missing(asked) == []
    assert missing_for_moderation(asked) == []
    assert not asked.administrator
