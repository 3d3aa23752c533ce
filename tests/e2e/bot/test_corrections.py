"""Corrections travel to every live note: over the wire, and across processes that really die."""

from __future__ import annotations

import json
import signal
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.faults import Hold
from bot.sandbox.members import emit_member
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P
from bot.sandbox.state import Message, Overwrite
from bot.settings import Settings
from tests.e2e.bot.live import RECORDS, Live, add_channel, deny, live, live_settings, read_rows
from tests.e2e.bot.processes import SCRIPT, ended, process

pytestmark = pytest.mark.thorough

EDIT = "/channels/{channel_id}/messages/{message_id}"
PLACES = [f"room-{number}" for number in range(8)]
NEW_WORDS = "The surveys were repeated in 2026 and differ more."
STEPS = {
    "while the edits are written down": "db.stores.corrections:SqlCorrectionStore.add:after",
    "before the first edit": "bot.discord_io.publisher:DiscordPublisher.update:before",
    "before an edit is recorded": "bot.discord_io.publisher:DiscordPublisher.update:after",
}


def rewrite_library(settings: Settings, **changes: Any) -> None:
    """Change the first record of the starter library, as an update of the program would."""
    assert settings.library is not None
    records = [RECORDS[0] | changes, *RECORDS[1:]]
    settings.library.write_text("\n".join(json.dumps(r) for r in records) + "\n", encoding="utf-8")


def described(message: Message) -> str:
    return str(message.embeds[0].get("description", ""))


def says(message: Message, words: str) -> bool:
    return words in described(message)


async def with_notes(sandbox: Sandbox, settings: Settings) -> list[Message]:
    """Let the claim be raised in many places; return the notes."""
    for place in PLACES:
        add_channel(sandbox, place)
    async with live(sandbox, settings) as first:
        for place in PLACES:
            await first.watch(place)
        return [(await first.raise_claim(place))[1] for place in PLACES]


def edits(sandbox: Sandbox) -> Counter[str]:
    """Count the successful edits of each message."""
    done = [r for r in sandbox.requests if (r.method, r.route) == ("PATCH", EDIT)]
    return Counter(r.path.rpartition("/")[2] for r in done if r.status == 200)


async def all_right(sandbox: Sandbox, settings: Settings, notes: list[Message]) -> None:
    """Start the bot again, and see that each note is there once and says what is known now."""
    async with live(sandbox, settings) as again:
        for place, note in zip(PLACES, notes, strict=True):
            await sandbox.eventually(partial(says, note, NEW_WORDS), 15)
            assert sandbox.bot_messages(place) == [note]
        await again.done()
        shown = again.rows("note_shown")
    assert sorted((row["revision"], row["shape"]) for row in shown) == [(2, "full")] * len(PLACES)
    assert set(edits(sandbox)) == {note.id for note in notes}
    (correction,) = read_rows(settings, "correction")
    assert (correction["kind"], correction["notes"]) == ("edited", len(PLACES))


async def test_a_kill_in_the_middle_of_many_edits_leaves_all_notes_right(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    notes = await with_notes(sandbox, settings)
    rewrite_library(settings, summary=NEW_WORDS)
    held = Hold()
    sandbox.faults.arm(EDIT, held, method="PATCH", times=len(PLACES), skip=4)
    async with process(settings, [str(SCRIPT)], cwd=tmp_path) as child:
        await sandbox.eventually(lambda: edits(sandbox).total() >= 4, 20)
        child.kill()
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors
    held.release()
    states = Counter(
        row["state"] for row in read_rows(settings, "outbox") if row["kind"] == "update-note"
    )
    assert states["done"] < len(PLACES), "the kill came too late to prove anything"
    await all_right(sandbox, settings, notes)
    before = edits(sandbox)
    assert max(before.values()) <= 2
    async with live(sandbox, settings) as third:
        await third.done()
    assert edits(sandbox) == before


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_of_a_correction_is_made_good(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    notes = await with_notes(sandbox, settings)
    rewrite_library(settings, summary=NEW_WORDS)
    async with process(settings, [str(SCRIPT)], cwd=tmp_path, KILL_AT=STEPS[step]) as child:
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors
    await all_right(sandbox, settings, notes)


async def test_a_note_in_an_archived_thread_is_corrected_when_the_thread_opens(
    running: Live,
) -> None:
    mika = running.sandbox.member("Mika")
    thread = mika.create_thread("ai-art-talk", "Asia")
    _, note = await running.raise_claim(thread)
    await running.done()
    noor = running.sandbox.member("Noor")
    noor.change_channel(thread, archived=True)
    await running.done()
    await pause(running)
    await running.done()
    (waiting,) = [r for r in running.rows("outbox") if r["kind"] == "update-note"]
    assert (waiting["state"], waiting["problem"]) == ("waiting", "Discord refused (400, 50083)")
    noor.change_channel(thread, archived=False)
    await running.sandbox.eventually(lambda: "note paused" in described(note))


async def test_a_note_in_a_closed_channel_is_corrected_when_the_permission_is_back(
    running: Live,
) -> None:
    _, note = await running.raise_claim("ai-art-talk")
    await running.done()
    deny(running.sandbox, "ai-art-talk", P.VIEW_CHANNEL)
    await pause(running)
    await running.done()
    (waiting,) = [r for r in running.rows("outbox") if r["kind"] == "update-note"]
    assert (waiting["state"], waiting["problem"]) == ("waiting", "Discord refused (50001)")
    answer = await running.sandbox.member("Noor").slash("status").answer()
    assert "1 note shows an older text, because its edit was refused" in answer.text
    assert "tried again" in answer.text
    channel = running.sandbox.channel("ai-art-talk")
    channel.overwrites.pop()
    emit_channel(running.sandbox.state, "CHANNEL_UPDATE", channel)
    await running.sandbox.eventually(lambda: "note paused" in described(note), 10)


async def test_a_note_is_corrected_when_the_bot_gets_back_the_role_that_sees_its_channel(
    running: Live,
) -> None:
    _, note = await running.raise_claim("ai-art-talk")
    await running.done()
    world = running.sandbox.state
    bot = world.guild.members[world.bot_id]
    roles, channel = list(bot.role_ids), running.sandbox.channel("ai-art-talk")
    channel.overwrites.append(Overwrite(world.guild.id, is_member=False, deny=int(P.VIEW_CHANNEL)))
    channel.overwrites.append(Overwrite(roles[-1], is_member=False, allow=int(P.VIEW_CHANNEL)))
    emit_channel(world, "CHANNEL_UPDATE", channel)
    bot.role_ids = []
    emit_member(world, bot)
    await pause(running)
    await running.done()
    assert "note paused" not in described(note)
    bot.role_ids = roles
    emit_member(world, bot)
    await running.sandbox.eventually(lambda: "note paused" in described(note), 10)


async def pause(running: Live) -> None:
    services = running.services
    (slug,) = {row["slug"] for row in running.rows("note")}
    old = await services.library.get(running.community, slug)
    paused = old.revised(status=type(old.status).PAUSED)
    await services.library.change(running.community, paused, by=None, reason="a source is gone")
