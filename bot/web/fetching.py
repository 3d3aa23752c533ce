"""Reads public web pages and nothing else: no private network, no endless page, no endless wait.

The address that is checked is the address that is connected to: names are resolved by the
connector's own resolver, which refuses before a socket is opened, and redirects are followed by
hand, each checked like the first address.
"""

import asyncio
import ipaddress
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from bot.domain.addresses import address_problem, is_public_ip
from bot.domain.sources import Probe, Reached
from bot.services.errors import InvalidInputError, UserFacingError
from bot.services.ports.pages import Page

LARGEST_PAGE = 2_000_000
TIME_LIMIT = timedelta(seconds=15)
MOST_REDIRECTS = 5
CHUNK = 65_536
READABLE = frozenset(
    {
        "text/html",
        "application/xhtml+xml",
        "text/plain",
        "text/markdown",
        "application/json",
        "application/ld+json",
    }
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
GONE = frozenset({404, 410})
HEADERS = {
    "User-Agent": "Footnote (fact-check bot)",
    "Accept": "text/html, application/ld+json, text/plain;q=0.8, */*;q=0.1",
    "Accept-Encoding": "identity",
}
PRIVATE_PROBLEM = "leads to a private or local address"
PRIVATE = "That address leads into a private network, so it was not opened."

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Allows = Callable[[IpAddress], bool]


class PageUnreachableError(UserFacingError):
    """A page could not be read now; the message says why."""


class GuardedResolver(AbstractResolver):
    """Resolves names, and refuses one as soon as any of its addresses is not public."""

    def __init__(self, names: AbstractResolver, allows: Allows) -> None:
        self._names = names
        self._allows = allows

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        for one in found:
            if not self._allows(ipaddress.ip_address(one["host"].partition("%")[0])):
                raise InvalidInputError(PRIVATE)
        return found

    @override
    async def close(self) -> None:
        await self._names.close()


class GuardedPages:
    """Implements the `PageSource` port over aiohttp; open it with `guarded_pages`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        allows: Allows,
        largest_page: int,
        time_limit: timedelta,
    ) -> None:
        self._session = session
        self._allows = allows
        self._largest_page = largest_page
        self._time_limit = time_limit

    async def fetch(self, url: str) -> Page:
        """Return a page.

        Raises:
            UserFacingError: it is refused, too large, too slow, or not there.
        """
        async with self._in_time():
            found = await self._following(url.strip().partition("#")[0])
            async with found.response as response:
                return await self._read(response, found.url)

    async def probe(self, url: str) -> Probe:
        """Return whether a page is there, without reading it; never raises."""
        try:
            async with self._in_time():
                found = await self._following(url, method="HEAD")
                status = found.response.status
                found.response.close()
                # Many servers answer HEAD wrongly, so only a GET can say that a page is gone.
                if status >= 400:
                    found = await self._following(url)
                    status = found.response.status
                    found.response.close()
        except UserFacingError as problem:
            return Probe(reached=Reached.UNSURE, said=str(problem))
        if status in GONE:
            return Probe(reached=Reached.GONE, said=f"no such page ({status})")
        if status >= 400:
            return Probe(reached=Reached.UNSURE, said=f"the server answered {status}")
        if found.moved_for_good and found.url.rstrip("/") != url.rstrip("/"):
            return Probe(reached=Reached.MOVED, moved_to=found.url, said="moved for good")
        return Probe(reached=Reached.THERE)

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._time_limit.total_seconds()):
                yield
        except TimeoutError:
            seconds = f"{self._time_limit.total_seconds():g}"
            raise PageUnreachableError(f"That page took longer than {seconds} seconds.") from None
        except aiohttp.InvalidURL:
            raise InvalidInputError("That is not a web address.") from None
        except (aiohttp.ClientError, OSError, UnicodeError, ValueError):
            raise PageUnreachableError("That server cannot be reached, or breaks off.") from None

    async def _following(self, url: str, *, method: str = "GET") -> "_Found":
        moved_for_good = True
        redirected = False
        for _ in range(MOST_REDIRECTS + 1):
            self._require_allowed(url)
            response = await self._session.request(
                method, yarl.URL(url), allow_redirects=False, headers=HEADERS
            )
            target = response.headers.get("Location")
            if response.status not in REDIRECTS or target is None:
                return _Found(url, response, moved_for_good=redirected and moved_for_good)
            moved_for_good = moved_for_good and response.status in FOR_GOOD
            redirected = True
            response.close()
            url = urljoin(url, target)
        raise InvalidInputError(f"That page redirects more than {MOST_REDIRECTS} times.")

    def _require_allowed(self, url: str) -> None:
        """See that an address may be opened, as far as looking at it tells.

        Raises:
            InvalidInputError: it may not; the message says why.
        """
        problem = address_problem(url)
        literal = _literal(url)
        # No name is resolved for a literal address, so that the resolver never sees it.
        if literal is not None and not self._allows(literal):
            raise InvalidInputError(PRIVATE)
        if problem == PRIVATE_PROBLEM and literal is None:
            raise InvalidInputError(PRIVATE)
        if problem not in (None, PRIVATE_PROBLEM):
            raise InvalidInputError(f"That address {problem}; only public https pages are read.")
        if urlsplit(url).port not in (None, 443):
            raise InvalidInputError("That address names a port; only the usual one is opened.")

    async def _read(self, response: aiohttp.ClientResponse, url: str) -> Page:
        if response.status in GONE:
            raise InvalidInputError(f"There is no such page ({response.status}).")
        if response.status != 200:
            raise PageUnreachableError(f"The server answered {response.status} for that page.")
        if response.content_type not in READABLE:
            raise InvalidInputError(
                f"That address holds {response.content_type}, not a page of text."
            )
        if (response.content_length or 0) > self._largest_page:
            raise self._too_large()
        data = await self._bounded(response)
        try:
            text = data.decode(response.charset or "utf-8", errors="replace")
        except LookupError:
            text = data.decode("utf-8", errors="replace")
        return Page(url=url, text=text, content_type=response.content_type)

    async def _bounded(self, response: aiohttp.ClientResponse) -> bytes:
        """Read a body up to the limit, also one that was compressed although we asked for none."""
        unpack = _unpacking(response.headers.get("Content-Encoding", "identity"))
        data = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK):
            room = self._largest_page + 1 - len(data)
            data += unpack(chunk, room) if unpack else chunk
            if len(data) > self._largest_page:
                raise self._too_large()
        return bytes(data)

    def _too_large(self) -> InvalidInputError:
        return InvalidInputError(f"That page is larger than {self._largest_page // 1_000_000} MB.")


class _Found:
    """Where following redirects ended."""

    def __init__(self, url: str, response: aiohttp.ClientResponse, *, moved_for_good: bool) -> None:
        self.url = url
        self.response = response
        self.moved_for_good = moved_for_good


@asynccontextmanager
async def guarded_pages(
    *,
    names: AbstractResolver | None = None,
    allows: Allows = is_public_ip,
    trust: ssl.SSLContext | None = None,
    largest_page: int = LARGEST_PAGE,
    time_limit: timedelta = TIME_LIMIT,
) -> AsyncIterator[GuardedPages]:
    """Open a source of public pages, and close it.

    Args:
        names: resolves names; the system's resolver by default.
        allows: which IP addresses may be connected to.
        trust: whose certificates count; the system's by default.
        largest_page: in bytes.
        time_limit: for a page with all its redirects.
    """
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(names or aiohttp.ThreadedResolver(), allows),
        use_dns_cache=False,
        ssl=trust or True,
        force_close=True,
        limit=8,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    ) as session:
        yield GuardedPages(session, allows, largest_page, time_limit)


def _literal(url: str) -> IpAddress | None:
    """Return the IP address that a URL names, as the client will read it."""
    try:
        return ipaddress.ip_address(yarl.URL(url).host or "")
    except ValueError:
        return None


def _unpacking(encoding: str) -> Callable[[bytes, int], bytes] | None:
    """Return what unpacks a body chunk by chunk without ever giving more than there is room for.

    Raises:
        InvalidInputError: it is packed in a way that was not asked for and is not known.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name not in ("gzip", "x-gzip", "deflate"):
        raise InvalidInputError("That server sends the page in a form that cannot be read.")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def unpack(chunk: bytes, room: int) -> bytes:
        try:
            return unpacker.decompress(chunk, room)
        except zlib.error:
            raise InvalidInputError("That page is packed, and broken.") from None

    return unpack
