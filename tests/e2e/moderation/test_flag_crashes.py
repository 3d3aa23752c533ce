"""A flag that a moderator agrees with is acted on once, whatever crashes when."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.e2e.bot.live import live, live_settings
from tests.e2e.bot.processes import SCRIPT, ended, process
from tests.e2e.moderation.acting import cases, told
from tests.e2e.moderation.flags import card_of, cards, choose, flagged, review_in, select, shown

pytestmark = pytest.mark.thorough

ACTIONS = "bot.discord_io.actions:DiscordActionPublisher"
FLAGS = "bot.discord_io.flag_publisher:DiscordFlagPublisher"
DECIDING = "bot.services.flagging.deciding:FlagDecisions"
STEPS = {
    "before the decision": f"{DECIDING}._decide:before",
    "within the transaction": f"{DECIDING}._decide:after",
    "before the action": f"{ACTIONS}.carry_out:before",
    "after the action": f"{ACTIONS}.carry_out:after",
    "before the flagger is told": f"{FLAGS}.tell_outcome:before",
    "after the flagger was told": f"{FLAGS}.tell_outcome:after",
    "after the card was changed": f"{FLAGS}.update_card:after",
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_post_is_deleted_once_and_everybody_hears_once(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    mika, sol, tomas = (sandbox.member(name) for name in ("Mika", "Sol", "Tomas"))
    post = mika.say("general", "buy my coins")
    async with live(sandbox, settings) as running:
        await review_in(running)
        card = await flagged(running, post)
        asked = await tomas.press(card, "Agree…").answer()
        assert asked.message is not None
    async with process(settings, [str(SCRIPT)], cwd=tmp_path, KILL_AT=STEPS[step]) as child:
        await sandbox.bot_online(20)
        tomas.deadline_s = 30
        (menu,) = [c["custom_id"] for row in asked.message.components for c in row["components"]]
        tomas.select(asked.message, menu, ["delete"])
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors
    async with live(sandbox, settings) as again:
        if step in ("before the decision", "within the transaction"):
            assert cases(again) == []
            assert "messages were deleted" in (await select(again, asked.message, "delete")).text
        await sandbox.eventually(lambda: [c["state"] for c in cases(again)] == ["done"], 20)
        await again.done()
        (case,) = cases(again)
        assert (case["kind"], case["reason"]) == ("purge", "Flagged by members: spam")
        assert "Agreed by" in shown(card_of(again))
        assert len(cards(again)) == 1
    assert sandbox.messages("general") == []
    assert len(told(sol)) == 1


@pytest.mark.parametrize("step", ["before", "after"])
async def test_a_card_is_posted_once(sandbox: Sandbox, tmp_path: Path, step: str) -> None:
    settings = live_settings(sandbox, tmp_path)
    sol = sandbox.member("Sol")
    post = sandbox.member("Mika").say("general", "buy my coins")
    async with live(sandbox, settings) as running:
        await review_in(running)
    kill = f"{FLAGS}.post_card:{step}"
    async with process(settings, [str(SCRIPT)], cwd=tmp_path, KILL_AT=kill) as child:
        await sandbox.bot_online(20)
        opened = sol.menu("Flag to moderators", post)
        await opened.answer()
        sol.submit_modal(opened, {"reason": "spam", "text": ""})
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors
    sandbox.forget_nonces()
    async with live(sandbox, settings) as again:
        await sandbox.eventually(lambda: cards(again), 20)
        await again.done()
        assert len(cards(again)) == 1
        assert "was warned" in (await choose(again, card_of(again), "warn")).text
