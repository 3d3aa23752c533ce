"""The web form for an appeal: reached by a signed link, for members who were banned.

Shows nothing but the case's number and reason and what the moderators answered. The link is the
only right that is needed and the only thing that is sent: there is no cookie, so another site can
make nobody's browser act; a form that comes from another site is refused all the same.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from time import monotonic
from urllib.parse import parse_qs

from aiohttp import web
from jinja2 import Environment

from bot.domain.appeals import LONGEST, SHORTEST
from bot.domain.wording import AS_WRITTEN, N_, _, speaking
from bot.services.dates import say_long_day
from bot.services.errors import UnavailableError, UserFacingError
from bot.web.rendering import environment

LARGEST_FORM = 16 * 1024
"""Bytes of a sent form; a thousand characters are nine thousand bytes when percent-encoded."""
MOST_REQUESTS, WITHIN_S = 30, 60.0
"""From one address; whoever is behind the same proxy shares them."""
MOST_ADDRESSES = 10_000
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
NO_LINK = N_(
    "This link does not hold any more, or is not complete. Please copy it whole from the message."
)
TOO_MANY = N_("Too many requests from your address. Please try again in a minute.")
FROM_ELSEWHERE = N_("This form was sent from another site, so it was not taken.")
TOO_LARGE = N_("This is too long for the form. Nothing was sent.")
OUTAGE = N_("The form does not work at the moment. Please try again in a few minutes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What the form shows."""

    community: str
    number: int
    what: str
    """In words, such as "ban"."""
    reason: str
    hindrance: str = ""
    """Why nothing can be sent now; empty where something can."""
    contact: str = ""
    question: str = ""
    """What the moderators ask, where they wait for an answer."""
    decision: str = ""
    """What they decided, and why."""
    catalogue: NullTranslations = AS_WRITTEN
    """The language of the community."""


class AppealDesk:
    """What the form needs of the program; every method raises `UserFacingError` with a sentence."""

    def __init__(
        self,
        look: Callable[[str], Awaitable[FormPage | None]],
        send: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self.look = look
        """Return what a link's form shows, None for a link that does not hold."""
        self.send = send
        """Take what was written into the form of a link."""


def add_appeals(app: web.Application, desk: AppealDesk) -> None:
    """Add `/appeals/{token}`."""
    form = _Form(desk)
    app.router.add_get("/appeals/{token}", form.show)
    app.router.add_post("/appeals/{token}", form.take)


class _Form:
    def __init__(self, desk: AppealDesk) -> None:
        self._desk = desk
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()

    async def show(self, request: web.Request) -> web.Response:
        self._count(request)
        return await self._page(request)

    async def take(self, request: web.Request) -> web.Response:
        self._count(request)
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise _refused(web.HTTPForbidden, FROM_ELSEWHERE)
        text = await _sent_text(request)
        try:
            await self._desk.send(request.match_info["token"], text)
        except UserFacingError as error:
            return await self._page(request, problem=str(error), text=text, status=400)
        except UnavailableError:
            raise _refused(web.HTTPServiceUnavailable, OUTAGE) from None
        # A reload asks for the page again, and sends nothing a second time.
        raise web.HTTPSeeOther(request.path, headers=HEADERS)

    async def _page(
        self, request: web.Request, *, problem: str = "", text: str = "", status: int = 200
    ) -> web.Response:
        try:
            page = await self._desk.look(request.match_info["token"])
        except UserFacingError:
            page = None
        except UnavailableError:
            raise _refused(web.HTTPServiceUnavailable, OUTAGE) from None
        if page is None:
            raise _refused(web.HTTPNotFound, NO_LINK)
        with speaking(page.catalogue):
            body = _render(page=page, problem=_dated(problem), text=text)
        return web.Response(text=body, content_type="text/html", status=status, headers=HEADERS)

    def _count(self, request: web.Request) -> None:
        """Refuse an address that asks too often; the oldest addresses are forgotten."""
        now = monotonic()
        times = self._recent.setdefault(request.remote or "", deque(maxlen=MOST_REQUESTS))
        self._recent.move_to_end(request.remote or "")
        while len(self._recent) > MOST_ADDRESSES:
            self._recent.popitem(last=False)
        if len(times) == MOST_REQUESTS and now - times[0] < WITHIN_S:
            raise _refused(web.HTTPTooManyRequests, TOO_MANY)
        times.append(now)


async def _sent_text(request: web.Request) -> str:
    """Return the field of a sent form; what is too large is not read to its end."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise _refused(web.HTTPUnsupportedMediaType, NO_LINK)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise _refused(web.HTTPBadRequest, TOO_LARGE)
    try:
        fields = parse_qs(body.decode(), errors="strict", max_num_fields=5)
    except ValueError:
        raise _refused(web.HTTPBadRequest, NO_LINK) from None
    return "\n".join(fields.get("text", [""])[0].splitlines())


def _refused(kind: type[web.HTTPError], sentence: str) -> web.HTTPError:
    # Too large a form keeps its connection busy otherwise.
    return kind(
        text=_render(page=None, problem=_(sentence)),
        content_type="text/html",
        headers=HEADERS | {"Connection": "close"},
    )


def _render(**what: object) -> str:
    template = _environment().get_template("appeal.html.j2")
    return template.render(shortest=SHORTEST, longest=LONGEST, **what)


@cache
def _environment() -> Environment:
    return environment({"dated": _dated})


def _dated(text: str) -> str:
    """Write moments out, which Discord's client would.

    >>> _dated("Again: <t:0:D>.")
    'Again: 1 January 1970.'
    """

    def written(found: re.Match[str]) -> str:
        moment = datetime.fromtimestamp(int(found[1]), UTC)
        return say_long_day(moment.date())

    return re.sub(r"<t:(\d{1,11}):\w>", written, text)
