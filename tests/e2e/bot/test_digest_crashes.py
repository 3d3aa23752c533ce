"""A digest is posted once, whatever crashes when (promise 1), with processes that really die."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.digest_runs import DigestPlan
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.periods import Cadence, Schedule
from bot.domain.posts import Post, Where
from bot.sandbox import Sandbox
from bot.sandbox.faults import Reset
from bot.sandbox.state import Message
from bot.settings import Settings
from db.engine import open_database
from tests.e2e.bot.live import Live, live, live_settings, read_rows
from tests.e2e.bot.processes import SCRIPT, ended, process

pytestmark = pytest.mark.thorough

CREATE = "/channels/{channel_id}/messages"
RUNNER = "bot.services.digests.running:DigestRunner"
POST = "bot.discord_io.digest_publisher:DiscordDigestPublisher.post"
STEPS = {
    "before the period is noted": "db.stores.digests:SqlDigestStore.open:before",
    "after the period is noted": f"{RUNNER}._note_due:after",
    "after the claim": f"{RUNNER}._build:before",
    "before the content is committed": "db.stores.digests:SqlDigestStore.put:after",
    "after the content is committed": f"{RUNNER}._send:after",
    "before the request": f"{POST}:before",
    "before the answer is recorded": f"{POST}:after",
    "after the answer is recorded": "bot.services.sending:OutboxSender._attempt:after",
}


async def let_a_digest_be_due(sandbox: Sandbox, settings: Settings) -> None:
    """A member said something yesterday, and the digest of the day is due since this hour."""
    now = SystemClock().now()
    community = CommunityId(int(sandbox.state.guild.id))
    channel = PlaceId(int(sandbox.channel("general").id))
    said = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    post = Post(
        id=PostId(70_000_000_000_001_000),
        where=Where(community=community, channel=channel),
        author=MemberId(70_000_000_000_000_200),
        created_at=said,
        text="",
    )
    plan = DigestPlan(
        community=community,
        schedule=Schedule(Cadence.DAILY, hour=now.hour),
        since=now - timedelta(hours=3),
        channel=channel,
    )
    async with open_database(settings.database_url) as database, database.writing() as stores:
        await stores.posts.record([post])
        await stores.likes.rebuild(community)
        await stores.digests.put_plan(plan)


async def crash(sandbox: Sandbox, settings: Settings, folder: Path, step: str) -> None:
    """Let the bot die while it deals with a digest."""
    await let_a_digest_be_due(sandbox, settings)
    async with process(settings, [str(SCRIPT)], cwd=folder, KILL_AT=step) as child:
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors


@asynccontextmanager
async def healed(sandbox: Sandbox, settings: Settings) -> AsyncIterator[tuple[Live, Message]]:
    """Start the bot again, and let it come to rest with one digest."""
    async with live(sandbox, settings) as again:
        await sandbox.eventually(
            lambda: [row for row in again.rows("digest_run") if row["state"] == "done"], 20
        )
        await again.services.digests.runner.run()
        await again.done()
        (message,) = sandbox.bot_messages("general")
        yield again, message


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leads_to_exactly_one_digest(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    await crash(sandbox, settings, tmp_path, STEPS[step])
    async with healed(sandbox, settings) as (again, message):
        (row,) = again.rows("digest_run")
        assert str(message.id) in str(row["messages"])
        (delivery,) = again.rows("outbox")
        assert (delivery["kind"], delivery["state"]) == ("digest", "done")
        assert message.embeds[0]["title"].startswith("Daily digest")
        assert f"<#{sandbox.channel('general').id}> · 1 post" in message.embeds[-1]["description"]


async def test_a_digest_is_found_again_when_its_nonce_is_forgotten(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = live_settings(sandbox, tmp_path)
    await crash(sandbox, settings, tmp_path, STEPS["before the answer is recorded"])
    sandbox.forget_nonces()
    async with healed(sandbox, settings):
        pass
    assert len(read_rows(settings, "digest_run")) == 1


@pytest.mark.parametrize("after_acting", [True, False])
async def test_a_crash_after_a_lost_connection_leads_to_exactly_one_digest(
    sandbox: Sandbox, tmp_path: Path, after_acting: bool
) -> None:
    settings = live_settings(sandbox, tmp_path)
    sandbox.faults.arm(CREATE, Reset(after_acting=after_acting), method="POST")
    await crash(
        sandbox, settings, tmp_path, "bot.services.sending:OutboxSender._settle_problem:before"
    )
    sandbox.forget_nonces()
    async with healed(sandbox, settings):
        pass
