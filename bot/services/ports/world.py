"""The present moment, the matcher and the platform, as the use cases see them."""

from datetime import datetime
from typing import Protocol

from bot.domain.corrections import NoteForm
from bot.domain.factchecks import FactCheck
from bot.domain.ids import PlaceId, PostId
from bot.domain.matches import Reading
from bot.domain.notes import Note
from bot.domain.outbox import Delivery
from bot.domain.policy import Thresholds


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Reader(Protocol):
    """The matcher: text in, matches out; deterministic, no network, no database."""

    @property
    def version(self) -> str:
        """Name and version of the rules and figures it decides by."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """Thresholds that were calibrated together with it."""
        ...

    def read(self, text: str, *, top: int = 5) -> Reading:
        """Return up to `top` fact-checks that the text raises, best first."""
        ...


class Publisher(Protocol):
    """The platform, as far as notes need it.

    Every method raises `UnavailableError` (or `GoneError` where the target no longer exists).
    """

    async def attach(self, note: Note, fact_check: FactCheck, *, nonce: str) -> PostId:
        """Post the note as a quiet reply without a ping and return the message's id."""
        ...

    async def answer(self, delivery: Delivery) -> PostId:
        """Post `content["text"]` as a quiet reply, with the delivery's key as nonce."""
        ...

    async def update(self, note: Note, fact_check: FactCheck, form: NoteForm) -> None:
        """Show the note's message in this form."""
        ...

    async def delete(self, channel: PlaceId, message: PostId) -> None:
        """Delete a message of ours; one that is gone already is no error."""
        ...

    async def find(self, note: Note, *, since: datetime) -> PostId | None:
        """Look in the channel's history for a message of ours that carries the note's marker."""
        ...

    async def read_text(self, channel: PlaceId, post: PostId) -> str | None:
        """Return a post's text as it stands on the platform now, None where it is gone."""
        ...
