"""Neither the token nor what members write is logged or stored (promise 5)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.faults import Broken, RateLimited, Reset
from bot.services.library import LibraryService
from tests.e2e.bot.live import ASIA, CHAT, CLAIM, Live, all_rows, live, live_settings, logged

SECRET = "zyxomma"
CREATE = "/channels/{channel_id}/messages"


async def everything(running: Live) -> None:
    """Let members do whatever they can do, with troubles on the way."""
    sandbox = running.sandbox
    mika, sol, tomas = (sandbox.member(name) for name in ("Mika", "Sol", "Tomas"))
    for fault in (RateLimited(0.01), Broken(503), Reset()):
        sandbox.faults.arm(CREATE, fault, method="POST")
    sandbox.faults.mangle_event("MESSAGE_CREATE", lambda event: event.pop("channel_id"))
    mika.say("ai-art-talk", f"{CLAIM} {SECRET} lost")
    post, note = await running.raise_claim("ai-art-talk", f"{CLAIM} Says {SECRET}.")
    for button in ("Sources & details", "Why this note?", "Helpful", "Not helpful"):
        await sol.press(note, button).answer()
    await sol.slash("check", claim=f"{SECRET} {CLAIM}").answer()
    await sol.autocomplete("check", "claim", claim=SECRET).answer()
    await sol.menu("Check this message", post).answer()
    asked = mika.say("general", f"<@{sandbox.state.bot_id}> {SECRET}?")
    thread, _ = mika.forum_post("debates", f"About {SECRET}", f"{CHAT} {SECRET}")
    await running.done()
    mika.edit(post, f"{CHAT} {SECRET} edited")
    mika.delete(asked)
    tomas.delete_channel(thread)
    await running.done()


async def test_a_whole_session_leaves_no_text_and_no_token_behind(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.domain.outbox.FIRST_RETRY", timedelta(milliseconds=10))
    settings = live_settings(sandbox, tmp_path)
    with logged("debug") as log:
        async with live(sandbox, settings) as running:
            await running.watch("ai-art-talk")
            await running.watch("debates")
            await everything(running)
        async with live(sandbox, settings) as again:
            await again.done()
            await crash(again, monkeypatch)
        lines = str(log())
    rows = all_rows(settings)
    assert "ready" in lines
    assert "a malformed event was passed over" in lines
    assert "an interaction failed" in lines
    assert {"note", "post", "outbox", "rating", "judgement", "lease", "setting"} <= rows.keys()
    assert len(rows["post"]) > 2
    for kept in (lines, str(rows)):
        assert SECRET not in kept.lower()
        assert sandbox.token not in kept
        assert sandbox.token.rpartition(".")[2] not in kept
    raw = database_files(tmp_path)
    assert SECRET.encode() not in raw
    assert sandbox.token.encode() not in raw


def database_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("footnote.db*"))


async def crash(running: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a defect happen while a member's words are being dealt with."""

    async def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as broken:
        broken.setattr(LibraryService, "search", fail)
        broken.setattr(LibraryService, "reader", fail)
        running.sandbox.member("Mika").say("ai-art-talk", f"{CLAIM} {SECRET}")
        await running.done()
        await running.sandbox.member("Sol").slash("check", claim=f"{SECRET} {ASIA}").answer()
