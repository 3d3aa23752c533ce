"""Notes, ratings and judgements, as the use cases keep them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, Judgement, Note, NoteState, Rating
from bot.domain.policy import Outcome


class NoteStore(Protocol):
    """Notes and their ratings."""

    async def add(self, note: Note) -> bool:
        """Add a note; return False where a note with this id exists."""
        ...

    async def get(self, note: NoteId) -> Note | None:
        """Return a note."""
        ...

    async def by_post(self, channel: PlaceId, post: PostId) -> Sequence[Note]:
        """Return the notes on one post."""
        ...

    async def by_message(self, channel: PlaceId, message: PostId) -> Note | None:
        """Return the note that this message of ours is."""
        ...

    async def live_in(self, place: PlaceId) -> Sequence[Note]:
        """Return pending and posted notes in a channel, thread, or below a parent channel."""
        ...

    async def withdrawn_among(
        self, channel: PlaceId, messages: Collection[PostId]
    ) -> Sequence[Note]:
        """Return withdrawn notes whose message is among these, collapsed ones say, oldest first."""
        ...

    async def pending_by(self, community: CommunityId, author: MemberId) -> Sequence[Note]:
        """Return pending notes on a member's posts, oldest first."""
        ...

    async def set_state(
        self, note: NoteId, state: NoteState, *, message: PostId | None = None
    ) -> None:
        """Move a note on; `message` is kept where none is given."""
        ...

    async def last_in_place(self, place: PlaceId) -> datetime | None:
        """Return when the place last got a note (pending or posted, withdrawn ones included)."""
        ...

    async def last_on_claim(self, channel: PlaceId, slug: Slug) -> datetime | None:
        """Return when this channel or thread last got a note for this fact-check."""
        ...

    async def live_on_claim(self, channel: PlaceId, slug: Slug) -> Note | None:
        """Return the newest note for this fact-check that a channel or thread shows."""
        ...

    async def rate(self, rating: Rating) -> Helpfulness | None:
        """Store or change a member's rating; return the one it replaces."""
        ...

    async def tally(self, note: NoteId) -> Mapping[Helpfulness, int]:
        """Return how many members gave each rating."""
        ...

    async def count(self, community: CommunityId, since: datetime) -> Mapping[NoteState, int]:
        """Return how many notes were made since then, by state."""
        ...


class JudgementStore(Protocol):
    """What was decided about posts that raised a fact-check."""

    async def add(self, judgement: Judgement) -> bool:
        """Add a judgement, or replace the same post's for the same slug; False if unchanged."""
        ...

    async def count(self, community: CommunityId, since: datetime) -> Mapping[Outcome, int]:
        """Return how many judgements were made since then, by outcome."""
        ...
