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
READ_AHEAD = 40
"""Pieces that one look through a table finds; while it looks, others can write."""
_LIVING_NOTES = (NoteState.PENDING.value, NoteState.POSTED.value)
_WAITING = (DeliveryState.WAITING.value, DeliveryState.SENDING.value)

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is older than these moments goes."""

    posts: datetime
    audit: datetime


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which rows of a table go, and what goes with them."""

    row: type[SQLModel]
    old: Callable[[_Cut], ColumnElement[bool]]
    parts: tuple[type[SQLModel], ...] = ()
    """Tables that carry the same key; they go first."""
    first: Callable[[Work, Sequence[Key]], Awaitable[None]] | None = None
    """What has to be done while the rows are still there."""


class SqlRetentionStore:
    """Implements `RetentionStore`."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    @property
    def tables(self) -> Sequence[str]:
        """The tables that `prune` knows, in the order in which to prune them."""
        return (*_RULES, TALLIES)

    async def prune(
        self, table: str, *, posts_before: datetime, audit_before: datetime, limit: int
    ) -> int:
        """Remove rows that are too old, `limit` in one transaction; 0 when there are no more."""
        cut = _Cut(posts_before, audit_before)
        if table == TALLIES:
            async with self._database.working(writable=True) as work:
                await _drop_emptied_tallies(work, cut)
            return 0
        rule = _RULES[table]
        async with self._database.working(writable=False) as work:
            found = await _keys(work, rule, cut, limit * READ_AHEAD)
        for start in range(0, len(found), limit):
            async with self._database.working(writable=True) as work:
                await _remove(work, rule, cut, found[start : start + limit])
        return len(found)


async def _keys(
    work: Work, rule: _Rule, cut: _Cut, limit: int, among: Sequence[Key] | None = None
) -> list[Key]:
    """Return the keys of rows that are too old."""
    key = list(table_of(rule.row).primary_key.columns)
    statement = select(*key).where(rule.old(cut)).limit(limit)
    if among is not None:
        statement = statement.where(_is_one_of(key, among))
    return [tuple(each) for each in await work.tuples(statement)]


async def _remove(work: Work, rule: _Rule, cut: _Cut, found: Sequence[Key]) -> None:
    """Remove rows that were found, if they are still too old."""
    keys = await _keys(work, rule, cut, len(found), found)
    if not keys:
        return
    if rule.first is not None:
        await rule.first(work, keys)
    names = [column.name for column in table_of(rule.row).primary_key.columns]
    for row in (*rule.parts, rule.row):
        columns = [table_of(row).columns[name] for name in names]
        await work.change(delete(table_of(row)).where(_is_one_of(columns, keys)))


def _is_one_of(columns: Sequence[Any], keys: Sequence[Key]) -> ColumnElement[bool]:
    """Compare the last column alone where all keys agree on the others: that uses the index."""
    *others, last = columns
    if len({key[:-1] for key in keys}) == 1:
        same = [column == value for column, value in zip(others, keys[0], strict=False)]
        return and_(*same, last.in_([key[-1] for key in keys]))
    return tuple_(*columns).in_(keys)


def _is_quiet_and_old(cut: _Cut) -> ColumnElement[bool]:
    """Tell posts that are old and to which nobody reacts any more."""
    post, reaction = table_of(LikedPostRow).columns, table_of(ReactionRow).columns
    recent = select(reaction["post_id"]).where(
        reaction["community_id"] == post["community_id"],
        reaction["post_id"] == post["post_id"],
        reaction["given"] >= to_micros(cut.posts),
    )
    return and_(post["created"] < to_micros(cut.posts), ~recent.exists())


async def _take_likes(work: Work, keys: Sequence[Key]) -> None:
    """Let the likes of these posts count no more."""
    stores = SqlStores(work)
    for community, posts in _by_community(keys).items():
        await hold_tallies(stores, community)
        likes = await stores.likes.likes_on(community, posts)
        await stores.likes.add_to_tallies(community, minus(likes))


async def _take_posts(work: Work, keys: Sequence[Key]) -> None:
    """Let these posts count no more."""
    stores = SqlStores(work)
    for community, posts in _by_community(keys).items():
        await hold_tallies(stores, community)
        rows = await work.rows(
            select(PostRow).where(
                col(PostRow.community_id) == community, col(PostRow.post_id).in_(posts)
            )
        )
        await stores.likes.add_to_tallies(community, _minus_posts(rows))


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


async def _drop_emptied_tallies(work: Work, cut: _Cut) -> None:
    """Remove tallies of old days from which everything was taken."""
    day = day_of(cut.posts)
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
        await work.change(statement)


def _by_community(keys: Sequence[Key]) -> dict[CommunityId, list[PostId]]:
    found: dict[CommunityId, list[PostId]] = {}
    for community, post in keys:
        found.setdefault(CommunityId(community), []).append(PostId(post))
    return found


TALLIES = "tally_member"
"""All three tallies; they come last, when everything was taken from them."""
_RULES: Mapping[str, _Rule] = {
    "outbox": _Rule(
        DeliveryRow,
        lambda cut: and_(
            col(DeliveryRow.created_at) < cut.posts, col(DeliveryRow.state).not_in(_WAITING)
        ),
    ),
    "check_request": _Rule(
        CheckRequestRow, lambda cut: col(CheckRequestRow.first_at) < cut.posts, (RequesterRow,)
    ),
    "review": _Rule(ReviewRow, lambda cut: col(ReviewRow.created_at) < cut.posts),
    "flag_card": _Rule(
        FlagCardRow,
        lambda cut: and_(
            col(FlagCardRow.created_at) < cut.posts, col(FlagCardRow.state) != CardState.OPEN.value
        ),
        (FlagRow,),
    ),
    "judgement": _Rule(JudgementRow, lambda cut: col(JudgementRow.at) < cut.posts),
    # Notes that stand are kept: corrections and their readers need them.
    "note": _Rule(
        NoteRow,
        lambda cut: and_(
            col(NoteRow.created_at) < cut.posts, col(NoteRow.state).not_in(_LIVING_NOTES)
        ),
        (RatingReasonRow, RatingRow, StandingRow, WithdrawalRow, NoteShownRow),
    ),
    "liked_post": _Rule(LikedPostRow, _is_quiet_and_old, (ReactionRow,), _take_likes),
    "post": _Rule(
        PostRow,
        lambda cut: or_(
            col(PostRow.created_at) < cut.posts,
            and_(col(PostRow.created_at).is_(None), col(PostRow.deleted_at) < cut.posts),
        ),
        first=_take_posts,
    ),
    "digest_run": _Rule(
        DigestRunRow,
        lambda cut: and_(
            col(DigestRunRow.ends_at) < cut.audit,
            col(DigestRunRow.state).not_in([state.value for state in OPEN_STATES]),
        ),
    ),
    "audit_entry": _Rule(AuditEntryRow, lambda cut: col(AuditEntryRow.at) < cut.audit),
}
