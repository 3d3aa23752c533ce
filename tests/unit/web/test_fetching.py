"""The guarded fetcher: what it reads, and what it never opens, whatever names and servers say."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from bot.domain.addresses import is_public_ip
from bot.domain.sources import Reached
from bot.services.errors import UserFacingError
from bot.web.fetching import PRIVATE, GuardedPages, IpAddress, guarded_pages

HERE, INSIDE = "127.0.0.1", "127.0.0.2"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names(AbstractResolver):
    """Resolves names as told, and sends every connection to the local server's port."""

    def __init__(self, port: int, names: dict[str, list[str]]) -> None:
        self.port = port
        self.names = names
        self.asked: list[str] = []

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError(f"no such host: {host}")
        # The next answer differs where several are given: a name that is bound anew.
        found = self.names[host]
        address = found.pop(0) if len(found) > 1 else found[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=self.port, family=family, proto=0, flags=0
            )
        ]

    @override
    async def close(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Tls:
    """How the local web proves its names, and who believes it."""

    serving: ssl.SSLContext
    trust: ssl.SSLContext


@pytest.fixture(scope="session")
def tls() -> Tls:
    """A fresh certificate for the names of these tests."""
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("news.example", "other.example", "turncoat.example").configure_cert(
        serving
    )
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return Tls(serving, trust)


def allows(address: IpAddress) -> bool:
    """Let one loopback address stand for the public web; all others stay what they are."""
    return str(address) == HERE or is_public_ip(address)


class Web:
    """A local web that stands for the public one."""

    def __init__(self, names: Names, pages: GuardedPages, seen: list[str], sent: list[int]) -> None:
        self.names = names
        self.pages = pages
        self.seen = seen
        self.sent = sent


@pytest.fixture
async def public_web(tls: Tls) -> AsyncIterator[Web]:
    async with opened(tls) as found:
        yield found


@asynccontextmanager
async def opened(tls: Tls, time_limit: timedelta = timedelta(seconds=20)) -> AsyncIterator[Web]:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(f"{request.method} {request.path}")
        return await ROUTES[request.path](request)

    app = web.Application()
    app[SENT] = []
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, HERE, 0, ssl_context=tls.serving)
    await site.start()
    port = runner.addresses[0][1]
    names = Names(
        port, {"news.example": [HERE], "other.example": [HERE], "inside.example": [INSIDE]}
    )
    async with guarded_pages(
        names=names,
        allows=allows,
        trust=tls.trust,
        largest_page=1_000_000,
        time_limit=time_limit,
    ) as pages:
        yield Web(names, pages, seen, app[SENT])
    await runner.cleanup()


def text(body: str | bytes, kind: str = "text/html", **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        data = body.encode() if isinstance(body, str) else body
        return web.Response(body=data, content_type=kind, headers=headers)

    return answer


def redirect(to: str, status: int = 302) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": to})

    return answer


def status(number: int) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=number)

    return answer


GIGABYTE, PIECE = 1_000_000_000, 100_000
SENT = web.AppKey("SENT", list[int])


