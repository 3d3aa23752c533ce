"""What was decided about posts, in the table `judgement`."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import col

from bot.domain.ids import CommunityId
from bot.domain.notes import Judgement
from bot.domain.policy import Outcome
from db.tables import JudgementRow
from db.work import Work

_DECISION = ("outcome", "reason", "probability", "stance")


class SqlJudgementStore:
    """Implements `JudgementStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, judgement: Judgement) -> bool:
        """Add a judgement, or replace the same post's for the same slug; False if unchanged."""
        return await self._work.upsert(
            JudgementRow,
            {
                "channel_id": judgement.channel,
                "post_id": judgement.post,
                "slug": judgement.slug,
                "community_id": judgement.community,
                "outcome": judgement.outcome.value,
                "reason": judgement.reason.value,
                "probability": judgement.probability,
                "stance": judgement.stance.value,
                "at": judgement.at,
            },
            key=["channel_id", "post_id", "slug"],
            change=lambda _, new: {name: new[name] for name in (*_DECISION, "at")},
            where=lambda old, new: or_(*(old[name] != new[name] for name in _DECISION)),
        )

    async def count(self, community: CommunityId, since: datetime) -> Mapping[Outcome, int]:
        """Return how many judgements were made since then, by outcome; zeros included."""
        pairs = await self._work.pairs(
            select(col(JudgementRow.outcome), func.count())
            .where(col(JudgementRow.community_id) == community, col(JudgementRow.at) >= since)
            .group_by(col(JudgementRow.outcome))
        )
        counted = dict(pairs)
        return {outcome: counted.get(outcome.value, 0) for outcome in Outcome}
