"""Questions to moderators and their labels, in the tables `review` and `label`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import col

from bot.domain.autonomy import LABELS_CONSIDERED, Precision
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Stance
from bot.domain.policy import Reason
from bot.domain.reviews import Label, Review, ReviewId, ReviewKind, ReviewState
from bot.domain.tuning import Judged
from bot.domain.waiting import Queue
from db.stores.posts import written_by
from db.tables import JudgementRow
from db.trust_tables import LabelRow, ReviewRow
from db.work import Work

_IS_OPEN = col(ReviewRow.state) == ReviewState.OPEN.value


class SqlReviewStore:
    """Implements `ReviewStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, review: Review) -> bool:
        """Add a review; return False where one with this id exists."""
        return await self._work.insert(ReviewRow, _values(review), unless=["review_id"])

    async def get(self, review: ReviewId) -> Review | None:
        """Return a review."""
        row = await self._work.first(
            select(ReviewRow).where(col(ReviewRow.review_id) == review), hold=True
        )
        return None if row is None else _review(row)

    async def decide(
        self,
        review: ReviewId,
        state: ReviewState,
        *,
        by: MemberId | None,
        at: datetime,
        note: NoteId | None = None,
    ) -> bool:
        """Decide an open review; return False where it was decided before."""
        values = {"state": state.value, "decided_by_id": by, "decided_at": at}
        changed = await self._work.change(
            update(ReviewRow)
            .where(col(ReviewRow.review_id) == review, _IS_OPEN)
            .values(values if note is None else values | {"note_id": note})
        )
        return changed == 1

    async def set_message(self, review: ReviewId, message: PostId) -> None:
        """Record the card."""
        await self._work.change(
            update(ReviewRow)
            .where(col(ReviewRow.review_id) == review)
            .values({"message_id": message})
        )

    async def open_on(self, channel: PlaceId, post: PostId) -> Sequence[Review]:
        """Return the open reviews about a post, oldest first."""
        rows = await self._work.rows(
            select(ReviewRow)
            .where(col(ReviewRow.channel_id) == channel, col(ReviewRow.post_id) == post, _IS_OPEN)
            .order_by(col(ReviewRow.created_at), col(ReviewRow.review_id)),
            hold=True,
        )
        return [_review(row) for row in rows]

    async def open_in(self, place: PlaceId) -> Sequence[Review]:
        """Return the open reviews about posts in a place and its threads, oldest first."""
        rows = await self._work.rows(
            select(ReviewRow)
            .where(
                or_(col(ReviewRow.channel_id) == place, col(ReviewRow.place_id) == place), _IS_OPEN
            )
            .order_by(col(ReviewRow.created_at), col(ReviewRow.review_id)),
            hold=True,
        )
        return [_review(row) for row in rows]

    async def open_by(self, community: CommunityId, author: MemberId) -> Sequence[Review]:
        """Return the open reviews about a member's posts, oldest first."""
        rows = await self._work.rows(
            select(ReviewRow)
            .where(
                col(ReviewRow.community_id) == community,
                _IS_OPEN,
                written_by(
                    author, community=col(ReviewRow.community_id), post=col(ReviewRow.post_id)
                ),
            )
            .order_by(col(ReviewRow.created_at), col(ReviewRow.review_id)),
            hold=True,
        )
        return [_review(row) for row in rows]

    async def asked_in(self, channel: PlaceId, slug: Slug) -> bool:
        """Tell whether a suggestion of this fact-check is open in this channel or thread."""
        found = await self._work.first(
            select(col(ReviewRow.review_id)).where(
                col(ReviewRow.channel_id) == channel,
                col(ReviewRow.slug) == slug,
                col(ReviewRow.kind) == ReviewKind.SUGGESTION.value,
                _IS_OPEN,
            )
        )
        return found is not None

    async def queue(self, community: CommunityId) -> Queue:
        """Return how many reviews are open, and when the oldest was asked."""
        return await self._work.queue(
            col(ReviewRow.created_at), col(ReviewRow.community_id) == community, _IS_OPEN
        )


class SqlLabelStore:
    """Implements `LabelStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, label: Label) -> None:
        """Store a label, or replace the one about the same post and fact-check."""
        key = {"channel_id": label.channel, "post_id": label.post, "slug": label.slug}
        values = {"right": label.right, "by_member_id": label.by, "at": label.at}
        await self._work.upsert(
            LabelRow,
            key | values | {"community_id": label.community},
            key=list(key),
            change=lambda _, new: {name: new[name] for name in values},
        )

    async def precision(self, community: CommunityId, slug: Slug) -> Precision:
        """Return a fact-check's precision over its newest labels."""
        rights = await self._work.rows(
            select(col(LabelRow.right))
            .where(col(LabelRow.community_id) == community, col(LabelRow.slug) == slug)
            .order_by(col(LabelRow.at).desc(), col(LabelRow.post_id))
            .limit(LABELS_CONSIDERED)
        )
        return _precision(rights)

    async def precisions(self, community: CommunityId) -> Mapping[Slug, Precision]:
        """Return the precision of every fact-check that has labels."""
        pairs = await self._work.pairs(
            select(col(LabelRow.slug), col(LabelRow.right))
            .where(col(LabelRow.community_id) == community)
            .order_by(col(LabelRow.slug), col(LabelRow.at).desc(), col(LabelRow.post_id))
        )
        rights: dict[Slug, list[bool]] = {}
        for slug, right in pairs:
            rights.setdefault(Slug(slug), []).append(right)
        return {slug: _precision(found[:LABELS_CONSIDERED]) for slug, found in rights.items()}

    async def judged(self, community: CommunityId | None = None) -> Sequence[Judged]:
        """Return labelled matches with their probabilities, oldest label first."""
        probability = func.coalesce(col(ReviewRow.probability), col(JudgementRow.probability))
        statement = (
            select(col(LabelRow.slug), probability, col(LabelRow.right))
            .outerjoin(
                ReviewRow,
                and_(
                    col(ReviewRow.channel_id) == col(LabelRow.channel_id),
                    col(ReviewRow.post_id) == col(LabelRow.post_id),
                    col(ReviewRow.slug) == col(LabelRow.slug),
                    col(ReviewRow.kind) == ReviewKind.SUGGESTION.value,
                ),
            )
            .outerjoin(
                JudgementRow,
                and_(
                    col(JudgementRow.channel_id) == col(LabelRow.channel_id),
                    col(JudgementRow.post_id) == col(LabelRow.post_id),
                    col(JudgementRow.slug) == col(LabelRow.slug),
                ),
            )
            .where(probability.is_not(None))
            .order_by(col(LabelRow.at), col(LabelRow.post_id), col(LabelRow.slug))
        )
        if community is not None:
            statement = statement.where(col(LabelRow.community_id) == community)
        rows = await self._work.tuples(statement)
        return [Judged(Slug(slug), found, right) for slug, found, right in rows]


