"""A note is attached once, whatever crashes when (promise 1), with processes that really die."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.faults import Hold, Reset
from bot.sandbox.state import Message
from bot.settings import Settings
from tests.e2e.bot.live import CLAIM, live, live_settings, read_rows
from tests.e2e.bot.processes import SCRIPT, ended, process, watch

pytestmark = [pytest.mark.usefixtures("sqlite_url"), pytest.mark.thorough]

CREATE = "/channels/{channel_id}/messages"
STEPS = {
    "before the decision is committed": "db.stores.outbox:SqlOutboxStore.add:after",
    "before the delivery is claimed": "bot.services.sending:OutboxSender._claim:before",
    "before the request": "bot.discord_io.publisher:DiscordPublisher.attach:before",
    "before the answer is recorded": "bot.discord_io.publisher:DiscordPublisher.attach:after",
    "after the answer is recorded": "bot.services.sending:OutboxSender._attempt:after",
}
NONCES = [pytest.param(True, id="nonce-remembered"), pytest.param(False, id="nonce-forgotten")]


async def crash(sandbox: Sandbox, settings: Settings, folder: Path, step: str) -> Message:
    """Let the bot die while it deals with a claim; return the claim's post."""
    await watch(sandbox, settings, "ai-art-talk")
    async with process(settings, [str(SCRIPT)], cwd=folder, KILL_AT=step) as child:
        await sandbox.bot_online(20)
        post = sandbox.member("Mika").say("ai-art-talk", CLAIM)
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors
    return post


async def exactly_one_note(
    sandbox: Sandbox, settings: Settings, post: Message, *, remembered: bool
) -> Sequence[dict[str, Any]]:
    """Start the bot again; return the deliveries when it has nothing left to do."""
    for delivery in read_rows(settings, "outbox"):
        # Healing looks for the message from here on: it must not lie ahead.
        assert (delivery["first_attempt_at"] or "") < f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    if not remembered:
        sandbox.forget_nonces()
    async with live(sandbox, settings) as again:
        note = await again.note_on(post)
        assert sandbox.bot_messages("ai-art-talk") == [note]
        (row,) = again.rows("note")
        assert (row["state"], row["message_id"]) == ("posted", int(note.id))
    async with live(sandbox, settings) as third:
        await third.done()
        assert sandbox.bot_messages("ai-art-talk") == [note]
    return read_rows(settings, "outbox")


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leads_to_exactly_one_note(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    post = await crash(sandbox, settings, tmp_path, STEPS[step])
    (delivery,) = await exactly_one_note(sandbox, settings, post, remembered=True)
    assert delivery["state"] == "done"


async def test_a_message_is_found_again_when_its_nonce_is_forgotten(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    step = STEPS["before the answer is recorded"]
    post = await crash(sandbox, settings, tmp_path, step)
    await exactly_one_note(sandbox, settings, post, remembered=False)


@pytest.mark.parametrize("remembered", NONCES)
async def test_a_crash_while_the_answer_is_on_its_way_leads_to_exactly_one_note(
    sandbox: Sandbox, tmp_path: Path, remembered: bool
) -> None:
    settings = live_settings(sandbox, tmp_path)
    await watch(sandbox, settings, "ai-art-talk")
    held = Hold()
    sandbox.faults.arm(CREATE, held, method="POST")
    never_confirmed = "bot.services.sending:OutboxSender._settle_done:before"
    async with process(settings, [str(SCRIPT)], cwd=tmp_path, KILL_AT=never_confirmed) as child:
        await sandbox.bot_online(20)
        post = sandbox.member("Mika").say("ai-art-talk", CLAIM)
        await sandbox.eventually(lambda: sandbox.bot_messages("ai-art-talk"), 20)
        child.kill()
        await ended(child)
    held.release()
    await exactly_one_note(sandbox, settings, post, remembered=remembered)


@pytest.mark.parametrize("remembered", NONCES)
@pytest.mark.parametrize("after_acting", [True, False])
async def test_a_crash_after_a_lost_connection_leads_to_exactly_one_note(
    sandbox: Sandbox, tmp_path: Path, remembered: bool, after_acting: bool
) -> None:
    settings = live_settings(sandbox, tmp_path)
    sandbox.faults.arm(CREATE, Reset(after_acting=after_acting), method="POST")
    step = "bot.services.sending:OutboxSender._settle_problem:before"
    post = await crash(sandbox, settings, tmp_path, step)
    assert len(sandbox.bot_messages("ai-art-talk")) == after_acting
    await exactly_one_note(sandbox, settings, post, remembered=remembered)
