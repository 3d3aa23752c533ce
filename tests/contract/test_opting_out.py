"""Opting out ends, in one transaction, what was about to happen to a member's posts."""

from dataclasses import replace

from bot.domain.ids import CommunityId, MemberId, PostId
from bot.domain.notes import Note, NoteState
from bot.domain.outbox import DeliveryState
from bot.domain.policy import Reason
from bot.domain.reviews import ReviewKind, ReviewState
from bot.services.members import MemberService
from bot.services.ports import Database
from bot.services.review_cards import ask_moderators, review_of
from bot.services.watching import attachment
from tests.builders import COMMUNITY, build_post, build_where
from tests.contract.records import build_note
from tests.fakes import FakeClock

MEMBER, ANOTHER = MemberId(5), MemberId(6)
OTHER = CommunityId(70_000_000_000_000_002)


async def written(
    database: Database, number: int, author: MemberId, community: CommunityId = COMMUNITY
) -> Note:
    """Store a post with a pending note and two questions to moderators about it."""
    note = build_note(number, community=community)
    where = replace(build_where(), community=community)
    async with database.writing() as stores:
        await stores.posts.record([build_post(id=note.post, author=author, where=where)])
        await stores.notes.add(note)
        await stores.outbox.add(attachment(note, due_at=note.created_at, asked_for=number == 1))
        for kind in (ReviewKind.SUGGESTION, ReviewKind.UNHELPFUL):
            review = review_of(note, kind, note.place, Reason.UNSURE)
            await ask_moderators(stores, review, FakeClock())
    return note


async def test_all_that_was_about_to_happen_ends(database: Database) -> None:
    own = [await written(database, number, MEMBER) for number in (0, 1)]
    posted = await written(database, 2, MEMBER)
    async with database.writing() as stores:
        await stores.notes.set_state(posted.id, NoteState.POSTED, message=PostId(1))
    others = [await written(database, 3, ANOTHER), await written(database, 4, MEMBER, OTHER)]
    await MemberService(database, FakeClock()).opt_out(COMMUNITY, MEMBER)

    async with database.reading() as stores:
        assert await stores.members.has_opted_out(COMMUNITY, MEMBER)
        for note in (*own, posted, *others):
            found, delivery = await stores.notes.get(note.id), await stores.outbox.get(note.id)
            assert found is not None
            assert delivery is not None
            ended = note in own
            assert (found.state is NoteState.WITHDRAWN) == ended
            assert (delivery.state is DeliveryState.FAILED) == ended
            still_asked = {
                review.kind for review in await stores.reviews.open_on(note.channel, note.post)
            }
            all_asked = {ReviewKind.SUGGESTION, ReviewKind.UNHELPFUL}
            assert still_asked == (all_asked if note in others else {ReviewKind.UNHELPFUL})
        assert await stores.notes.pending_by(COMMUNITY, MEMBER) == []
        assert await stores.notes.pending_by(COMMUNITY, ANOTHER) == [others[0]]
        (left, *_) = await stores.reviews.open_by(COMMUNITY, ANOTHER)
        assert left.state is ReviewState.OPEN
