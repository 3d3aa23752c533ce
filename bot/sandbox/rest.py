"""The REST front: authentication, faults, recording, rate-limit headers, errors; then a route.

Knows how a request becomes a call and an answer becomes a response; must never know a route.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from bot.sandbox.buckets import Buckets, Spent
from bot.sandbox.errors import ApiError, invalid, unauthorized
from bot.sandbox.faults import (
    Broken,
    Delay,
    Exhausted,
    Fault,
    Faults,
    Hold,
    RateLimited,
    Refused,
    Reset,
    Scope,
)
from bot.sandbox.state import Attachment, Channel, Guild, Json, Message, World

API = "/api/v10"
# Stands for a body that is no JSON; it is neither an object nor a list.
INVALID = "invalid JSON"


@dataclass(slots=True)
class Recorded:
    """One request of the bot and its answer; tokens are left out."""

    method: str
    route: str
    path: str
    query: dict[str, str]
    body: Any
    files: list[str]
    headers: dict[str, str]
    status: int = 0
    answer: Any = None


@dataclass(slots=True)
class Call:
    """A request as a route sees it."""

    world: World
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: list[Attachment] = field(default_factory=list)
    reason: str | None = None

    @property
    def me(self) -> str:
        """Return the id of the bot, who makes every call."""
        return self.world.bot_id

    @property
    def json(self) -> Json:
        """Return the body as an object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid("_", "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
        return self.body

    @property
    def items(self) -> list[Json]:
        """Return the body as a list."""
        if not isinstance(self.body, list):
            raise invalid("_", "Only lists may be used in a ListType", "LIST_TYPE_CONVERT")
        return self.body

    def channel(self) -> Channel:
        """Return the channel of the route."""
        return self.world.find_channel(self.params["channel_id"])

    def guild(self) -> Guild:
        """Return the guild of the route."""
        return self.world.find_guild(self.params["guild_id"])

    def message(self) -> Message:
        """Return the message of the route."""
        return self.world.find_message(self.channel().id, self.params["message_id"])

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number of the query, or refuse one that is out of range."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise invalid(name, f"Value must be between 1 and {most}.", "NUMBER_TYPE_RANGE")
        return int(text)


Answer = tuple[int, Any]
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path template as Discord's documentation writes it, and what serves it."""

    method: str
    template: str
    handler: Handler
    needs_token: bool = True


class Routes(list[Route]):
    """A list of routes that functions are added to by decoration."""

    def add(
        self, method: str, template: str, *, needs_token: bool = True
    ) -> Callable[[Handler], Handler]:
        """Register the decorated function."""

        def register(handler: Handler) -> Handler:
            self.append(Route(method, template, handler, needs_token))
            return handler

        return register


class RestFront:
    """Serves the routes, and keeps what was asked."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.requests: list[Recorded] = []
        self.unknown_routes: list[str] = []
        self.buckets = Buckets(time.monotonic)
        self._in_flight = 0

    @property
    def in_flight(self) -> int:
        """Return how many requests are being answered at this moment."""
        return self._in_flight

    def install(self, app: web.Application, routes: list[Route]) -> None:
        """Add the routes to an application; everything else under the API answers 501."""
        for route in sorted(routes, key=_placeholders_last):
            app.router.add_route(route.method, API + route.template, self._serve(route))
        app.router.add_route("*", "/api/{rest:.*}", self._unknown)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.unknown_routes.append(f"{request.method} {request.path}")
        return respond(501, {"message": "The sandbox does not model this route", "code": 0})

    def _serve(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            self._in_flight += 1
            try:
                return await self._answer(route, request)
            finally:
                self._in_flight -= 1
                self.world.bus.beat()

        return serve

    async def _answer(self, route: Route, request: web.Request) -> web.StreamResponse:
        call, recorded = await self._read(route, request)
        self.requests.append(recorded)
        fault = self.faults.take(route.method, route.template)
        spent = self.buckets.spend(route.method, route.template, _major(call.params))
        if (early := await self._before(fault, spent, request)) is not None:
            recorded.status = early.status
            return early
        recorded.status, recorded.answer = await self._act(route, request, call, fault)
        self.world.bus.beat()
        if await self._after(fault, request):
            recorded.status = 0
            return web.Response(status=500)
        response = respond(recorded.status, recorded.answer)
        response.headers.update(bucket_headers(spent, fault, time.time()))
        return response

    async def _act(
        self, route: Route, request: web.Request, call: Call, fault: Fault | None
    ) -> tuple[int, Any]:
        try:
            if route.needs_token:
                self._check_token(request)
            if call.body == INVALID:
                raise ApiError(400, 50109, "The request body contains invalid JSON.")
            if isinstance(fault, Refused):
                raise ApiError(400, fault.code, fault.message)
            status, body = await route.handler(call)
        except ApiError as error:
            return error.status, error.payload()
        except (KeyError, TypeError, ValueError) as error:
            return 400, invalid("_", f"Malformed request: {error!r}").payload()
        return status, body

    def _check_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self.world.application.token}":
            raise unauthorized()

    async def _read(self, route: Route, request: web.Request) -> tuple[Call, Recorded]:
        params = {k: unquote(v) for k, v in request.match_info.items()}
        reason = request.headers.get("X-Audit-Log-Reason")
        call = Call(self.world, params, request.query, reason=unquote(reason) if reason else None)
        if request.content_type == "multipart/form-data":
            await self._read_multipart(request, call)
        elif request.can_read_body:
            call.body = await _read_json(request)
        recorded = Recorded(
            method=route.method,
            route=route.template,
            path=request.path.removeprefix(API),
            query=dict(request.query),
            body=call.body,
            files=[f.filename for f in call.files],
            headers={k: v for k, v in request.headers.items() if k.lower() != "authorization"},
        )
        return call, recorded

    async def _read_multipart(self, request: web.Request, call: Call) -> None:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "payload_json":
                call.body = json.loads(await part.text())
            elif part.filename is not None:
                call.files.append(await self._stored(part, call))
        described = call.body.get("attachments") if isinstance(call.body, dict) else None
        for n, one in enumerate(described or []):
            if n < len(call.files) and one.get("description"):
                call.files[n].description = one["description"]

    async def _stored(self, part: BodyPartReader, call: Call) -> Attachment:
        name = part.filename or "file"
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Attachment(
            id=self.world.ids.next(),
            filename=name,
            data=bytes(await part.read()),
            channel_id=call.params.get("channel_id", "0"),
            content_type=guessed,
        )

    async def _before(
        self, fault: Fault | None, spent: Spent, request: web.Request
    ) -> web.Response | None:
        if spent.refused:
            scope: Scope = "global" if spent.everywhere else "user"
            return too_many(RateLimited(spent.reset_after_s, scope))
        if isinstance(fault, RateLimited):
            return too_many(fault)
        if isinstance(fault, Broken):
            return respond(fault.status, {"message": f"{fault.status}: Service down", "code": 0})
        if isinstance(fault, Reset) and not fault.after_acting:
            _cut(request)
            return web.Response(status=500)
        if isinstance(fault, Delay) and fault.before_acting:
            await asyncio.sleep(fault.seconds)
        return None

    async def _after(self, fault: Fault | None, request: web.Request) -> bool:
        if isinstance(fault, Delay) and not fault.before_acting:
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Hold):
            await fault.released.wait()
        if isinstance(fault, Reset):
            _cut(request)
            return True
        return False


def _major(params: Mapping[str, str]) -> str:
    return next((params[k] for k in ("channel_id", "guild_id", "webhook_id") if k in params), "")


def _placeholders_last(route: Route) -> list[bool]:
    return [part.startswith("{") for part in route.template.split("/")]


async def _read_json(request: web.Request) -> Any:
    raw = await request.read()
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return INVALID


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def respond(status: int, body: Any) -> web.Response:
    """Return a response with the exact content type that clients look for."""
    if status == 204 or body is None:
        return web.Response(status=status)
    raw = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(status=status, body=raw, headers={"Content-Type": "application/json"})


def too_many(fault: RateLimited) -> web.Response:
    """Return a 429."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": fault.retry_after_s,
        "global": fault.scope == "global",
    }
    response = respond(429, body)
    response.headers["Retry-After"] = str(fault.retry_after_s)
    response.headers["X-RateLimit-Scope"] = fault.scope
    if fault.scope == "global":
        response.headers["X-RateLimit-Global"] = "true"
    if fault.via:
        response.headers["Via"] = "1.1 google"
    return response


def bucket_headers(spent: Spent, fault: Fault | None, now_s: float) -> dict[str, str]:
    """Return the rate-limit headers that stand on every answer."""
    remaining, reset_after = spent.remaining, spent.reset_after_s
    if isinstance(fault, Exhausted):
        remaining, reset_after = 0, fault.reset_after_s
    return {
        "Via": "1.1 google",
        "X-RateLimit-Limit": str(spent.limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Reset": f"{now_s + reset_after:.3f}",
        "X-RateLimit-Bucket": spent.bucket,
    }
