"""Asks which digests are due, builds each once, and hands its parts to the outbox.

All that matters stands in the ledger: any number of processes may ask at the same time, and any of
them may die at any step. Claims are compare-and-set; whoever has lost one can change nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.digest_runs import (
    BUILD_LEASE,
    KEEP_BLOCKED,
    Audience,
    DigestPlan,
    DigestRun,
    RunState,
)
from bot.domain.digests import Digest, ModeratorDigest
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.periods import Mark, due_periods, is_timely
from bot.domain.wording import N_
from bot.services.digests.building import DigestBuilder
from bot.services.digests.documents import member_document, moderator_document
from bot.services.ports import Clock, Database, Stores
from bot.services.ports.digests import Page

logger = logging.getLogger(__name__)

REMEMBERED = 8
"""So many missed periods are noted in the history, not those of a clock that jumped by years."""
NOTHING_HAPPENED = N_("nothing happened")
MISSED = N_("missed: the bot was away for too long")
NOT_WANTED = N_("no channel is set")


@dataclass(frozen=True, slots=True)
class Renderers:
    """How a platform writes digests."""

    members: Callable[[Digest], tuple[Page, ...]]
    moderators: Callable[[ModeratorDigest], tuple[Page, ...]]


class DigestRunner:
    """The job "digests"."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        builder: DigestBuilder,
        render: Renderers,
        wake_sender: Callable[[], None],
        is_dead: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._builder = builder
        self._render = render
        self._wake_sender = wake_sender
        self._is_dead = is_dead

    async def run(self) -> None:
        """Note what is due, then work on what is open; one community's trouble stays its own."""
        async with self._database.reading() as stores:
            plans = await stores.digests.plans()
        for plan in plans:
            try:
                await self._note_due(plan)
            except Exception:
                logger.exception("what is due cannot be told", extra={"community": plan.community})
        await self.work()

    async def work(self) -> None:
        """Work on the runs that wait."""
        now = self._clock.now()
        async with self._database.reading() as stores:
            runs = await stores.digests.claimable(now + BUILD_LEASE)
        waiting = [run for run in runs if self._is_free(run, now)]
        if waiting:
            await self._builder.ready()
        for run in waiting:
            try:
                await self._take(run)
            except Exception:
                logger.exception(
                    "a digest could not be built",
                    extra={"community": run.community, "period": run.period.key},
                )

    def _is_free(self, run: DigestRun, now: datetime) -> bool:
        """Tell whether nobody works on a run, or somebody who is dead."""
        if run.retry_at is not None and run.retry_at > now:
            return False
        is_held = run.lease_until is not None and run.lease_until > now
        return not is_held or (run.owner != self._owner and self._is_dead(run.owner))

    async def _note_due(self, plan: DigestPlan) -> None:
        now = self._clock.now()
        for audience in Audience:
            if plan.channel_of(audience) is None:
                continue
            async with self._database.reading() as stores:
                last = await stores.digests.last(plan.community, audience, now)
            for run in _due_runs(plan, audience, last, now):
                async with self._database.writing() as stores:
                    if await stores.digests.open(run):
                        logger.info("a digest is due", extra=_names(run))

    async def _take(self, run: DigestRun) -> None:
        now = self._clock.now()
        as_of = max(now, run.lease_until or now)  # a dead process's claim ends now
        async with self._database.writing() as stores:
            claimed = await stores.digests.claim(
                run, owner=self._owner, until=now + BUILD_LEASE, now=as_of
            )
            plan = await stores.digests.plan(run.community)
        if claimed is None or plan is None:
            return
        if claimed.state is RunState.BLOCKED and claimed.content:
            await self._begin_again(claimed, plan)
        else:
            await self._build(claimed, plan)

    async def _build(self, run: DigestRun, plan: DigestPlan) -> None:
        content, empty = await self._content(run, plan)
        channel = plan.channel_of(run.audience)
        if empty or channel is None:
            reason = NOTHING_HAPPENED if empty else NOT_WANTED
            ended = replace(_released(run), state=RunState.SKIPPED, problem=reason)
            async with self._database.writing() as stores:
                await stores.digests.put(replace(ended, content=content))
            return
        pages = content["pages"]
        sending = replace(
            _released(run),
            state=RunState.SENDING,
            channel=channel,
            content=content,
            parts=len(pages) if isinstance(pages, list | tuple) else 0,
        )
        await self._send(sending)

    async def _content(self, run: DigestRun, plan: DigestPlan) -> tuple[dict[str, object], bool]:
        if run.audience is Audience.MEMBERS:
            digest = await self._builder.members(plan, run.period, late=run.is_late)
            return member_document(digest, self._render.members(digest)), digest.is_empty
        for_moderators = await self._builder.moderators(plan, run.period)
        pages = self._render.moderators(for_moderators)
        return moderator_document(for_moderators, pages), for_moderators.is_empty

    async def _begin_again(self, run: DigestRun, plan: DigestPlan) -> None:
        """Try a digest that was refused: in the channel that the community wants now."""
        channel = plan.channel_of(run.audience) or run.channel
        if self._clock.now() - run.period.end > KEEP_BLOCKED or channel is None:
            async with self._database.writing() as stores:
                await stores.digests.put(replace(_released(run), state=RunState.FAILED))
            return
        again = replace(
            _released(run),
            state=RunState.SENDING,
            channel=channel,
            generation=run.generation + 1,
            retry_at=None,
        )
        await self._send(again)

    async def _send(self, run: DigestRun) -> None:
        """Store the digest together with the delivery of its first part that is not posted."""
        async with self._database.writing() as stores:
            if not await stores.digests.put(run):
                return
            await queue_next_part(stores, run, self._clock.now())
        self._wake_sender()


async def queue_next_part(stores: Stores, run: DigestRun, now: datetime) -> None:
    """Add the delivery of the first part that is not posted, so that parts come in order.

    Raises:
        RuntimeError: the outbox knows it already, so that nothing would ever be posted: a fault.
    """
    part = len(run.messages)
    if run.channel is None or part >= run.parts:
        return
    is_new = await stores.outbox.add(
        Delivery(
            key=run.delivery_key(part),
            kind=DeliveryKind.DIGEST,
            community=run.community,
            channel=run.channel,
            created_at=now,
            due_at=now,
            content={
                "audience": run.audience.value,
                "period": run.period.key,
                "part": part,
                "edition": run.edition,
                "generation": run.generation,
            },
        )
    )
    if not is_new:
        raise RuntimeError(f"part {part} of the digest {run.period.key} was queued before")


def _due_runs(
    plan: DigestPlan, audience: Audience, last: DigestRun | None, now: datetime
) -> list[DigestRun]:
    """Return runs for the periods that have ended: the newest to be posted, if it is still news."""
    mark = Mark(plan.since, scheduled=plan.scheduled)
    if last is not None and last.period.end > plan.since:
        mark = Mark(last.period.end, last.period.key, plan.scheduled)
    due = due_periods(plan.schedule, mark, now)[-REMEMBERED:]
    runs = [
        DigestRun(community=plan.community, audience=audience, period=period, created_at=now)
        for period in due
    ]
    newest = len(runs) - 1
    return [
        run
        if number == newest and is_timely(run.period, now)
        else replace(run, state=RunState.SKIPPED, problem=MISSED)
        for number, run in enumerate(runs)
    ]


def _released(run: DigestRun) -> DigestRun:
    return replace(run, owner="", lease_until=None, problem="")


def _names(run: DigestRun) -> dict[str, object]:
    return {"community": run.community, "audience": run.audience, "period": run.period.key}
