"""Reviews, labels and ratings' reasons in memory; see the ports of these names."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.autonomy import LABELS_CONSIDERED, Precision
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, Judgement, Note, NoteState, Rating
from bot.domain.ratings import NoteStanding, Opinion, RatingReason
from bot.domain.reviews import Label, Review, ReviewId, ReviewKind, ReviewState
from bot.domain.tuning import Judged
from bot.domain.waiting import Queue, queue_of
from bot.services.memory_places import PostRecord, is_by
from bot.services.memory_table import View
from bot.services.storable import require_storable

LabelKey = tuple[PlaceId, PostId, Slug]
RatingKey = tuple[NoteId, MemberId]


class InMemoryReviewStore:
    """Implements `ReviewStore`."""

    def __init__(
        self,
        reviews: View[ReviewId, Review],
        posts: View[tuple[CommunityId, PostId], PostRecord],
    ) -> None:
        self._reviews = reviews
        self._posts = posts

    async def add(self, review: Review) -> bool:
        """Add a review; return False where one with this id exists."""
        self._reviews.require_writable()
        if self._reviews.get(review.id) is not None:
            return False
        self._reviews.put(review.id, review)
        return True

    async def get(self, review: ReviewId) -> Review | None:
        """Return a review."""
        return self._reviews.get(review)

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
        self._reviews.require_writable()
        known = self._reviews.get(review)
        if known is None or known.state is not ReviewState.OPEN:
            return False
        decided = replace(known, state=state, decided_by=by, decided_at=at, note=note or known.note)
        self._reviews.put(review, decided)
        return True

    async def set_message(self, review: ReviewId, message: PostId) -> None:
        """Record the card."""
        self._reviews.require_writable()
        known = self._reviews.get(review)
        if known is not None:
            self._reviews.put(review, replace(known, message=message))

    async def open_on(self, channel: PlaceId, post: PostId) -> Sequence[Review]:
        """Return the open reviews about a post, oldest first."""
        require_storable((channel, post))
        found = [r for r in self._open() if (r.channel, r.post) == (channel, post)]
        return sorted(found, key=lambda review: (review.created_at, review.id))

    async def open_in(self, place: PlaceId) -> Sequence[Review]:
        """Return the open reviews about posts in a place and its threads, oldest first."""
        require_storable(place)
        found = [r for r in self._open() if place in (r.channel, r.place)]
        return sorted(found, key=lambda review: (review.created_at, review.id))

    async def open_by(self, community: CommunityId, author: MemberId) -> Sequence[Review]:
        """Return the open reviews about a member's posts, oldest first."""
        require_storable((community, author))
        found = [
            review
            for review in self._open()
            if review.community == community
            and is_by(author, self._posts.get((community, review.post)))
        ]
        return sorted(found, key=lambda review: (review.created_at, review.id))

    async def asked_in(self, channel: PlaceId, slug: Slug) -> bool:
        """Tell whether a suggestion of this fact-check is open in this channel or thread."""
        require_storable((channel, slug))
        return any(
            (r.channel, r.slug, r.kind) == (channel, slug, ReviewKind.SUGGESTION)
            for r in self._open()
        )

    async def queue(self, community: CommunityId) -> Queue:
        """Return how many reviews are open, and when the oldest was asked."""
        require_storable(community)
        return queue_of(r.created_at for r in self._open() if r.community == community)

    def _open(self) -> Iterator[Review]:
        return (r for r in self._reviews.rows() if r.state is ReviewState.OPEN)


