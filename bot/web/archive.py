"""Serves stored digests as pages with an Atom feed; off by default.

Knows addresses and formats; what is stored and what places are called is told from outside.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from aiohttp import web

from bot.domain.digests import Digest
from bot.domain.ids import CommunityId
from bot.domain.wording import AS_WRITTEN, _, speaking
from bot.services.digests.chart import describe
from bot.web.digests import Names, Story, atom, index, page, tell

Paint = Callable[[Digest], Awaitable[bytes]]
"""Paints a digest's picture."""


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


Shelves = Callable[[], Awaitable[Sequence[Shelf]]]


def add_archive(app: web.Application, shelves: Shelves, paint: Paint) -> None:
    """Add `/digests/{community}/`, its feed, its pages and their pictures."""
    archive = _Archive(shelves, paint)
    home, key = r"/digests/{community:\d+}/", "{key:[0-9W-]+}"
    app.router.add_get(home, archive.index)
    app.router.add_get(f"{home}feed.atom", archive.feed)
    app.router.add_get(f"{home}{key}", archive.page)
    app.router.add_get(f"{home}{key}.png", archive.picture)


class _Archive:
    """Answers requests; everything is read anew for each."""

    def __init__(self, shelves: Shelves, paint: Paint) -> None:
        self._shelves = shelves
        self._paint = paint

    async def index(self, request: web.Request) -> web.Response:
        shelf = await self._shelf(request)
        with speaking(shelf.catalogue):
            return _html(index(shelf.title, _stories(shelf, ""), feed="feed.atom"))

    async def feed(self, request: web.Request) -> web.Response:
        shelf = await self._shelf(request)
        home = f"{request.url.origin()}/digests/{shelf.community}/"
        with speaking(shelf.catalogue):
            body = atom(shelf.title, home, _stories(shelf, home))
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
            return web.Response(body=await self._paint(digest), content_type="image/png")

    async def _shelf(self, request: web.Request) -> Shelf:
        wanted = request.match_info["community"]
        for shelf in await self._shelves():
            if str(shelf.community) == wanted:
                return shelf
        raise web.HTTPNotFound(text="There is no such archive.")

    async def _digest(self, request: web.Request) -> tuple[Shelf, Digest]:
        shelf = await self._shelf(request)
        for digest in shelf.digests:
            if digest.key == request.match_info["key"]:
                return shelf, digest
        raise web.HTTPNotFound(text="There is no such digest.")


def _stories(shelf: Shelf, home: str) -> list[tuple[str, Story]]:
    return [(f"{home}{digest.key}", tell(digest, shelf.names)) for digest in shelf.digests]


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")
