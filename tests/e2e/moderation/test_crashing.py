"""A moderator's action is carried out once, whatever crashes when, with processes that die."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.audit import Action
from tests.e2e.bot.live import live, live_settings
from tests.e2e.bot.processes import SCRIPT, ended, process
from tests.e2e.moderation.acting import REASON, cases, logged, told

pytestmark = pytest.mark.thorough

ACTIONS = "bot.discord_io.actions:DiscordActionPublisher"
STEPS = {
    "before the action is claimed": "bot.services.sending:OutboxSender._claim:before",
    "after the member was told": f"{ACTIONS}.tell:after",
    "before the action": f"{ACTIONS}.carry_out:before",
    "before its answer is recorded": f"{ACTIONS}.carry_out:after",
}


@pytest.mark.parametrize(
    ("step", "remembered"),
    [*((step, True) for step in STEPS), ("after the member was told", False)],
)
async def test_a_kick_and_its_message_happen_once_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str, remembered: bool
) -> None:
    settings = live_settings(sandbox, tmp_path)
    mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
    async with process(settings, [str(SCRIPT)], cwd=tmp_path, KILL_AT=STEPS[step]) as child:
        await sandbox.bot_online(20)
        await sandbox.eventually(lambda: sandbox.state.commands[None], 20)
        tomas.slash("mod kick", member=mika.id, reason=REASON)
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors
    if not remembered:
        sandbox.forget_nonces()
    async with live(sandbox, settings) as again:
        await sandbox.eventually(lambda: cases(again)[0]["state"] == "done", 20)
        await again.done()
        assert len(cases(again)) == 1
    assert mika.id not in sandbox.state.guild.members
    assert logged(sandbox, Action.MEMBER_KICK) == [f"Footnote case 1 · by Tomas · {REASON}"]
    assert len(told(mika)) == 1
