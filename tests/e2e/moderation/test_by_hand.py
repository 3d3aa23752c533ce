"""What is done by hand in Discord becomes a case: while the bot listens, and after it was away."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.permissions import P
from cogs import by_hand
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.moderation.acting import cases, mod


def kinds(running: Live) -> list[str]:
    return [case["kind"] for case in cases(running)]


def has_cases(running: Live, count: int) -> bool:
    return len(cases(running)) == count


async def test_a_channel_that_is_locked_and_opened_by_hand_is_on_record(running: Live) -> None:
    noor, everyone = running.sandbox.member("Noor"), running.sandbox.state.guild.id
    silent = int(P.SEND_MESSAGES)
    noor.set_overwrite("general", everyone, deny=silent, reason="too heated")
    noor.set_overwrite("general", everyone, deny=silent | int(P.ADD_REACTIONS))
    noor.set_overwrite("general", everyone, deny=int(P.ADD_REACTIONS), reason="calm again")
    (role,) = running.sandbox.member("Mika").member.role_ids
    noor.set_overwrite("general", role, deny=silent)
    await running.sandbox.eventually(lambda: len(cases(running)) == 2)
    await running.done()
    assert kinds(running) == ["lock", "unlock"]
    lock = cases(running)[0]
    assert lock["reason"] == "too heated"
    assert lock["place_id"] == int(running.sandbox.channel("general").id)
    assert lock["by_id"] == int(noor.id)


async def test_a_lock_of_the_bot_that_is_opened_by_hand_has_ended(running: Live) -> None:
    everyone = running.sandbox.state.guild.id
    await mod(running, "lock", by="Noor", duration="1h")
    running.sandbox.member("Noor").set_overwrite("general", everyone)
    await running.sandbox.eventually(lambda: kinds(running) == ["lock", "unlock"])
    assert cases(running)[0]["ended_at"] is not None
    assert "No lock of mine" in await mod(running, "unlock", by="Noor")


@pytest.mark.thorough
async def test_what_was_done_while_the_bot_was_away_is_read_back_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    tomas, mika, sol = (sandbox.member(name) for name in ("Tomas", "Mika", "Sol"))
    async with live(sandbox, settings) as running:
        await mod(running, "note", member=mika.id)
        await running.done()
        assert kinds(running) == ["note"]
    tomas.kick(mika, "while nobody looked")
    tomas.ban(sol, "and this as well")
    for _ in range(2):
        async with live(sandbox, settings) as running:
            await sandbox.eventually(lambda: len(cases(running)) == 3, 10)
            await running.done()
            assert kinds(running) == ["note", "kick", "ban"]
            assert cases(running)[1]["reason"] == "while nobody looked"


@pytest.mark.thorough
async def test_a_long_audit_log_is_read_back_in_parts_and_the_next_start_goes_on(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_hand, "READ_AT_ONCE", 3)
    settings = live_settings(sandbox, tmp_path)
    noor, mika = sandbox.member("Noor"), sandbox.member("Mika")
    async with live(sandbox, settings) as running:
        await running.done()
    for number in range(8):
        (noor.unban if number % 2 else noor.ban)(mika, f"number {number}")
    for parts, read in ((2, 6), (3, 8)):
        monkeypatch.setattr(by_hand, "PARTS_OF_A_RUN", parts)
        async with live(sandbox, settings) as running:
            await sandbox.eventually(partial(has_cases, running, read), 10)
            await running.done()
            reasons = [case["reason"] for case in cases(running)]
            assert reasons == [f"number {number}" for number in range(read)]


@pytest.mark.thorough
async def test_without_the_audit_log_nothing_is_read_back_and_nothing_breaks(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as running:
        await running.done()
    for role in sandbox.state.guild.roles.values():
        role.permissions &= ~int(P.VIEW_AUDIT_LOG)
    sandbox.member("Noor").kick(sandbox.member("Mika"))
    async with live(sandbox, settings) as running:
        await running.done()
        assert cases(running) == []
