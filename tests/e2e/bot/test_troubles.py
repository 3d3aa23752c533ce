"""The bot goes on, and says a note once, whatever the connection and Discord do."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from bot import jobs
from bot.app import lease_name, opened
from bot.domain import outbox
from bot.sandbox import Sandbox
from bot.sandbox.faults import Broken, Delay, Exhausted, Fault, Hold, RateLimited, Reset
from bot.sandbox.permissions import P
from bot.services import leasing
from bot.services.belonging import belong_to
from bot.services.errors import ConflictError, DatabaseUnusableError
from bot.settings import Settings
from db.engine import open_database
from tests.e2e.bot.live import CLAIM, OTHER_CLAIM, Live, deny, live, live_settings, logged
from tests.e2e.bot.processes import SCRIPT, process

pytestmark = pytest.mark.thorough

CREATE = "/channels/{channel_id}/messages"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again almost at once."""
    for name in ("FIRST_RETRY", "FIRST_PATIENT_RETRY"):
        monkeypatch.setattr(outbox, name, timedelta(milliseconds=20), raising=False)


# The gateway


async def test_a_lost_connection_is_resumed_and_nothing_is_missed(running: Live) -> None:
    await running.sandbox.gateway.drop()
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.note_on(post)
    assert (running.sandbox.gateway.resumed, running.sandbox.gateway.identified) == (1, 1)


async def test_a_request_to_reconnect_is_followed(running: Live) -> None:
    running.sandbox.gateway.ask_to_reconnect()
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.note_on(post)
    await running.sandbox.eventually(lambda: running.sandbox.gateway.resumed == 1)


async def test_a_cut_line_is_taken_up_again(running: Live) -> None:
    running.sandbox.gateway.abort()
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.note_on(post)


async def test_a_resume_that_is_refused_starts_anew(running: Live) -> None:
    running.sandbox.faults.refuse_resume = True
    await running.sandbox.gateway.drop()
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.note_on(post)
    assert running.sandbox.gateway.identified == 2


async def test_a_post_that_is_announced_twice_gets_one_note(running: Live) -> None:
    running.sandbox.faults.duplicate_event("MESSAGE_CREATE")
    post, note = await running.raise_claim()
    assert running.sandbox.bot_messages("ai-art-talk") == [note]
    assert [row["post_id"] for row in running.rows("post")].count(int(post.id)) == 1


@pytest.mark.parametrize("key", ["author", "channel_id", "id", "content"])
async def test_a_malformed_event_is_passed_over(running: Live, key: str) -> None:
    running.sandbox.faults.mangle_event("MESSAGE_CREATE", lambda event: event.pop(key))
    with logged("info") as log:
        running.sandbox.member("Mika").say("general", OTHER_CLAIM)
        await running.raise_claim()
    assert OTHER_CLAIM not in str(log())
    assert "a malformed event was passed over" in {line["message"] for line in log()}


async def test_a_malformed_reaction_does_not_end_the_bot(running: Live) -> None:
    running.sandbox.faults.mangle_event("MESSAGE_REACTION_ADD", lambda event: event.pop("type"))
    post, _ = await running.raise_claim()
    running.sandbox.member("Sol").react(post, "\N{THUMBS UP SIGN}")
    await running.done()
    assert running.running is not None
    assert not running.running.done()


# REST


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(RateLimited(0.02), id="429"),
        pytest.param(RateLimited(0.02, via=False), id="429-without-via"),
        pytest.param(RateLimited(0.02, scope="global"), id="429-global"),
        pytest.param(Broken(503), id="503"),
        pytest.param(Reset(after_acting=True), id="reset-after-acting"),
        pytest.param(Reset(after_acting=False), id="reset-before-acting"),
        pytest.param(Delay(0.2), id="slow-answer"),
        pytest.param(Exhausted(0.1), id="bucket-exhausted"),
    ],
)
async def test_a_trouble_while_sending_still_leads_to_one_note(running: Live, fault: Fault) -> None:
    running.sandbox.faults.arm(CREATE, fault, method="POST")
    _, note = await running.raise_claim()
    await running.sandbox.eventually(lambda: running.rows("outbox")[0]["state"] == "done")
    assert running.sandbox.bot_messages("ai-art-talk") == [note]
    (row,) = running.rows("note")
    assert (row["state"], row["message_id"]) == ("posted", int(note.id))


async def test_one_place_in_trouble_does_not_hold_up_another(running: Live) -> None:
    await running.watch("general")
    held = Hold()
    running.sandbox.faults.arm(CREATE, held, method="POST")
    running.sandbox.member("Mika").say("general", CLAIM)
    await running.sandbox.eventually(lambda: running.notes("general"))
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.sandbox.eventually(lambda: running.notes("ai-art-talk"))
    held.release()
    await running.done()
    assert {row["state"] for row in running.rows("outbox")} == {"done"}


