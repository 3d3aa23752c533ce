"""What was said, changed or deleted while the bot was away is made up for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.faults import Broken
from bot.sandbox.permissions import P
from bot.services import catching_up
from tests.e2e.bot.live import CHAT, CLAIM, OTHER_CLAIM, Live, deny, live, live_settings

pytestmark = [pytest.mark.usefixtures("sqlite_url"), pytest.mark.thorough]


async def first_run(sandbox: Sandbox, folder: Path, *places: str) -> None:
    """Let the bot run once, so that its places are watched."""
    async with live(sandbox, live_settings(sandbox, folder)) as running:
        for place in places:
            await running.watch(place)


async def test_a_claim_that_was_made_meanwhile_gets_its_note(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    await first_run(sandbox, tmp_path, "ai-art-talk", "debates")
    sandbox.member("Mika").say("general", CLAIM)
    post = sandbox.member("Mika").say("ai-art-talk", CLAIM)
    _, opening = sandbox.member("Aiko").forum_post("debates", "Steam", OTHER_CLAIM)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.note_on(post)
        await running.note_on(opening)
        assert running.notes("general") == []
    async with live(sandbox, live_settings(sandbox, tmp_path)) as again:
        await again.done()
        assert len(again.notes("ai-art-talk")) == 1


async def test_what_was_said_before_a_place_was_watched_is_left_alone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await first_run(sandbox, tmp_path, "ai-art-talk")
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.done()
        assert running.notes("ai-art-talk") == []


async def test_a_judged_post_is_not_judged_again(sandbox: Sandbox, tmp_path: Path) -> None:
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.watch("ai-art-talk")
        await running.raise_claim()
        sandbox.member("Sol").say("ai-art-talk", OTHER_CLAIM)
        await running.done()
        before = running.rows("judgement")
        assert [row["reason"] for row in before] == ["confident", "place-cooldown"]
    async with live(sandbox, live_settings(sandbox, tmp_path)) as again:
        await again.done()
        assert again.rows("judgement") == before


async def test_a_claim_that_was_edited_away_or_deleted_takes_its_note_along(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.watch("Talk")
        edited, _ = await running.raise_claim("general")
        deleted, _ = await running.raise_claim("ai-art-talk")
    sandbox.member("Mika").edit(edited, CHAT)
    sandbox.member("Mika").delete(deleted)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as again:
        await again.done()
        assert again.notes("general") == again.notes("ai-art-talk") == []
        assert {row["state"] for row in again.rows("note")} == {"withdrawn"}


async def test_a_note_that_a_moderator_deleted_meanwhile_is_known_as_gone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.watch("ai-art-talk")
        _, note = await running.raise_claim()
    sandbox.member("Tomas").delete(note)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as again:
        await again.done()
        assert [row["state"] for row in again.rows("note")] == ["withdrawn"]
        assert again.notes("ai-art-talk") == []


async def test_without_the_permission_to_read_nothing_is_thought_to_be_gone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.watch("ai-art-talk")
        await running.raise_claim()
    deny(sandbox, "ai-art-talk", P.READ_MESSAGE_HISTORY)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as again:
        await again.done()
        assert [row["state"] for row in again.rows("note")] == ["posted"]


async def test_a_session_that_cannot_be_resumed_is_made_up_for(running: Live) -> None:
    running.sandbox.faults.refuse_gateway = True
    running.sandbox.gateway.invalidate(resumable=False)
    await running.sandbox.eventually(lambda: not running.sandbox.gateway.online)
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    running.sandbox.faults.refuse_gateway = False
    await running.note_on(post)
    assert running.sandbox.gateway.identified == 2


async def test_an_outage_while_reading_back_is_survived(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "RETRY", timedelta())
    await first_run(sandbox, tmp_path, "ai-art-talk")
    post = sandbox.member("Mika").say("ai-art-talk", CLAIM)
    sandbox.faults.arm("/channels/{channel_id}/messages", Broken(503), method="GET", times=2)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.note_on(post)


async def test_one_shard_of_several_that_starts_anew_is_made_up_for(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path, discord_shard_count=2)
    async with live(sandbox, settings) as running:
        await running.watch("ai-art-talk")
        (guild,) = running.bot.guilds
        sandbox.faults.refuse_gateway = True
        sandbox.gateway.invalidate(resumable=False, shard=guild.shard_id)
        await sandbox.eventually(lambda: len(sandbox.gateway.sessions) == 1)
        post = sandbox.member("Mika").say("ai-art-talk", CLAIM)
        sandbox.faults.refuse_gateway = False
        await running.note_on(post)
