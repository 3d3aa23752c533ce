"""Cards for moderators, and the tags of threads: what their deliveries do.

Knows reviews and the outbox; decides nothing about a note.
"""

from bot.domain.factchecks import FactCheck
from bot.domain.ids import PlaceId, PostId
from bot.domain.notes import Note, derive_key
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.policy import Reason
from bot.domain.reviews import Review, ReviewId, ReviewKind, ReviewState, derive_review_id
from bot.services.deliveries import LOOK_BACK, may_be_forgotten
from bot.services.errors import GoneError
from bot.services.ports import Clock, Database, ReviewPublisher, Stores


def review_of(
    note: Note, kind: ReviewKind, review_place: PlaceId, reason: Reason, *, about: object = ""
) -> Review:
    """Return the question about a note, or about one that could be attached."""
    return Review(
        id=derive_review_id(kind, note.channel, note.post, note.slug, about),
        community=note.community,
        kind=kind,
        review_place=review_place,
        place=note.place,
        channel=note.channel,
        post=note.post,
        slug=note.slug,
        revision=note.revision,
        probability=note.probability,
        stance=note.stance,
        span=note.span,
        threshold=note.threshold,
        matcher=note.matcher,
        reason=reason,
        created_at=note.created_at,
        note=None if kind is ReviewKind.SUGGESTION else note.id,
    )


async def ask_moderators(stores: Stores, review: Review, clock: Clock) -> bool:
    """Write down a review and its card; return False where it was asked before."""
    if not await stores.reviews.add(review):
        return False
    now = clock.now()
    await stores.outbox.add(
        Delivery(
            key=review.id,
            kind=DeliveryKind.REVIEW_CARD,
            community=review.community,
            channel=review.review_place,
            content={"review": review.id},
            created_at=now,
            due_at=now,
        )
    )
    return True


async def show_decision(stores: Stores, review: Review, state: ReviewState, clock: Clock) -> None:
    """Write down that a card is to show how its review was decided."""
    now = clock.now()
    await stores.outbox.add(
        Delivery(
            key=derive_key("update-review", review.id, state.value),
            kind=DeliveryKind.UPDATE_REVIEW,
            community=review.community,
            channel=review.review_place,
            content={"review": review.id},
            created_at=now,
            due_at=now,
        )
    )


async def outdate(stores: Stores, review: Review, clock: Clock) -> None:
    """End a review that has nothing left to decide."""
    outdated = ReviewState.OUTDATED
    if await stores.reviews.decide(review.id, outdated, by=None, at=clock.now()):
        await show_decision(stores, review, outdated, clock)


class ReviewDeliveries:
    """Posts cards, and shows on them what was decided."""

    def __init__(self, database: Database, publisher: ReviewPublisher, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def act(self, delivery: Delivery) -> PostId | None:
        """Post or change the card."""
        review, fact_check = await self._read(delivery)
        if delivery.kind is DeliveryKind.UPDATE_REVIEW:
            if review.message is not None:
                await self._publisher.update_card(review, fact_check)
            return None
        if may_be_forgotten(delivery, self._clock):
            since = (delivery.first_attempt_at or delivery.created_at) - LOOK_BACK
            found = await self._publisher.find_card(review, since=since)
            if found is not None:
                return found
        if review.state is ReviewState.OUTDATED:
            raise GoneError("there is nothing left to decide")
        return await self._publisher.post_card(review, fact_check, nonce=delivery.key)

    async def _read(self, delivery: Delivery) -> tuple[Review, FactCheck]:
        async with self._database.reading() as stores:
            review = await stores.reviews.get(ReviewId(str(delivery.content["review"])))
            if review is None:
                raise GoneError("the review no longer exists")
            fact_check = await stores.library.get(review.community, review.slug)
        if fact_check is None:
            raise GoneError("the fact-check no longer exists")
        return review, fact_check

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record the card; one whose review ended meanwhile is changed at once."""
        if delivery.kind is not DeliveryKind.REVIEW_CARD or message is None:
            return
        review = await stores.reviews.get(ReviewId(str(delivery.content["review"])))
        if review is None:
            return
        await stores.reviews.set_message(review.id, message)
        if review.state is not ReviewState.OPEN:
            await show_decision(stores, review, review.state, self._clock)

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record nothing: the delivery itself is the record, and `/status` names the channel."""


class TagDeliveries:
    """Puts a forum's tag on threads that have a note."""

    def __init__(self, publisher: ReviewPublisher) -> None:
        self._publisher = publisher

    async def act(self, delivery: Delivery) -> PostId | None:
        """Tag the thread; a forum without the tag and a missing permission are no failures."""
        await self._publisher.tag_thread(delivery.channel, str(delivery.content["tag"]))
        return None

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record nothing: the delivery itself is the record."""

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record nothing: the delivery itself is the record."""


async def tag_its_thread(stores: Stores, note: Note, clock: Clock) -> None:
    """Write down that a note's thread is to be tagged, once, where the community wants it."""
    rules = await stores.rules.get(note.community)
    if not rules.tag or note.channel == note.place:
        return
    now = clock.now()
    await stores.outbox.add(
        Delivery(
            key=derive_key("tag", note.channel, rules.tag),
            kind=DeliveryKind.TAG_THREAD,
            community=note.community,
            channel=note.channel,
            content={"tag": rules.tag},
            created_at=now,
            due_at=now,
        )
    )
