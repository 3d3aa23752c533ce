"""Posts the parts of digests, one after the other; what the platform refuses is kept for later."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from bot.domain.digest_runs import RETRY_BLOCKED, Audience, DigestRun, RunState
from bot.domain.ids import PostId
from bot.domain.notes import derive_key
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.wording import N_, _
from bot.services.deliveries import LOOK_BACK, may_be_forgotten
from bot.services.digests.chart import paint
from bot.services.digests.documents import read_digest, read_pages
from bot.services.digests.running import queue_next_part
from bot.services.errors import GoneError
from bot.services.ports import Clock, Database, DigestPublisher, Stores
from bot.services.ports.digests import Picture

logger = logging.getLogger(__name__)

TROUBLE = N_(
    "The digest for {period} cannot be posted in <#{channel}>: {problem}. It is kept and "
    "tried again every hour; `/digest channel` names another place."
)


class DigestDeliveries:
    """Carries out `DeliveryKind.DIGEST`."""

    def __init__(self, database: Database, publisher: DigestPublisher, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def act(self, delivery: Delivery) -> PostId | None:
        """Post the part, unless the channel has it already."""
        async with self._database.reading() as stores:
            run = await _run_of(stores, delivery)
            if run is None:
                raise GoneError("the digest was begun anew in the meantime")
            begun = await self._begun(stores, run, delivery)
        part = _part(delivery)
        marker = run.marker(part)
        for moment in begun:
            since = moment - LOOK_BACK
            found = await self._publisher.find(delivery.channel, marker, since=since)
            if found is not None:
                return found
        page = read_pages(run.content)[part]
        picture = await self._picture(run) if page.chart else None
        return await self._publisher.post(
            delivery.channel, page, picture, marker=marker, nonce=delivery.key
        )

    async def _begun(
        self, stores: Stores, run: DigestRun, delivery: Delivery
    ) -> tuple[datetime, ...]:
        """Return the moments since which the part may stand, though nobody knows.

        A search reads so far only, so it begins at the last attempts that ended without an answer,
        which may be a week after the first ones.
        """
        last: Delivery | None = delivery if may_be_forgotten(delivery, self._clock) else None
        if run.generation == 0:
            return (_tried(last),) if last is not None else ()
        before = replace(run, generation=run.generation - 1)
        last = last or await stores.outbox.get(before.delivery_key(_part(delivery)))
        return (_tried(last), run.created_at) if last is not None else (run.created_at,)

    async def _picture(self, run: DigestRun) -> Picture | None:
        digest = read_digest(run.content)
        return await asyncio.to_thread(paint, digest) if digest is not None else None

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record the part's message, then send the next part or call the digest done."""
        run = await _run_of(stores, delivery)
        if run is None or message is None or len(run.messages) != _part(delivery):
            return
        posted = replace(run, messages=(*run.messages, message))
        if len(posted.messages) == posted.parts:
            posted = replace(posted, state=RunState.DONE)
        if await stores.digests.put(posted):
            await queue_next_part(stores, posted, self._clock.now())

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Keep the digest for later, and tell moderators once."""
        run = await _run_of(stores, delivery)
        if run is None:
            return
        now = self._clock.now()
        settled = await stores.outbox.get(delivery.key)
        problem = settled.problem if settled is not None else ""
        blocked = replace(
            run, state=RunState.BLOCKED, problem=problem, retry_at=now + RETRY_BLOCKED
        )
        if not await stores.digests.put(blocked):
            return
        plan = await stores.digests.plan(run.community)
        if plan is None or plan.moderators_channel in (None, delivery.channel):
            return
        await stores.outbox.add(
            Delivery(
                key=derive_key("digest trouble", run.marker(0), delivery.channel),
                kind=DeliveryKind.ANSWER,
                community=run.community,
                channel=plan.moderators_channel,
                created_at=now,
                due_at=now,
                content={
                    "text": _(TROUBLE).format(
                        period=run.period.key, channel=delivery.channel, problem=problem
                    )
                },
            )
        )


def _tried(delivery: Delivery) -> datetime:
    return delivery.first_attempt_at or delivery.created_at


def _part(delivery: Delivery) -> int:
    return int(str(delivery.content["part"]))


async def _run_of(stores: Stores, delivery: Delivery) -> DigestRun | None:
    """Return the run that a delivery belongs to, None where that was begun anew since."""
    content = delivery.content
    run = await stores.digests.get(
        delivery.community, Audience(str(content["audience"])), str(content["period"])
    )
    if run is None or run.state is not RunState.SENDING:
        return None
    same = (run.edition, run.generation) == (content["edition"], content["generation"])
    return run if same else None
