"""Public web pages, as the use cases read them."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.sources import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that was read."""

    url: str
    """Where it was found in the end, after redirects."""
    text: str
    content_type: str


class PageSource(Protocol):
    """The public web, guarded: nothing private is ever reached through it."""

    async def fetch(self, url: str) -> Page:
        """Return a page.

        Raises:
            UserFacingError: it is refused, too large, too slow, or not there; the message is one
                sentence that says which.
        """
        ...

    async def probe(self, url: str) -> Probe:
        """Return whether a page is there, without reading it; never raises."""
        ...
