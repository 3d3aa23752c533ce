"""Members' ratings, the note that they take back, requests, and good manners."""

from collections.abc import Hashable, Iterable
from datetime import timedelta

import pytest

from bot.domain.bridging import Ratings, sides
from bot.domain.corrections import NoteShape
from bot.domain.events import HistoryRead
from bot.domain.ids import MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, NoteState
from bot.domain.policy import Reason
from bot.domain.ratings import FROZEN_AFTER, STABLE_FOR, RatingReason
from bot.domain.requests import DAILY_LIMIT
from bot.domain.reviews import ReviewKind
from bot.services.errors import InvalidInputError, NotAllowedError, NotFoundError
from bot.services.rating import OwnPostError, Rater
from bot.services.watching import WatchingService
from tests.builders import ASIA, CHANNEL, COMMUNITY, FORUM, build_post, build_where
from tests.unit.services.trust.conftest import AUTHOR, CLAIM, MODERATOR, Court

NOT_HELPFUL = Helpfulness.NOT_HELPFUL
BAD = (RatingReason.INCORRECT, RatingReason.BIASED)


async def rate(
    court: Court,
    note: NoteId,
    members: Iterable[int],
    value: Helpfulness = NOT_HELPFUL,
    reasons: Iterable[RatingReason] = BAD,
) -> None:
    for number in members:
        await court.rating.rate(note, Rater(MemberId(number)), value)
        await court.rating.explain(note, MemberId(number), list(reasons))


async def assessed(court: Court, *, after: timedelta = STABLE_FOR) -> None:
    """Let the job run now and once more after a while."""
    await court.rating.assess_all()
    court.clock.advance(after)
    await court.rating.assess_all()
    await court.settle()


