"""The program as an operator runs it: it ends in order, or says in a sentence why it cannot run."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import lease_name
from bot.sandbox import Sandbox
from bot.sandbox.faults import Hold
from db.engine import open_database
from tests.e2e.bot.live import CLAIM, live_settings, read_rows
from tests.e2e.bot.processes import SCRIPT, ended, process, watch

pytestmark = pytest.mark.thorough

RUN = ("-m", "bot", "run")
CREATE = "/channels/{channel_id}/messages"


def one_sentence(errors: str) -> str:
    """Return the only line that is no log entry; there is never a traceback."""
    assert "Traceback" not in errors
    said = [line for line in errors.splitlines() if not line[:1].isdigit()]
    assert len(said) == 1, errors
    return said[0]


async def test_a_signal_ends_the_bot_in_order(sandbox: Sandbox, tmp_path: Path) -> None:
    async with process(live_settings(sandbox, tmp_path), RUN, cwd=tmp_path) as child:
        await sandbox.bot_online(20)
        child.terminate()
        code, errors = await ended(child)
    assert code == 0, errors
    assert "Traceback" not in errors
    assert sandbox.token not in errors
    assert sandbox.gateway.sessions == {}
    assert read_rows(live_settings(sandbox, tmp_path), "lease") == []


async def test_a_signal_while_it_waits_for_the_lease_ends_the_process_quietly(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    now = datetime.now(UTC)
    async with open_database(settings.database_url) as database, database.writing() as stores:
        until = now + timedelta(minutes=5)
        await stores.leases.acquire(
            lease_name(settings), owner="elsewhere:1:x", until=until, now=now
        )
    async with process(settings, RUN, cwd=tmp_path) as child:
        assert child.stderr is not None
        said = await child.stderr.readuntil(b"waiting for another process")
        child.terminate()
        code, errors = await ended(child)
    assert code == 0, errors
    assert "stopped before the login" in errors
    assert "Traceback" not in said.decode() + errors
    (lease,) = read_rows(settings, "lease")
    assert lease["owner"] == "elsewhere:1:x"
    assert sandbox.gateway.sessions == {}


async def test_a_signal_waits_for_a_note_that_is_being_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    await watch(sandbox, settings, "ai-art-talk")
    held = Hold()
    sandbox.faults.arm(CREATE, held, method="POST")
    async with process(settings, [str(SCRIPT)], cwd=tmp_path) as child:
        await sandbox.bot_online(20)
        sandbox.member("Mika").say("ai-art-talk", CLAIM)
        await sandbox.eventually(lambda: sandbox.bot_messages("ai-art-talk"), 20)
        child.terminate()
        assert child.stderr is not None
        errors = (await child.stderr.readuntil(b"stopping")).decode()
        assert child.returncode is None
        held.release()
        code, rest = await ended(child)
    assert code == 0, errors + rest
    assert "Traceback" not in errors + rest
    (note,) = sandbox.bot_messages("ai-art-talk")
    (row,) = read_rows(settings, "note")
    assert (row["state"], row["message_id"]) == ("posted", int(note.id))
    (delivery,) = read_rows(settings, "outbox")
    assert delivery["state"] == "done"


async def test_a_wrong_token_ends_with_3(sandbox: Sandbox, tmp_path: Path) -> None:
    wrong = SecretStr(f"{sandbox.token[:-4]}none")
    settings = live_settings(sandbox, tmp_path, discord_token=wrong)
    async with process(settings, RUN, cwd=tmp_path) as child:
        code, errors = await ended(child)
    assert code == 3
    assert one_sentence(errors).startswith("Discord refused the token")
    assert wrong.get_secret_value() not in errors


async def test_a_refused_intent_ends_with_3(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.state.application.content_intent = False
    async with process(live_settings(sandbox, tmp_path), RUN, cwd=tmp_path) as child:
        code, errors = await ended(child)
    assert code == 3
    assert one_sentence(errors).startswith("Discord refused the message-content intent")


async def test_a_token_that_is_reset_while_the_bot_runs_ends_with_3(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with process(live_settings(sandbox, tmp_path), RUN, cwd=tmp_path) as child:
        await sandbox.bot_online(20)
        sandbox.state.application.token = "another"
        await sandbox.gateway.drop()
        code, errors = await ended(child)
    assert code == 3
    assert one_sentence(errors).startswith("Discord refused the token")


async def test_a_discord_that_cannot_be_reached_ends_with_3(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    nowhere = "http://127.0.0.1:9/api/v10"
    settings = live_settings(sandbox, tmp_path, discord_api_base=nowhere)
    async with process(settings, RUN, cwd=tmp_path) as child:
        code, errors = await ended(child)
    assert code == 3
    assert one_sentence(errors).startswith("Discord cannot be reached")


@pytest.mark.parametrize("made", ["folder", "file-as-folder", "no-database", "locked"])
async def test_a_database_that_cannot_be_used_ends_with_4(
    sandbox: Sandbox, tmp_path: Path, made: str
) -> None:
    path = tmp_path / "footnote.db"
    lock = None
    if made == "folder":
        path.mkdir()
    elif made == "file-as-folder":
        path.write_text("a file")
        path = path / "footnote.db"
    elif made == "no-database":
        path.write_text("a text that is no database, and long enough to be seen as one" * 20)
    else:
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    settings = live_settings(sandbox, tmp_path, database_url=f"sqlite+aiosqlite:///{path}")
    async with process(settings, RUN, cwd=tmp_path) as child:
        code, errors = await ended(child)
    if lock is not None:
        lock.close()
    assert code == 4, errors
    assert "database" in one_sentence(errors)
    assert sandbox.requests == []


async def test_a_missing_token_ends_with_2(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = live_settings(sandbox, tmp_path, discord_token=None)
    async with process(settings, RUN, cwd=tmp_path) as child:
        code, errors = await ended(child)
    assert code == 2
    assert one_sentence(errors).startswith("DISCORD_TOKEN is missing")


async def test_a_library_that_cannot_be_read_ends_with_2(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "library.jsonl").write_text('{"slug": "a"}\n')
    async with process(live_settings(sandbox, tmp_path), RUN, cwd=tmp_path) as child:
        code, errors = await ended(child)
    assert code == 2
    assert "claim" in one_sentence(errors)


async def test_a_port_in_use_is_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    arguments = ("-m", "bot", "sandbox", "--once", "--port", str(sandbox.port))
    async with process(live_settings(sandbox, tmp_path), arguments, cwd=tmp_path) as child:
        code, errors = await ended(child)
    assert code != 0
    assert one_sentence(errors).startswith(f"Port {sandbox.port} is in use")
