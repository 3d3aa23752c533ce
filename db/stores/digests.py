"""Plans and the ledger of digests, in the tables `digest_plan` and `digest_run`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import col

from bot.domain.digest_runs import OPEN_STATES, Audience, DigestPlan, DigestRun, RunState
from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.periods import Cadence, Period, Schedule, Weekday
from db.digest_tables import DigestPlanRow, DigestRunRow
from db.work import Work

_RUN_KEY = ["community_id", "audience", "period_key"]


class SqlDigestStore:
    """Implements `DigestStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def plan(self, community: CommunityId) -> DigestPlan | None:
        """Return what a community wants."""
        row = await self._work.first(
            select(DigestPlanRow).where(col(DigestPlanRow.community_id) == community), hold=True
        )
        return None if row is None else _plan(row)

    async def plans(self) -> Sequence[DigestPlan]:
        """Return what all communities want, by community."""
        rows = await self._work.rows(
            select(DigestPlanRow).order_by(col(DigestPlanRow.community_id))
        )
        return [_plan(row) for row in rows]

    async def put_plan(self, plan: DigestPlan) -> None:
        """Store what a community wants."""
        values = _plan_values(plan)
        await self._work.upsert(
            DigestPlanRow,
            values,
            key=["community_id"],
            change=lambda _, new: {name: new[name] for name in values if name != "community_id"},
        )

    async def open(self, run: DigestRun) -> bool:
        """Add a run; return False where there is one for the same period and audience."""
        return await self._work.insert(DigestRunRow, _run_values(run), unless=_RUN_KEY)

    async def get(self, community: CommunityId, audience: Audience, key: str) -> DigestRun | None:
        """Return a run; while writing, it stays as it is until the end."""
        row = await self._work.first(
            select(DigestRunRow).where(
                col(DigestRunRow.community_id) == community,
                col(DigestRunRow.audience) == audience.value,
                col(DigestRunRow.period_key) == key,
            ),
            hold=True,
        )
        return None if row is None else _run(row)

    async def last(
        self, community: CommunityId, audience: Audience, before: datetime
    ) -> DigestRun | None:
        """Return the run whose period ended last, none of the future."""
        row = await self._work.first(
            select(DigestRunRow)
            .where(
                col(DigestRunRow.community_id) == community,
                col(DigestRunRow.audience) == audience.value,
                col(DigestRunRow.ends_at) <= before,
            )
            .order_by(col(DigestRunRow.ends_at).desc())
        )
        return None if row is None else _run(row)

    async def history(
        self, community: CommunityId, audience: Audience | None = None, *, limit: int = 10
    ) -> Sequence[DigestRun]:
        """Return runs, the newest period first."""
        statement = select(DigestRunRow).where(col(DigestRunRow.community_id) == community)
        if audience is not None:
            statement = statement.where(col(DigestRunRow.audience) == audience.value)
        newest = statement.order_by(
            col(DigestRunRow.ends_at).desc(), col(DigestRunRow.audience)
        ).limit(limit)
        return [_run(row) for row in await self._work.rows(newest)]

    async def claimable(self, now: datetime) -> Sequence[DigestRun]:
        """Return runs to be worked on: pending without a live lease, or blocked and due again."""
        rows = await self._work.rows(
            select(DigestRunRow).where(_claimable(now)).order_by(col(DigestRunRow.ends_at))
        )
        return [_run(row) for row in rows]

    async def claim(
        self, run: DigestRun, *, owner: str, until: datetime, now: datetime
    ) -> DigestRun | None:
        """Claim by compare-and-set, as `claimable` says; None where somebody else was faster."""
        claimed = await self._work.change(
            update(DigestRunRow)
            .where(_is(run), _claimable(now), col(DigestRunRow.attempt) == run.attempt)
            .values(owner=owner, lease_until=until, attempt=run.attempt + 1)
        )
        return await self.get(run.community, run.audience, run.period.key) if claimed == 1 else None

    async def put(self, run: DigestRun, *, reopen: bool = False) -> bool:
        """Replace a run that is not ended (or is, to reopen it), if its attempt is the newest."""
        states = [state.value for state in (RunState if reopen else OPEN_STATES)]
        changed = await self._work.change(
            update(DigestRunRow)
            .where(
                _is(run),
                col(DigestRunRow.attempt) == run.attempt,
                col(DigestRunRow.state).in_(states),
            )
            .values({k: v for k, v in _run_values(run).items() if k not in _RUN_KEY})
        )
        return changed == 1


def _is(run: DigestRun) -> ColumnElement[bool]:
    return and_(
        col(DigestRunRow.community_id) == run.community,
        col(DigestRunRow.audience) == run.audience.value,
        col(DigestRunRow.period_key) == run.period.key,
    )


def _claimable(now: datetime) -> ColumnElement[bool]:
    row = DigestRunRow
    pending = col(row.state) == RunState.PENDING.value
    blocked = and_(col(row.state) == RunState.BLOCKED.value, col(row.retry_at) <= now)
    free = or_(col(row.lease_until).is_(None), col(row.lease_until) <= now)
    return and_(or_(pending, blocked), free)


def _plan_values(plan: DigestPlan) -> dict[str, object]:
    return {
        "community_id": plan.community,
        "cadence": plan.schedule.cadence.value,
        "weekday": plan.schedule.weekday.value,
        "hour": plan.schedule.hour,
        "zone": plan.schedule.zone,
        "since_at": plan.since,
        "scheduled_at": plan.scheduled,
        "channel_id": plan.channel,
        "moderators_channel_id": plan.moderators_channel,
        "names_in_archive": plan.names_in_archive,
    }


def _plan(row: DigestPlanRow) -> DigestPlan:
    schedule = Schedule(Cadence(row.cadence), Weekday(row.weekday), row.hour, row.zone)
    return DigestPlan(
        community=CommunityId(row.community_id),
        schedule=schedule,
        since=row.since_at,
        scheduled=row.scheduled_at,
        channel=_place(row.channel_id),
        moderators_channel=_place(row.moderators_channel_id),
        names_in_archive=row.names_in_archive,
    )


def _run_values(run: DigestRun) -> dict[str, object]:
    return {
        "community_id": run.community,
        "audience": run.audience.value,
        "period_key": run.period.key,
        "starts_at": run.period.start,
        "ends_at": run.period.end,
        "created_at": run.created_at,
        "state": run.state.value,
        "channel_id": run.channel,
        "owner": run.owner,
        "lease_until": run.lease_until,
        "attempt": run.attempt,
        "edition": run.edition,
        "generation": run.generation,
        "content": dict(run.content),
        "parts": run.parts,
        "messages": {"ids": list(run.messages)},
        "problem": run.problem,
        "retry_at": run.retry_at,
    }


def _run(row: DigestRunRow) -> DigestRun:
    return DigestRun(
        community=CommunityId(row.community_id),
        audience=Audience(row.audience),
        period=Period(key=row.period_key, start=row.starts_at, end=row.ends_at),
        created_at=row.created_at,
        state=RunState(row.state),
        channel=_place(row.channel_id),
        owner=row.owner,
        lease_until=row.lease_until,
        attempt=row.attempt,
        edition=row.edition,
        generation=row.generation,
        content=row.content,
        parts=row.parts,
        messages=tuple(PostId(message) for message in row.messages["ids"]),
        problem=row.problem,
        retry_at=row.retry_at,
    )


def _place(number: int | None) -> PlaceId | None:
    return None if number is None else PlaceId(number)
