"""What members can ask of a note: its sources, why it is there, and to rate it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.factchecks import FactCheck
from bot.domain.ids import CommunityId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Match
from bot.domain.notes import Note, NoteState
from bot.domain.policy import Thresholds
from bot.domain.wording import _
from bot.services.errors import NotFoundError
from bot.services.library import LibraryService
from bot.services.ports import Database, Publisher, Reader


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
    notes: Mapping[Slug, Note] = field(default_factory=dict)
    """Notes on these fact-checks that the channel or thread shows already."""


class NoteService:
    """Answers about notes; nothing here changes what is posted."""

    def __init__(self, database: Database, library: LibraryService, publisher: Publisher) -> None:
        self._database = database
        self._library = library
        self._publisher = publisher

    async def details(self, note_id: NoteId) -> tuple[Note, FactCheck]:
        """Return a note with its fact-check as it is now.

        Raises:
            NotFoundError: the note is unknown here, or was taken back.
        """
        async with self._database.reading() as stores:
            note = await stores.notes.get(note_id)
        if note is None or note.state is NoteState.WITHDRAWN:
            raise NotFoundError(_("This note was taken back."))
        return note, await self._library.get(note.community, note.slug)

    async def require_in(self, community: CommunityId, note_id: NoteId) -> None:
        """See that a note is of this community.

        Raises:
            NotFoundError: it is of another one, or unknown.
        """
        async with self._database.reading() as stores:
            note = await stores.notes.get(note_id)
        if note is None or note.community != community:
            raise NotFoundError(_("This note was taken back."))

    async def why(self, note_id: NoteId) -> Why:
        """Return why a note is there, from the post's text as it stands on the platform now."""
        note, fact_check = await self.details(note_id)
        text = await self._publisher.read_text(note.channel, note.post)
        reader = await self._library.reader(note.community)
        thresholds = await self._thresholds(note.community, reader)
        match = None
        if text:
            found = (m for m in reader.read(text).matches if m.slug == note.slug)
            match = next((m for m in found if m.probability >= thresholds.suggest), None)
        return Why(note, fact_check, match, thresholds, reader.version)

    async def _thresholds(self, community: CommunityId, reader: Reader) -> Thresholds:
        async with self._database.reading() as stores:
            rules = await stores.rules.get(community)
        return rules.thresholds or reader.thresholds

    async def on_message(self, channel: PlaceId, message: PostId) -> NoteId | None:
        """Return the note that a message is, or the live note that is on it."""
        async with self._database.reading() as stores:
            note = await stores.notes.by_message(channel, message)
            on_post = await stores.notes.by_post(channel, message)
        if note is not None:
            return note.id
        live = (n.id for n in on_post if n.is_live)
        return next(live, None)

    async def search(self, community: CommunityId, words: str, *, top: int = 3) -> Checked:
        """Return what a member's own words may be about, however unsure."""
        reader = await self._library.reader(community)
        by_slug = {match.slug: match for match in reader.read(words, top=top).matches}
        found = await self._library.search(community, words)
        pairs = [(by_slug.get(record.slug), record) for record in found[:top]]
        return Checked(tuple(pairs), await self._thresholds(community, reader))

    async def check(
        self, community: CommunityId, text: str, *, channel: PlaceId | None = None, top: int = 3
    ) -> Checked:
        """Return what a text raises, down to the threshold for suggesting.

        With a channel, the notes that it shows on the same fact-checks come along.
        """
        reader = await self._library.reader(community)
        thresholds = await self._thresholds(community, reader)
        likely = [
            match
            for match in reader.read(text, top=top).matches
            if match.probability >= thresholds.suggest
        ]
        pairs = [(match, await self._library.get(community, match.slug)) for match in likely]
        notes: dict[Slug, Note] = {}
        if channel is not None:
            async with self._database.reading() as stores:
                for match in likely:
                    note = await stores.notes.live_on_claim(channel, match.slug)
                    if note is not None:
                        notes[match.slug] = note
        return Checked(tuple(pairs), thresholds, notes)
