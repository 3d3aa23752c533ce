"""`footnote sandbox`: the real bot against the local Discord, with a sample thread played.

Belongs to the composition root: it alone knows both the sandbox and the bot.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import discord
from pydantic import SecretStr

from bot.app import OpenBot, opened, stop_on_signals, supervise
from bot.client import FootnoteBot
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.policy import Mode
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Message
from bot.services.errors import InvalidInputError, UnavailableError
from bot.services.thread_files import ThreadFile, ThreadPost, parse_thread, read_thread_file
from bot.settings import Settings

READY = 20.0
"""Seconds in which the bot must have logged in."""
WATCHED = {"debates": Mode.AUTO, "ai-art-talk": Mode.AUTO}
POST_LIMIT = 2000
"""Characters of a Discord message; a longer post of a thread file is cut."""
TITLE_LIMIT = 100
"""Characters of a thread's name."""
LIKE = "\N{THUMBS UP SIGN}"

_MASKED_LINK = re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the played thread, as the terminal shows it."""

    author: str
    text: str
    is_note: bool
    likes: int
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Played:
    """What the sample thread led to."""

    title: str
    messages: tuple[Shown, ...]

    @property
    def notes(self) -> int:
        """How many notes were attached."""
        return sum(1 for message in self.messages if message.is_note)


def read_thread(path: Path | None) -> ThreadFile:
    """Read the thread to play, the sample that ships with the program by default."""
    if path is not None:
        return read_thread_file(path)
    sample = resources.files("bot").joinpath("sample_thread.md")
    return parse_thread(sample.read_text(encoding="utf-8"), name="the sample thread")


async def run_sandbox(
    show: Callable[[Played, str], None],
    *,
    once: bool = False,
    port: int = 0,
    thread: Path | None = None,
    data: Path | None = None,
) -> bool:
    """Start everything, play the thread, show what happened, and serve the page until told to stop.

    Args:
        show: receives what happened, and the page's address.
        once: return after showing.
        port: the page's port; 0 takes a free one.
        thread: a thread file to play in place of the sample.
        data: a directory that keeps the bot's database; a temporary one by default.

    Returns:
        Whether a note was attached.

    Raises:
        InvalidInputError: the thread file cannot be read, or the port is in use.
        UnavailableError: the bot did not come up.
    """
    script = read_thread(thread)
    stop = stop_on_signals()
    with tempfile.TemporaryDirectory(prefix="footnote-") as temporary:
        folder = data if data is not None else Path(temporary)
        async with listening(port) as sandbox, connected(sandbox, folder, stop) as bot:
            played = await play(sandbox, bot, script)
            show(played, sandbox.url)
            if not once:
                await stop.wait()
    return played.notes > 0


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Sandbox]:
    """Start the local Discord; closes it.

    Raises:
        InvalidInputError: the port is in use.
    """
    sandbox = Sandbox.demo(port=port)
    try:
        await sandbox.start()
    except OSError as error:
        raise InvalidInputError(
            f"Port {port} is in use: choose another with --port, or leave it out for a free one."
        ) from error
    async with sandbox:
        yield sandbox


def sandbox_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """Return settings that point the bot at the sandbox and keep its data in a folder."""
    return Settings(
        discord_token=SecretStr(sandbox.token),
        discord_api_base=sandbox.api_base,
        discord_gateway_url=sandbox.gateway_url,
        database_url=f"sqlite+aiosqlite:///{folder / 'footnote.db'}",
        note_hold_seconds=0,
        check_sources=False,
    )


@asynccontextmanager
async def connected(
    sandbox: Sandbox, folder: Path, stop: asyncio.Event
) -> AsyncIterator[FootnoteBot]:
    """Run the real bot against the sandbox, with the demonstration's places watched."""
    settings = sandbox_settings(sandbox, folder)
    async with opened(settings, guild_ready_timeout=0.1) as open_bot:
        running = asyncio.create_task(supervise(open_bot, settings, stop=stop))
        try:
            await _ready(open_bot, running)
            await _watch(sandbox, open_bot.bot)
            yield open_bot.bot
        finally:
            stop.set()
            await running


async def _ready(open_bot: OpenBot, running: "asyncio.Task[None]") -> None:
    ready = asyncio.create_task(open_bot.bot.wait_until_ready())
    await asyncio.wait({ready, running}, timeout=READY, return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        ready.cancel()
        if running.done():
            running.result()
        raise UnavailableError("The bot did not come up within 20 seconds.", retryable=True)


async def _watch(sandbox: Sandbox, bot: FootnoteBot) -> None:
    community = CommunityId(int(sandbox.state.guild.id))
    for name, mode in WATCHED.items():
        place = PlaceId(int(sandbox.channel(name).id))
        await bot.services.places.watch(community, place, mode, by=None)


async def play(sandbox: Sandbox, bot: FootnoteBot, script: ThreadFile) -> Played:
    """Let the members of the thread file talk in the forum, and wait until the bot is done."""
    heard: asyncio.Queue[int] = asyncio.Queue()

    async def on_message(message: discord.Message) -> None:
        heard.put_nowait(message.id)

    # Listeners start in the order in which they were added: what is heard here is in the queue.
    bot.add_listener(on_message)
    title = (script.title or "A thread")[:TITLE_LIMIT]
    first, *others = script.posts
    opening_author = sandbox.person(first.author)
    channel, opening = opening_author.forum_post("debates", title, first.text[:POST_LIMIT])
    said = [opening] + [
        sandbox.person(post.author).say(channel, post.text[:POST_LIMIT]) for post in others
    ]
    for message, post in zip(said, script.posts, strict=True):
        _like(sandbox, message, post)
    async with asyncio.timeout(READY):
        while await heard.get() != int(said[-1].id):
            continue
        await bot.services.ingest.drained()
        await bot.services.sender.idle()
    bot.remove_listener(on_message)
    return Played(title, tuple(_shown(sandbox, each) for each in sandbox.messages(channel)))


def _like(sandbox: Sandbox, message: Message, post: ThreadPost) -> None:
    named = [sandbox.person(name) for name in post.liked_by]
    others = [p for p in sandbox.people.values() if p.id != message.author_id]
    for person in (named or others)[: post.likes]:
        person.react(message, LIKE)


def _shown(sandbox: Sandbox, message: Message) -> Shown:
    is_bot = message.author_id == sandbox.state.bot_id
    embed = message.embeds[0] if message.embeds else {}
    parts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
    text = "\n".join(part for part in parts if part) or message.content
    return Shown(
        author=sandbox.state.guild.members[message.author_id].name,
        text=_MASKED_LINK.sub(r"\1", text) if is_bot else text,
        is_note=is_bot and bool(message.embeds),
        likes=sum(len(each.normal) + len(each.burst) for each in message.reactions),
        links=tuple(_MASKED_LINK.findall(text)) if is_bot else (),
    )
