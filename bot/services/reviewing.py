"""What moderators decide on cards and notes: each question once, whoever presses at once.

Invariants: the decision, its label and what follows from it are one transaction; a card that was
decided stays decided.
"""

from collections.abc import Callable
from typing import Protocol

from bot.domain.cases import CaseKind
from bot.domain.factchecks import STATUS_WORDS, FactCheck, Status
from bot.domain.ids import CommunityId, MemberId, NoteId
from bot.domain.notes import Note, NoteState, derive_note_id
from bot.domain.policy import Reason
from bot.domain.reviews import Review, ReviewId, ReviewKind, ReviewState
from bot.domain.rules import Cause
from bot.domain.wording import N_, _
from bot.services.errors import ConflictError, InvalidInputError, NotFoundError
from bot.services.moderating.note_cases import record_note_case
from bot.services.ports import Clock, Database, Stores
from bot.services.review_cards import ask_moderators, review_of, show_decision
from bot.services.rules import NO_REVIEW_PLACE, end_pause
from bot.services.watching import attachment
from bot.services.withdrawing import label, withdraw_as_wrong

UNKNOWN_CARD = N_("This card is not known here any more.")
TAKEN_BACK_ALREADY = N_("This note was taken back already.")
NOT_FOR_THIS = N_("This card asks something else.")
NOTE_IS_THERE = N_("This post has the note already.")
OLD_POST = N_("This post or its note is gone: there is nothing left to decide.")
NOT_THE_AUTHOR = N_(
    "Only the author of the post can ask for a review; everybody can rate the note."
)
ASKED_BEFORE = N_("You have asked for a review of this note before; the moderators have it.")
NOT_NOW = N_("This fact-check is {status} at present, so its note cannot be attached.")

WANTS_NO_NOTES = N_(
    "The author of this post wants no notes (`/optout`), so none is attached to it."
)

DECIDED: dict[ReviewState, str] = {
    ReviewState.ATTACHED: N_("attached"),
    ReviewState.WRONG: N_("judged “not this claim”"),
    ReviewState.KEPT: N_("kept"),
    ReviewState.RESUMED: N_("resumed"),
}


class Learn(Protocol):
    """Learns from a moderator's word on a post."""

    async def __call__(self, about: Note | Review, *, right: bool) -> bool:
        """Take it in, where the post can be read; tell whether it could."""
        ...


class ReviewService:
    """Carries out what moderators decide; who may decide is checked where they ask.

    What says whether a post makes a claim returns whether the matcher could learn from it, too.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        wake_sender: Callable[[], None],
        learn: Learn | None = None,
    ) -> None:
        self._database = database
        self._learn = learn
        self._clock = clock
        self._wake_sender = wake_sender

    async def fact_check(self, review_id: ReviewId) -> FactCheck:
        """Return the fact-check that a card is about, as it is now."""
        async with self._database.reading() as stores:
            review = await stores.reviews.get(review_id)
            found = review and await stores.library.get(review.community, review.slug)
        if not found:
            raise NotFoundError(_(UNKNOWN_CARD))
        return found

    async def community(self, review_id: ReviewId) -> CommunityId:
        """Return whose card it is."""
        async with self._database.reading() as stores:
            review = await stores.reviews.get(review_id)
        if review is None:
            raise NotFoundError(_(UNKNOWN_CARD))
        return review.community

    async def attach(self, review_id: ReviewId, *, by: MemberId) -> bool:
        """Attach the suggested note, because a moderator says that the post makes the claim."""
        async with self._database.writing() as stores:
            review = await _open(stores, review_id, ReviewKind.SUGGESTION)
            note = await attach_for(stores, review, by=by, clock=self._clock)
            await self._decide(stores, review, ReviewState.ATTACHED, by, note.id)
        self._wake_sender()
        return await self._teach(review, right=True)

    async def not_this_claim(self, review_id: ReviewId, *, by: MemberId) -> bool:
        """Say that the post does not make the claim; a note that is there goes."""
        async with self._database.writing() as stores:
            review = await _open(stores, review_id, ReviewKind.SUGGESTION, ReviewKind.APPEAL)
            await self._decide(stores, review, ReviewState.WRONG, by)
            await label(stores, review, right=False, by=by, clock=self._clock)
            if review.kind is ReviewKind.APPEAL and review.note is not None:
                note = await stores.notes.get(review.note)
                if note is not None:
                    await withdraw_as_wrong(stores, note, self._clock, cause=Cause.MODERATOR, by=by)
        self._wake_sender()
        return await self._teach(review, right=False)

    async def keep(self, review_id: ReviewId, *, by: MemberId) -> bool:
        """Let a note stay that its post's author had asked about."""
        async with self._database.writing() as stores:
            review = await _open(stores, review_id, ReviewKind.APPEAL)
            await self._decide(stores, review, ReviewState.KEPT, by)
            await label(stores, review, right=True, by=by, clock=self._clock)
        self._wake_sender()
        return await self._teach(review, right=True)

    async def resume(self, review_id: ReviewId, *, by: MemberId) -> None:
        """Let notes attach by themselves again where the circuit breaker stopped them."""
        async with self._database.writing() as stores:
            review = await _open(stores, review_id, ReviewKind.BREAKER)
            await self._decide(stores, review, ReviewState.RESUMED, by)
            await end_pause(stores, review.community, review.place, by=by, at=self._clock.now())
        self._wake_sender()

    async def dispute(self, note_id: NoteId, *, by: MemberId) -> bool:
        """Take a note back, because a moderator says that the post does not make the claim.

        Raises:
            NotFoundError: the note is unknown, or was taken back already.
        """
        async with self._database.writing() as stores:
            note = await stores.notes.get(note_id)
            if note is None or not await withdraw_as_wrong(
                stores, note, self._clock, cause=Cause.MODERATOR, by=by
            ):
                raise NotFoundError(_(TAKEN_BACK_ALREADY))
            await label(stores, note, right=False, by=by, clock=self._clock)
        self._wake_sender()
        return await self._teach(note, right=False)

    async def _teach(self, about: Note | Review, *, right: bool) -> bool:
        """Let the matcher learn from what was decided; tell whether it could."""
        return self._learn is not None and await self._learn(about, right=right)

    async def is_author(self, note_id: NoteId, member: MemberId) -> bool:
        """Tell whether a member wrote the post that a note is on."""
        async with self._database.reading() as stores:
            note = await stores.notes.get(note_id)
            return note is not None and member == await stores.posts.author(
                note.community, note.post
            )

    async def appeal(self, note_id: NoteId, *, by: MemberId) -> None:
        """Give a note back to the moderators, once, because the post's author asks for it."""
        if not await self.is_author(note_id, by):
            raise InvalidInputError(_(NOT_THE_AUTHOR))
        async with self._database.writing() as stores:
            note = await stores.notes.get(note_id)
            if note is None or note.state is not NoteState.POSTED:
                raise NotFoundError(_(TAKEN_BACK_ALREADY))
            rules = await stores.rules.get(note.community)
            if rules.review_place is None:
                raise InvalidInputError(_(NO_REVIEW_PLACE))
            review = review_of(
                note, ReviewKind.APPEAL, rules.review_place, Reason.ASKED, about=note.id
            )
            if not await ask_moderators(stores, review, self._clock):
                raise ConflictError(_(ASKED_BEFORE))
        self._wake_sender()

    async def _decide(
        self,
        stores: Stores,
        review: Review,
        state: ReviewState,
        by: MemberId,
        note: NoteId | None = None,
    ) -> None:
        at = self._clock.now()
        if not await stores.reviews.decide(review.id, state, by=by, at=at, note=note):
            raise ConflictError(_(OLD_POST))
        await show_decision(stores, review, state, self._clock)


