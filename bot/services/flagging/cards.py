"""Cards of flags: what is written down to be shown, and what the deliveries do.

Knows cards and the outbox; decides nothing about a flag.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from bot.domain.flags import Flag, FlagCard, FlagCardId
from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.notes import derive_key
from bot.domain.outbox import Delivery, DeliveryKind
from bot.services.deliveries import LOOK_BACK, may_be_forgotten
from bot.services.errors import GoneError
from bot.services.moderating.house_rules import house_rules
from bot.services.ports import Clock, Database, FlagPublisher, Stores


def _delivery(
    kind: DeliveryKind, key: str, card: FlagCard, channel: PlaceId, now: datetime, **more: object
) -> Delivery:
    return Delivery(
        key=key,
        kind=kind,
        community=card.community,
        channel=channel,
        content={"card": card.id, **more},
        created_at=now,
        due_at=now,
    )


async def open_card(stores: Stores, card: FlagCard, now: datetime) -> bool:
    """Write down a card and that it is to be posted; return False where it was there."""
    if not await stores.flags.open(card):
        return False
    posting = _delivery(DeliveryKind.FLAG_CARD, card.id, card, card.review_place, now)
    await stores.outbox.add(posting)
    return True


async def show_change(stores: Stores, card: FlagCard, now: datetime, *what: object) -> None:
    """Write down that a card is to show what it is now; `what` tells one change from another."""
    key = derive_key("update-flag-card", card.id, *what)
    kind = DeliveryKind.UPDATE_FLAG_CARD
    await stores.outbox.add(_delivery(kind, key, card, card.review_place, now))


async def alert_moderators(stores: Stores, card: FlagCard, now: datetime) -> None:
    """Write down that the moderators are to be told of an urgent card, once."""
    key = derive_key("flag-alert", card.id)
    await stores.outbox.add(_delivery(DeliveryKind.FLAG_ALERT, key, card, card.review_place, now))


async def tell_flagger(stores: Stores, card: FlagCard, member: MemberId, now: datetime) -> None:
    """Write down that a flagger is to hear the outcome, once."""
    key = derive_key("flag-outcome", card.id, member)
    kind = DeliveryKind.FLAG_OUTCOME
    # Not the member's id, so that it stands where it is forgotten, and not the review channel, so
    # that a slow direct message holds up no card.
    line = PlaceId(card.post or card.review_place)
    await stores.outbox.add(_delivery(kind, key, card, line, now, member=member))


MOST_EXCERPTS = 100


class Excerpts:
    """What members wrote that AutoMod kept back, while its card is open; in memory only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[FlagCardId, str] = OrderedDict()

    def keep(self, card: FlagCardId, text: str) -> None:
        """Keep the newest text of a card, for the newest hundred cards."""
        self._kept[card] = text
        while len(self._kept) > MOST_EXCERPTS:
            self._kept.popitem(last=False)

    def of(self, card: FlagCardId) -> str:
        """Return a card's text while it is kept."""
        return self._kept.get(card, "")

    def drop(self, card: FlagCardId) -> None:
        """Forget a card's text."""
        self._kept.pop(card, None)


class FlagDeliveries:
    """Posts and changes cards, tells moderators of urgent ones and flaggers of outcomes."""

    def __init__(
        self,
        database: Database,
        publisher: FlagPublisher,
        clock: Clock,
        excerpts: Excerpts,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock
        self._excerpts = excerpts

    async def act(self, delivery: Delivery) -> PostId | None:
        """Make the effect that the delivery names."""
        card, flags, role = await self._read(delivery)
        match delivery.kind:
            case DeliveryKind.FLAG_CARD:
                return await self._post(delivery, card, flags)
            case DeliveryKind.FLAG_ALERT:
                return await self._alert(delivery, card, role)
            case DeliveryKind.FLAG_OUTCOME:
                await self._tell(delivery, card, flags)
            case _ if card.message is not None:
                await self._publisher.update_card(card, flags, excerpt=self._excerpt(card))
        return None

    async def _post(self, delivery: Delivery, card: FlagCard, flags: Sequence[Flag]) -> PostId:
        since = self._doubt(delivery)
        found = await self._publisher.find_card(card, since=since) if since else None
        if found is not None:
            return found
        return await self._publisher.post_card(
            card, flags, nonce=delivery.key, excerpt=self._excerpt(card)
        )

    def _excerpt(self, card: FlagCard) -> str:
        if not card.is_open:
            self._excerpts.drop(card.id)
        return self._excerpts.of(card.id)

    async def _alert(self, delivery: Delivery, card: FlagCard, role: int | None) -> PostId | None:
        if not card.is_open:
            return None
        since = self._doubt(delivery)
        found = await self._publisher.find_alert(card, since=since) if since else None
        return found or await self._publisher.alert(card, role, nonce=delivery.key)

    async def _tell(self, delivery: Delivery, card: FlagCard, flags: Sequence[Flag]) -> None:
        own = next((f for f in flags if f.member == delivery.content["member"]), None)
        if own is None:
            return
        since = self._doubt(delivery)
        await self._publisher.tell_outcome(card, own, nonce=delivery.key, since=since)

    def _doubt(self, delivery: Delivery) -> datetime | None:
        """Return since when the effect may be there; None where nobody tried, or a nonce helps."""
        if not may_be_forgotten(delivery, self._clock):
            return None
        return (delivery.first_attempt_at or delivery.created_at) - LOOK_BACK

    async def _read(self, delivery: Delivery) -> tuple[FlagCard, Sequence[Flag], int | None]:
        async with self._database.reading() as stores:
            card = await stores.flags.get(_card_of(delivery))
            if card is None:
                raise GoneError("the card no longer exists")
            rules = await house_rules(stores, card.community)
            return card, await stores.flags.flags(card.id), rules.moderator_role

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record the card's message; one that was decided meanwhile is changed at once."""
        if delivery.kind is not DeliveryKind.FLAG_CARD or message is None:
            return
        card = await stores.flags.get(_card_of(delivery))
        if card is None:
            return
        await stores.flags.set_message(card.id, message)
        if not card.is_open or card.details or card.put_off_until or card.urgent:
            await show_change(stores, card, self._clock.now(), "posted")

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record nothing: the delivery itself is the record, and `/flags list` shows the card."""


def _card_of(delivery: Delivery) -> FlagCardId:
    return FlagCardId(str(delivery.content["card"]))
