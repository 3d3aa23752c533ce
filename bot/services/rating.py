"""Members' ratings of notes, and the status that follows from them.

Knows formulas through `bot.domain.ratings`; the sides that raters take live for one computation in
memory and are never stored, logged or shown (ADR 8).
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.bridging import sides
from bot.domain.ids import CommunityId, MemberId, NoteId
from bot.domain.notes import Helpfulness, Note, NoteState, Rating
from bot.domain.policy import Reason
from bot.domain.ratings import (
    FROZEN_AFTER,
    UNHELPFUL_REASONS,
    VALUE,
    Opinion,
    RatingReason,
    Standing,
    advance,
    assess,
    reasons_for,
    why_taken_back,
)
from bot.domain.reviews import ReviewKind
from bot.domain.rules import Cause
from bot.domain.wording import N_, _
from bot.services.correcting import collapse_of
from bot.services.errors import InvalidInputError, NotAllowedError, NotFoundError
from bot.services.ports import Clock, Database, Stores
from bot.services.review_cards import ask_moderators, review_of
from bot.services.withdrawing import withdraw_as_wrong

RECORD = timedelta(days=180)
"""Ratings that are older say nothing about where a member stands today."""
TAKEN_BACK = N_("This note was taken back.")
OWN_POST = N_(
    "It is your own post, so your rating would not count. You can ask for a review instead: "
    "the moderators will look at the note once more."
)
NO_BOTS = N_("Bots rate no notes.")
RATE_FIRST = N_("Please rate the note first.")
NOT_THESE = N_("These reasons do not fit your rating.")


class OwnPostError(NotAllowedError):
    """The author of the post would rate the note on it; they can ask for a review instead."""


@dataclass(frozen=True, slots=True)
class Rater:
    """Who presses a button."""

    member: MemberId
    is_bot: bool = False


class RatingService:
    """Takes ratings, and takes notes back that members found not helpful."""

    def __init__(
        self, database: Database, clock: Clock, *, wake_sender: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_sender = wake_sender

    async def rate(self, note_id: NoteId, rater: Rater, value: Helpfulness) -> Helpfulness | None:
        """Store a member's rating; return the one it replaces.

        Reasons that do not fit the new value are dropped.

        Raises:
            NotFoundError: the note was taken back.
            NotAllowedError: a bot would rate.
            OwnPostError: the post's author would.
        """
        async with self._database.writing() as stores:
            note = await _posted(stores, note_id)
            if rater.is_bot:
                raise NotAllowedError(_(NO_BOTS))
            if await stores.posts.author(note.community, note.post) == rater.member:
                raise OwnPostError(_(OWN_POST))
            rating = Rating(note=note.id, member=rater.member, value=value, at=self._clock.now())
            before = await stores.notes.rate(rating)
            if before is not None and before is not value:
                await stores.ratings.explain(note.id, rater.member, ())
        return before

    async def explain(
        self, note_id: NoteId, member: MemberId, reasons: Collection[RatingReason]
    ) -> None:
        """Store why a member rated as they did, in place of earlier reasons."""
        async with self._database.writing() as stores:
            note = await _posted(stores, note_id)
            value = await stores.ratings.value(note.id, member)
            if value is None:
                raise InvalidInputError(_(RATE_FIRST))
            if not set(reasons) <= set(reasons_for(value)):
                raise InvalidInputError(_(NOT_THESE))
            await stores.ratings.explain(note.id, member, reasons)

    async def assess_all(self) -> int:
        """Work out the status of every note that can still change; return how many changed."""
        now = self._clock.now()
        async with self._database.reading() as stores:
            notes = await stores.ratings.to_assess(now - FROZEN_AFTER)
        changed = 0
        records: dict[CommunityId, Mapping[NoteId, Mapping[MemberId, Helpfulness]]] = {}
        for note_id in notes:
            async with self._database.writing() as stores:
                note = await stores.notes.get(note_id)
                if note is None:
                    continue
                if note.community not in records:
                    records[note.community] = await stores.ratings.given(
                        note.community, now - RECORD
                    )
                changed += await self._assess(stores, note, records[note.community], now)
        if changed:
            self._wake_sender()
        return changed

    async def _assess(
        self,
        stores: Stores,
        note: Note,
        record: Mapping[NoteId, Mapping[MemberId, Helpfulness]],
        now: datetime,
    ) -> bool:
        opinions = await stores.ratings.opinions(note.id)
        values: dict[Hashable, dict[Hashable, float]] = {
            about: {member: VALUE[value] for member, value in given.items()}
            for about, given in record.items()
        }
        current = await stores.ratings.standing(note.id)
        found = assess(opinions, sides(values, leaving_out=note.id), current.standing)
        standing = advance(current, found, now=now, posted_at=note.created_at)
        if standing == current:
            return False
        await stores.ratings.put_standing(standing)
        if standing.standing is current.standing:
            return False
        if standing.standing is Standing.NOT_HELPFUL:
            await self._take_back(stores, note, opinions)
        return True

    async def _take_back(self, stores: Stores, note: Note, opinions: Collection[Opinion]) -> None:
        collapsed = collapse_of(note, _why(opinions), now=self._clock.now())
        taken = await withdraw_as_wrong(
            stores, note, self._clock, cause=Cause.RATINGS, by=None, instead=collapsed
        )
        rules = await stores.rules.get(note.community)
        if taken and rules.review_place is not None:
            card = review_of(
                note, ReviewKind.UNHELPFUL, rules.review_place, Reason.CONFIDENT, about=note.id
            )
            await ask_moderators(stores, card, self._clock)


def _why(opinions: Collection[Opinion]) -> str:
    """Name the reason that most members gave."""
    given = [reason for opinion in opinions for reason in opinion.reasons]
    likeliest = max(UNHELPFUL_REASONS, key=given.count)
    return why_taken_back(likeliest)


async def _posted(stores: Stores, note_id: NoteId) -> Note:
    note = await stores.notes.get(note_id)
    if note is None or note.state is not NoteState.POSTED:
        raise NotFoundError(_(TAKEN_BACK))
    return note
