"""Counts for digests, from the tables of posts, judgements, notes and ratings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from bot.domain.digests import Raised
from bot.domain.ids import CommunityId, MemberId, PlaceId, Slug
from bot.domain.notes import Helpfulness, NoteState
from bot.domain.policy import Outcome
from bot.services.ports.digests import Talk
from db.digest_tables import DigestPlanRow
from db.tables import JudgementRow, NoteRow, PostRow, RatingRow, WatchRow
from db.work import Work


class SqlDigestFacts:
    """Implements `DigestFacts`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def communities(self) -> Sequence[CommunityId]:
        """Return the communities that have a digest's plan or a watched place."""
        planned = await self._work.rows(select(col(DigestPlanRow.community_id)))
        watched = await self._work.rows(select(col(WatchRow.community_id)).distinct())
        return [CommunityId(each) for each in sorted({*planned, *watched})]

    async def recorded_since(self, community: CommunityId) -> datetime | None:
        """Return when the first post that is known was made."""
        return await self._work.first(
            select(col(PostRow.created_at))
            .where(_counted(community))
            .order_by(col(PostRow.created_at))
        )

    async def talk_in(
        self, community: CommunityId, channel: PlaceId, start: datetime, end: datetime
    ) -> Talk:
        """Return how many posts that are not deleted were made in a channel or thread."""
        author = col(PostRow.author_id)
        found = await self._work.pairs(
            select(func.count(), func.count(func.distinct(author))).where(
                _counted(community),
                col(PostRow.channel_id) == channel,
                _within(col(PostRow.created_at), start, end),
            )
        )
        return Talk(*found[0])

    async def raised(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Sequence[Raised]:
        """Return which fact-checks were raised, by place and outcome."""
        key = (col(JudgementRow.slug), col(JudgementRow.channel_id), col(JudgementRow.outcome))
        rows = await self._work.tuples(
            select(*key, func.count())
            .where(
                col(JudgementRow.community_id) == community,
                _within(col(JudgementRow.at), start, end),
            )
            .group_by(*key)
            .order_by(*key)
        )
        return [
            Raised(Slug(slug), PlaceId(channel), Outcome(outcome), count)
            for slug, channel, outcome, count in rows
        ]

    async def notes(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Mapping[NoteState, int]:
        """Return how many notes were made, by state; zeros included."""
        pairs = await self._work.pairs(
            select(col(NoteRow.state), func.count())
            .where(
                col(NoteRow.community_id) == community,
                _within(col(NoteRow.created_at), start, end),
            )
            .group_by(col(NoteRow.state))
        )
        counted = dict(pairs)
        return {state: counted.get(state.value, 0) for state in NoteState}

    async def ratings(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Mapping[Slug, Mapping[Helpfulness, int]]:
        """Return how members rated notes in this time, by fact-check."""
        rows = await self._work.tuples(
            select(col(NoteRow.slug), col(RatingRow.value), func.count())
            .join(RatingRow, col(RatingRow.note_id) == col(NoteRow.note_id))
            .where(col(NoteRow.community_id) == community, _within(col(RatingRow.at), start, end))
            .group_by(col(NoteRow.slug), col(RatingRow.value))
        )
        found: dict[Slug, dict[Helpfulness, int]] = {}
        for slug, value, count in rows:
            found.setdefault(Slug(slug), {})[Helpfulness(value)] = count
        return found

    async def raters(
        self, community: CommunityId, start: datetime, end: datetime, limit: int
    ) -> Sequence[MemberId]:
        """Return who rated most notes in this time."""
        rows = await self._work.rows(
            select(col(RatingRow.member_id))
            .join(NoteRow, col(RatingRow.note_id) == col(NoteRow.note_id))
            .where(col(NoteRow.community_id) == community, _within(col(RatingRow.at), start, end))
            .group_by(col(RatingRow.member_id))
            .order_by(func.count().desc(), col(RatingRow.member_id))
            .limit(limit)
        )
        return [MemberId(member) for member in rows]


def _counted(community: CommunityId) -> ColumnElement[bool]:
    return and_(
        col(PostRow.community_id) == community,
        col(PostRow.by_person).is_(True),
        col(PostRow.deleted_at).is_(None),
    )


def _within(
    moment: Mapped[datetime] | Mapped[datetime | None], start: datetime, end: datetime
) -> ColumnElement[bool]:
    return and_(moment >= start, moment < end)
