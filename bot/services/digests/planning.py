"""What moderators can ask of digests: when, where, a preview, to post now, and what was posted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.digest_runs import Audience, DigestPlan, DigestRun, RunState
from bot.domain.digests import Digest
from bot.domain.ids import CommunityId, PlaceId
from bot.domain.periods import (
    Cadence,
    Mark,
    Period,
    Schedule,
    Weekday,
    current_period,
    due_periods,
    next_moment,
    period_of,
)
from bot.domain.wording import N_, _
from bot.services.digests.building import DigestBuilder
from bot.services.digests.running import DigestRunner, Renderers, queue_next_part
from bot.services.digests.zones import zone_named
from bot.services.errors import ConflictError, InvalidInputError, NotFoundError
from bot.services.ports import Clock, Database, Stores
from bot.services.ports.digests import Page

LONGEST = timedelta(days=70)
"""Longer than two of the longest periods."""
ARCHIVED = 100
"""Digests on the web, at most."""
NO_CHANNEL = N_("No channel is set for digests yet: `/digest channel`.")


@dataclass(frozen=True, slots=True)
class Preview:
    """A digest as it would be posted now."""

    pages: tuple[Page, ...]
    digest: Digest | None
    """None for moderators' digests, which have no picture."""


class DigestService:
    """Keeps plans, and answers about digests; posting is left to the runner and the outbox."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        builder: DigestBuilder,
        runner: DigestRunner,
        render: Renderers,
        *,
        zone: str = "UTC",
    ) -> None:
        self._database = database
        self._clock = clock
        self._builder = builder
        self._render = render
        self._zone = zone
        self.runner = runner

    async def plan(self, community: CommunityId) -> DigestPlan:
        """Return what a community wants; the defaults where it said nothing."""
        async with self._database.reading() as stores:
            return await self._plan(stores, community)

    async def _plan(self, stores: Stores, community: CommunityId) -> DigestPlan:
        known = await stores.digests.plan(community)
        if known is not None:
            return known
        return DigestPlan(
            community=community, schedule=Schedule(zone=self._zone), since=self._clock.now()
        )

    async def next_due(self, community: CommunityId) -> datetime:
        """Return when the next digest is due."""
        plan = await self.plan(community)
        return next_moment(plan.schedule, self._clock.now())

    async def set_schedule(
        self,
        community: CommunityId,
        *,
        cadence: Cadence | None = None,
        weekday: Weekday | None = None,
        hour: int | None = None,
        zone: str | None = None,
    ) -> DigestPlan:
        """Change the schedule, as far as something is given.

        Raises:
            InvalidInputError: the zone is unknown.
        """
        named = None if zone is None else zone_named(zone)
        await self.runner.run()  # what is due by the old schedule is not lost
        async with self._database.writing() as stores:
            plan = await self._plan(stores, community)
            old = plan.schedule
            schedule = Schedule(
                cadence or old.cadence,
                weekday or old.weekday,
                old.hour if hour is None else hour,
                named or old.zone,
            )
            scheduled = plan.scheduled if schedule == old else self._clock.now()
            changed = replace(plan, schedule=schedule, scheduled=scheduled)
            await stores.digests.put_plan(changed)
        return changed

    async def set_archive(self, community: CommunityId, *, names: bool) -> DigestPlan:
        """Say whether the archive on the web names members."""
        async with self._database.writing() as stores:
            plan = await self._plan(stores, community)
            changed = replace(plan, names_in_archive=names)
            await stores.digests.put_plan(changed)
        return changed

    async def set_channels(
        self,
        community: CommunityId,
        *,
        members: PlaceId | None,
        moderators: PlaceId | None,
    ) -> DigestPlan:
        """Say where digests are posted; an audience without a channel gets none from now on."""
        await self.runner.run()  # what is due in the old places is not lost
        now = self._clock.now()
        async with self._database.writing() as stores:
            plan = await self._plan(stores, community)
            begins = (plan.channel is None and members is not None) or (
                plan.moderators_channel is None and moderators is not None
            )
            changed = replace(
                plan,
                channel=members,
                moderators_channel=moderators,
                since=now if begins else plan.since,
            )
            await stores.digests.put_plan(changed)
            for run in await stores.digests.history(community):
                if run.state is RunState.BLOCKED:
                    await stores.digests.put(replace(run, retry_at=now))
        await self.runner.work()
        return changed

    async def preview(self, community: CommunityId, audience: Audience) -> Preview:
        """Return the digest of the running period as it would be now."""
        plan = await self.plan(community)
        period = current_period(plan.schedule, self._clock.now())
        if audience is Audience.MODERATORS:
            pages = self._render.moderators(await self._builder.moderators(plan, period))
            return Preview(pages, None)
        digest = await self._builder.members(plan, period)
        return Preview(self._render.members(digest), digest)

    async def digest(self, community: CommunityId, key: str | None = None) -> Digest:
        """Return the digest for members of a period: the last one that ended, or that named.

        Raises:
            NotFoundError: there is no such period in the last two years.
        """
        plan = await self.plan(community)
        period = _period(plan.schedule, key, self._clock.now())
        return await self._builder.members(plan, period)

    async def post(self, community: CommunityId, *, again: bool = False) -> DigestRun:
        """Post the last ended period's digest for members, if it does not stand yet.

        Args:
            community: whose digest.
            again: post one that was posted already once more, beside it.

        Raises:
            InvalidInputError: no channel is set.
            ConflictError: it is posted already, or about to be.
        """
        now = self._clock.now()
        async with self._database.writing() as stores:
            plan = await self._plan(stores, community)
            if plan.channel is None:
                raise InvalidInputError(_(NO_CHANNEL))
            period = _last_period(plan.schedule, now)
            run = await stores.digests.get(community, Audience.MEMBERS, period.key)
            if run is None:
                fresh = DigestRun(
                    community=community, audience=Audience.MEMBERS, period=period, created_at=now
                )
                await stores.digests.open(fresh)
            else:
                await self._wake(stores, run, plan, again=again)
        await self.runner.work()
        async with self._database.reading() as stores:
            posted = await stores.digests.get(community, Audience.MEMBERS, period.key)
        if posted is None:
            raise NotFoundError(_("The digest is gone."))
        return posted

    async def _wake(self, stores: Stores, run: DigestRun, plan: DigestPlan, *, again: bool) -> None:
        now, key = self._clock.now(), run.period.key
        match run.state:
            case RunState.DONE if again:
                edition = replace(
                    run,
                    state=RunState.SENDING,
                    edition=run.edition + 1,
                    generation=0,
                    messages=(),
                    channel=plan.channel,
                )
                await stores.digests.put(edition, reopen=True)
                await queue_next_part(stores, edition, now)
            case RunState.DONE:
                raise ConflictError(
                    _("The digest for {key} is posted already; `again` posts it once more.").format(
                        key=key
                    )
                )
            case RunState.PENDING | RunState.SENDING:
                raise ConflictError(_("The digest for {key} is being posted.").format(key=key))
            case RunState.BLOCKED:
                await stores.digests.put(replace(run, retry_at=now))
            case RunState.SKIPPED | RunState.FAILED:
                # It is built anew; a part that stands from before is found by its marker.
                fresh = replace(
                    run,
                    state=RunState.PENDING,
                    generation=run.generation + 1,
                    messages=(),
                    problem="",
                    lease_until=None,
                    retry_at=None,
                )
                await stores.digests.put(fresh, reopen=True)

    async def history(self, community: CommunityId, *, limit: int = 10) -> Sequence[DigestRun]:
        """Return what was posted, skipped and refused, the newest first."""
        async with self._database.reading() as stores:
            return await stores.digests.history(community, limit=limit)

    async def held(self, community: CommunityId) -> Sequence[DigestRun]:
        """Return what the platform refused and is tried again."""
        recent = await self.history(community)
        return [run for run in recent if run.state is RunState.BLOCKED]

    async def archive(
        self, community: CommunityId, key: str | None = None
    ) -> tuple[DigestPlan, Sequence[DigestRun]] | None:
        """Return a community's digests for members that stand, the newest first.

        Args:
            community: whose digests; None is returned for one without a plan.
            key: of the one period to return; of all, the newest hundred.
        """
        async with self._database.reading() as stores:
            plan = await stores.digests.plan(community)
            if plan is None:
                return None
            if key is None:
                runs = await stores.digests.history(community, Audience.MEMBERS, limit=ARCHIVED)
            else:
                run = await stores.digests.get(community, Audience.MEMBERS, key)
                runs = [run] if run is not None else []
        return plan, [run for run in runs if run.state is RunState.DONE]


def _last_period(schedule: Schedule, now: datetime) -> Period:
    return due_periods(schedule, Mark(now - LONGEST), now)[-1]


def _period(schedule: Schedule, key: str | None, now: datetime) -> Period:
    if key is None:
        return _last_period(schedule, now)
    found = period_of(schedule, key, now)
    if found is None:
        raise NotFoundError(
            _("There is no {cadence} period “{key}”; the last that ended is {last}.").format(
                cadence=schedule.cadence, key=key[:40], last=_last_period(schedule, now).key
            )
        )
    return found
