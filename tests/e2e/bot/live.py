"""The real bot against a sandbox, as tests drive it: nothing in between is replaced.

Knows how the bot is started, what a small library looks like, and when the bot has done its work.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy
from pydantic import SecretStr

from bot import logs
from bot.app import OpenBot, opened, supervise
from bot.client import FootnoteBot
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.policy import Mode
from bot.sandbox import Sandbox
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P
from bot.sandbox.pulse import Event
from bot.sandbox.state import Channel, ChannelKind, Message, MessageFlag, Overwrite
from bot.services.container import Services
from bot.settings import Settings

READY_S = 20.0
DONE_S = 15.0

ASIA = "asia-embraces-ai-art"
CLAIM = "Asia embraces AI art instead of resisting it."
STEAM = "steam-bans-ai-art-games"
OTHER_CLAIM = "Steam bans every game that uses AI art."
CHAT = "my cat slept on the warm keyboard again this morning"

LABELS = ["Sources & details", "Helpful", "Not helpful", "Why this note?"]


def _record(slug: str, claim: str, **more: Any) -> dict[str, Any]:
    sources = [
        {
            "n": n,
            "title": f"Report {n} on {slug}",
            "publisher": f"Publisher {n}",
            "url": f"https://example.org/{slug}/{n}",
            "published": None,
            "supports": f"What report {n} shows",
            "title_verified": True,
        }
        for n in (1, 2)
    ]
    record: dict[str, Any] = {
        "slug": slug,
        "claim": claim,
        "variants": [],
        "rating": "mixed",
        "summary": f"Surveys and protests disagree about {slug}.",
        "details": "Surveys differ by country [1]. Artists protested [2].",
        "checked_on": datetime.now(UTC).date().isoformat(),
        "topics": ["test"],
        "sources": sources,
    }
    return record | more


RECORDS = (_record(ASIA, CLAIM), _record(STEAM, OTHER_CLAIM, rating="false"))


def write_library(folder: Path, *more: dict[str, Any]) -> Path:
    """Write a library of a few records, whose claims are recognised when said verbatim."""
    path = folder / "library.jsonl"
    lines = [json.dumps(record) for record in (*RECORDS, *more)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def live_settings(sandbox: Sandbox, folder: Path, **changes: Any) -> Settings:
    """Return settings for a sandbox, with the database and a small library in a folder."""
    library = folder / "library.jsonl"
    values: dict[str, Any] = {
        "discord_token": SecretStr(sandbox.token),
        "discord_api_base": sandbox.api_base,
        "discord_gateway_url": sandbox.gateway_url,
        "database_url": f"sqlite+aiosqlite:///{folder / 'footnote.db'}",
        "note_hold_seconds": 0,
        "library": library if library.exists() else write_library(folder),
    }
    return Settings(**(values | changes))


class Live:
    """A running bot, and the sandbox that it talks to."""

    def __init__(self, sandbox: Sandbox, open_bot: OpenBot, settings: Settings) -> None:
        self.sandbox = sandbox
        self.open_bot = open_bot
        self.settings = settings
        self.running: asyncio.Task[None] | None = None
        self._heard = asyncio.Event()
        self.bot.add_listener(self._on_socket_event, "on_socket_event_type")

    @property
    def bot(self) -> FootnoteBot:
        return self.open_bot.bot

    @property
    def services(self) -> Services:
        return self.bot.services

    @property
    def community(self) -> CommunityId:
        return CommunityId(int(self.sandbox.state.guild.id))

    async def _on_socket_event(self, name: str) -> None:
        self._heard.set()

    async def done(self) -> None:
        """Return when all that was said is heard, judged, and sent or put off."""
        async with asyncio.timeout(DONE_S):
            while not self._has_heard_everything():
                self._heard.clear()
                await self._heard.wait()
            for _ in range(2):  # what is recorded may ask for posts to be looked up
                await self.services.catching_up.idle()
                await self.services.ingest.drained()
            await self.services.sender.idle()

    def _has_heard_everything(self) -> bool:
        said = {s.shard[0]: s.sequence for s in self.sandbox.gateway.sessions.values()}
        return said.keys() == self.bot.shards.keys() and all(
            shard._parent.ws.sequence == said[number] for number, shard in self.bot.shards.items()
        )

    async def watch(self, place: Channel | str, mode: Mode = Mode.AUTO) -> Channel:
        """Watch a channel, forum, category or thread."""
        channel = self.sandbox.channel(place)
        place_id = PlaceId(int(channel.id))
        await self.services.places.watch(self.community, place_id, mode, by=None)
        return channel

    def notes(self, where: Channel | str) -> list[Message]:
        """Return the notes in a channel, oldest first."""
        return [m for m in self.sandbox.bot_messages(where) if m.embeds]

    async def note_on(self, post: Message) -> Message:
        """Return the only note that replies to a post, as soon as it is there."""

        def found() -> list[Message]:
            notes = self.notes(post.channel_id)
            return [n for n in notes if (n.reference or {}).get("message_id") == post.id]

        await self.sandbox.eventually(found, DONE_S)
        await self.done()
        (note,) = found()
        return note

    async def raise_claim(
        self, where: Channel | str = "ai-art-talk", text: str = CLAIM, *, by: str = "Mika"
    ) -> tuple[Message, Message]:
        """Let a member say something in a watched place; return the post and its note."""
        post = self.sandbox.member(by).say(where, text)
        return post, await self.note_on(post)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table's rows as another connection sees them."""
        return read_rows(self.settings, table)


