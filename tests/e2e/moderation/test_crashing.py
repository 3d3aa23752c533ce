"""A moderator's action is carried out once, whatever crashes when, with processes that die."""

from __future__ import annotations

import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.answers import readable
from bot.sandbox.audit import Action
from bot.sandbox.permissions import P
from bot.settings import Settings
from tests.e2e.bot.live import live, live_settings
from tests.e2e.bot.processes import SCRIPT, ended, process
from tests.e2e.moderation.acting import REASON, cases, logged, mod, told
from tests.e2e.moderation.test_appeals import CARDS, appeal, take_appeals

pytestmark = pytest.mark.thorough

ACTIONS = "bot.discord_io.actions:DiscordActionPublisher"
Begin = Callable[[Sandbox], Awaitable[None]]
STEPS = {
    "before the action is claimed": "bot.services.sending:OutboxSender._claim:before",
    "after the member was told": f"{ACTIONS}.tell:after",
    "before the action": f"{ACTIONS}.carry_out:before",
    "before its answer is recorded": f"{ACTIONS}.carry_out:after",
}


HARDEST = "before its answer is recorded"
"""The effect exists, and nothing of ours says so."""
CRASHES = [*((step, True) for step in STEPS), ("after the member was told", False)]


async def crash(sandbox: Sandbox, settings: Settings, step: str, begin: Begin) -> None:
    """Let a moderator begin something with a bot that dies at this step."""
    folder = settings.library.parent if settings.library else Path()
    async with process(settings, [str(SCRIPT)], cwd=folder, KILL_AT=STEPS[step]) as child:
        await sandbox.bot_online(40)
        await sandbox.eventually(lambda: sandbox.state.commands[None], 20)
        await begin(sandbox)
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors


async def heal(sandbox: Sandbox, settings: Settings) -> list[dict[str, Any]]:
    """Start the bot again; return the cases when all is done."""
    async with live(sandbox, settings) as again:
        await sandbox.eventually(lambda: cases(again)[0]["state"] == "done", 20)
        await again.done()
        return cases(again)


async def kick(sandbox: Sandbox) -> None:
    sandbox.member("Tomas").slash("mod kick", member=sandbox.member("Mika").id, reason=REASON)


async def ban(sandbox: Sandbox) -> None:
    sandbox.member("Tomas").slash("mod ban", member=sandbox.member("Mika").id, reason=REASON)


async def timeout(sandbox: Sandbox) -> None:
    target = sandbox.member("Mika").id
    sandbox.member("Tomas").slash("mod timeout", member=target, duration="2h", reason=REASON)


async def lock(sandbox: Sandbox) -> None:
    sandbox.member("Noor").slash("mod lock", reason=REASON)


async def purge(sandbox: Sandbox) -> None:
    for number in range(3):
        sandbox.member("Mika").say("general", f"message {number}")
    tomas = sandbox.member("Tomas")
    answer = await tomas.slash("mod purge", amount=9, reason=REASON).answer()
    assert answer.message is not None
    sandbox.member("Mika").say("general", "said after the preview")
    tomas.press(answer.message, "Delete 3 messages")


@pytest.mark.parametrize(("step", "remembered"), CRASHES)
async def test_a_kick_and_its_message_happen_once_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str, remembered: bool
) -> None:
    settings, mika = live_settings(sandbox, tmp_path), sandbox.member("Mika")
    await crash(sandbox, settings, step, kick)
    if not remembered:
        sandbox.forget_nonces()
    assert len(await heal(sandbox, settings)) == 1
    assert mika.id not in sandbox.state.guild.members
    assert logged(sandbox, Action.MEMBER_KICK) == [f"Footnote case 1 · by Tomas · {REASON}"]
    assert len(told(mika)) == 1


@pytest.mark.parametrize("step", ["after the member was told", HARDEST])
async def test_a_ban_happens_once_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings, mika = live_settings(sandbox, tmp_path), sandbox.member("Mika")
    await crash(sandbox, settings, step, ban)
    assert len(await heal(sandbox, settings)) == 1
    assert list(sandbox.state.guild.bans) == [mika.id]
    assert len(logged(sandbox, Action.MEMBER_BAN_ADD)) == 1
    assert len(told(mika)) == 1


async def test_a_timeout_happens_once_whatever_crashes(sandbox: Sandbox, tmp_path: Path) -> None:
    settings, mika = live_settings(sandbox, tmp_path), sandbox.member("Mika")
    await crash(sandbox, settings, HARDEST, timeout)
    assert len(await heal(sandbox, settings)) == 1
    assert mika.member.timed_out_until is not None
    assert len(logged(sandbox, Action.MEMBER_UPDATE)) == 1
    assert len(told(mika)) == 1


async def test_a_lock_happens_once_whatever_crashes(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = live_settings(sandbox, tmp_path)
    await crash(sandbox, settings, HARDEST, lock)
    (case,) = await heal(sandbox, settings)
    assert json.loads(case["details"])["previous"] == {"allow": 0, "deny": 0}
    assert not sandbox.member("Mika").may("general", P.SEND_MESSAGES)
    created = logged(sandbox, Action.CHANNEL_OVERWRITE_CREATE)
    assert created == [f"Footnote case 1 · by Noor · {REASON}"]
    assert logged(sandbox, Action.CHANNEL_OVERWRITE_UPDATE) == []


async def test_a_purge_deletes_what_it_counted_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    await crash(sandbox, settings, HARDEST, purge)
    assert len(await heal(sandbox, settings)) == 1
    assert [m.content for m in sandbox.messages("general")] == ["said after the preview"]
    # Deleting again what is gone changes nothing; which of several hundreds were left is not known.
    entries = logged(sandbox, Action.MESSAGE_BULK_DELETE)
    assert set(entries) == {f"Footnote case 1 · by Tomas · {REASON}"}


async def test_a_kick_that_nobody_can_look_up_is_recorded_as_it_is(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings, mika = live_settings(sandbox, tmp_path), sandbox.member("Mika")
    await crash(sandbox, settings, HARDEST, kick)
    for role in sandbox.state.guild.roles.values():
        role.permissions &= ~int(P.VIEW_AUDIT_LOG)
    (case,) = await heal(sandbox, settings)
    assert case["state"] == "done"
    assert json.loads(case["details"])["gone"] is True
    assert mika.id not in sandbox.state.guild.members
    assert len(told(mika)) == 1


async def test_an_accepted_appeal_lifts_the_ban_and_answers_once_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings, mika = live_settings(sandbox, tmp_path), sandbox.member("Mika")
    async with live(sandbox, settings) as running:
        await take_appeals(running)
        await mod(running, "ban", member=mika.id)
        card = await appeal(running)

    async def accept(sandbox: Sandbox) -> None:
        sandbox.member("Noor").press(card, "Accept")

    await crash(sandbox, settings, HARDEST, accept)
    async with live(sandbox, settings) as again:
        await sandbox.eventually(lambda: {c["state"] for c in cases(again)} == {"done"}, 20)
        await again.done()
        assert [case["kind"] for case in cases(again)] == ["ban", "unban"]
    assert sandbox.state.guild.bans == {}
    assert len(logged(sandbox, Action.MEMBER_BAN_REMOVE)) == 1
    assert sum("was accepted" in readable(message) for message in told(mika)) == 1
    assert len([m for m in sandbox.bot_messages(CARDS) if m.embeds]) == 1
