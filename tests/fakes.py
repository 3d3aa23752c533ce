"""Hand-written stand-ins for the ports that are not stores; each keeps the port's promises."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.corrections import NoteForm
from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import NoteId, PlaceId, PostId, Slug
from bot.domain.imprints import Imprint
from bot.domain.matches import Match, Reading
from bot.domain.notes import Note
from bot.domain.outbox import Delivery
from bot.domain.policy import Thresholds
from bot.services.errors import GoneError
from tests.builders import NOON, build_match


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, span: timedelta) -> None:
        self.moment += span


class FakeReader:
    """Finds a fact-check where the text contains one of its phrasings, whatever the case.

    The probability is 0.97, or what stands in the text as `p=0.5`.
    """

    version = "fake-1"
    thresholds = Thresholds(auto=0.9, suggest=0.6)

    def __init__(self, fact_checks: Iterable[FactCheck]) -> None:
        self._phrasings = {fc.slug: fc.phrasings for fc in fact_checks}
        self._taught: dict[tuple[Slug, str], bool] = {}

    @classmethod
    def build(
        cls,
        fact_checks: Sequence[FactCheck],
        examples: Sequence[Example] = (),
        *,
        saved: object = None,
    ) -> "FakeReader":
        return cls(fact_checks)

    def fork(self, salt: int) -> "FakeReader":
        other = type(self)(())
        other._phrasings = dict(self._phrasings)
        other._taught = dict(self._taught)
        return other

    def put(self, fact_check: FactCheck, examples: Iterable[Example] = ()) -> None:
        self._phrasings[fact_check.slug] = fact_check.phrasings

    def remove(self, slug: Slug) -> None:
        self._phrasings.pop(slug, None)

    def add_example(self, example: Example) -> None:
        self._taught[example.slug, example.text] = example.raises

    def imprint(self, text: str) -> tuple[bytes, int] | None:
        """Return the whole text: this reader keeps no secret."""
        return (text.encode(), 1) if text.strip() else None

    def learn(self, imprint: Imprint) -> None:
        self._taught[imprint.slug, imprint.signs.decode()] = imprint.raises

    def read(self, text: str, *, top: int = 5) -> Reading:
        probability = float(text.rpartition("p=")[2]) if "p=" in text else 0.97
        said = [
            *((slug, phrasing) for slug, some in self._phrasings.items() for phrasing in some[:1]),
            *(known for known, raises in self._taught.items() if raises),
        ]
        wrong = {
            slug for (slug, part), raises in self._taught.items() if not raises and part in text
        }
        matches = [
            self._match(slug, phrasing, text, probability)
            for slug, phrasing in said
            if slug not in wrong and phrasing.rstrip(".").casefold() in text.casefold()
        ]
        return Reading(matches=tuple(matches[:top]), words=len(text.split()), characters=len(text))

    def _match(self, slug: Slug, phrasing: str, text: str, probability: float) -> Match:
        start = text.casefold().index(phrasing.rstrip(".").casefold())
        span = (start, start + len(phrasing.rstrip(".")))
        return build_match(
            slug=slug, probability=probability, sentence=text[span[0] : span[1]], span=span
        )


class RecordingPublisher:
    """A platform that keeps messages by nonce, as Discord does for some minutes.

    `before` and `after` are called around every effect and may raise: what `before` raises leaves
    no effect, what `after` raises leaves one without an answer. With `pause`, an attachment (in
    `paused_channel`, if given) sets `sending` and waits.
    """

    def __init__(self) -> None:
        self.messages: dict[PostId, NoteId | str] = {}
        self.texts: dict[PostId, str] = {}
        self.updated: list[tuple[NoteId, int]] = []
        self.forms: dict[NoteId, NoteForm] = {}
        self.sends = 0
        self.remembers_nonces = True
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.sending = asyncio.Event()
        self.posted = asyncio.Event()
        self.pause: asyncio.Event | None = None
        self.paused_channel: PlaceId | None = None
        self._by_nonce: dict[str, PostId] = {}
        self._next = 5_000

    def _post(self, nonce: str, marker: NoteId | str) -> PostId:
        self.before()
        self.sends += 1
        known = self._by_nonce.get(nonce) if self.remembers_nonces else None
        if known is None:
            self._next += 1
            known = PostId(self._next)
            self.messages[known] = marker
            self._by_nonce[nonce] = known
            self.posted.set()
        self.after()
        return known

    async def attach(self, note: Note, fact_check: FactCheck, *, nonce: str) -> PostId:
        if self.pause and self.paused_channel in (None, note.channel):
            self.sending.set()
            await self.pause.wait()
        return self._post(nonce, note.id)

    async def answer(self, delivery: Delivery) -> PostId:
        return self._post(delivery.key, str(delivery.content["text"]))

    async def update(self, note: Note, fact_check: FactCheck, form: NoteForm) -> None:
        self.before()
        if note.message not in self.messages:
            raise GoneError("no such message")
        self.updated.append((note.id, fact_check.revision))
        self.forms[note.id] = form
        self.after()

    async def delete(self, channel: PlaceId, message: PostId) -> None:
        self.before()
        self.messages.pop(message, None)
        self.after()

    async def find(self, note: Note, *, since: datetime) -> PostId | None:
        found = (message for message, marker in self.messages.items() if marker == note.id)
        return next(found, None)

    async def read_text(self, channel: PlaceId, post: PostId) -> str | None:
        return self.texts.get(post)

    @property
    def notes(self) -> list[NoteId]:
        """The notes that are shown, one entry for each message."""
        return [NoteId(marker) for marker in self.messages.values()]
