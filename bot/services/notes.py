"""What members can ask of a note: its sources, why it is there, and to rate it."""

from dataclasses import dataclass

from bot.domain.factchecks import FactCheck
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId
from bot.domain.matches import Match
from bot.domain.notes import Helpfulness, Note, NoteState, Rating
from bot.domain.policy import Thresholds
from bot.services.errors import NotFoundError
from bot.services.library import LibraryService
from bot.services.ports import Clock, Database, Publisher


@dataclass(frozen=True, slots=True)
class Why:
    """Why a note is there, worked out anew from the post as it stands now."""

    note: Note
    fact_check: FactCheck
    match: Match | None
    """None where the post is gone, cannot be read, or does not raise the claim any more."""
    thresholds: Thresholds
    matcher: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text raises, for "Check this message"."""

    matches: tuple[tuple[Match | None, FactCheck], ...]
    """Best first; without a match where a fact-check was found by its words alone."""
    thresholds: Thresholds


class NoteService:
    """Answers about notes; nothing here changes what is posted."""

    def __init__(
        self, database: Database, library: LibraryService, publisher: Publisher, clock: Clock
    ) -> None:
        self._database = database
        self._library = library
        self._publisher = publisher
        self._clock = clock

    async def details(self, note_id: NoteId) -> tuple[Note, FactCheck]:
        """Return a note with its fact-check as it is now.

        Raises:
            NotFoundError: the note is unknown here, or was taken back.
        """
        async with self._database.reading() as stores:
            note = await stores.notes.get(note_id)
        if note is None or note.state is NoteState.WITHDRAWN:
            raise NotFoundError("This note was taken back.")
        return note, await self._library.get(note.community, note.slug)

    async def why(self, note_id: NoteId) -> Why:
        """Return why a note is there, from the post's text as it stands on the platform now."""
        note, fact_check = await self.details(note_id)
        text = await self._publisher.read_text(note.channel, note.post)
        reader = await self._library.reader(note.community)
        match = None
        if text:
            found = (m for m in reader.read(text).matches if m.slug == note.slug)
            match = next((m for m in found if m.probability >= reader.thresholds.suggest), None)
        return Why(note, fact_check, match, reader.thresholds, reader.version)

    async def on_message(self, channel: PlaceId, message: PostId) -> NoteId | None:
        """Return the note that a message is, or the live note that is on it."""
        async with self._database.reading() as stores:
            note = await stores.notes.by_message(channel, message)
            on_post = await stores.notes.by_post(channel, message)
        if note is not None:
            return note.id
        live = (n.id for n in on_post if n.state in (NoteState.PENDING, NoteState.POSTED))
        return next(live, None)

    async def search(self, community: CommunityId, words: str, *, top: int = 3) -> Checked:
        """Return what a member's own words may be about, however unsure."""
        reader = await self._library.reader(community)
        by_slug = {match.slug: match for match in reader.read(words, top=top).matches}
        found = await self._library.search(community, words)
        pairs = [(by_slug.get(record.slug), record) for record in found[:top]]
        return Checked(tuple(pairs), reader.thresholds)

    async def check(self, community: CommunityId, text: str, *, top: int = 3) -> Checked:
        """Return what a text raises, down to the threshold for suggesting."""
        reader = await self._library.reader(community)
        likely = [
            match
            for match in reader.read(text, top=top).matches
            if match.probability >= reader.thresholds.suggest
        ]
        pairs = [(match, await self._library.get(community, match.slug)) for match in likely]
        return Checked(tuple(pairs), reader.thresholds)

    async def rate(
        self, note_id: NoteId, member: MemberId, value: Helpfulness
    ) -> Helpfulness | None:
        """Store a member's rating; return the one it replaces.

        Raises:
            NotFoundError: the note was taken back.
        """
        note, _ = await self.details(note_id)
        rating = Rating(note=note.id, member=member, value=value, at=self._clock.now())
        async with self._database.writing() as stores:
            return await stores.notes.rate(rating)
