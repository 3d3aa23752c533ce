"""Removes what was kept long enough, in short transactions, oldest first.

Knows each table's rule, and what a removed post or like takes from the tallies; never the clock.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_
from sqlmodel import SQLModel, col

from bot.domain.digest_runs import OPEN_STATES
from bot.domain.flags import CardState
from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.likes import day_of, quarter_of
from bot.domain.notes import NoteState
from bot.domain.outbox import DeliveryState
from bot.services.likes.ledger import hold_tallies
from bot.services.ports import TallyChanges
from db.case_tables import AuditEntryRow
from db.correction_tables import NoteShownRow
from db.digest_tables import DigestRunRow
from db.engine import SqlDatabase
from db.flag_tables import FlagCardRow, FlagRow
from db.like_tables import (
    LikedPostRow,
    MemberTallyRow,
    MomentTallyRow,
    PlaceTallyRow,
    ReactionRow,
)
from db.moments import to_micros
from db.privacy.likes import minus
from db.stores import SqlStores
from db.tables import DeliveryRow, JudgementRow, NoteRow, PostRow, RatingRow
from db.trust_tables import (
    CheckRequestRow,
    RatingReasonRow,
    RequesterRow,
    ReviewRow,
    StandingRow,
    WithdrawalRow,
)
from db.work import Work, table_of

QUARTERS_OF_A_DAY = 96
_LIVING_NOTES = (NoteState.PENDING.value, NoteState.POSTED.value)
_WAITING = (DeliveryState.WAITING.value, DeliveryState.SENDING.value)


@dataclass(frozen=True, slots=True)
class _Call:
    """What one call of `prune` works with."""

    work: Work
    posts_before: datetime
    audit_before: datetime
    limit: int


class SqlRetentionStore:
    """Implements `RetentionStore`."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    @property
    def tables(self) -> Sequence[str]:
        """The tables that `prune` knows, in the order in which to prune them."""
        return tuple(_RULES)

    async def prune(
        self, table: str, *, posts_before: datetime, audit_before: datetime, limit: int
    ) -> int:
        """Remove at most so many of the oldest rows that are too old; return how many."""
        async with self._database.working(writable=True) as work:
            return await _RULES[table](_Call(work, posts_before, audit_before, limit))


async def _outbox(call: _Call) -> int:
    old = and_(
        col(DeliveryRow.created_at) < call.posts_before,
        col(DeliveryRow.state).not_in(_WAITING),
    )
    return await _remove(call, DeliveryRow, old)


async def _requests(call: _Call) -> int:
    old = col(CheckRequestRow.first_at) < call.posts_before
    return await _remove(call, CheckRequestRow, old, RequesterRow)


async def _reviews(call: _Call) -> int:
    return await _remove(call, ReviewRow, col(ReviewRow.created_at) < call.posts_before)


async def _flags(call: _Call) -> int:
    old = and_(
        col(FlagCardRow.created_at) < call.posts_before,
        col(FlagCardRow.state) != CardState.OPEN.value,
    )
    return await _remove(call, FlagCardRow, old, FlagRow)


async def _judgements(call: _Call) -> int:
    return await _remove(call, JudgementRow, col(JudgementRow.at) < call.posts_before)


async def _notes(call: _Call) -> int:
    """Notes that stand are kept: corrections and their readers need them."""
    old = and_(
        col(NoteRow.created_at) < call.posts_before, col(NoteRow.state).not_in(_LIVING_NOTES)
    )
    parts = (RatingReasonRow, RatingRow, StandingRow, WithdrawalRow, NoteShownRow)
    return await _remove(call, NoteRow, old, *parts)


async def _liked(call: _Call) -> int:
    """Old posts to which nobody reacts any more, with their reactions and their likes."""
    post, reaction = table_of(LikedPostRow).columns, table_of(ReactionRow).columns
    cut = to_micros(call.posts_before)
    recent = select(reaction["post_id"]).where(
        reaction["community_id"] == post["community_id"],
        reaction["post_id"] == post["post_id"],
        reaction["given"] >= cut,
    )
    rows = await call.work.pairs(
        select(post["community_id"], post["post_id"])
        .where(post["created"] < cut, ~recent.exists())
        .limit(call.limit)
    )
    stores = SqlStores(call.work)
    for community, posts in _by_community(rows).items():
        await hold_tallies(stores, community)
        likes = await stores.likes.likes_on(community, posts)
        await stores.likes.add_to_tallies(community, minus(likes))
        for row in (ReactionRow, LikedPostRow):
            columns = table_of(row).columns
            mine = and_(columns["community_id"] == community, columns["post_id"].in_(posts))
            await call.work.change(delete(table_of(row)).where(mine))
    return len(rows)