class InMemoryLabelStore:
    """Implements `LabelStore`."""

    def __init__(
        self,
        labels: View[LabelKey, Label],
        reviews: View[ReviewId, Review],
        judgements: View[LabelKey, Judgement],
    ) -> None:
        self._labels = labels
        self._reviews = reviews
        self._judgements = judgements

    async def put(self, label: Label) -> None:
        """Store a label, or replace the one about the same post and fact-check."""
        self._labels.put((label.channel, label.post, label.slug), label)

    async def precision(self, community: CommunityId, slug: Slug) -> Precision:
        """Return a fact-check's precision over its newest labels."""
        require_storable((community, slug))
        return (await self.precisions(community)).get(slug, Precision())

    async def precisions(self, community: CommunityId) -> Mapping[Slug, Precision]:
        """Return the precision of every fact-check that has labels."""
        require_storable(community)
        own = (label for label in self._labels.rows() if label.community == community)
        rights: dict[Slug, list[bool]] = {}
        for label in sorted(own, key=lambda each: (-each.at.timestamp(), each.post)):
            rights.setdefault(label.slug, []).append(label.right)
        return {
            slug: Precision(right=sum(newest), wrong=len(newest) - sum(newest))
            for slug, newest in ((s, found[:LABELS_CONSIDERED]) for s, found in rights.items())
        }

    async def judged(self, community: CommunityId | None = None) -> Sequence[Judged]:
        """Return labelled matches with their probabilities, oldest label first."""
        if community is not None:
            require_storable(community)
        asked = {
            (review.channel, review.post, review.slug): review.probability
            for review in self._reviews.rows()
            if review.kind is ReviewKind.SUGGESTION
        }
        found = []
        labels = sorted(self._labels.rows(), key=lambda each: (each.at, each.post, each.slug))
        for label in labels:
            key = (label.channel, label.post, label.slug)
            judgement = self._judgements.get(key)
            probability = asked.get(key, judgement.probability if judgement else None)
            if community in (None, label.community) and probability is not None:
                found.append(Judged(label.slug, probability, label.right))
        return found


class InMemoryRatingStore:
    """Implements `RatingStore`."""

    def __init__(
        self,
        notes: View[NoteId, Note],
        ratings: View[RatingKey, Rating],
        reasons: View[RatingKey, frozenset[RatingReason]],
        standings: View[NoteId, NoteStanding],
    ) -> None:
        self._notes = notes
        self._ratings = ratings
        self._reasons = reasons
        self._standings = standings

    async def explain(
        self, note: NoteId, member: MemberId, reasons: Collection[RatingReason]
    ) -> None:
        """Store a member's reasons in place of earlier ones."""
        self._reasons.put((note, member), frozenset(reasons))

    async def value(self, note: NoteId, member: MemberId) -> Helpfulness | None:
        """Return a member's rating."""
        found = self._ratings.get((note, member))
        return None if found is None else found.value

    async def opinions(self, note: NoteId) -> Sequence[Opinion]:
        """Return all ratings of a note with their reasons, by member."""
        require_storable(note)
        rated = sorted((r for r in self._ratings.rows() if r.note == note), key=lambda r: r.member)
        return [
            Opinion(r.member, r.value, self._reasons.get((note, r.member)) or frozenset())
            for r in rated
        ]

    async def given(
        self, community: CommunityId, since: datetime
    ) -> Mapping[NoteId, Mapping[MemberId, Helpfulness]]:
        """Return the ratings of a community's notes that were made since then."""
        require_storable((community, since))
        found: dict[NoteId, dict[MemberId, Helpfulness]] = {}
        for rating in self._ratings.rows():
            note = self._notes.get(rating.note)
            if note is not None and note.community == community and rating.at >= since:
                found.setdefault(note.id, {})[rating.member] = rating.value
        return found

    async def mark(self, community: CommunityId, since: datetime) -> tuple[int, datetime | None]:
        """Return how many ratings `given` holds, and the newest's moment."""
        given = await self.given(community, since)
        moments = [
            rating.at
            for rating in self._ratings.rows()
            if rating.member in given.get(rating.note, ()) and rating.at >= since
        ]
        return len(moments), max(moments, default=None)

    async def to_assess(self, posted_since: datetime, *, least: int) -> Sequence[NoteId]:
        """Return posted notes of all communities, made since then, whose status can change."""
        require_storable(posted_since)
        rated = Counter(rating.note for rating in self._ratings.rows())
        under_way = {
            each.note for each in self._standings.rows() if each != NoteStanding(note=each.note)
        }
        return sorted(
            note.id
            for note in self._notes.rows()
            if (rated[note.id] >= least or note.id in under_way)
            and note.state is NoteState.POSTED
            and note.created_at >= posted_since
        )

    async def standing(self, note: NoteId) -> NoteStanding:
        """Return a note's status; `NEEDS_MORE` where nothing is stored."""
        return self._standings.get(note) or NoteStanding(note=note)

    async def put_standing(self, standing: NoteStanding) -> None:
        """Store a note's status."""
        self._standings.put(standing.note, standing)
