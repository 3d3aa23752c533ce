"""The sandbox as one object: it starts, listens on loopback, and ends.

Knows how the parts are put together; must never know the bot that connects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from bot.sandbox import members
from bot.sandbox.buckets import Buckets
from bot.sandbox.demo import add_guild, demo_world
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Faults
from bot.sandbox.gateway import Gateway
from bot.sandbox.guild_payloads import guild_create
from bot.sandbox.messages import emit_message
from bot.sandbox.page import Page
from bot.sandbox.people import Person, ThreadScript, Where, find_channel, play
from bot.sandbox.pulse import Event
from bot.sandbox.rest import API, Recorded, RestFront
from bot.sandbox.routes import ALL_ROUTES
from bot.sandbox.snowflakes import SandboxClock
from bot.sandbox.state import Channel, Guild, Message, User, World

HOST = "127.0.0.1"
LARGEST_BODY = 32 * 1024 * 1024
T = TypeVar("T")


class Sandbox:
    """A local Discord. Use it as an async context manager, or ``start`` and ``close`` it."""

    def __init__(self, state: World | None = None, *, port: int = 0) -> None:
        self.state = state if state is not None else demo_world(SandboxClock())
        self.faults = Faults()
        self.gateway = Gateway(self.state, self.faults)
        self.rest = RestFront(self.state, self.faults)
        self._wanted_port = port
        self._runner: web.AppRunner | None = None
        self.port = 0

    @classmethod
    def demo(cls, *, port: int = 0, clock: SandboxClock | None = None) -> Self:
        """Return a sandbox with the guild "Paper & Pixel", not started yet."""
        return cls(demo_world(clock or SandboxClock()), port=port)

    async def start(self, port: int | None = None) -> Self:
        """Listen on loopback; port 0 takes a free one. ``OSError`` when the port is in use."""
        app = web.Application(client_max_size=LARGEST_BODY)
        self.rest.install(app, ALL_ROUTES)
        app.router.add_get("/gateway/", self.gateway.handle)
        page = Page(self.state, self.gateway, self.member)
        page.install(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, HOST, self._wanted_port if port is None else port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.port = runner.addresses[0][1]
        page.port = self.port
        self.state.files_base = self.url
        self.state.gateway_url = self.gateway.url = self.gateway_url
        return self

    async def close(self) -> None:
        """Close every connection and stop listening."""
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return self if self._runner is not None else await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_base(self) -> str:
        """Return what ``DISCORD_API_BASE`` is set to."""
        return self.url + API

    @property
    def gateway_url(self) -> str:
        """Return what ``DISCORD_GATEWAY_URL`` is set to."""
        return f"ws://{HOST}:{self.port}/gateway/"

    @property
    def token(self) -> str:
        """Return the only token that this Discord accepts."""
        return self.state.application.token

    @property
    def requests(self) -> list[Recorded]:
        """Return every request that the bot made."""
        return self.rest.requests

    @property
    def unknown_routes(self) -> list[str]:
        """Return the requests that no route serves; a test should fail on any."""
        return self.rest.unknown_routes

    def member(self, name_or_id: str, guild: Guild | None = None) -> Person:
        """Return a person, by name or id; of the first guild unless another is given.

        Somebody who left is found by id only, where they have direct messages to read.
        """
        guild = guild or self.state.guild
        wanted = name_or_id.lower()
        for member in guild.members.values():
            names = {member.user.id, member.name.lower(), member.user.username.lower()}
            if wanted in names:
                return Person(self.state, member.user, guild)
        for user in self.state.former_members(guild.id):
            if user.id == name_or_id:
                return Person(self.state, user, guild)
        raise ApiError(404, 10007, f"There is no member {name_or_id!r}")

    def person(self, name: str) -> Person:
        """Return a person of the first guild by name; whoever is not there yet joins."""
        if name in self.people:
            return self.people[name]
        user = User(self.state.ids.next(), name.lower(), name)
        self.state.users[user.id] = user
        members.join(self.state, self.state.guild, user, [])
        return self.member(user.id)

    @property
    def people(self) -> Mapping[str, Person]:
        """Return all human members by name."""
        everybody = self.state.guild.members.values()
        return {m.name: self.member(m.user.id) for m in everybody if not m.user.bot}

    def channel(self, where: Where) -> Channel:
        """Return a channel by id or name."""
        return find_channel(self.state, where)

    def messages(self, where: Where) -> list[Message]:
        """Return a channel's messages, oldest first."""
        return self.state.messages_in(self.channel(where))

    def bot_messages(self, where: Where) -> list[Message]:
        """Return the bot's messages in a channel, oldest first."""
        return [m for m in self.messages(where) if m.author_id == self.state.bot_id]

    def add_guild(self, name: str) -> Guild:
        """Let the bot join another guild with the same members and channels."""
        guild = add_guild(self.state, name)
        created = guild_create(self.state, guild, for_user=self.state.bot_id, all_members=True)
        # A guild that only becomes available again says so; a joined one does not.
        del created["unavailable"]
        self.state.bus.emit(Event("GUILD_CREATE", created, guild.id))
        return guild

    @property
    def buckets(self) -> Buckets:
        """Return the rate limits, to set real ones."""
        return self.rest.buckets

    def unfurl(self, message: Message, title: str, url: str) -> None:
        """Let Discord add a link's preview: a MESSAGE_UPDATE that is no edit."""
        message.embeds.append({"type": "link", "title": title, "url": url})
        emit_message(self.state, "MESSAGE_UPDATE", message)

    def forget_nonces(self) -> None:
        """Let the window of nonces end now."""
        self.state.nonces.clear()

    async def eventually(self, look: Callable[[], T], timeout_s: float = 5.0) -> T:
        """Return ``look()`` as soon as it is truthy; it is asked after every change."""
        return await self.state.bus.until(look, timeout_s)

    async def bot_online(self, timeout_s: float = 10.0) -> None:
        """Return as soon as the bot is connected."""
        await self.eventually(lambda: self.gateway.online, timeout_s)

    async def play(self, where: Where, script: ThreadScript) -> list[Message]:
        """Let members talk: ``(member, text, seconds to wait before)``, in order."""
        return await play(self.people, where, script)

    async def settled(self, quiet_s: float = 0.05, timeout_s: float = 5.0) -> None:
        """Return when no request has come for a while; to prove that something did not happen."""
        async with asyncio.timeout(timeout_s):
            seen = -1
            while seen != len(self.requests) or self.rest.in_flight:
                seen = len(self.requests)
                await asyncio.sleep(quiet_s)
