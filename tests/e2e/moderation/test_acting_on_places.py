"""What moderators do to channels and threads: purge, slowmode, lock; and how it ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P
from bot.sandbox.state import Overwrite
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.moderation.acting import ask, cases, mod

pytestmark = pytest.mark.thorough

FORTNIGHT = timedelta(days=15)


def fill(sandbox: Sandbox, where: str, count: int, by: str = "Mika") -> None:
    for number in range(count):
        sandbox.member(by).say(where, f"message {number}")


async def test_a_purge_counts_asks_and_deletes_what_it_counted(running: Live) -> None:
    fill(running.sandbox, "general", 120)
    fill(running.sandbox, "general", 1, by="Sol")
    answer = await ask(
        running, "mod purge", amount=200, reason="flood", member=running.sandbox.member("Mika").id
    )
    assert "**120 messages**" in answer.text
    assert len(running.sandbox.messages("general")) == 121
    assert cases(running) == []
    later = running.sandbox.member("Mika").say("general", "said after the preview")
    tomas = running.sandbox.member("Tomas")
    assert answer.message is not None
    pressed = tomas.press(answer.message, "Delete 120 messages")
    assert "messages were deleted" in (await pressed.followup()).content
    assert [m.author_id for m in running.sandbox.messages("general")] == [
        running.sandbox.member("Sol").id,
        later.author_id,
    ]
    (case,) = cases(running)
    assert (case["kind"], case["state"], case["reason"]) == ("purge", "done", "flood")


async def test_a_purge_can_be_left_and_a_member_cannot_press_it(running: Live) -> None:
    fill(running.sandbox, "general", 3)
    answer = await ask(running, "mod purge", amount=3, reason="flood")
    tomas = running.sandbox.member("Tomas")
    tomas.member.role_ids.clear()
    assert answer.message is not None
    refused = tomas.press(answer.message, "Delete 3 messages")
    assert "You need the permission" in (await refused.answer()).text
    assert len(running.sandbox.messages("general")) == 3
    assert cases(running) == []


async def test_a_purge_leaves_what_is_older_than_a_fortnight_and_says_so(
    running: Live,
) -> None:
    fill(running.sandbox, "general", 4)
    for message in running.sandbox.messages("general"):
        make_older(running.sandbox, message.id)
    fill(running.sandbox, "general", 2)
    answer = await ask(running, "mod purge", amount=10, reason="flood", dry_run=True)
    assert "**2 messages**" in answer.text
    assert "4 more fit, but are older than 14 days" in answer.text
    assert len(running.sandbox.messages("general")) == 6


def make_older(sandbox: Sandbox, message_id: str) -> None:
    """Let a message have been said weeks ago."""
    channel = sandbox.channel("general")
    stored = sandbox.state.messages[channel.id]
    message = stored.pop(message_id)
    message.id = str(int(message.id) - (int(FORTNIGHT.total_seconds() * 1000) << 22))
    sandbox.state.messages[channel.id] = {message.id: message} | stored


async def test_a_purge_takes_only_links_or_bots_where_that_is_asked(running: Live) -> None:
    mika = running.sandbox.member("Mika")
    mika.say("general", "no address")
    mika.say("general", "see https://example.org/x")
    links = await ask(running, "mod purge", amount=9, reason="ads", links=True, dry_run=True)
    assert "**1 message**" in links.text
    bots = await ask(running, "mod purge", amount=9, reason="ads", bots=True, dry_run=True)
    assert "No message fits" in bots.text


async def test_slowmode_and_lock_are_set_and_taken_back(running: Live) -> None:
    general = running.sandbox.channel("general")
    general.slowmode_seconds = 5
    text = await mod(running, "slowmode", by="Noor", delay="30s")
    assert "one message in 30 s" in text
    assert general.slowmode_seconds == 30
    before = list(general.overwrites)
    assert "is locked" in await mod(running, "lock", by="Noor")
    assert not running.sandbox.member("Mika").may("general", P.SEND_MESSAGES)
    assert "locked already: case 2" in await mod(running, "lock", by="Noor")
    assert "is unlocked" in await mod(running, "unlock", by="Noor")
    assert running.sandbox.member("Mika").may("general", P.SEND_MESSAGES)
    assert general.overwrites == before
    assert "No lock of mine" in await mod(running, "unlock", by="Noor")


async def test_a_thread_is_locked_and_opened(running: Live) -> None:
    thread = running.sandbox.member("Mika").create_thread("general", "talk")
    assert "is locked" in await mod(running, "lock", channel=thread.id)
    assert thread.thread is not None
    assert thread.thread.locked
    assert "is unlocked" in await mod(running, "unlock", channel=thread.id)
    assert not thread.thread.locked


async def test_places_are_refused_to_those_who_may_not(running: Live) -> None:
    for action, options in {"lock": {}, "unlock": {}, "slowmode": {"delay": "1m"}}.items():
        text = await mod(running, action, **options)
        assert text.startswith("You need the permission “Manage Channels”"), action
    assert "6 hours at most" in await mod(running, "slowmode", by="Noor", delay="7h")
    plain = await mod(running, "purge", by="Sol", amount=3)
    assert plain.startswith("You need the permission “Manage Messages”")
    dry = await mod(running, "lock", by="Noor", duration="1h", dry_run=True)
    assert "I would end it by myself" in dry
    assert cases(running) == []


async def test_what_counts_is_what_somebody_may_do_in_the_channel_that_they_name(
    running: Live,
) -> None:
    fill(running.sandbox, "ai-art-talk", 3)
    talk, tomas = running.sandbox.channel("ai-art-talk"), running.sandbox.member("Tomas")
    preview = await ask(running, "mod purge", amount=3, reason="flood", channel=talk.id)
    allowed, denied = int(P.MANAGE_CHANNELS), int(P.MANAGE_MESSAGES)
    talk.overwrites.append(Overwrite(tomas.id, is_member=True, allow=allowed, deny=denied))
    emit_channel(running.sandbox.state, "CHANNEL_UPDATE", talk)
    refusal = "You need the permission “Manage Messages”"
    text = await mod(running, "purge", amount=3, channel=talk.id, dry_run=True)
    assert text.startswith(refusal)
    assert preview.message is not None
    pressed = await tomas.press(preview.message, "Delete 3 messages").answer()
    assert pressed.text.startswith(refusal)
    assert len(running.sandbox.messages("ai-art-talk")) == 3
    assert (await mod(running, "lock")).startswith("You need the permission “Manage Channels”")
    assert "is locked" in await mod(running, "lock", channel=talk.id)


async def test_what_is_temporary_ends_on_time_also_after_a_restart(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    general = sandbox.channel("general")
    general.slowmode_seconds = 5
    mika = sandbox.member("Mika")
    async with live(sandbox, settings) as running:
        await mod(running, "slowmode", by="Noor", delay="1m", duration="1s")
        await mod(running, "lock", by="Noor", duration="1s")
        await mod(running, "ban", member=mika.id, duration="1s")
        assert mika.id in sandbox.state.guild.bans
    async with live(sandbox, settings) as running:
        await sandbox.eventually(lambda: len(cases(running)) == 6, 20)
        await sandbox.eventually(lambda: {c["state"] for c in cases(running)} == {"done"}, 20)
        assert mika.id not in sandbox.state.guild.bans
        assert general.slowmode_seconds == 5
        assert sandbox.member("Sol").may("general", P.SEND_MESSAGES)
        assert await running.services.moderation.ending.run() == 0
        ends = [case for case in cases(running) if case["by_id"] is None]
        assert {case["kind"] for case in ends} == {"unban", "slowmode", "unlock"}
