"""The web page's server side: static files, the snapshot, the live socket, a person's acts.

Knows loopback, hosts and origins; must never serve anything to another machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web

from bot.sandbox.acts import Acts
from bot.sandbox.errors import ApiError
from bot.sandbox.gateway import Gateway
from bot.sandbox.page_view import change_of, snapshot
from bot.sandbox.people import Person
from bot.sandbox.pulse import Event
from bot.sandbox.state import Json, World

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SAFE_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """Everything that a browser asks for."""

    def __init__(
        self, world: World, gateway: Gateway, find_person: Callable[[str], Person]
    ) -> None:
        self.port = 0
        self._world = world
        self._gateway = gateway
        self._acts = Acts(world, find_person)
        self._sockets: set[web.WebSocketResponse] = set()

    def install(self, app: web.Application) -> None:
        """Add the page's routes and the guard in front of everything."""
        app.middlewares.append(self._guard)
        app.router.add_get("/", self._index)
        app.router.add_get("/_sandbox/state", self._state)
        app.router.add_get("/_sandbox/live", self._live)
        app.router.add_post("/_sandbox/act", self._act)
        app.router.add_get("/attachments/{channel_id}/{attachment_id}/{name}", self._file)
        if STATIC.is_dir():
            app.router.add_static("/static/", STATIC)
        app.on_shutdown.append(self._close_all)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._is_ours(f"http://{request.host}"):
            return web.Response(status=403, text="Only loopback names are served.")
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_ours(origin):
            return web.Response(status=403, text="Another site may not ask this.")
        return await handler(request)

    def _is_ours(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
            return (
                parts.scheme == "http"
                and parts.hostname in LOOPBACK
                and (parts.port or 80) == self.port
            )
        except ValueError:
            return False

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        index = STATIC / "index.html"
        if not index.is_file():
            return web.Response(status=404, text="The page is not installed.")
        return web.FileResponse(index, headers={"Content-Security-Policy": POLICY})

    async def _state(self, _request: web.Request) -> web.Response:
        return _json(200, snapshot(self._world, online=self._gateway.online))

    async def _act(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _json(400, _refused("Send JSON with the content type application/json."))
        try:
            body = json.loads(await request.read())
            return _json(200, {"ok": True} | await self._acts.do(body))
        except ApiError as error:
            return _json(400, _refused(_sentence(error)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _json(400, _refused(f"This is not a complete request ({error})."))

    async def _file(self, request: web.Request) -> web.Response:
        found = self._world.attachments.get(request.match_info["attachment_id"])
        if found is None or found.filename != request.match_info["name"]:
            return web.Response(status=404)
        # What members upload must never run in the page's origin.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        kind = found.content_type.partition(";")[0]
        if kind not in SAFE_IMAGES:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=found.data, content_type=kind, headers=headers)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        queue: asyncio.Queue[Json] = asyncio.Queue()
        queue.put_nowait(
            {
                "type": "snapshot",
                "state": snapshot(self._world, online=self._gateway.online),
            }
        )

        def hear(event: Event) -> None:
            for change in change_of(self._world, event):
                queue.put_nowait(change)

        stop = self._world.bus.listen(hear)
        self._sockets.add(socket)
        writer = asyncio.create_task(_write(socket, queue))
        try:
            async for _ in socket:
                continue
        finally:
            stop()
            self._sockets.discard(socket)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket

    async def _close_all(self, _app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[Json]) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            await socket.send_str(json.dumps(await queue.get()))


def _json(status: int, body: Any) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
    )


def _refused(sentence: str) -> Json:
    return {"ok": False, "error": sentence}


def _sentence(error: ApiError) -> str:
    if error.errors:
        return _first_fault(error.errors) or error.message
    return error.message


def _first_fault(tree: Json) -> str | None:
    for key, value in tree.items():
        if key == "_errors":
            return str(value[0]["message"])
        if isinstance(value, dict) and (found := _first_fault(value)):
            return found
    return None
