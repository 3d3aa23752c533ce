"""Posts digests, reads what they quote at that moment, and finds parts that were lost."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO

import discord

from bot.discord_io.digests import CHART_NAME, about_view, page_embeds, quotation
from bot.discord_io.finding import custom_ids, find_own
from bot.discord_io.publisher import translated
from bot.domain.ids import PlaceId, PostId
from bot.services.errors import GoneError, UnavailableError
from bot.services.ports.digests import Line, Page, Picture

MARKER = re.compile(r"dg1:about:([A-Za-z0-9_-]{22})")


class DiscordDigestPublisher:
    """Implements the `DigestPublisher` port over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(
        self, channel: PlaceId, page: Page, picture: Picture | None, *, marker: str, nonce: str
    ) -> PostId:
        """Post a page quietly, with its quotations read now; return the message's id."""
        quotations = await self.quotations(page.lines)
        try:
            return await self._send(channel, page, quotations, picture, marker, nonce)
        except UnavailableError as refusal:
            if picture is None or refusal.retryable or isinstance(refusal, GoneError):
                raise
            # Without "Attach Files" the digest is worth reading, too.
            return await self._send(channel, page, quotations, None, marker, nonce)

    async def _send(
        self,
        channel: PlaceId,
        page: Page,
        quotations: Mapping[PostId, str | None],
        picture: Picture | None,
        marker: str,
        nonce: str,
    ) -> PostId:
        async with translated():
            message = await self._client.get_partial_messageable(channel).send(
                embeds=page_embeds(page, quotations, picture=picture is not None),
                files=chart_files(picture),
                view=about_view(marker),
                nonce=nonce,
                silent=True,
            )
        return PostId(message.id)

    async def quotations(self, lines: Iterable[Line]) -> dict[PostId, str | None]:
        """Read what is quoted; None where a post is gone, nothing where it cannot be read."""
        found: dict[PostId, str | None] = {}
        for line in lines:
            if line.post is not None and line.channel is not None:
                found[line.post] = await self._quotation(line.channel, line.post)
        return found

    async def _quotation(self, channel: PlaceId, post: PostId) -> str | None:
        try:
            async with translated():
                message = await self._client.get_partial_messageable(channel).fetch_message(post)
        except GoneError:
            return None
        except UnavailableError:
            return ""
        return quotation(message.content)

    async def find(self, channel: PlaceId, marker: str, *, since: datetime) -> PostId | None:
        """Look in the channel's history for a message of ours that carries the marker."""
        async with translated():
            return await find_own(
                self._client, channel, since=since, is_it=lambda m: marker in set(_markers(m))
            )


def chart_files(picture: Picture | None) -> list[discord.File]:
    """Return the picture as an attachment with its description."""
    if picture is None:
        return []
    return [discord.File(BytesIO(picture.png), CHART_NAME, description=picture.description)]


def _markers(message: discord.Message) -> Iterator[str]:
    for custom_id in custom_ids(message):
        found = MARKER.fullmatch(custom_id)
        if found:
            yield found[1]