async def attach_for(stores: Stores, review: Review, *, by: MemberId, clock: Clock) -> Note:
    """Attach the note that a review is about, in the caller's transaction: labelled, as a case.

    Raises:
        InvalidInputError: the fact-check is not published now, or the author has opted out.
        ConflictError: the post has the note already.
    """
    note = await planned_note(stores, review, clock)
    await stores.notes.add(note)
    await stores.outbox.add(attachment(note, due_at=note.created_at, asked_for=True))
    await label(stores, review, right=True, by=by, clock=clock)
    await record_note_case(stores, CaseKind.FACTCHECK_ATTACH, note, by=by, clock=clock)
    return note


async def planned_note(stores: Stores, review: Review, clock: Clock) -> Note:
    """Return the note that would be attached; nothing is written.

    Raises:
        InvalidInputError: the fact-check is not published now, or the author has opted out.
        ConflictError: the post has the note already.
    """
    fact_check = await stores.library.get(review.community, review.slug)
    if fact_check is None or fact_check.status is not Status.PUBLISHED:
        status = fact_check.status if fact_check else Status.RETIRED
        raise InvalidInputError(_(NOT_NOW).format(status=_(STATUS_WORDS[status])))
    if await _author_opted_out(stores, review):
        raise InvalidInputError(_(WANTS_NO_NOTES))
    return await _note(stores, review, fact_check, clock)


async def _author_opted_out(stores: Stores, review: Review) -> bool:
    author = await stores.posts.author(review.community, review.post)
    return author is not None and await stores.members.has_opted_out(review.community, author)


async def _note(stores: Stores, review: Review, fact_check: FactCheck, clock: Clock) -> Note:
    on_post = await stores.notes.by_post(review.channel, review.post)
    same = [note for note in on_post if note.slug == review.slug]
    if any(note.is_live for note in same):
        raise ConflictError(_(NOTE_IS_THERE))
    return Note(
        id=derive_note_id(review.channel, review.post, review.slug, generation=len(same)),
        community=review.community,
        place=review.place,
        channel=review.channel,
        post=review.post,
        slug=review.slug,
        revision=fact_check.revision,
        probability=review.probability,
        stance=review.stance,
        span=review.span,
        threshold=review.threshold,
        matcher=review.matcher,
        created_at=clock.now(),
    )


async def _open(stores: Stores, review_id: ReviewId, *kinds: ReviewKind) -> Review:
    review = await stores.reviews.get(review_id)
    if review is None:
        raise NotFoundError(_(UNKNOWN_CARD))
    if review.kind not in kinds:
        raise InvalidInputError(_(NOT_FOR_THIS))
    if review.state is ReviewState.OUTDATED:
        opted_out = await _author_opted_out(stores, review)
        raise ConflictError(_(WANTS_NO_NOTES) if opted_out else _(OLD_POST))
    if review.state is not ReviewState.OPEN:
        who = (
            _(" by <@{decided_by}>").format(decided_by=review.decided_by)
            if review.decided_by
            else ""
        )
        raise ConflictError(
            _("This was decided already: {decided}{who}.").format(
                decided=_(DECIDED[review.state]), who=who
            )
        )
    return review
