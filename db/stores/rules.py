"""Communities' rules, pauses and withdrawals, in the tables of these names."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.notes import NoteState
from bot.domain.policy import Thresholds
from bot.domain.rules import NoteRules, Pause, Withdrawal
from db.tables import NoteRow
from db.trust_tables import NoteRulesRow, PauseRow, WithdrawalRow
from db.work import Work

_RULES = (
    "review_place_id",
    "auto_threshold",
    "suggest_threshold",
    "earned",
    "hold_seconds",
    "tag",
)


class SqlRuleStore:
    """Implements `RuleStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, community: CommunityId) -> NoteRules:
        """Return a community's rules; the defaults where it has decided nothing."""
        row = await self._work.first(
            select(NoteRulesRow).where(col(NoteRulesRow.community_id) == community), hold=True
        )
        if row is None:
            return NoteRules(community=community)
        thresholds = None
        if row.auto_threshold is not None and row.suggest_threshold is not None:
            thresholds = Thresholds(auto=row.auto_threshold, suggest=row.suggest_threshold)
        return NoteRules(
            community=community,
            review_place=None if row.review_place_id is None else PlaceId(row.review_place_id),
            thresholds=thresholds,
            earned=row.earned,
            hold=None if row.hold_seconds is None else timedelta(seconds=row.hold_seconds),
            tag=row.tag,
        )

    async def put(self, rules: NoteRules) -> None:
        """Store a community's rules."""
        thresholds, hold = rules.thresholds, rules.hold
        await self._work.upsert(
            NoteRulesRow,
            {
                "community_id": rules.community,
                "review_place_id": rules.review_place,
                "auto_threshold": None if thresholds is None else thresholds.auto,
                "suggest_threshold": None if thresholds is None else thresholds.suggest,
                "earned": rules.earned,
                "hold_seconds": None if hold is None else hold.total_seconds(),
                "tag": rules.tag,
            },
            key=["community_id"],
            change=lambda _, new: {name: new[name] for name in _RULES},
        )


class SqlPauseStore:
    """Implements `PauseStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, pause: Pause) -> None:
        """Store a place's newest pause, begun or ended."""
        values: dict[str, object] = {
            "at": pause.at,
            "by_member_id": pause.by,
            "resumed_at": pause.resumed_at,
            "resumed_by_id": pause.resumed_by,
        }
        key: dict[str, object] = {"community_id": pause.community, "place_id": pause.place}
        await self._work.upsert(
            PauseRow,
            key | values,
            key=list(key),
            change=lambda _, new: {name: new[name] for name in values},
        )

    async def get(self, community: CommunityId, place: PlaceId) -> Pause | None:
        """Return a place's newest pause, active or ended."""
        row = await self._work.first(
            select(PauseRow).where(
                col(PauseRow.community_id) == community, col(PauseRow.place_id) == place
            ),
            hold=True,
        )
        return None if row is None else _pause(row)

    async def active(self, community: CommunityId) -> Sequence[Pause]:
        """Return the pauses that hold, by place."""
        rows = await self._work.rows(
            select(PauseRow)
            .where(col(PauseRow.community_id) == community, col(PauseRow.resumed_at).is_(None))
            .order_by(col(PauseRow.place_id))
        )
        return [_pause(row) for row in rows]


class SqlWithdrawalStore:
    """Implements `WithdrawalStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False where the note has one."""
        return await self._work.insert(
            WithdrawalRow,
            {
                "note_id": withdrawal.note,
                "community_id": withdrawal.community,
                "place_id": withdrawal.place,
                "cause": withdrawal.cause.value,
                "by_member_id": withdrawal.by,
                "at": withdrawal.at,
            },
            unless=["note_id"],
        )

    async def recent(
        self, community: CommunityId, place: PlaceId, *, since: datetime, limit: int
    ) -> Sequence[bool]:
        """Tell of the newest notes in a place whether each was taken back for being wrong."""
        wrong = col(WithdrawalRow.note_id).is_not(None)
        pairs = await self._work.pairs(
            select(col(NoteRow.note_id), wrong)
            .join(WithdrawalRow, col(WithdrawalRow.note_id) == col(NoteRow.note_id), isouter=True)
            .where(
                col(NoteRow.community_id) == community,
                col(NoteRow.place_id) == place,
                col(NoteRow.created_at) > since,
                or_(wrong, col(NoteRow.state) == NoteState.POSTED.value),
            )
            .order_by(col(NoteRow.created_at).desc(), col(NoteRow.note_id))
            .limit(limit)
        )
        return [bool(was_wrong) for _, was_wrong in pairs]


def _pause(row: PauseRow) -> Pause:
    return Pause(
        community=CommunityId(row.community_id),
        place=PlaceId(row.place_id),
        at=row.at,
        by=None if row.by_member_id is None else MemberId(row.by_member_id),
        resumed_at=row.resumed_at,
        resumed_by=None if row.resumed_by_id is None else MemberId(row.resumed_by_id),
    )