def _precision(rights: Iterable[bool]) -> Precision:
    counted = Counter(rights)
    return Precision(right=counted[True], wrong=counted[False])


def _values(review: Review) -> dict[str, object]:
    return {
        "review_id": review.id,
        "community_id": review.community,
        "kind": review.kind.value,
        "review_place_id": review.review_place,
        "place_id": review.place,
        "channel_id": review.channel,
        "post_id": review.post,
        "slug": review.slug,
        "revision": review.revision,
        "probability": review.probability,
        "stance": review.stance.value,
        "span_start": review.span[0],
        "span_end": review.span[1],
        "threshold": review.threshold,
        "matcher": review.matcher,
        "reason": review.reason.value,
        "created_at": review.created_at,
        "note_id": review.note,
        "state": review.state.value,
        "decided_by_id": review.decided_by,
        "decided_at": review.decided_at,
        "message_id": review.message,
    }


def _review(row: ReviewRow) -> Review:
    return Review(
        id=ReviewId(row.review_id),
        community=CommunityId(row.community_id),
        kind=ReviewKind(row.kind),
        review_place=PlaceId(row.review_place_id),
        place=PlaceId(row.place_id),
        channel=PlaceId(row.channel_id),
        post=PostId(row.post_id),
        slug=Slug(row.slug),
        revision=row.revision,
        probability=row.probability,
        stance=Stance(row.stance),
        span=(row.span_start, row.span_end),
        threshold=row.threshold,
        matcher=row.matcher,
        reason=Reason(row.reason),
        created_at=row.created_at,
        note=None if row.note_id is None else NoteId(row.note_id),
        state=ReviewState(row.state),
        decided_by=None if row.decided_by_id is None else MemberId(row.decided_by_id),
        decided_at=row.decided_at,
        message=None if row.message_id is None else PostId(row.message_id),
    )
