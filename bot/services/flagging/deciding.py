"""What moderators decide about cards of flags: once, whoever presses at once.

Invariants: the decision, the case that it leads to, and what the flaggers are told are one
transaction; a card that was decided stays decided. Who may decide is checked where they ask.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.cases import Case, CaseKind
from bot.domain.factchecks import FactCheck
from bot.domain.flags import PUT_OFF, CardState, FlagCard
from bot.domain.ids import MemberId, PostId, Slug
from bot.domain.matches import Match, Stance
from bot.domain.policy import Reason
from bot.domain.reviews import Review, ReviewKind, derive_review_id
from bot.domain.wording import N_, _
from bot.services.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from bot.services.flagging.cards import show_change, tell_flagger
from bot.services.flagging.flagging import existing_card
from bot.services.library import LibraryService
from bot.services.moderating.acting import ModerationService, Order, Outcome
from bot.services.moderating.note_cases import origin_of
from bot.services.ports import Clock, Database, Publisher, Reader, Stores
from bot.services.review_cards import outdate
from bot.services.reviewing import (
    NOTE_IS_THERE,
    WANTS_NO_NOTES,
    Learn,
    attach_for,
    planned_note,
)

MOST_CANDIDATES = 5
DECIDED = {
    CardState.AGREED: N_("This was decided already: <@{who}> agreed with the flags."),
    CardState.DISAGREED: N_("This was decided already: <@{who}> disagreed with the flags."),
    CardState.IGNORED: N_("This was decided already: <@{who}> closed it."),
}
OWN_POST = N_("This card is about you, so somebody else has to decide.")
POST_GONE = N_("The post is gone, so no note can be attached to it.")
NO_TEXT = N_("I cannot read a text in this post.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact-check that a flagged post may raise."""

    fact_check: FactCheck
    probability: float


