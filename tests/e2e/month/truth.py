"""Compares what the bot has recorded and posted with what really happened.

Reads the bot's database from outside and the sandbox's state; changes neither.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.likes import DEFAULT_EMOJI, normalise
from bot.domain.periods import Mark, Schedule, due_periods
from bot.sandbox import Sandbox
from bot.sandbox.snowflakes import moment_of
from bot.sandbox.state import Message

NOTHING_HAPPENED = "nothing happened"


def true_likes(sandbox: Sandbox) -> dict[int, int]:
    """Return the likes of every person's post that stands, counted from the platform's state."""
    world = sandbox.state
    return {
        int(message.id): len(_likers(message))
        for channel in world.channels.values()
        for message in world.messages_in(channel)
        if not world.users[message.author_id].bot
    }


def _likers(message: Message) -> set[str]:
    givers: set[str] = set()
    for reaction in message.reactions:
        if reaction.emoji.id is None and normalise(reaction.emoji.name) in DEFAULT_EMOJI:
            givers.update(reaction.normal, reaction.burst)
    return givers - {message.author_id}


class Records:
    """What the bot's database says, read by another connection."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement)]

    def likes(self) -> dict[int, int]:
        """Return the likes of every person's post that is not deleted."""
        posts = self.rows("SELECT post_id FROM post WHERE by_person AND deleted_at IS NULL")
        liked = self.rows("SELECT post_id, likes FROM liked_post WHERE NOT deleted")
        counted = {row["post_id"]: row["likes"] for row in liked}
        return {row["post_id"]: counted.get(row["post_id"], 0) for row in posts}

    def open_gaps(self) -> int:
        """Return how many places have a gap that is not read yet."""
        (row,) = self.rows("SELECT count(*) AS n FROM coverage WHERE gap_since_at IS NOT NULL")
        return int(row["n"])

    def runs(self) -> list[dict[str, Any]]:
        """Return the ledger of digests."""
        return self.rows("SELECT * FROM digest_run")


def differences(truth: Mapping[int, int], recorded: Mapping[int, int]) -> list[str]:
    """Say where the likes differ, post by post."""
    return [
        f"post {post}: {truth.get(post, 'gone')} likes there, {recorded.get(post, 'none')} recorded"
        for post in sorted(truth.keys() | recorded.keys())
        if truth.get(post) != recorded.get(post)
    ]


def wrong_digests(
    sandbox: Sandbox,
    records: Records,
    where: str,
    schedule: Schedule,
    since: datetime,
    now: datetime,
) -> list[str]:
    """Say which due digests do not stand exactly once in their channel."""
    due = {period.key: period for period in due_periods(schedule, Mark(since), now)}
    spoken = [moment_of(post) for post in true_likes(sandbox)]
    runs = {row["period_key"]: row for row in records.runs()}
    problems = [f"{key}: not noted" for key in due if key not in runs]
    problems += [f"{key}: not due" for key in runs if key not in due]
    recorded: Counter[str] = Counter()
    for key, row in runs.items():
        quiet = key in due and not any(due[key].start <= each < due[key].end for each in spoken)
        if quiet and (row["state"], row["problem"]) == ("skipped", NOTHING_HAPPENED):
            continue
        messages = [str(each) for each in json.loads(row["messages"])["ids"]]
        if row["state"] != "done" or len(messages) != row["parts"]:
            problems.append(f"{key}: {row['state']} {row['problem']}")
        recorded.update(messages)
    posted = Counter(message.id for message in sandbox.bot_messages(where))
    problems += [f"message {each}: stands, yet is not recorded" for each in posted - recorded]
    problems += [f"message {each}: recorded, yet does not stand" for each in recorded - posted]
    return problems
