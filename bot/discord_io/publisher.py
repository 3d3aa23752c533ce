"""Posts, changes and finds the bot's own messages; translates Discord's refusals once.

The nonce makes a repeated send harmless for some minutes (pitfalls 1.15); the note's id in its
buttons' custom ids makes its message recognisable for ever (1.18).
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
import discord

from bot.discord_io.cards import collapsed_view, note_embed, note_view
from bot.discord_io.finding import custom_ids, find_own
from bot.domain.corrections import NoteForm
from bot.domain.factchecks import FactCheck
from bot.domain.ids import NoteId, PlaceId, PostId
from bot.domain.notes import Note
from bot.domain.outbox import Delivery
from bot.domain.wording import _
from bot.services.errors import GoneError, UnavailableError

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
INVALID_FORM_BODY = 50035
THREAD_LOCKED = 160005
ARCHIVED_THREAD = 50083
TOO_MANY_OLD_EDITS = 30046
RETRY_LATER = frozenset({THREAD_LOCKED, ARCHIVED_THREAD, TOO_MANY_OLD_EDITS})


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn discord.py's and the network's exceptions into the services' errors.

    discord.py retries 429, 500, 502, 504 and 524 itself, but neither 503 nor a broken connection
    (pitfalls 1.16): those leave open whether the effect exists.
    """
    try:
        yield
    except discord.NotFound as error:
        raise GoneError(f"Discord no longer has the target ({error.code})") from error
    except discord.Forbidden as error:
        later = error.code in RETRY_LATER
        raise UnavailableError(
            f"Discord refused ({error.code})", retryable=later, patient=later
        ) from error
    except discord.DiscordServerError as error:
        raise UnavailableError(
            f"Discord answered {error.status}", retryable=True, ambiguous=True
        ) from error
    except discord.HTTPException as error:
        raise _refusal(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError, discord.RateLimited) as error:
        raise UnavailableError(
            f"no answer from Discord ({type(error).__name__})", retryable=True, ambiguous=True
        ) from error


@asynccontextmanager
async def _waiting_for_access() -> AsyncIterator[None]:
    """Translate as well; a channel that is closed to the bot may be opened again."""
    try:
        async with translated():
            yield
    except UnavailableError as problem:
        if isinstance(problem.__cause__, discord.Forbidden):
            raise UnavailableError(str(problem), retryable=True, patient=True) from problem
        raise


def _refusal(error: discord.HTTPException) -> UnavailableError:
    if error.code == INVALID_FORM_BODY and "message_reference" in error.text:
        return GoneError("the post to reply to is gone")
    later = error.code in RETRY_LATER
    return UnavailableError(
        f"Discord refused ({error.status}, {error.code})",
        retryable=later or error.status == 429,
        patient=later,
    )


class DiscordPublisher:
    """Implements the `Publisher` port over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def _channel(self, channel: PlaceId) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel)

    async def attach(self, note: Note, fact_check: FactCheck, *, nonce: str) -> PostId:
        """Post the note as a quiet reply without a ping and return the message's id."""
        self._require_embeds(note.channel)
        async with translated():
            message = await self._channel(note.channel).send(
                embed=note_embed(fact_check),
                view=note_view(note.id),
                reference=_reply(note.channel, note.post),
                nonce=nonce,
                silent=True,
                mention_author=False,
            )
        return PostId(message.id)

    def _require_embeds(self, channel: PlaceId) -> None:
        """Refuse to send a note that would be shown as buttons without a text."""
        found = self._client.get_channel(channel)
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread):
            return
        if not found.permissions_for(found.guild.me).embed_links:
            raise UnavailableError("the permission Embed Links is missing", retryable=False)

    async def answer(self, delivery: Delivery) -> PostId:
        """Post `content["text"]` as a quiet reply, with the delivery's key as nonce.

        A text that the catalogues know is said in the language of the community.
        """
        # There is no value for "no reply" that discord.py takes and its types allow.
        replying: dict[str, Any] = {}
        if delivery.reply_to is not None:
            replying["reference"] = _reply(delivery.channel, delivery.reply_to)
        async with translated():
            message = await self._channel(delivery.channel).send(
                _(str(delivery.content["text"])),
                nonce=delivery.key,
                silent=True,
                mention_author=False,
                **replying,
            )
        return PostId(message.id)

    async def update(self, note: Note, fact_check: FactCheck, form: NoteForm) -> None:
        """Show the note's message in this form."""
        if note.message is None:
            raise GoneError("the note has no message")
        message = self._channel(note.channel).get_partial_message(note.message)
        view = collapsed_view(note.id) if form.collapsed else note_view(note.id)
        async with _waiting_for_access():
            await message.edit(embed=note_embed(fact_check, form), view=view)

    async def delete(self, channel: PlaceId, message: PostId) -> None:
        """Delete a message of ours; one that is gone already is no error."""
        try:
            async with _waiting_for_access():
                await self._channel(channel).get_partial_message(message).delete()
        except GoneError:
            return

    async def find(self, note: Note, *, since: datetime) -> PostId | None:
        """Look in the channel's history for a message of ours that carries the note's marker."""
        async with translated():
            return await find_own(
                self._client,
                note.channel,
                since=since,
                is_it=lambda message: note.id in set(_markers(message)),
            )

    async def read_text(self, channel: PlaceId, post: PostId) -> str | None:
        """Return a post's text as it stands on the platform now, None where it is gone."""
        try:
            async with translated():
                message = await self._channel(channel).fetch_message(post)
        except GoneError:
            return None
        return message.content


def _reply(channel: PlaceId, post: PostId) -> discord.MessageReference:
    return discord.MessageReference(message_id=post, channel_id=channel, fail_if_not_exists=True)


def _markers(message: discord.Message) -> Iterator[NoteId]:
    """Yield the note ids that a message's buttons carry."""
    for custom_id in custom_ids(message):
        if custom_id.startswith("fc1:"):
            yield NoteId(custom_id.rsplit(":", 1)[-1])
