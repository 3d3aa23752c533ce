"""Moderation in memory: orders, a platform that records what is done, and a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from bot.domain.appeals import NO_OFFER, AppealOffer
from bot.domain.cases import Case, CaseKind
from bot.domain.ids import MemberId, PlaceId
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.standing import Standing
from bot.services.deliveries import AnswerDeliveries
from bot.services.errors import UnavailableError
from bot.services.memory import InMemoryDatabase
from bot.services.moderating.acting import ModerationService, Order
from bot.services.moderating.by_hand import ByHandService
from bot.services.moderating.deliveries import CaseDeliveries
from bot.services.moderating.ending import EndingService
from bot.services.sending import OutboxSender
from tests.builders import CHANNEL, COMMUNITY
from tests.fakes import FakeClock, RecordingPublisher

ALL = frozenset({"administrator"})
TOMAS = Standing(member=MemberId(300), name="Tomas", rank=9, permissions=ALL)
NOOR = Standing(member=MemberId(301), name="Noor", rank=9, permissions=ALL)
SOL = Standing(member=MemberId(200), name="Sol", rank=1)
BOT = Standing(member=MemberId(1), name="Footnote", rank=10, permissions=ALL)
PLACE = PlaceId(5)
BUSY = UnavailableError("Discord did not answer", retryable=True, ambiguous=True)


@dataclass
class RecordingActions:
    """Records what is done; refuses kinds as it is told."""

    done: list[tuple[CaseKind, int]] = field(default_factory=list)
    refused: dict[CaseKind, UnavailableError] = field(default_factory=dict)

    async def carry_out(self, case: Case) -> None:
        if case.kind in self.refused:
            raise self.refused[case.kind]
        self.done.append((case.kind, case.number))

    async def was_carried_out(self, case: Case, *, since: datetime) -> bool:
        return (case.kind, case.number) in self.done

    async def tell(
        self, case: Case, text: str, *, nonce: str, since: datetime | None, offer: AppealOffer
    ) -> bool:
        return True


class AnswersOf(RecordingPublisher):
    """Keeps what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Delivery] = []

    async def answer(self, delivery: Delivery) -> Any:
        self.said.append(delivery)
        return await super().answer(delivery)


class ModeratedWorld:
    """Everything that acts, in memory."""

    def __init__(self) -> None:
        self.database, self.clock = InMemoryDatabase(), FakeClock()
        self.actions, self.answers = RecordingActions(), AnswersOf()
        self.cases = CaseDeliveries(
            self.database, self.actions, self.clock, lambda *_: "text", _no_offer
        )
        self.sender = OutboxSender(
            self.database,
            self.clock,
            "test",
            {
                DeliveryKind.MODERATE: self.cases,
                DeliveryKind.ANSWER: AnswerDeliveries(self.answers, self.clock),
            },
        )
        self.acting = ModerationService(
            self.database, self.clock, wake_sender=_nothing, sender_tried=self._send
        )
        self.ending = EndingService(self.database, self.clock, _nothing)
        self.by_hand = ByHandService(self.database, self.clock)
        self._origins = count(1)

    async def hear_reviews(self) -> None:
        """Give the community a review channel."""
        async with self.database.writing() as stores:
            rules = await stores.rules.get(COMMUNITY)
            await stores.rules.put(replace(rules, review_place=CHANNEL))

    def order(self, kind: CaseKind, **changes: Any) -> Order:
        """Return an order of Tomas's: about Sol, or about a place."""
        about: dict[str, Any] = {} if "place" in changes else {"target": SOL}
        base: dict[str, Any] = {
            "community": COMMUNITY,
            "actor": TOMAS,
            "bot": BOT,
            "reason": "spam",
        }
        origin = f"order:{next(self._origins)}"
        return Order(kind=kind, **(base | about | {"origin": origin} | changes))

    async def act(self, kind: CaseKind, **changes: Any) -> Case:
        """Order something, and return its case as it is after the first attempt."""
        return (await self.acting.act(self.order(kind, **changes))).case

    async def end_what_is_due(self) -> None:
        """Do what the job for ends does, and send."""
        await self.ending.run()
        await self.sender.send_due()

    async def case(self, number: int) -> Case:
        """Return a case as it is now."""
        async with self.database.reading() as stores:
            found = await stores.cases.get(COMMUNITY, number)
        assert found is not None
        return found

    async def all(self) -> Sequence[Case]:
        """Return all cases."""
        async with self.database.reading() as stores:
            return await stores.cases.after(COMMUNITY, 0)

    async def _send(self, key: str) -> None:
        await self.sender.send_due()


def _nothing() -> None:
    """Wake nobody: tests send when they want to."""


async def _no_offer(case: Case) -> AppealOffer:
    return NO_OFFER