def read_rows(settings: Settings, table: str) -> list[dict[str, Any]]:
    """Return a table's rows; the database may be in use."""
    return all_rows(settings).get(table, [])


def all_rows(settings: Settings) -> Mapping[str, list[dict[str, Any]]]:
    """Return every row of every table of a SQLite database."""
    url = settings.database_url.replace("sqlite+aiosqlite", "sqlite")
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    try:
        with engine.connect() as connection:
            names = sqlalchemy.inspect(connection).get_table_names()
            return {
                name: [
                    dict(row._mapping)
                    for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608
                ]
                for name in names
            }
    finally:
        engine.dispose()


@asynccontextmanager
async def live(sandbox: Sandbox, settings: Settings) -> AsyncIterator[Live]:
    """Run the bot until the block ends; what ended it before is raised."""
    stop = asyncio.Event()
    async with opened(settings, guild_ready_timeout=0.05) as open_bot:
        running = Live(sandbox, open_bot, settings)
        # discord.py waits five seconds before it identifies again.
        setattr(open_bot.bot, "before_identify_hook", _at_once)  # noqa: B010 - a method
        task = asyncio.create_task(supervise(open_bot, settings, stop=stop))
        running.running = task
        try:
            await _ready(open_bot.bot, task)
            yield running
        finally:
            stop.set()
            await task


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    return None


async def _ready(bot: FootnoteBot, task: asyncio.Task[None]) -> None:
    ready = asyncio.create_task(bot.wait_until_ready())
    await asyncio.wait({ready, task}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        ready.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ready
        task.result()
    assert ready.done(), "the bot did not come up"


def add_channel(
    sandbox: Sandbox, name: str, *, kind: ChannelKind = ChannelKind.TEXT, parent: str | None = None
) -> Channel:
    """Add a channel to the world before the bot connects: each has a cooldown of its own."""
    world = sandbox.state
    channel = Channel(
        id=world.ids.next(),
        kind=kind,
        name=name,
        guild_id=world.guild.id,
        parent_id=sandbox.channel(parent).id if parent else None,
    )
    world.channels[channel.id] = channel
    return channel


def deny(sandbox: Sandbox, where: Channel | str, *permissions: P) -> None:
    """Take permissions from the bot in one channel, and tell it."""
    channel = sandbox.channel(where)
    denied = 0
    for permission in permissions:
        denied |= int(permission)
    channel.overwrites.append(Overwrite(sandbox.state.bot_id, is_member=True, deny=denied))
    emit_channel(sandbox.state, "CHANNEL_UPDATE", channel)


def is_quiet(message: Message) -> bool:
    """Tell whether a message notifies nobody."""
    return bool(message.flags & MessageFlag.SUPPRESS_NOTIFICATIONS) and not (
        message.mentions or message.mention_everyone or message.mention_roles
    )


def emit(sandbox: Sandbox, name: str, data: dict[str, Any], channel: Channel) -> None:
    """Send an event that no person's act leads to."""
    sandbox.state.bus.emit(Event(name, data, channel.guild_id, channel.id))


@contextmanager
def logged(
    level: Literal["debug", "info"] = "debug",
) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Log as the real program does; the value returns what was logged so far."""
    root = logging.getLogger()
    before, handlers = root.level, list(root.handlers)
    stream = io.StringIO()
    logs.configure(level, "json", stream=stream)
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(before)
        for name in ("discord", "aiohttp", "alembic", "aiohttp.access", "apscheduler", "aiosqlite"):
            logging.getLogger(name).setLevel(logging.NOTSET)