class FlagDecisions:
    """Carries out what moderators decide."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        acting: ModerationService,
        library: LibraryService,
        publisher: Publisher,
        *,
        learn: Learn | None = None,
        wake_sender: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._acting = acting
        self._library = library
        self._publisher = publisher
        self._learn = learn
        self._wake_sender = wake_sender

    async def require_open(self, card_id: str, by: MemberId) -> FlagCard:
        """Return a card that this moderator can decide.

        Raises:
            UserFacingError: it was decided already, or is about the moderator.
        """
        async with self._database.reading() as stores:
            return await _open_card(stores, card_id, by)

    async def agree_and_act(self, card_id: str, order: Order) -> Outcome:
        """Agree with the flags and do what the order says: both are written down, or neither.

        Raises:
            UserFacingError: the card was decided already, or the order is refused.
        """
        by = order.actor.member

        async def decide(stores: Stores, case: Case) -> None:
            card = await _open_card(stores, card_id, by)
            await self._decide(stores, card, CardState.AGREED, by, case.number)

        return await self._acting.act(order, along=decide)

    async def close(self, card_id: str, state: CardState, *, by: MemberId) -> FlagCard:
        """Decide a card without doing anything more.

        Raises:
            UserFacingError: it was decided already, or is about the moderator.
        """
        async with self._database.writing() as stores:
            card = await _open_card(stores, card_id, by)
            await self._decide(stores, card, state, by)
        self._wake_sender()
        return card

    async def put_off(self, card_id: str, *, by: MemberId) -> FlagCard:
        """Leave a card for later: it does not count as waiting for a day, or until a new flag.

        Raises:
            UserFacingError: it was decided already, or is about the moderator.
        """
        now = self._clock.now()
        async with self._database.writing() as stores:
            card = await _open_card(stores, card_id, by)
            card = replace(card, put_off_by=by, put_off_until=now + PUT_OFF)
            await stores.flags.put(card)
            await show_change(stores, card, now, "put off", now.isoformat())
        self._wake_sender()
        return card

    async def candidates(self, card_id: str, by: MemberId) -> list[Candidate]:
        """Return the fact-checks that could be attached to the post, the likeliest first.

        Raises:
            UserFacingError: the card was decided already, the post is gone, or it has the notes of
                all that it seems to be about.
        """
        card = await self.require_open(card_id, by)
        text, reader = await self._read(card)
        found = reader.read(text, top=MOST_CANDIDATES).matches
        there = await self._attached(card)
        matches = [match for match in found if match.slug not in there]
        if found and not matches:
            raise ConflictError(_(NOTE_IS_THERE))
        return [
            Candidate(await self._library.get(card.community, match.slug), match.probability)
            for match in matches
        ]

    async def attach(self, card_id: str, slug: Slug, *, by: MemberId) -> None:
        """Agree with the flags, and attach a fact-check's note to the post.

        Raises:
            UserFacingError: the card was decided, the post is gone, or the fact-check cannot be.
        """
        review = await self._suggestion(card_id, slug, by)
        async with self._database.writing() as stores:
            card = await _open_card(stores, card_id, by)
            note = await attach_for(stores, review, by=by, clock=self._clock)
            origin = origin_of(CaseKind.FACTCHECK_ATTACH, note)
            case = await stores.cases.by_origin(card.community, origin)
            for asked in await stores.reviews.open_on(review.channel, review.post):
                if asked.slug == slug and asked.kind is ReviewKind.SUGGESTION:
                    await outdate(stores, asked, self._clock)
            number = case.number if case else None
            await self._decide(stores, card, CardState.AGREED, by, number)
        self._wake_sender()
        if self._learn is not None:
            await self._learn(review, right=True)

    async def plan_attach(self, card_id: str, slug: Slug, *, by: MemberId) -> FactCheck:
        """See that a fact-check could be attached, and change nothing (a dry run).

        Raises:
            UserFacingError: the card was decided, the post is gone, or the fact-check cannot be.
        """
        review = await self._suggestion(card_id, slug, by)
        async with self._database.reading() as stores:
            await planned_note(stores, review, self._clock)
        return await self._library.get(review.community, slug)

    async def _attached(self, card: FlagCard) -> set[Slug]:
        async with self._database.reading() as stores:
            notes = await stores.notes.by_post(card.channel, card.post or PostId(0))
        return {note.slug for note in notes if note.is_live}

    async def _suggestion(self, card_id: str, slug: Slug, by: MemberId) -> Review:
        card = await self.require_open(card_id, by)
        async with self._database.reading() as stores:
            # The card knows who wrote the post, also where the post is older than the bot.
            if await stores.members.has_opted_out(card.community, card.author):
                raise InvalidInputError(_(WANTS_NO_NOTES))
        text, reader = await self._read(card)
        fact_check = await self._library.get(card.community, slug)
        found = [m for m in reader.read(text, top=MOST_CANDIDATES).matches if m.slug == slug]
        return self._review(card, fact_check, found[0] if found else None, reader)

    async def _read(self, card: FlagCard) -> tuple[str, Reader]:
        """Return the post's text as it stands now, and the matcher."""
        text = None
        if card.post is not None:
            text = await self._publisher.read_text(card.channel, card.post)
        if text is None:
            raise NotFoundError(_(POST_GONE))
        if not text.strip():
            raise NotFoundError(_(NO_TEXT))
        return text, await self._library.reader(card.community)

    def _review(
        self, card: FlagCard, fact_check: FactCheck, match: Match | None, reader: Reader
    ) -> Review:
        """Return what a suggestion of this note would be; it is asked nobody."""
        post, slug = card.post or PostId(0), fact_check.slug
        return Review(
            id=derive_review_id(ReviewKind.SUGGESTION, card.channel, post, slug, card.id),
            community=card.community,
            kind=ReviewKind.SUGGESTION,
            review_place=card.review_place,
            place=card.place,
            channel=card.channel,
            post=post,
            slug=slug,
            revision=fact_check.revision,
            probability=match.probability if match else 0.0,
            # Whoever attaches it says that the post makes the claim.
            stance=match.stance if match else Stance.ASSERT,
            span=match.span if match else (0, 0),
            threshold=reader.thresholds.auto,
            matcher=reader.version,
            reason=Reason.ASKED,
            created_at=self._clock.now(),
        )

    async def _decide(
        self,
        stores: Stores,
        card: FlagCard,
        state: CardState,
        by: MemberId,
        case: int | None = None,
    ) -> None:
        now = self._clock.now()
        if not await stores.flags.decide(card.id, state, by=by, at=now, case=case):
            raise _decided(await existing_card(stores, card.id))
        await show_change(stores, card, now, state.value)
        for flag in await stores.flags.flags(card.id):
            if flag.member != by:
                await tell_flagger(stores, card, flag.member, now)


async def _open_card(stores: Stores, card_id: str, by: MemberId) -> FlagCard:
    card = await existing_card(stores, card_id)
    if not card.is_open:
        raise _decided(card)
    if card.author == by:
        raise NotAllowedError(_(OWN_POST))
    return card


def _decided(card: FlagCard) -> ConflictError:
    said = DECIDED.get(card.state, DECIDED[CardState.IGNORED])
    return ConflictError(_(said).format(who=card.decided_by))
