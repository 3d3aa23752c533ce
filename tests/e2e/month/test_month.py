"""Days of a community with a bot that is killed: likes are the platform's, digests stand once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.month.month import Plan, live_through

pytestmark = pytest.mark.thorough


async def test_after_kills_and_faults_likes_are_the_platforms_and_each_digest_stands_once(
    tmp_path: Path,
) -> None:
    plan = Plan(seed=7, members=12, posts=60, reactions=300, kills=3, faults=4, days=3, beat_s=0.5)
    result = await live_through(plan, tmp_path)
    assert result.problems == []
    assert (result.kills, result.starts) == (3, 4)
    assert result.digests == 2, "of three that are due, nothing had happened before the first"
    assert result.likes > 0