async def huge(request: web.Request) -> web.StreamResponse:
    """Send 1 GB for as long as somebody reads; with its length told, or not."""
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    if request.path == "/gigabyte":
        response.content_length = GIGABYTE
    await response.prepare(request)
    for _ in range(GIGABYTE // PIECE):
        if request.transport is None or request.transport.is_closing():
            break
        await response.write(b"x" * PIECE)
        request.app[SENT].append(PIECE)
        await asyncio.sleep(0)
    return response


async def slow(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    raise AssertionError("nobody waits so long")


async def no_head(request: web.Request) -> web.StreamResponse:
    return web.Response(status=404 if request.method == "HEAD" else 200)


ROUTES: dict[str, Handler] = {
    "/page": text("<p>Grüße</p>"),
    "/packed": text(gzip.compress(b"<p>packed</p>"), **{"Content-Encoding": "gzip"}),
    "/bomb": text(gzip.compress(b"\0" * 50_000_000), **{"Content-Encoding": "gzip"}),
    "/brotli": text(b"?", **{"Content-Encoding": "br"}),
    "/picture": text(b"png", "image/png"),
    "/large": text(b"x" * 1_000_001),
    "/endless": huge,
    "/gigabyte": huge,
    "/slow": slow,
    "/gone": status(410),
    "/missing": status(404),
    "/busy": status(503),
    "/no-head": no_head,
    "/moved": redirect("https://other.example/page", 301),
    "/for-now": redirect("/page"),
    "/loop": redirect("/loop"),
    "/to-loopback": redirect("https://127.0.0.2/secret"),
    "/to-v6": redirect("https://[::1]/secret"),
    "/to-mapped": redirect("https://[::ffff:10.0.0.1]/secret"),
    "/to-inside": redirect("https://inside.example/secret"),
    "/to-http": redirect("http://news.example/page"),
    "/to-port": redirect("https://news.example:8443/page"),
    "/to-file": redirect("file:///etc/passwd"),
}


async def refused(found: Web, url: str) -> str:
    with pytest.raises(UserFacingError) as error:
        await found.pages.fetch(url)
    return str(error.value)


async def test_a_public_page_is_read(public_web: Web) -> None:
    page = await public_web.pages.fetch("https://news.example/page#part")
    assert (page.url, page.text, page.content_type) == (
        "https://news.example/page",
        "<p>Grüße</p>",
        "text/html",
    )


async def test_a_redirect_between_public_pages_is_followed(public_web: Web) -> None:
    page = await public_web.pages.fetch("https://news.example/moved")
    assert page.url == "https://other.example/page"


@pytest.mark.parametrize("path", ["/to-loopback", "/to-v6", "/to-mapped", "/to-inside"])
async def test_a_redirect_into_a_private_network_is_not_followed(
    public_web: Web, path: str
) -> None:
    assert await refused(public_web, f"https://news.example{path}") == PRIVATE
    assert public_web.seen == [f"GET {path}"]


async def test_a_name_that_is_bound_anew_between_two_requests_is_not_opened(
    public_web: Web,
) -> None:
    public_web.names.names["turncoat.example"] = [HERE, INSIDE]
    await public_web.pages.fetch("https://turncoat.example/page")
    assert await refused(public_web, "https://turncoat.example/page") == PRIVATE
    assert public_web.seen == ["GET /page"]


async def test_a_name_with_one_public_and_one_private_address_is_not_opened(
    public_web: Web,
) -> None:
    class Both(Names):
        @override
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            return [
                *await super().resolve("news.example", port, family),
                *await super().resolve("inside.example", port, family),
            ]

    names = Both(public_web.names.port, public_web.names.names)
    async with guarded_pages(names=names, allows=allows) as pages:
        with pytest.raises(UserFacingError, match="private network"):
            await pages.fetch("https://both.example/page")
    assert public_web.seen == []


REFUSED = {
    "https://127.0.0.2/": "private network",
    "https://2130706434/": "private network",
    "https://0177.0.0.2/": "private network",
    "https://[::ffff:127.0.0.2]/": "private network",
    "https://[fe80::1]/": "private network",
    "https://169.254.169.254/latest": "private network",
    "https://224.0.0.1/": "private network",
    "https://localhost/": "private network",
    "https://inside.example/": "private network",
    "https://news.example@inside.example/": "user name",
    "https://news.example:22/": "names a port",
    "http://news.example/page": "is not https",
    "https://news.example/to-http": "is not https",
    "https://news.example/to-port": "names a port",
    "https://news.example/to-file": "is not a web address",
    "https://news.example/loop": "redirects more than 5 times",
    "https://news.example/picture": "image/png",
    "https://news.example/large": "larger than 1 MB",
    "https://news.example/bomb": "larger than 1 MB",
    "https://news.example/brotli": "form that cannot be read",
    "https://news.example/missing": "no such page (404)",
    "https://news.example/busy": "answered 503",
    "https://nowhere.example/": "cannot be reached",
    "nonsense": "is not a web address",
    "https://[::1": "is not a web address",
}


async def test_what_cannot_be_read_gets_one_clear_sentence(public_web: Web) -> None:
    for url, sentence in REFUSED.items():
        said = await refused(public_web, url)
        assert sentence in said, url
        assert said.count("\n") == 0


@pytest.mark.parametrize("path", ["/endless", "/gigabyte"])
async def test_of_a_page_of_a_gigabyte_no_more_is_read_than_may_be(
    public_web: Web, path: str
) -> None:
    assert "larger than 1 MB" in await refused(public_web, f"https://news.example{path}")
    assert sum(public_web.sent) < 20_000_000, "what lies in buffers, and no more"


async def test_a_page_that_never_comes_is_given_up(tls: Tls) -> None:
    async with opened(tls, timedelta(seconds=0.2)) as hurried:
        assert "longer than 0.2 seconds" in await refused(hurried, "https://news.example/slow")
        probe = await hurried.pages.probe("https://news.example/slow")
        assert probe.reached is Reached.UNSURE


async def test_a_page_that_is_packed_although_we_asked_for_none_is_read(public_web: Web) -> None:
    page = await public_web.pages.fetch("https://news.example/packed")
    assert page.text == "<p>packed</p>"


PROBED = {
    "/page": Reached.THERE,
    "/no-head": Reached.THERE,
    "/for-now": Reached.THERE,
    "/moved": Reached.MOVED,
    "/gone": Reached.GONE,
    "/missing": Reached.GONE,
    "/busy": Reached.UNSURE,
    "/to-inside": Reached.UNSURE,
}


async def test_a_probe_tells_how_a_page_is(public_web: Web) -> None:
    for path, reached in PROBED.items():
        probe = await public_web.pages.probe(f"https://news.example{path}")
        assert probe.reached is reached, path
        moved = probe.moved_to == "https://other.example/page"
        assert moved == (reached is Reached.MOVED)
