"""Ratings' reasons and notes' standings, in the tables of these names beside `rating`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, NoteId
from bot.domain.notes import Helpfulness, NoteState
from bot.domain.ratings import NoteStanding, Opinion, RatingReason, Standing
from db.tables import NoteRow, RatingRow
from db.trust_tables import RatingReasonRow, StandingRow
from db.work import Work


class SqlRatingStore:
    """Implements `RatingStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def explain(
        self, note: NoteId, member: MemberId, reasons: Collection[RatingReason]
    ) -> None:
        """Store a member's reasons in place of earlier ones."""
        key = {"note_id": note, "member_id": member}
        await self._work.change(
            delete(RatingReasonRow).where(
                col(RatingReasonRow.note_id) == note, col(RatingReasonRow.member_id) == member
            )
        )
        for reason in sorted(reasons):
            await self._work.insert(
                RatingReasonRow, key | {"reason": reason.value}, unless=[*key, "reason"]
            )

    async def value(self, note: NoteId, member: MemberId) -> Helpfulness | None:
        """Return a member's rating."""
        found = await self._work.first(
            select(col(RatingRow.value)).where(
                col(RatingRow.note_id) == note, col(RatingRow.member_id) == member
            )
        )
        return None if found is None else Helpfulness(found)

    async def opinions(self, note: NoteId) -> Sequence[Opinion]:
        """Return all ratings of a note with their reasons, by member."""
        given = await self._work.pairs(
            select(col(RatingReasonRow.member_id), col(RatingReasonRow.reason)).where(
                col(RatingReasonRow.note_id) == note
            )
        )
        reasons: dict[int, set[RatingReason]] = {}
        for member, reason in given:
            reasons.setdefault(member, set()).add(RatingReason(reason))
        rated = await self._work.pairs(
            select(col(RatingRow.member_id), col(RatingRow.value))
            .where(col(RatingRow.note_id) == note)
            .order_by(col(RatingRow.member_id))
        )
        return [
            Opinion(MemberId(member), Helpfulness(value), frozenset(reasons.get(member, ())))
            for member, value in rated
        ]

    async def given(
        self, community: CommunityId, since: datetime
    ) -> Mapping[NoteId, Mapping[MemberId, Helpfulness]]:
        """Return the ratings of a community's notes that were made since then."""
        rows = await self._work.tuples(
            select(col(RatingRow.note_id), col(RatingRow.member_id), col(RatingRow.value))
            .join(NoteRow, col(NoteRow.note_id) == col(RatingRow.note_id))
            .where(col(NoteRow.community_id) == community, col(RatingRow.at) >= since)
        )
        found: dict[NoteId, dict[MemberId, Helpfulness]] = {}
        for note, member, value in rows:
            found.setdefault(NoteId(note), {})[MemberId(member)] = Helpfulness(value)
        return found

    async def mark(self, community: CommunityId, since: datetime) -> tuple[int, datetime | None]:
        """Return how many ratings `given` holds, and the newest's moment."""
        ((count, newest),) = await self._work.pairs(
            select(func.count(), func.max(col(RatingRow.at)))
            .join(NoteRow, col(NoteRow.note_id) == col(RatingRow.note_id))
            .where(col(NoteRow.community_id) == community, col(RatingRow.at) >= since)
        )
        return count, newest

    async def to_assess(self, posted_since: datetime, *, least: int) -> Sequence[NoteId]:
        """Return posted notes of all communities, made since then, whose status can change."""
        rated = (
            select(func.count())
            .where(col(RatingRow.note_id) == col(NoteRow.note_id))
            .scalar_subquery()
        )
        under_way = exists().where(
            col(StandingRow.note_id) == col(NoteRow.note_id),
            or_(
                col(StandingRow.standing) != Standing.NEEDS_MORE.value,
                col(StandingRow.candidate).is_not(None),
            ),
        )
        found = await self._work.rows(
            select(col(NoteRow.note_id))
            .where(
                col(NoteRow.state) == NoteState.POSTED.value,
                col(NoteRow.created_at) >= posted_since,
                or_(rated >= least, under_way),
            )
            .order_by(col(NoteRow.note_id))
        )
        return [NoteId(note) for note in found]

    async def standing(self, note: NoteId) -> NoteStanding:
        """Return a note's status; `NEEDS_MORE` where nothing is stored."""
        row = await self._work.first(
            select(StandingRow).where(col(StandingRow.note_id) == note), hold=True
        )
        if row is None:
            return NoteStanding(note=note)
        return NoteStanding(
            note=note,
            standing=Standing(row.standing),
            candidate=None if row.candidate is None else Standing(row.candidate),
            since=row.candidate_at,
        )

    async def put_standing(self, standing: NoteStanding) -> None:
        """Store a note's status."""
        values = {
            "standing": standing.standing.value,
            "candidate": None if standing.candidate is None else standing.candidate.value,
            "candidate_at": standing.since,
        }
        await self._work.upsert(
            StandingRow,
            values | {"note_id": standing.note},
            key=["note_id"],
            change=lambda _, new: {name: new[name] for name in values},
        )
