"""Members' ratings of notes, and the status that follows from them.

Knows formulas through `bot.domain.ratings`; the sides that raters take live for one computation in
memory and are never stored, logged or shown (ADR 8).
"""

import asyncio
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.bridging import Ratings, sides
from bot.domain.ids import CommunityId, MemberId, NoteId
from bot.domain.notes import Helpfulness, Note, NoteState, Rating
from bot.domain.policy import Reason
from bot.domain.ratings import (
    FROZEN_AFTER,
    LEAST_RATINGS,
    UNHELPFUL_REASONS,
    VALUE,
    NoteStanding,
    Opinion,
    RatingReason,
    Standing,
    advance,
    asks_both_sides,
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


@dataclass(frozen=True, slots=True)
class _Rated:
    """A note with what members said of it, as it was read."""

    note: Note
    opinions: tuple[Opinion, ...]
    current: NoteStanding


class _Records:
    """How members rated notes, each community's read at most once for one run."""

    def __init__(self, database: Database, since: datetime) -> None:
        self._database = database
        self._since = since
        self._marks: dict[CommunityId, Hashable] = {}
        self._values: dict[CommunityId, Ratings] = {}

    async def mark(self, community: CommunityId) -> Hashable:
        """Return what differs where the ratings do."""
        if community not in self._marks:
            async with self._database.reading() as stores:
                self._marks[community] = await stores.ratings.mark(community, self._since)
        return self._marks[community]

    async def values(self, community: CommunityId) -> Ratings:
        if community not in self._values:
            async with self._database.reading() as stores:
                given = await stores.ratings.given(community, self._since)
            self._values[community] = {
                note: {member: VALUE[value] for member, value in rated.items()}
                for note, rated in given.items()
            }
        return self._values[community]


class RatingService:
    """Takes ratings, and takes notes back that members found not helpful."""

    def __init__(
        self, database: Database, clock: Clock, *, wake_sender: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_sender = wake_sender
        self._found: dict[NoteId, tuple[Hashable, Standing]] = {}
        """What the ratings were found to say where both sides were asked; not who is on which."""

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
            notes = await stores.ratings.to_assess(now - FROZEN_AFTER, least=LEAST_RATINGS)
        self._found = {note: self._found[note] for note in notes if note in self._found}
        records = _Records(self._database, now - RECORD)
        changed = 0
        for note_id in notes:
            async with self._database.reading() as stores:
                rated = await _rated(stores, note_id)
            if rated is not None:
                found = await self._what_ratings_say(rated, records)
                changed += await self._store(rated, found, now)
        if changed:
            self._wake_sender()
        return changed

    async def _what_ratings_say(self, rated: _Rated, records: _Records) -> Standing:
        """Ask both sides where that matters: beside the loop, and once for the same ratings."""
        opinions, current = rated.opinions, rated.current.standing
        if not asks_both_sides(opinions, current):
            return assess(opinions, {}, current)
        community, note_id = rated.note.community, rated.note.id
        basis = (await records.mark(community), opinions, current)
        known = self._found.get(note_id)
        if known is None or known[0] != basis:
            values = await records.values(community)
            known = (basis, await asyncio.to_thread(_both_sides_asked, rated, values))
            self._found[note_id] = known
        return known[1]

    async def _store(self, rated: _Rated, found: Standing, now: datetime) -> bool:
        """Store what has changed, unless ratings came meanwhile: then the next run sees to it."""
        current = rated.current
        standing = advance(current, found, now=now, posted_at=rated.note.created_at)
        if standing == current:
            return False
        async with self._database.writing() as stores:
            if await _rated(stores, rated.note.id) != rated:
                return False
            await stores.ratings.put_standing(standing)
            if standing.standing is Standing.NOT_HELPFUL is not current.standing:
                await self._take_back(stores, rated.note, rated.opinions)
        return standing.standing is not current.standing

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


async def _rated(stores: Stores, note_id: NoteId) -> _Rated | None:
    note = await stores.notes.get(note_id)
    if note is None or note.state is not NoteState.POSTED:
        return None
    current = await stores.ratings.standing(note_id)
    return _Rated(note, tuple(await stores.ratings.opinions(note_id)), current)


def _both_sides_asked(rated: _Rated, values: Ratings) -> Standing:
    found = sides(values, leaving_out=rated.note.id)
    return assess(rated.opinions, found, rated.current.standing)


async def _posted(stores: Stores, note_id: NoteId) -> Note:
    note = await stores.notes.get(note_id)
    if note is None or note.state is not NoteState.POSTED:
        raise NotFoundError(_(TAKEN_BACK))
    return note
