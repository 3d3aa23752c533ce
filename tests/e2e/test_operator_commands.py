"""`footnote doctor` and `footnote commands sync` over the wire, against the sandbox."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.doctor import Condition, Diagnosis, examine, plain_lines, worst_exit_code
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.policy import Mode
from bot.registering import register_commands
from bot.sandbox import Sandbox
from bot.sandbox.permissions import P
from bot.sandbox.state import Overwrite
from bot.services.errors import LoginRefusedError, NotFoundError
from bot.services.ports import Watch
from bot.settings import Settings, load
from db.engine import open_database

NOWHERE = PlaceId(123456789012345678)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {field.upper() for field in Settings.model_fields}
    for name in list(os.environ):
        if name.upper() in names:
            monkeypatch.delenv(name)


@pytest.fixture
def env_file(sandbox: Sandbox, tmp_path: Path) -> Path:
    return write(
        tmp_path / ".env",
        DISCORD_TOKEN=sandbox.token,
        DISCORD_API_BASE=sandbox.api_base,
        DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'footnote.db'}",
    )


def write(path: Path, **settings: str) -> Path:
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return path


def change(env_file: Path, **settings: str) -> Path:
    with env_file.open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in settings.items())
    return env_file


async def watch(env_file: Path, sandbox: Sandbox, *places: str | int) -> None:
    community = CommunityId(int(sandbox.state.guild.id))
    now = datetime(2026, 11, 23, tzinfo=UTC)
    async with open_database(load(env_file).database_url) as database, database.writing() as stores:
        for place in places:
            named = place if isinstance(place, int) else int(sandbox.channel(place).id)
            entry = Watch(
                community=community,
                place=PlaceId(named),
                mode=Mode.AUTO,
                added_by=None,
                added_at=now,
            )
            await stores.watches.put(entry)


def about(report: Sequence[Diagnosis], part: str) -> Diagnosis:
    (found,) = (each for each in report if part in each.label)
    return found


async def test_a_healthy_set_up_has_no_problem(env_file: Path, sandbox: Sandbox) -> None:
    await watch(env_file, sandbox, "general")
    report = await examine(env_file)
    assert worst_exit_code(report) == 0, plain_lines(report)
    assert about(report, "login").condition is Condition.OK
    assert about(report, "intent").condition is Condition.OK
    assert about(report, "database").condition is Condition.OK
    assert about(report, "#general").condition is Condition.OK
    assert all(sandbox.token not in line for line in plain_lines(report))


async def test_a_wrong_token_ends_with_3_and_is_not_shown(env_file: Path) -> None:
    report = await examine(change(env_file, DISCORD_TOKEN="quite-wrong"))
    assert worst_exit_code(report) == 3
    assert about(report, "login").result == "Discord refused the token."
    assert "Reset Token" in about(report, "login").remedy
    assert "quite-wrong" not in "\n".join(plain_lines(report))


async def test_an_intent_that_is_switched_off_ends_with_3(env_file: Path, sandbox: Sandbox) -> None:
    sandbox.state.application.content_intent = False
    report = await examine(env_file)
    assert worst_exit_code(report) == 3
    assert "DISCORD_MESSAGE_CONTENT=false" in about(report, "intent").remedy
    without = await examine(change(env_file, DISCORD_MESSAGE_CONTENT="false"))
    assert worst_exit_code(without) == 0
    assert about(without, "intent").condition is Condition.WARNING


async def test_a_permission_that_is_missing_in_a_watched_place_is_named(
    env_file: Path, sandbox: Sandbox
) -> None:
    everyone = sandbox.state.guild.id
    lacking = P.EMBED_LINKS | P.READ_MESSAGE_HISTORY
    bot_roles = sandbox.state.guild.members[sandbox.state.application.user.id].role_ids
    for role in (everyone, *bot_roles):
        overwrite = Overwrite(id=role, is_member=False, deny=int(lacking))
        sandbox.channel("general").overwrites.append(overwrite)
    await watch(env_file, sandbox, "general")
    report = await examine(env_file)
    assert worst_exit_code(report) == 2
    found = about(report, "#general")
    assert found.result == "the bot lacks Read Message History, Embed Links."


async def test_a_watched_place_that_is_gone_is_a_warning(env_file: Path, sandbox: Sandbox) -> None:
    await watch(env_file, sandbox, NOWHERE)
    report = await examine(env_file)
    assert worst_exit_code(report) == 0
    assert "/watch remove" in about(report, str(NOWHERE)).remedy


async def test_a_watched_thread_is_judged_by_its_channel(env_file: Path, sandbox: Sandbox) -> None:
    thread, _ = sandbox.person("Mika").forum_post("debates", "A thread", "hello")
    await watch(env_file, sandbox, int(thread.id))
    report = await examine(env_file)
    assert about(report, "#debates").condition is Condition.OK


async def test_commands_are_registered_everywhere_or_in_one_server(
    env_file: Path, sandbox: Sandbox
) -> None:
    settings = load(env_file, needs_token=True)
    names = await register_commands(settings, None)
    assert "check" in names
    assert await register_commands(settings, int(sandbox.state.guild.id)) == names
    with pytest.raises(NotFoundError, match="in no server with the id 1"):
        await register_commands(settings, 1)
    puts = [request.path for request in sandbox.requests if request.method == "PUT"]
    assert len(puts) == 3


async def test_registering_with_a_wrong_token_is_refused(env_file: Path) -> None:
    settings = load(change(env_file, DISCORD_TOKEN="quite-wrong"), needs_token=True)
    with pytest.raises(LoginRefusedError, match="Discord refused the token"):
        await register_commands(settings, None)
