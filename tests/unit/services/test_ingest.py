"""Events are recorded together where they come together, and none waits longer than it must."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.events import PostCreated
from bot.domain.ids import PostId
from bot.services import ingest as module
from bot.services.ingest import IngestQueue
from bot.services.likes.ledger import Ledger
from tests.builders import COMMUNITY, build_post
from tests.unit.services.conftest import Stage

POSTS = [PostId(number) for number in range(1, 26)]


async def test_full_batches_are_recorded_without_waiting_for_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    monkeypatch.setattr(module, "GATHER", timedelta(hours=1))
    queue = IngestQueue(stage.database, stage.watching, Ledger(stage.clock))
    for post in POSTS:
        queue.put(PostCreated(build_post(id=post, by_person=False)))
    running = asyncio.create_task(queue.run())
    recorded = 0
    async with asyncio.timeout(5):
        while recorded < 20:
            await asyncio.sleep(0)
            async with stage.database.reading() as stores:
                recorded = len(await stores.posts.known(COMMUNITY, POSTS))
    running.cancel()
    assert recorded == 20
    assert queue.waiting == 4
