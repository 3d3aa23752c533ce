"""Serves stored digests as pages with an Atom feed; off by default.

Knows addresses and formats; what is stored and what places are called is told from outside.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from aiohttp import web

from bot.domain.digests import Digest
from bot.domain.ids import CommunityId
from bot.domain.wording import AS_WRITTEN, _, language, speaking
from bot.services.digests.chart import describe
from bot.web.digests import Names, Story, atom, index, page, tell

Paint = Callable[[Digest], Awaitable[bytes]]
"""Paints a digest's picture."""
LARGEST = 2**63 - 1
"""Of a platform's ids."""
PICTURES_KEPT = 50
"""Some two megabytes."""
IN_THE_FEED = 20
"""Of the newest digests: a reader of feeds asks often, and each entry is a whole page."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One community's digests, the newest first."""

    community: CommunityId
    names: Names
    digests: Sequence[Digest]
    catalogue: NullTranslations = AS_WRITTEN
    """The language of the community."""

    @property
    def title(self) -> str:
        """What the community is called."""
        return self.names.community or _("community {number}").format(number=self.community)


Shelves = Callable[[CommunityId, str | None], Awaitable[Shelf | None]]
"""Finds a community's digests, or only that of one period; None where it has no archive."""


def add_archive(
    app: web.Application, shelves: Shelves, paint: Paint, *, public_url: str | None = None
) -> None:
    """Add `/digests/{community}/`, its feed, its pages and their pictures.

    Args:
        app: where to add them.
        shelves: what is stored.
        paint: how a picture is painted; it is asked for one at a time.
        public_url: where all of it is reached from outside; where a request was sent, if left out.
    """
    archive = _Archive(shelves, _Pictures(paint), public_url)
    home, key = "/digests/{community:[0-9]{1,19}}/", "{key:[0-9W-]{1,20}}"
    app.router.add_get(home, archive.index)
    app.router.add_get(f"{home}feed.atom", archive.feed)
    app.router.add_get(f"{home}{key}", archive.page)
    app.router.add_get(f"{home}{key}.png", archive.picture)


class _Pictures:
    """Paints each picture once, one after the other, and keeps those that were asked for last."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._painting = asyncio.Lock()
        self._kept: OrderedDict[tuple[Digest, str], bytes] = OrderedDict()

    async def of(self, digest: Digest) -> bytes:
        """Return a digest's picture in the present language."""
        name = (digest, language())
        async with self._painting:
            if name not in self._kept:
                self._kept[name] = await self._paint(digest)
            self._kept.move_to_end(name)
            while len(self._kept) > PICTURES_KEPT:
                self._kept.popitem(last=False)
            return self._kept[name]


class _Archive:
    """Answers requests; what is stored is read anew for each."""

    def __init__(self, shelves: Shelves, pictures: _Pictures, public_url: str | None) -> None:
        self._shelves = shelves
        self._pictures = pictures
        self._public_url = public_url

    async def index(self, request: web.Request) -> web.Response:
        shelf = await self._shelf(request)
        with speaking(shelf.catalogue):
            return _html(index(shelf.title, _stories(shelf, ""), feed="feed.atom"))

    async def feed(self, request: web.Request) -> web.Response:
        shelf = await self._shelf(request)
        home = f"{self._public_url or request.url.origin()}/digests/{shelf.community}/"
        with speaking(shelf.catalogue):
            body = atom(shelf.title, home, _stories(shelf, home)[:IN_THE_FEED])
        return web.Response(body=body.encode(), content_type="application/atom+xml")

    async def page(self, request: web.Request) -> web.Response:
        shelf, digest = await self._digest(request)
        with speaking(shelf.catalogue):
            picture = (f"{digest.key}.png", describe(digest.days)) if digest.has_chart else None
            return _html(page(tell(digest, shelf.names), picture, home="./"))

    async def picture(self, request: web.Request) -> web.Response:
        shelf, digest = await self._digest(request)
        if not digest.has_chart:
            raise web.HTTPNotFound(text="This digest has no picture.")
        with speaking(shelf.catalogue):
            painted = await self._pictures.of(digest)
        return web.Response(body=painted, content_type="image/png")

    async def _shelf(self, request: web.Request, key: str | None = None) -> Shelf:
        community = int(request.match_info["community"])
        shelf = await self._shelves(CommunityId(community), key) if community <= LARGEST else None
        if shelf is None:
            raise web.HTTPNotFound(text="There is no such archive.")
        return shelf

    async def _digest(self, request: web.Request) -> tuple[Shelf, Digest]:
        shelf = await self._shelf(request, request.match_info["key"])
        if not shelf.digests:
            raise web.HTTPNotFound(text="There is no such digest.")
        return shelf, shelf.digests[0]


def _stories(shelf: Shelf, home: str) -> list[tuple[str, Story]]:
    return [(f"{home}{digest.key}", tell(digest, shelf.names)) for digest in shelf.digests]


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")
