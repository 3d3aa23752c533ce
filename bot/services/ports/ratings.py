"""Ratings with their reasons, and the status that follows, as the use cases keep them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId, NoteId
from bot.domain.notes import Helpfulness
from bot.domain.ratings import NoteStanding, Opinion, RatingReason


class RatingStore(Protocol):
    """What members think of notes; `NoteStore.rate` stores the value itself."""

    async def explain(
        self, note: NoteId, member: MemberId, reasons: Collection[RatingReason]
    ) -> None:
        """Store a member's reasons in place of earlier ones."""
        ...

    async def value(self, note: NoteId, member: MemberId) -> Helpfulness | None:
        """Return a member's rating."""
        ...

    async def opinions(self, note: NoteId) -> Sequence[Opinion]:
        """Return all ratings of a note with their reasons, by member."""
        ...

    async def given(
        self, community: CommunityId, since: datetime
    ) -> Mapping[NoteId, Mapping[MemberId, Helpfulness]]:
        """Return the ratings of a community's notes that were made since then."""
        ...

    async def mark(self, community: CommunityId, since: datetime) -> tuple[int, datetime | None]:
        """Return how many ratings `given` holds, and the newest's moment.

        Whatever changes them changes one of the two: a rating that is changed gets a new moment.
        """
        ...

    async def to_assess(self, posted_since: datetime, *, least: int) -> Sequence[NoteId]:
        """Return posted notes of all communities, made since then, whose status can change.

        They have at least so many ratings, or have a status or await one.
        """
        ...

    async def standing(self, note: NoteId) -> NoteStanding:
        """Return a note's status; `NEEDS_MORE` where nothing is stored."""
        ...

    async def put_standing(self, standing: NoteStanding) -> None:
        """Store a note's status."""
        ...
