"""Deliveries, in the table `outbox`; claimed by compare-and-set."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlmodel import col

from bot.domain.ids import CommunityId, NoteId, PlaceId, PostId
from bot.domain.outbox import Delivery, DeliveryKind, DeliveryState
from db.tables import DeliveryRow
from db.work import Work


def _is(state: DeliveryState) -> ColumnElement[bool]:
    return col(DeliveryRow.state) == state.value


def _open() -> ColumnElement[bool]:
    return col(DeliveryRow.state).in_([DeliveryState.WAITING.value, DeliveryState.SENDING.value])


def _is_hindered() -> ColumnElement[bool]:
    return and_(_is(DeliveryState.WAITING), col(DeliveryRow.problem) != "")


def _left_behind(now: datetime) -> ColumnElement[bool]:
    return and_(_is(DeliveryState.SENDING), col(DeliveryRow.lease_until) <= now)


class SqlOutboxStore:
    """Implements `OutboxStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, delivery: Delivery) -> bool:
        """Add a delivery; return False where its key is known."""
        return await self._work.insert(DeliveryRow, _values(delivery), unless=["key"])

    async def get(self, key: str) -> Delivery | None:
        """Return a delivery."""
        row = await self._work.first(
            select(DeliveryRow).where(col(DeliveryRow.key) == key), hold=True
        )
        return None if row is None else _delivery(row)

    async def due(
        self, now: datetime, limit: int = 50, *, without: Collection[PlaceId] = ()
    ) -> Sequence[Delivery]:
        """Return waiting deliveries that are due, oldest first, but those in some channels."""
        rows = await self._work.rows(
            select(DeliveryRow)
            .where(
                _is(DeliveryState.WAITING),
                col(DeliveryRow.due_at) <= now,
                col(DeliveryRow.channel_id).not_in(without),
            )
            .order_by(col(DeliveryRow.number))
            .limit(limit)
        )
        return [_delivery(row) for row in rows]

    async def next_due(self) -> datetime | None:
        """Return when the next waiting delivery is due."""
        return await self._work.first(
            select(func.min(col(DeliveryRow.due_at))).where(_is(DeliveryState.WAITING))
        )

    async def uncertain(self, now: datetime) -> Sequence[Delivery]:
        """Return deliveries in state sending whose lease has run out, oldest first."""
        rows = await self._work.rows(
            select(DeliveryRow).where(_left_behind(now)).order_by(col(DeliveryRow.number))
        )
        return [_delivery(row) for row in rows]

    async def claim(self, key: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Claim by compare-and-set: waiting, or sending with a lease that ran out; count it."""
        claimed = await self._work.change(
            update(DeliveryRow)
            .where(col(DeliveryRow.key) == key, or_(_is(DeliveryState.WAITING), _left_behind(now)))
            .values(
                state=DeliveryState.SENDING.value,
                owner=owner,
                lease_until=until,
                attempts=col(DeliveryRow.attempts) + 1,
                first_attempt_at=func.coalesce(col(DeliveryRow.first_attempt_at), now),
            )
        )
        return claimed == 1

    async def settle(
        self,
        key: str,
        state: DeliveryState,
        *,
        owner: str | None = None,
        message: PostId | None = None,
        due_at: datetime | None = None,
        problem: str = "",
    ) -> bool:
        """End an attempt: done, failed, or waiting again until `due_at`; what is ended stays so."""
        if state is DeliveryState.SENDING:
            raise ValueError("an attempt cannot be settled as sending")
        values: dict[str, object] = {
            "state": state.value,
            "owner": "",
            "lease_until": None,
            "problem": problem,
        }
        if message is not None:
            values["message_id"] = message
        if due_at is not None:
            values["due_at"] = due_at
        statement = update(DeliveryRow).where(col(DeliveryRow.key) == key, _open())
        if owner is not None:
            statement = statement.where(col(DeliveryRow.owner) == owner)
        return await self._work.change(statement.values(values)) == 1

    async def cancel(
        self, note: NoteId, problem: str, *, kind: DeliveryKind = DeliveryKind.ATTACH_NOTE
    ) -> bool:
        """Fail the note's waiting deliveries of a kind; return whether there was one."""
        cancelled = await self._work.change(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.note_id) == note,
                col(DeliveryRow.kind) == kind.value,
                _is(DeliveryState.WAITING),
            )
            .values(state=DeliveryState.FAILED.value, problem=problem)
        )
        return cancelled > 0

    async def hasten(self, channel: PlaceId, kind: DeliveryKind, due: datetime) -> int:
        """Make a channel's waiting deliveries of a kind due then; return how many were later."""
        return await self._work.change(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.channel_id) == channel,
                col(DeliveryRow.kind) == kind.value,
                _is(DeliveryState.WAITING),
                col(DeliveryRow.due_at) > due,
            )
            .values(due_at=due)
        )

    async def refused(
        self, community: CommunityId, kind: DeliveryKind, limit: int = 10
    ) -> Sequence[Delivery]:
        """Return each note's newest delivery of a kind that was refused, newest first."""
        newest = (
            select(func.max(col(DeliveryRow.number)))
            .where(
                col(DeliveryRow.community_id) == community,
                col(DeliveryRow.kind) == kind.value,
                col(DeliveryRow.note_id).is_not(None),
            )
            .group_by(col(DeliveryRow.note_id))
        )
        rows = await self._work.rows(
            select(DeliveryRow)
            .where(
                col(DeliveryRow.number).in_(newest),
                or_(_is(DeliveryState.FAILED), _is_hindered()),
            )
            .order_by(col(DeliveryRow.number).desc())
            .limit(limit)
        )
        return [_delivery(row) for row in rows]

    async def hindered(self, community: CommunityId) -> Sequence[PlaceId]:
        """Return the channels in which something that was refused waits to be tried again."""
        found = await self._work.rows(
            select(col(DeliveryRow.channel_id))
            .where(col(DeliveryRow.community_id) == community, _is_hindered())
            .distinct()
            .order_by(col(DeliveryRow.channel_id))
        )
        return [PlaceId(channel) for channel in found]

    async def backlog(self, community: CommunityId | None = None) -> int:
        """Return how many deliveries are waiting or being sent, here or everywhere."""
        statement = select(func.count()).select_from(DeliveryRow).where(_open())
        if community is not None:
            statement = statement.where(col(DeliveryRow.community_id) == community)
        return await self._work.first(statement) or 0


def _values(delivery: Delivery) -> dict[str, object]:
    return {
        "key": delivery.key,
        "kind": delivery.kind.value,
        "community_id": delivery.community,
        "channel_id": delivery.channel,
        "note_id": delivery.note,
        "reply_to_id": delivery.reply_to,
        "content": dict(delivery.content),
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at,
        "due_at": delivery.due_at,
        "first_attempt_at": delivery.first_attempt_at,
        "owner": delivery.owner,
        "lease_until": delivery.lease_until,
        "message_id": delivery.message,
        "problem": delivery.problem,
    }


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        key=row.key,
        kind=DeliveryKind(row.kind),
        community=CommunityId(row.community_id),
        channel=PlaceId(row.channel_id),
        created_at=row.created_at,
        due_at=row.due_at,
        note=None if row.note_id is None else NoteId(row.note_id),
        reply_to=None if row.reply_to_id is None else PostId(row.reply_to_id),
        content=row.content,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        first_attempt_at=row.first_attempt_at,
        owner=row.owner,
        lease_until=row.lease_until,
        message=None if row.message_id is None else PostId(row.message_id),
        problem=row.problem,
    )
