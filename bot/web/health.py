"""A small HTTP server that says whether the bot is well, and its figures; off by default.

Knows how to answer a probe; what is healthy is told by functions from outside.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.services.errors import UnavailableError

Health = Callable[[], Awaitable[Mapping[str, bool]]]
"""Returns each part by name, and whether it is well."""
Figures = Callable[[], Awaitable[Mapping[str, float]]]
"""Returns figures by metric name, without the prefix."""

PREFIX = "footnote_"
METRICS_TYPE = "text/plain; version=0.0.4"
"""Prometheus' text exposition format."""


def build_app(health: Health, figures: Figures) -> web.Application:
    """Return the application with `/health` and `/metrics`."""

    async def answer_health(_: web.Request) -> web.Response:
        parts = await health()
        well = all(parts.values())
        return web.json_response({"well": well, "parts": dict(parts)}, status=200 if well else 503)

    async def answer_metrics(_: web.Request) -> web.Response:
        lines = [f"{PREFIX}{name} {value:g}" for name, value in sorted((await figures()).items())]
        body = "\n".join(lines) + "\n"
        return web.Response(body=body.encode(), headers={"Content-Type": METRICS_TYPE})

    app = web.Application()
    app.router.add_get("/health", answer_health)
    app.router.add_get("/metrics", answer_metrics)
    return app


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve an application while the block runs; yields its address.

    Raises:
        UnavailableError: the port is in use, or the host is none of this machine's.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise UnavailableError(
                f"HTTP_HOST {host} and HTTP_PORT {port} cannot be listened on: {error.strerror}.",
                retryable=False,
            ) from error
        bound = runner.addresses[0]
        yield f"http://{host}:{bound[1]}"
    finally:
        await runner.cleanup()
