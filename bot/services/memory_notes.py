"""Notes, ratings and judgements in memory; see `NoteStore` and `JudgementStore`."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import LEADS_TO, Helpfulness, Judgement, Note, NoteState, Rating
from bot.domain.policy import Outcome
from bot.domain.wording import _
from bot.services.errors import NotFoundError
from bot.services.memory_places import PostRecord, is_by
from bot.services.memory_table import View
from bot.services.storable import require_storable

_LIVE = (NoteState.PENDING, NoteState.POSTED)


class InMemoryNoteStore:
    """Implements `NoteStore`."""

    def __init__(
        self,
        notes: View[NoteId, Note],
        ratings: View[tuple[NoteId, MemberId], Rating],
        posts: View[tuple[CommunityId, PostId], PostRecord],
    ) -> None:
        self._notes = notes
        self._posts = posts
        self._ratings = ratings

    async def add(self, note: Note) -> bool:
        """Add a note; return False where a note with this id exists."""
        self._notes.require_writable()
        if self._notes.get(note.id) is not None:
            return False
        self._notes.put(note.id, note)
        return True

    async def get(self, note: NoteId) -> Note | None:
        """Return a note."""
        return self._notes.get(note)

    async def by_post(self, channel: PlaceId, post: PostId) -> Sequence[Note]:
        """Return the notes on one post, oldest first."""
        require_storable((channel, post))
        return _by_age(n for n in self._notes.rows() if (n.channel, n.post) == (channel, post))

    async def by_message(self, channel: PlaceId, message: PostId) -> Note | None:
        """Return the note that this message of ours is."""
        require_storable((channel, message))
        for note in self._notes.rows():
            if (note.channel, note.message) == (channel, message):
                return note
        return None

    async def live_in(self, place: PlaceId) -> Sequence[Note]:
        """Return pending and posted notes in a channel, thread, or below a parent channel."""
        require_storable(place)
        return _by_age(
            note
            for note in self._notes.rows()
            if place in (note.channel, note.place) and note.state in _LIVE
        )

    async def withdrawn_among(
        self, channel: PlaceId, messages: Collection[PostId]
    ) -> Sequence[Note]:
        """Return withdrawn notes whose message is among these, oldest first."""
        require_storable((channel, *messages))
        return _by_age(
            note
            for note in self._notes.rows()
            if note.channel == channel
            and note.state is NoteState.WITHDRAWN
            and note.message in messages
        )

    async def pending_by(self, community: CommunityId, author: MemberId) -> Sequence[Note]:
        """Return pending notes on a member's posts, oldest first."""
        require_storable((community, author))
        return _by_age(
            note
            for note in self._notes.rows()
            if note.community == community
            and note.state is NoteState.PENDING
            and is_by(author, self._posts.get((community, note.post)))
        )

    async def set_state(
        self, note: NoteId, state: NoteState, *, message: PostId | None = None
    ) -> None:
        """Move a note on, never back; `message` is kept where none is given."""
        self._notes.require_writable()
        known = self._notes.get(note)
        if known is None:
            return
        moved = state if state in LEADS_TO[known.state] else known.state
        shown = known.message if message is None else message
        self._notes.put(note, replace(known, state=moved, message=shown))

    async def last_in_place(self, place: PlaceId) -> datetime | None:
        """Return when the place last got a note (pending or posted, withdrawn ones included)."""
        require_storable(place)
        return _newest(n for n in self._notes.rows() if n.place == place)

    async def last_on_claim(self, channel: PlaceId, slug: Slug) -> datetime | None:
        """Return when this channel or thread last got a note for this fact-check."""
        require_storable((channel, slug))
        return _newest(n for n in self._notes.rows() if (n.channel, n.slug) == (channel, slug))

    async def live_on_claim(self, channel: PlaceId, slug: Slug) -> Note | None:
        """Return the newest note for this fact-check that a channel or thread shows."""
        require_storable((channel, slug))
        shown = [
            note
            for note in self._notes.rows()
            if (note.channel, note.slug) == (channel, slug) and note.state is NoteState.POSTED
        ]
        shown.sort(key=lambda note: (-note.created_at.timestamp(), note.id))
        return shown[0] if shown else None

    async def rate(self, rating: Rating) -> Helpfulness | None:
        """Store or change a member's rating; return the one it replaces.

        Raises:
            NotFoundError: there is no such note.
        """
        self._ratings.require_writable()
        if self._notes.get(rating.note) is None:
            raise NotFoundError(_("That note does not exist any more."))
        before = self._ratings.get((rating.note, rating.member))
        self._ratings.put((rating.note, rating.member), rating)
        return None if before is None else before.value

    async def tally(self, note: NoteId) -> Mapping[Helpfulness, int]:
        """Return how many members gave each rating; zeros included."""
        require_storable(note)
        counted = Counter(rating.value for rating in self._ratings.rows() if rating.note == note)
        return {value: counted[value] for value in Helpfulness}

    async def count(self, community: CommunityId, since: datetime) -> Mapping[NoteState, int]:
        """Return how many notes were made since then, by state; zeros included."""
        require_storable((community, since))
        counted = Counter(
            note.state
            for note in self._notes.rows()
            if note.community == community and note.created_at >= since
        )
        return {state: counted[state] for state in NoteState}


class InMemoryJudgementStore:
    """Implements `JudgementStore`."""

    def __init__(self, judgements: View[tuple[PlaceId, PostId, Slug], Judgement]) -> None:
        self._judgements = judgements

    async def add(self, judgement: Judgement) -> bool:
        """Add a judgement, or replace the same post's for the same slug; False if unchanged."""
        self._judgements.require_writable()
        key = (judgement.channel, judgement.post, judgement.slug)
        before = self._judgements.get(key)
        if before is not None and _decision(before) == _decision(judgement):
            return False
        community = judgement.community if before is None else before.community
        self._judgements.put(key, replace(judgement, community=community))
        return True

    async def count(self, community: CommunityId, since: datetime) -> Mapping[Outcome, int]:
        """Return how many judgements were made since then, by outcome; zeros included."""
        require_storable((community, since))
        counted = Counter(
            judgement.outcome
            for judgement in self._judgements.rows()
            if judgement.community == community and judgement.at >= since
        )
        return {outcome: counted[outcome] for outcome in Outcome}


def _decision(judgement: Judgement) -> tuple[object, ...]:
    return (judgement.outcome, judgement.reason, judgement.probability, judgement.stance)


def _by_age(notes: Iterable[Note]) -> list[Note]:
    return sorted(notes, key=lambda note: (note.created_at, note.id))


def _newest(notes: Iterable[Note]) -> datetime | None:
    shown = (note.created_at for note in notes if note.state is not NoteState.FAILED)
    return max(shown, default=None)