# Permissions, threads


@pytest.mark.parametrize(
    ("missing", "name"),
    [(P.EMBED_LINKS, "Embed Links"), (P.SEND_MESSAGES, "Send Messages")],
)
async def test_a_missing_permission_is_a_failed_note_and_is_named(
    running: Live, missing: P, name: str
) -> None:
    deny(running.sandbox, "ai-art-talk", missing)
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    assert [row["state"] for row in running.rows("note")] == ["failed"]
    assert [row["state"] for row in running.rows("outbox")] == ["failed"]
    status = await running.sandbox.member("Sol").slash("status").answer()
    channel = running.sandbox.channel("ai-art-talk")
    assert f"<#{channel.id}>: {name}" in status.text
    assert "1 failed" in status.text


async def test_a_place_that_the_bot_cannot_see_is_named(running: Live) -> None:
    deny(running.sandbox, "ai-art-talk", P.VIEW_CHANNEL)
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.done()
    status = await running.sandbox.member("Sol").slash("status").answer()
    assert "View Channel" in status.text
    assert running.rows("note") == []


async def test_a_note_for_a_locked_thread_waits_until_it_is_open(running: Live) -> None:
    deny(running.sandbox, "ai-art-talk", P.MANAGE_THREADS)
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    post = running.sandbox.member("Mika").say(thread, CLAIM)
    tomas = running.sandbox.member("Tomas")
    tomas.change_channel(thread, locked=True)
    await running.sandbox.eventually(lambda: any(r["attempts"] for r in running.rows("outbox")))
    assert running.notes(thread) == []
    tomas.change_channel(thread, locked=False)
    await running.note_on(post)


async def test_a_note_for_an_archived_thread_opens_it_again(running: Live) -> None:
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    post = running.sandbox.member("Mika").say(thread, CLAIM)
    running.sandbox.member("Tomas").change_channel(thread, archived=True)
    await running.note_on(post)


async def test_a_post_in_a_thread_that_was_archived_long_ago_is_seen(
    running: Live,
) -> None:
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    running.sandbox.member("Tomas").change_channel(thread, archived=True)
    await running.done()
    await running.raise_claim(thread)


# Two processes


async def test_a_second_bot_with_the_same_token_refuses(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "PATIENCE", timedelta(milliseconds=50))
    monkeypatch.setattr(leasing, "PAUSE", timedelta(milliseconds=10))
    settings = live_settings(sandbox, tmp_path)
    async with process(settings, [str(SCRIPT)], cwd=tmp_path) as child:
        await sandbox.bot_online(20)
        with pytest.raises(ConflictError, match="runs the bot with this token") as refused:
            async with opened(settings):
                raise AssertionError("a second bot came up")
        assert f":{child.pid}:" in str(refused.value)
    assert sandbox.gateway.identified == 1


async def test_a_bot_of_another_application_refuses_the_database(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    running = jobs.running

    def recorded(wanted: list[jobs.Job]) -> AbstractAsyncContextManager[None]:
        started.extend(job.name for job in wanted)
        return running(wanted)

    monkeypatch.setattr(jobs, "running", recorded)
    settings = live_settings(sandbox, tmp_path)
    async with open_database(settings.database_url) as database:
        await belong_to(database, 1)
    with pytest.raises(DatabaseUnusableError, match="belongs to the application 1,"):
        async with live(sandbox, settings):
            raise AssertionError("another application's bot came up")
    assert started == ["lease"], "no job touches a database that is another application's"
    assert not [each for each in sandbox.requests if each.method != "GET"]


async def test_a_bot_whose_place_was_taken_ends_and_says_so(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(ConflictError, match="Another process runs the bot"):
        await run_until_robbed(sandbox, live_settings(sandbox, tmp_path))
    assert sandbox.gateway.sessions == {}


async def run_until_robbed(sandbox: Sandbox, settings: Settings) -> None:
    """Run the bot, let another process take its lease, and wait for its end."""
    async with live(sandbox, settings) as running:
        name, now = lease_name(settings), running.services.clock.now()
        async with running.services.database.writing() as stores:
            holder = await stores.leases.holder(name)
            await stores.leases.release(name, owner=str(holder))
            await stores.leases.acquire(name, owner="b:1:x", until=now + leasing.TERM, now=now)
        await running.open_bot.lease.renew()
        assert running.running is not None
        await asyncio.wait({running.running})
