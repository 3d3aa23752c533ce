"""What every store for rules, reviews, labels, ratings, withdrawals and requests promises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.autonomy import LABELS_CONSIDERED, Precision
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, NoteState, Rating
from bot.domain.policy import Reason, Thresholds
from bot.domain.ratings import NoteStanding, Opinion, RatingReason, Standing
from bot.domain.reviews import Label, Review, ReviewKind, ReviewState, derive_review_id
from bot.domain.rules import Cause, NoteRules, Pause, Withdrawal
from bot.domain.tuning import Judged
from bot.domain.waiting import Queue
from bot.services.ports import Database
from bot.services.review_cards import review_of
from tests.builders import ASIA, CHANNEL, COMMUNITY, NOON, build_post
from tests.contract.records import MINUTE, POST, build_judgement, build_note

OTHER = CommunityId(70_000_000_000_000_002)
STAFF = PlaceId(70_000_000_000_000_900)
MODERATOR = MemberId(70_000_000_000_000_300)


def build_review(number: int = 0, **changes: Any) -> Review:
    note = build_note(number)
    review = review_of(note, ReviewKind.SUGGESTION, STAFF, Reason.UNSURE)
    return replace(review, **changes)


async def test_rules_are_the_defaults_until_they_are_put(database: Database) -> None:
    chosen = NoteRules(
        community=COMMUNITY,
        review_place=STAFF,
        thresholds=Thresholds(auto=0.95, suggest=0.5),
        earned=True,
        hold=timedelta(seconds=2.5),
        tag="has context",
    )
    async with database.writing() as stores:
        assert await stores.rules.get(COMMUNITY) == NoteRules(community=COMMUNITY)
        await stores.rules.put(NoteRules(community=COMMUNITY, tag="x"))
        await stores.rules.put(chosen)
    async with database.reading() as stores:
        assert await stores.rules.get(COMMUNITY) == chosen
        assert await stores.rules.get(OTHER) == NoteRules(community=OTHER)


async def test_only_pauses_that_hold_are_active(database: Database) -> None:
    pause = Pause(community=COMMUNITY, place=CHANNEL, at=NOON, by=None)
    ended = replace(pause, resumed_at=NOON + MINUTE, resumed_by=MODERATOR)
    async with database.writing() as stores:
        await stores.pauses.put(pause)
        await stores.pauses.put(replace(pause, place=PlaceId(0), by=MODERATOR))
        assert [p.place for p in await stores.pauses.active(COMMUNITY)] == [0, CHANNEL]
        await stores.pauses.put(ended)
    async with database.reading() as stores:
        assert [p.place for p in await stores.pauses.active(COMMUNITY)] == [0]
        assert await stores.pauses.get(COMMUNITY, CHANNEL) == ended
        assert await stores.pauses.get(OTHER, CHANNEL) is None


async def test_a_review_is_added_and_decided_once(database: Database) -> None:
    review = build_review()
    async with database.writing() as stores:
        assert await stores.reviews.add(review)
        assert not await stores.reviews.add(build_review(slug=Slug("other")))
        assert await stores.reviews.get(review.id) == review
        assert await stores.reviews.asked_in(CHANNEL, ASIA)
        assert await stores.reviews.queue(COMMUNITY) == Queue(1, review.created_at)
        await stores.reviews.set_message(review.id, PostId(5))
    at, note = NOON + MINUTE, NoteId("note")
    async with database.writing() as stores:
        attached, wrong = ReviewState.ATTACHED, ReviewState.WRONG
        assert await stores.reviews.decide(review.id, attached, by=MODERATOR, at=at, note=note)
        assert not await stores.reviews.decide(review.id, wrong, by=MemberId(1), at=at)
    async with database.reading() as stores:
        assert await stores.reviews.get(review.id) == replace(
            review,
            state=attached,
            decided_by=MODERATOR,
            decided_at=at,
            note=note,
            message=PostId(5),
        )
        assert not await stores.reviews.asked_in(CHANNEL, ASIA)
        assert await stores.reviews.open_on(CHANNEL, POST) == []


async def test_open_reviews_on_a_post_come_oldest_first(database: Database) -> None:
    later_id = derive_review_id(ReviewKind.APPEAL, CHANNEL, POST, ASIA)
    later = build_review(id=later_id, kind=ReviewKind.APPEAL, created_at=NOON + MINUTE)
    async with database.writing() as stores:
        for review in (later, build_review(), build_review(1)):
            await stores.reviews.add(review)
        found = await stores.reviews.open_on(CHANNEL, POST)
        assert [review.id for review in found] == [build_review().id, later_id]
        assert not await stores.reviews.asked_in(PlaceId(1), ASIA)


async def test_open_reviews_in_a_place_include_those_of_its_threads(database: Database) -> None:
    thread = PlaceId(CHANNEL + 1)
    inside = build_review(1, channel=thread, created_at=NOON - MINUTE)
    elsewhere = build_review(2, channel=PlaceId(9), place=PlaceId(9))
    decided = build_review(3)
    async with database.writing() as stores:
        for review in (build_review(), inside, elsewhere, decided):
            await stores.reviews.add(review)
        await stores.reviews.decide(decided.id, ReviewState.WRONG, by=MODERATOR, at=NOON)
        found = await stores.reviews.open_in(CHANNEL)
        assert [review.id for review in found] == [inside.id, build_review().id]
        assert [review.id for review in await stores.reviews.open_in(thread)] == [inside.id]


def build_label(number: int, *, right: bool, **changes: Any) -> Label:
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "channel": CHANNEL,
        "post": PostId(number),
        "slug": ASIA,
        "right": right,
        "by": MODERATOR,
        "at": NOON + number * MINUTE,
    }
    return Label(**(values | changes))


async def test_the_newest_label_of_a_post_and_the_newest_hundred_posts_count(
    database: Database,
) -> None:
    async with database.writing() as stores:
        for number in range(LABELS_CONSIDERED + 5):
            await stores.labels.put(build_label(number, right=number >= 10))
        await stores.labels.put(build_label(104, right=False))
        await stores.labels.put(build_label(1, right=True, community=OTHER, channel=STAFF))
    async with database.reading() as stores:
        expected = Precision(right=LABELS_CONSIDERED - 6, wrong=6)
        assert await stores.labels.precision(COMMUNITY, ASIA) == expected
        assert await stores.labels.precisions(COMMUNITY) == {ASIA: expected}
        assert await stores.labels.precision(COMMUNITY, Slug("other")) == Precision()
        assert await stores.labels.precisions(OTHER) == {ASIA: Precision(right=1)}


async def test_labels_come_with_the_probability_that_was_judged(database: Database) -> None:
    appeal_id = derive_review_id(ReviewKind.APPEAL, CHANNEL, PostId(3), ASIA)
    async with database.writing() as stores:
        for number, right in ((4, True), (3, False), (2, True), (1, True)):
            await stores.labels.put(build_label(number, right=right))
        await stores.labels.put(build_label(5, right=False, community=OTHER))
        for number, probability in ((1, 0.91), (3, 0.92), (5, 0.93)):
            await stores.judgements.add(
                build_judgement(post=PostId(number), probability=probability)
            )
        await stores.judgements.add(build_judgement(post=PostId(2), slug=Slug("other")))
        suggestion = derive_review_id(ReviewKind.SUGGESTION, CHANNEL, PostId(1), ASIA)
        await stores.reviews.add(build_review(id=suggestion, post=PostId(1), probability=0.61))
        await stores.reviews.add(
            build_review(id=appeal_id, kind=ReviewKind.APPEAL, post=PostId(3), probability=0.62)
        )
    async with database.reading() as stores:
        own = [Judged(ASIA, 0.61, True), Judged(ASIA, 0.92, False)]
        assert await stores.labels.judged(COMMUNITY) == own
        assert await stores.labels.judged() == [*own, Judged(ASIA, 0.93, False)]


async def test_ratings_come_with_their_reasons(database: Database) -> None:
    note, reasons = build_note(), {RatingReason.CLEAR, RatingReason.NEUTRAL}
    async with database.writing() as stores:
        await stores.notes.add(note)
        for member in (2, 1):
            value = Helpfulness.HELPFUL if member == 1 else Helpfulness.SOMEWHAT
            await stores.notes.rate(
                Rating(note=note.id, member=MemberId(member), value=value, at=NOON)
            )
        await stores.ratings.explain(note.id, MemberId(1), {RatingReason.BIASED})
        await stores.ratings.explain(note.id, MemberId(1), reasons)
    async with database.reading() as stores:
        assert await stores.ratings.opinions(note.id) == [
            Opinion(MemberId(1), Helpfulness.HELPFUL, frozenset(reasons)),
            Opinion(MemberId(2), Helpfulness.SOMEWHAT),
        ]
        assert await stores.ratings.value(note.id, MemberId(2)) is Helpfulness.SOMEWHAT
        assert await stores.ratings.value(note.id, MemberId(3)) is None
        given = await stores.ratings.given(COMMUNITY, NOON)
        assert given == {note.id: {1: Helpfulness.HELPFUL, 2: Helpfulness.SOMEWHAT}}
        assert await stores.ratings.given(COMMUNITY, NOON + MINUTE) == {}


async def test_posted_notes_whose_status_can_change_are_to_be_assessed(database: Database) -> None:
    notes = [build_note(number) for number in range(6)]
    awaits, has, had = (
        NoteStanding(note=notes[3].id, candidate=Standing.HELPFUL, since=NOON),
        NoteStanding(note=notes[4].id, standing=Standing.HELPFUL),
        NoteStanding(note=notes[5].id),
    )
    async with database.writing() as stores:
        for note in notes:
            await stores.notes.add(note)
        for note in notes[:3]:
            for member in (1, 2):
                value = Helpfulness.HELPFUL
                rating = Rating(note=note.id, member=MemberId(member), value=value, at=NOON)
                await stores.notes.rate(rating)
        for standing in (awaits, has, had):
            await stores.ratings.put_standing(standing)
        for note in (notes[0], notes[1], *notes[3:]):
            await stores.notes.set_state(note.id, NoteState.POSTED, message=PostId(note.post + 1))
        found = await stores.ratings.to_assess(NOON + MINUTE, least=2)
        assert found == sorted(notes[number].id for number in (1, 3, 4))
        found = await stores.ratings.to_assess(NOON + MINUTE, least=3)
        assert found == sorted(notes[number].id for number in (3, 4))


async def test_the_mark_of_ratings_changes_with_each_of_them(database: Database) -> None:
    note, first = build_note(), MemberId(1)
    async with database.writing() as stores:
        await stores.notes.add(note)
        assert await stores.ratings.mark(COMMUNITY, NOON) == (0, None)
        for moment, member in ((NOON - MINUTE, MemberId(2)), (NOON, first)):
            value = Helpfulness.HELPFUL
            await stores.notes.rate(Rating(note=note.id, member=member, value=value, at=moment))
        assert await stores.ratings.mark(COMMUNITY, NOON) == (1, NOON)
        assert await stores.ratings.mark(OTHER, NOON) == (0, None)
        changed = Rating(note=note.id, member=first, value=Helpfulness.SOMEWHAT, at=NOON + MINUTE)
        await stores.notes.rate(changed)
        assert await stores.ratings.mark(COMMUNITY, NOON) == (1, NOON + MINUTE)


async def test_a_standing_is_replaced(database: Database) -> None:
    note = build_note()
    first = NoteStanding(note=note.id, candidate=Standing.HELPFUL, since=NOON)
    second = NoteStanding(note=note.id, standing=Standing.HELPFUL)
    async with database.writing() as stores:
        await stores.notes.add(note)
        assert await stores.ratings.standing(note.id) == NoteStanding(note=note.id)
        await stores.ratings.put_standing(first)
        assert await stores.ratings.standing(note.id) == first
        await stores.ratings.put_standing(second)
    async with database.reading() as stores:
        assert await stores.ratings.standing(note.id) == second


async def test_recent_tells_of_shown_notes_whether_they_were_wrong(database: Database) -> None:
    notes = [build_note(number) for number in range(5)]
    async with database.writing() as stores:
        for note in notes:
            await stores.notes.add(note)
            await stores.notes.set_state(note.id, NoteState.POSTED, message=PostId(note.post + 9))
        for note in (notes[1], notes[3]):
            await stores.notes.set_state(note.id, NoteState.WITHDRAWN)
        wrong = Withdrawal(
            note=notes[3].id,
            community=COMMUNITY,
            place=CHANNEL,
            cause=Cause.RATINGS,
            by=None,
            at=NOON,
        )
        assert await stores.withdrawals.add(wrong)
        assert not await stores.withdrawals.add(replace(wrong, cause=Cause.MODERATOR))
    async with database.reading() as stores:
        recent = stores.withdrawals.recent
        assert await recent(COMMUNITY, CHANNEL, since=NOON, limit=9) == [False, True, False]
        assert await recent(COMMUNITY, CHANNEL, since=NOON, limit=2) == [False, True]
        assert await recent(OTHER, CHANNEL, since=NOON, limit=9) == []
        live = await stores.notes.live_on_claim(CHANNEL, ASIA)
        assert live is not None
        assert live.id == notes[4].id
        assert await stores.notes.live_on_claim(STAFF, ASIA) is None


async def test_a_request_counts_each_member_once(database: Database) -> None:
    async with database.writing() as stores:
        ask = stores.requests.ask
        assert await ask(COMMUNITY, CHANNEL, PostId(2), by=MemberId(1), at=NOON)
        assert await ask(COMMUNITY, CHANNEL, PostId(1), by=MemberId(1), at=NOON + MINUTE)
        assert await ask(COMMUNITY, CHANNEL, PostId(1), by=MemberId(2), at=NOON + MINUTE)
        assert not await ask(COMMUNITY, CHANNEL, PostId(1), by=MemberId(2), at=NOON)
        assert await ask(OTHER, STAFF, PostId(3), by=MemberId(1), at=NOON + MINUTE)
    async with database.writing() as stores:
        waiting = await stores.requests.waiting(COMMUNITY)
        assert [(each.post, each.asked, each.first_at) for each in waiting] == [
            (1, 2, NOON + MINUTE),
            (2, 1, NOON),
        ]
        assert [each.post for each in await stores.requests.waiting(COMMUNITY, limit=1)] == [1]
        assert await stores.requests.asked_since(COMMUNITY, MemberId(1), NOON) == 1
        close = stores.requests.close
        assert await close(CHANNEL, PostId(1), by=MODERATOR, at=NOON, slug=ASIA)
        assert not await close(CHANNEL, PostId(1), by=MODERATOR, at=NOON, slug=None)
        assert not await close(CHANNEL, PostId(9), by=MODERATOR, at=NOON, slug=None)
    async with database.reading() as stores:
        closed = await stores.requests.get(CHANNEL, PostId(1))
        assert closed is not None
        assert (closed.closed_by, closed.slug, closed.asked) == (MODERATOR, ASIA, 2)
        assert await stores.requests.get(CHANNEL, PostId(9)) is None
        assert [each.post for each in await stores.requests.waiting(COMMUNITY)] == [2]


async def test_a_closed_request_opens_again_when_somebody_new_asks(database: Database) -> None:
    post, later = PostId(1), NOON + 2 * MINUTE
    async with database.writing() as stores:
        requests = stores.requests
        await requests.ask(COMMUNITY, CHANNEL, post, by=MemberId(1), at=NOON)
        await requests.close(CHANNEL, post, by=MODERATOR, at=NOON, slug=ASIA)
        assert not await requests.ask(COMMUNITY, CHANNEL, post, by=MemberId(1), at=later)
        assert await requests.waiting(COMMUNITY) == []
        assert await requests.ask(COMMUNITY, CHANNEL, post, by=MemberId(2), at=later)
        (opened,) = await requests.waiting(COMMUNITY)
        assert (opened.asked, opened.first_at) == (2, later)
        assert (opened.closed_at, opened.closed_by, opened.slug) == (None, None, None)


async def test_the_author_of_a_recorded_post_is_known(database: Database) -> None:
    post = build_post()
    async with database.writing() as stores:
        await stores.posts.record([post])
        assert await stores.posts.author(COMMUNITY, post.id) == post.author
        assert await stores.posts.author(COMMUNITY, PostId(1)) is None