async def test_a_note_found_not_helpful_is_collapsed_with_the_reason(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    await rate(open_court, note.id, range(5))
    await assessed(open_court)
    note = await open_court.noted()
    form = open_court.publisher.forms[note.id]
    assert note.state is NoteState.WITHDRAWN
    assert form.shape is NoteShape.WITHDRAWN
    assert form.reason == "members found it not helpful: incorrect information"
    assert open_court.publisher.notes == [note.id], "the message stays, collapsed"
    assert len(open_court.cards(ReviewKind.UNHELPFUL)) == 1
    await open_court.rating.assess_all()
    assert len(open_court.publisher.updated) == 1


@pytest.mark.parametrize("listening", [True, False])
async def test_the_line_that_is_left_of_a_note_goes_with_its_post(
    open_court: Court, listening: bool
) -> None:
    await open_court.say()
    note = await open_court.noted()
    await rate(open_court, note.id, range(5))
    await assessed(open_court)
    message = (await open_court.noted()).message
    assert open_court.publisher.notes == [note.id]
    assert message is not None
    if listening:
        await open_court.watching.forget_posts(CHANNEL, [note.post])
    else:
        left = build_post("what is left of the note", id=message, by_person=False)
        await open_court.watching.compare(
            HistoryRead(
                community=COMMUNITY, channel=CHANNEL, posts=[left], reaches_back_to=note.post
            )
        )
    await open_court.settle()
    assert open_court.publisher.notes == []


async def test_before_thirty_minutes_nothing_happens(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    await rate(open_court, note.id, range(5))
    await assessed(open_court, after=STABLE_FOR - timedelta(seconds=1))
    assert (await open_court.noted()).state is NoteState.POSTED


async def test_four_ratings_take_nothing_back(open_court: Court) -> None:
    await open_court.say()
    await rate(open_court, (await open_court.noted()).id, range(4))
    await assessed(open_court)
    assert (await open_court.noted()).state is NoteState.POSTED


async def test_a_note_of_fourteen_days_keeps_its_status(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    open_court.clock.advance(FROZEN_AFTER)
    await rate(open_court, note.id, range(9))
    await assessed(open_court)
    assert (await open_court.noted()).state is NoteState.POSTED


async def test_a_rating_that_changes_drops_reasons_that_no_longer_fit(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    await rate(open_court, note.id, [1])
    before = await open_court.rating.rate(note.id, Rater(MemberId(1)), Helpfulness.HELPFUL)
    assert before is NOT_HELPFUL
    async with open_court.database.reading() as stores:
        (opinion,) = await stores.ratings.opinions(note.id)
    assert (opinion.value, opinion.reasons) == (Helpfulness.HELPFUL, frozenset())


async def test_the_author_and_bots_do_not_rate(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    with pytest.raises(OwnPostError, match="ask for a review"):
        await open_court.rating.rate(note.id, Rater(AUTHOR), NOT_HELPFUL)
    with pytest.raises(NotAllowedError, match="Bots"):
        await open_court.rating.rate(note.id, Rater(MemberId(9), is_bot=True), NOT_HELPFUL)
    async with open_court.database.reading() as stores:
        assert await stores.ratings.opinions(note.id) == []


async def test_reasons_that_do_not_fit_are_refused(open_court: Court) -> None:
    await open_court.say()
    note = await open_court.noted()
    with pytest.raises(InvalidInputError, match="rate the note first"):
        await open_court.rating.explain(note.id, MemberId(1), BAD)
    await open_court.rating.rate(note.id, Rater(MemberId(1)), Helpfulness.HELPFUL)
    with pytest.raises(InvalidInputError, match="do not fit"):
        await open_court.rating.explain(note.id, MemberId(1), BAD)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Hashable]:
    """Return the notes about which both sides were asked."""
    about: list[Hashable] = []

    def counting(ratings: Ratings, *, leaving_out: Hashable) -> dict[Hashable, int]:
        about.append(leaving_out)
        return sides(ratings, leaving_out=leaving_out)

    monkeypatch.setattr("bot.services.rating.sides", counting)
    return about


async def test_both_sides_are_asked_once_for_the_same_ratings(
    open_court: Court, asked: list[Hashable]
) -> None:
    await open_court.say()
    note = await open_court.noted()
    await rate(open_court, note.id, range(6))
    for _ in range(3):
        await open_court.rating.assess_all()
    assert asked == [note.id]
    open_court.clock.advance(STABLE_FOR)
    await rate(open_court, note.id, [6])
    await open_court.rating.assess_all()
    assert asked == [note.id] * 2
    assert (await open_court.noted()).state is NoteState.WITHDRAWN, "the half hour went on"


async def test_sides_are_not_asked_where_they_decide_nothing(
    open_court: Court, asked: list[Hashable]
) -> None:
    await open_court.say()
    note = await open_court.noted()
    await rate(open_court, note.id, range(5))
    await open_court.rating.assess_all()
    await rate(open_court, note.id, range(5, 9), Helpfulness.HELPFUL, [])
    await open_court.rating.assess_all()
    assert asked == []


# Requests


async def test_requests_about_one_post_are_merged_and_counted(court: Court) -> None:
    for member in (1, 2, 2):
        request = await court.requesting.ask(COMMUNITY, CHANNEL, PostId(5), by=MemberId(member))
    await court.requesting.ask(COMMUNITY, CHANNEL, PostId(6), by=MemberId(1))
    assert request.asked == 2
    assert [each.post for each in await court.requesting.waiting(COMMUNITY)] == [5, 6]


async def test_a_member_asks_five_times_a_day(court: Court) -> None:
    for number in range(DAILY_LIMIT):
        await court.requesting.ask(COMMUNITY, CHANNEL, PostId(number + 1), by=MemberId(1))
    with pytest.raises(InvalidInputError, match="5 times"):
        await court.requesting.ask(COMMUNITY, CHANNEL, PostId(90), by=MemberId(1))
    await court.requesting.ask(COMMUNITY, CHANNEL, PostId(1), by=MemberId(1))
    assert len(await court.requesting.waiting(COMMUNITY)) == DAILY_LIMIT, "nothing half-saved"
    court.clock.advance(timedelta(days=1))
    await court.requesting.ask(COMMUNITY, CHANNEL, PostId(90), by=MemberId(1))


async def test_a_request_is_closed_once_and_only_here(court: Court) -> None:
    await court.requesting.ask(COMMUNITY, CHANNEL, PostId(5), by=MemberId(1))
    with pytest.raises(NotFoundError, match="no fact-check called"):
        await court.requesting.close(
            COMMUNITY, CHANNEL, PostId(5), by=MODERATOR, slug=Slug("nothing")
        )
    await court.requesting.close(COMMUNITY, CHANNEL, PostId(5), by=MODERATOR, slug=ASIA)
    with pytest.raises(NotFoundError, match="no open request"):
        await court.requesting.close(COMMUNITY, CHANNEL, PostId(5), by=MODERATOR)
    assert await court.requesting.waiting(COMMUNITY) == []


# Manners


def holding(court: Court) -> WatchingService:
    return WatchingService(
        court.database, court.library, court.places, court.clock, hold=timedelta(seconds=10)
    )


async def test_a_slip_that_is_deleted_during_the_hold_gets_no_note(open_court: Court) -> None:
    watching = holding(open_court)
    post = build_post(CLAIM)
    await watching.consider(post)
    await open_court.settle()
    assert open_court.publisher.sends == 0
    await watching.forget_posts(CHANNEL, [post.id])
    open_court.clock.advance(timedelta(seconds=10))
    await open_court.settle()
    assert open_court.publisher.sends == 0


async def test_after_the_hold_the_note_is_there(open_court: Court) -> None:
    await holding(open_court).consider(build_post(CLAIM))
    open_court.clock.advance(timedelta(seconds=10))
    await open_court.settle()
    assert open_court.publisher.sends == 1


async def test_whoever_asks_the_bot_waits_for_no_hold(open_court: Court) -> None:
    await holding(open_court).consider(build_post(CLAIM, asks_bot=True))
    await open_court.settle()
    assert open_court.publisher.sends == 1


async def test_a_community_chooses_its_own_hold(open_court: Court) -> None:
    await open_court.rules.hold(COMMUNITY, 60)
    await open_court.say()
    assert open_court.publisher.sends == 0
    for seconds in (-1, 601):
        with pytest.raises(InvalidInputError, match="from 0 to 600"):
            await open_court.rules.hold(COMMUNITY, seconds)


async def test_a_communitys_thresholds_take_the_place_of_the_readers(open_court: Court) -> None:
    await open_court.rules.set_thresholds(COMMUNITY, "98", "97,5 %")
    assert (await open_court.say()).reason is Reason.UNLIKELY
    await open_court.rules.set_thresholds(COMMUNITY, "97%", "50")
    assert (await open_court.say()).reason is Reason.CONFIDENT
    assert (await open_court.noted()).threshold == 0.97


@pytest.mark.parametrize(
    ("auto", "suggest"), [("50", "60"), ("101", "50"), ("90", "10"), ("x", "50"), ("nan", "50")]
)
async def test_thresholds_out_of_bounds_change_nothing(
    court: Court, auto: str, suggest: str
) -> None:
    with pytest.raises(InvalidInputError, match="Nothing was changed"):
        await court.rules.set_thresholds(COMMUNITY, auto, suggest)
    assert (await court.rules.get(COMMUNITY)).thresholds is None


async def test_a_thread_with_a_note_is_tagged_once(open_court: Court) -> None:
    await open_court.rules.tag(COMMUNITY, "  has  context ")
    where = build_where(channel=PlaceId(77), parent=CHANNEL, is_thread=True)
    await open_court.say(where=where)
    await open_court.say(hours=24 * 31, where=where)
    await open_court.say(hours=1)
    assert open_court.reviews.tagged == [(PlaceId(77), "has context")]


async def test_a_check_links_to_the_note_that_the_thread_has(open_court: Court) -> None:
    await open_court.say()
    checked = await open_court.notes.check(COMMUNITY, CLAIM, channel=CHANNEL)
    assert checked.notes[ASIA].id == (await open_court.noted()).id
    elsewhere = await open_court.notes.check(COMMUNITY, CLAIM, channel=FORUM)
    assert elsewhere.notes == {}