async def _posts(call: _Call) -> int:
    old = or_(
        col(PostRow.created_at) < call.posts_before,
        and_(col(PostRow.created_at).is_(None), col(PostRow.deleted_at) < call.posts_before),
    )
    found = (await call.work.rows(select(PostRow).where(old).limit(call.limit)))[:]
    stores = SqlStores(call.work)
    for community in sorted({CommunityId(row.community_id) for row in found}):
        mine = [row for row in found if row.community_id == community]
        await hold_tallies(stores, community)
        await stores.likes.add_to_tallies(community, _minus_posts(mine))
        ids = [row.post_id for row in mine]
        await call.work.change(
            delete(PostRow).where(
                col(PostRow.community_id) == community, col(PostRow.post_id).in_(ids)
            )
        )
    return len(found)


def _minus_posts(rows: Sequence[PostRow]) -> TallyChanges:
    """Return what the tallies lose with these posts."""
    changes = TallyChanges()
    for row in rows:
        if row.created_at is None or row.channel_id is None:
            continue
        if row.by_person and row.deleted_at is None:
            changes.moments.setdefault(quarter_of(row.created_at), [0, 0])[0] -= 1
            where = (day_of(row.created_at), PlaceId(row.channel_id))
            changes.places.setdefault(where, [0, 0])[0] -= 1
    return changes


async def _tallies(call: _Call) -> int:
    """Tallies of old days from which everything was taken."""
    day = day_of(call.posts_before)
    moment, place, member = (
        table_of(row) for row in (MomentTallyRow, PlaceTallyRow, MemberTallyRow)
    )
    emptied = (
        delete(moment).where(
            moment.c["quarter"] < day * QUARTERS_OF_A_DAY,
            moment.c["posts"] == 0,
            moment.c["likes"] == 0,
        ),
        delete(place).where(place.c["day"] < day, place.c["posts"] == 0, place.c["likes"] == 0),
        delete(member).where(
            member.c["day"] < day, member.c["received"] == 0, member.c["given"] == 0
        ),
    )
    for statement in emptied:
        await call.work.change(statement)
    return 0


async def _digests(call: _Call) -> int:
    open_states = [state.value for state in OPEN_STATES]
    old = and_(
        col(DigestRunRow.ends_at) < call.audit_before, col(DigestRunRow.state).not_in(open_states)
    )
    return await _remove(call, DigestRunRow, old)


async def _audit(call: _Call) -> int:
    return await _remove(call, AuditEntryRow, col(AuditEntryRow.at) < call.audit_before)


_RULES: Mapping[str, Callable[[_Call], Awaitable[int]]] = {
    "outbox": _outbox,
    "check_request": _requests,
    "review": _reviews,
    "flag_card": _flags,
    "judgement": _judgements,
    "note": _notes,
    "liked_post": _liked,
    "post": _posts,
    "tally_member": _tallies,
    "digest_run": _digests,
    "audit_entry": _audit,
}


async def _remove(
    call: _Call, row: type[SQLModel], old: ColumnElement[bool], *parts: type[SQLModel]
) -> int:
    """Remove old rows, and first those of other tables that carry their key."""
    table = table_of(row)
    key = list(table.primary_key.columns)
    found = await call.work.tuples(select(*key).where(old).limit(call.limit))
    keys = [tuple(each) for each in found]
    for each in (*parts, row) if keys else ():
        columns = [table_of(each).columns[part.name] for part in key]
        await call.work.change(delete(table_of(each)).where(_is_one_of(columns, keys)))
    return len(keys)


def _is_one_of(columns: Sequence[Any], keys: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])  # type: ignore[no-any-return]
    return tuple_(*columns).in_(keys)


def _by_community(rows: Sequence[tuple[Any, Any]]) -> dict[CommunityId, list[PostId]]:
    found: dict[CommunityId, list[PostId]] = {}
    for community, post in rows:
        found.setdefault(CommunityId(community), []).append(PostId(post))
    return found
