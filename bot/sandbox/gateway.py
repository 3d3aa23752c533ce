"""The gateway: websocket sessions with sequence numbers, replay, intents and shards.

Knows the gateway protocol and who may hear what; must never change the world.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import zlib
from collections import deque
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox import payloads
from bot.sandbox.faults import Faults
from bot.sandbox.guild_payloads import guild_create
from bot.sandbox.intents import MEMBERS, MESSAGE_CONTENT, PRESENCES, wants
from bot.sandbox.permissions import P, can_see, guild_permissions
from bot.sandbox.pulse import Event
from bot.sandbox.state import Json, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, ACK = 7, 8, 9, 10, 11
CLOSE_UNKNOWN_OP, CLOSE_NOT_AUTHENTICATED, CLOSE_BAD_TOKEN = 4001, 4003, 4004
CLOSE_TWICE, CLOSE_BAD_SHARD, CLOSE_INTENTS = 4005, 4010, 4014
REPLAY_LENGTH = 20_000
HEARD_WITHOUT_SEEING = ("INTERACTION_CREATE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE")
"""A bot knows every channel of its guilds; losing sight of one is told by its update."""


class Connection:
    """One websocket: frames go out in order, compressed when the client asked for it."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        compress = request.query.get("compress") == "zlib-stream"
        self.session: Session | None = None
        self.closed_here = False
        self._deflate = zlib.compressobj() if compress else None
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def send(self, frame: str) -> None:
        """Queue a frame."""
        self._queue.put_nowait(frame)

    def send_op(self, op: int, data: Any) -> None:
        """Queue a frame that is no event."""
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def write_all(self) -> None:
        """Send queued frames until ``finish``."""
        with contextlib.suppress(ConnectionError):
            while (frame := await self._queue.get()) is not None:
                if self._deflate is None:
                    await self.socket.send_str(frame)
                else:
                    raw = self._deflate.compress(frame.encode())
                    await self.socket.send_bytes(raw + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def finish(self) -> None:
        """End ``write_all`` after what is queued."""
        self._queue.put_nowait(None)


class Session:
    """What survives a lost connection: the sequence and what can be replayed."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.connection: Connection | None = None
        self._sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=REPLAY_LENGTH)

    @property
    def sequence(self) -> int:
        """Return the number of the last event."""
        return self._sequence

    def dispatch(self, name: str, data: Json) -> None:
        """Number an event, keep it for a replay, and send it when connected."""
        self._sequence += 1
        body = json.dumps(data, separators=(",", ":"))
        frame = f'{{"op":0,"s":{self._sequence},"t":"{name}","d":{body}}}'
        self._sent.append((self._sequence, frame))
        if self.connection is not None:
            self.connection.send(frame)

    def replay(self, after: int) -> bool:
        """Send again what came after a number; tell whether that is still known."""
        if after > self._sequence or (self._sent and self._sent[0][0] > after + 1):
            return False
        for number, frame in self._sent:
            if number > after and self.connection is not None:
                self.connection.send(frame)
        return True

    def has_shard_of(self, guild_id: str | None) -> bool:
        """Tell whether a guild's events, or direct messages, belong to this shard."""
        index, count = self.shard
        return index == ((int(guild_id) >> 22) % count if guild_id else 0)


class Gateway:
    """Accepts connections, keeps sessions, and tells them what happens."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.presence: Json | None = None
        world.bus.listen(self._hear)

    @property
    def online(self) -> bool:
        """Tell whether the bot is connected and identified."""
        return any(c.session for c in self.connections)

    # What happens in the world

    def _hear(self, event: Event) -> None:
        if not event.for_gateway or not self.sessions:
            return
        for session in list(self.sessions.values()):
            if session.has_shard_of(event.guild_id) and self._may_hear(session, event):
                data = self._fitted(session, event)
                for name, shaped in self.faults.shape(event.name, data):
                    session.dispatch(name, shaped)

    def _may_hear(self, session: Session, event: Event) -> bool:
        if not wants(session.intents, event, self.world.bot_id):
            return False
        guild = self.world.guilds.get(event.guild_id or "")
        if guild is not None and self.world.bot_id not in guild.members:
            return event.name == "GUILD_DELETE"
        if event.name == "GUILD_AUDIT_LOG_ENTRY_CREATE" and guild is not None:
            mine = guild_permissions(guild, guild.members[self.world.bot_id])
            return bool(mine & P.VIEW_AUDIT_LOG)
        channel = self.world.channels.get(event.channel_id or "")
        if channel is None or event.name in HEARD_WITHOUT_SEEING:
            return True
        return can_see(self.world, channel, self.world.bot_id)

    def _fitted(self, session: Session, event: Event) -> Json:
        is_message = event.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE")
        if is_message and not session.intents & MESSAGE_CONTENT:
            return payloads.without_content(event.data, self.world.bot_id)
        return event.data

    # One connection

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until it closes."""
        if self.faults.refuse_gateway:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write_all())
        connection.send_op(HELLO, {"heartbeat_interval": 41250, "_trace": []})
        try:
            await self._read(connection)
        finally:
            self._disconnected(connection)
            connection.finish()
            await writer
        return socket

    async def _read(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                continue
            try:
                body = json.loads(frame.data)
                code = self._receive(connection, body["op"], body.get("d"))
            except (ValueError, KeyError, TypeError):
                code = 4002
            if code is not None:
                connection.closed_here = True
                await connection.socket.close(code=code)
                return

    def _disconnected(self, connection: Connection) -> None:
        self.connections.discard(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            # Discord ends the session when the client itself closes with 1000 or 1001.
            if connection.socket.close_code in (1000, 1001) and not connection.closed_here:
                self.sessions.pop(session.id, None)
        self._tell_status()

    def _tell_status(self) -> None:
        self.world.bus.emit(Event("SANDBOX_BOT_STATUS", {"online": self.online}))

    def _receive(self, connection: Connection, op: int, data: Any) -> int | None:
        if op == HEARTBEAT:
            self.heartbeats += 1
            if not self.faults.ignore_heartbeats:
                connection.send_op(ACK, None)
            return None
        if op == IDENTIFY:
            return self._identify(connection, data)
        if op == RESUME:
            return self._resume(connection, data)
        if connection.session is None:
            return CLOSE_NOT_AUTHENTICATED
        if op == REQUEST_MEMBERS:
            self._send_members(connection.session, data)
            return None
        if op == PRESENCE:
            self.presence = data
            return None
        return None if op == 4 else CLOSE_UNKNOWN_OP

    def _identify(self, connection: Connection, data: Json) -> int | None:
        app = self.world.application
        if connection.session is not None:
            return CLOSE_TWICE
        if data["token"] != app.token:
            return CLOSE_BAD_TOKEN
        intents = int(data["intents"])
        refused = (
            (0 if app.members_intent else MEMBERS)
            | (0 if app.presence_intent else PRESENCES)
            | (0 if app.content_intent else MESSAGE_CONTENT)
        )
        if intents & refused:
            return CLOSE_INTENTS
        index, count = data.get("shard") or (0, 1)
        if not 0 <= index < count:
            return CLOSE_BAD_SHARD
        self._forget_lost_sessions((index, count))
        session = Session(intents, (index, count))
        self.sessions[session.id] = session
        self._attach(connection, session)
        self.identified += 1
        self._greet(session)
        self._tell_status()
        return None

    def _forget_lost_sessions(self, shard: tuple[int, int]) -> None:
        for known in list(self.sessions.values()):
            if known.shard == shard and known.connection is None:
                del self.sessions[known.id]

    def _attach(self, connection: Connection, session: Session) -> None:
        session.connection = connection
        connection.session = session

    def _greet(self, session: Session) -> None:
        world = self.world
        mine = [
            g
            for g in world.guilds.values()
            if session.has_shard_of(g.id) and world.bot_id in g.members
        ]
        ready: Json = {
            "v": 10,
            "user": payloads.user(world.application.user)
            | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": g.id, "unavailable": True} for g in mine],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": world.bot_id, "flags": 0},
            "private_channels": [],
            "relationships": [],
            "_trace": [],
        }
        session.dispatch("READY", ready)
        for guild in mine:
            everybody = bool(session.intents & PRESENCES and session.intents & MEMBERS)
            created = guild_create(world, guild, for_user=world.bot_id, all_members=everybody)
            session.dispatch("GUILD_CREATE", created)

    def _resume(self, connection: Connection, data: Json) -> int | None:
        if data["token"] != self.world.application.token:
            return CLOSE_BAD_TOKEN
        session = self.sessions.get(data["session_id"])
        if session is None or self.faults.refuse_resume:
            connection.send_op(INVALID_SESSION, False)
            return None
        self._attach(connection, session)
        if not session.replay(int(data["seq"])):
            session.connection = connection.session = None
            connection.send_op(INVALID_SESSION, False)
            return None
        self.resumed += 1
        session.dispatch("RESUMED", {"_trace": []})
        self._tell_status()
        return None

    def _send_members(self, session: Session, data: Json) -> None:
        guild = self.world.guilds[str(data["guild_id"])]
        wanted = {str(i) for i in data.get("user_ids") or []}
        query = (data.get("query") or "").lower()
        found = [
            m
            for m in guild.members.values()
            if (m.user.id in wanted if wanted else m.name.lower().startswith(query))
        ]
        chunk: Json = {
            "guild_id": guild.id,
            "members": [payloads.member(m) for m in found[: int(data.get("limit") or 0) or None]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        if data.get("nonce") is not None:
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    # Faults that a test causes at a chosen moment

    async def drop(self, code: int = 4000) -> None:
        """Close every connection with a code; the sessions can be resumed."""
        for connection in list(self.connections):
            connection.closed_here = True
            await connection.socket.close(code=code)

    def abort(self) -> None:
        """Cut every connection without a closing frame, as a lost network does."""
        for connection in list(self.connections):
            connection.closed_here = True
            if (transport := connection.transport) is not None:
                transport.abort()

    def ask_to_reconnect(self) -> None:
        """Send op 7."""
        for connection in list(self.connections):
            connection.send_op(RECONNECT, None)

    def invalidate(self, *, resumable: bool, shard: int | None = None) -> None:
        """Send op 9 and, unless resumable, forget the session."""
        for connection in list(self.connections):
            session = connection.session
            if session is None or (shard is not None and session.shard[0] != shard):
                continue
            if not resumable:
                self.sessions.pop(session.id, None)
                session.connection = connection.session = None
            connection.send_op(INVALID_SESSION, resumable)

    async def close(self) -> None:
        """Close everything, when the sandbox ends."""
        for connection in list(self.connections):
            connection.closed_here = True
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)
