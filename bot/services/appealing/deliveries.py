"""Appeals on the platform: the moderators' card, and the answers that members get.

What is posted is read at that moment, so that a card always shows the newest state; each change
is one row of the outbox with a key of its own.
"""

from dataclasses import replace

from bot.domain.appeals import Appeal, AppealId
from bot.domain.ids import PlaceId, PostId
from bot.domain.notes import derive_key
from bot.domain.outbox import Delivery, DeliveryKind
from bot.services.appealing.reading import view_of
from bot.services.deliveries import may_be_forgotten
from bot.services.errors import GoneError, UnavailableError
from bot.services.ports import AppealPublisher, AppealView, Clock, Database, Stores


def card_of(appeal: Appeal, clock: Clock) -> Delivery:
    """Return the row that posts an appeal's card, or shows its newest turn there."""
    return _row(appeal, DeliveryKind.APPEAL_CARD, appeal.card_place, clock)


def card_again(appeal: Appeal, clock: Clock) -> Delivery:
    """Return the row that posts an appeal's card anew, unless it is still there."""
    row = card_of(appeal, clock)
    key = derive_key("appeal-card-again", appeal.id, clock.now().isoformat())
    return replace(row, key=key, content={**row.content, "look": True})


def answer_of(appeal: Appeal, clock: Clock) -> Delivery:
    """Return the row that tells the member the moderators' newest word."""
    return _row(appeal, DeliveryKind.APPEAL_ANSWER, PlaceId(appeal.member), clock)


def _row(appeal: Appeal, kind: DeliveryKind, channel: PlaceId, clock: Clock) -> Delivery:
    now = clock.now()
    return Delivery(
        key=derive_key(kind.value, appeal.id, len(appeal.said), appeal.told),
        kind=kind,
        community=appeal.case.community,
        channel=channel,
        content={"appeal": appeal.id},
        created_at=now,
        due_at=now,
    )


class AppealDeliveries:
    """Implements `DeliveryHandler` for both kinds."""

    def __init__(self, database: Database, publisher: AppealPublisher, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def act(self, delivery: Delivery) -> PostId | None:
        """Post or change the card, or tell the member."""
        view = await self._view(delivery)
        if delivery.kind is DeliveryKind.APPEAL_ANSWER:
            await self._tell(view, delivery)
            return None
        if view.appeal.message is not None:
            await self._publisher.update_card(view)
            return None
        # An earlier row may have posted it, and not be settled yet.
        unsure = len(view.appeal.said) > 1 or bool(delivery.content.get("look"))
        if unsure or may_be_forgotten(delivery, self._clock):
            found = await self._publisher.find_card(view)
            if found is not None:
                return found
        return await self._publisher.post_card(view, nonce=delivery.key)

    async def _tell(self, view: AppealView, delivery: Delivery) -> None:
        """Tell the member; whether they took it is shown on the card."""
        try:
            told = await self._publisher.tell(view, nonce=delivery.key, again=delivery.attempts > 0)
        except UnavailableError as problem:
            if problem.retryable:
                raise
            told = False
        async with self._database.writing() as stores:
            appeal = await stores.appeals.get(view.appeal.id)
            if appeal is None or appeal.said != view.appeal.said:
                return
            known = replace(appeal, told=told)
            await stores.appeals.put(known)
            await stores.outbox.add(card_of(known, self._clock))

    async def _view(self, delivery: Delivery) -> AppealView:
        async with self._database.reading() as stores:
            appeal = await stores.appeals.get(AppealId(str(delivery.content["appeal"])))
            view = None if appeal is None else await view_of(stores, appeal, self._clock)
        if view is None:
            raise GoneError("the appeal or its case is on record no more")
        return view

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record the card's message."""
        appeal = await stores.appeals.get(AppealId(str(delivery.content["appeal"])))
        if message is None or appeal is None:
            return
        await stores.appeals.put(replace(appeal, message=message))

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record nothing: the delivery itself is the record, and `/appeals list` shows it."""
