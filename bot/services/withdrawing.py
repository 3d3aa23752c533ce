"""Taking notes back: because the post went, because members or a moderator found them wrong.

Works inside a transaction of the caller; posts nothing itself.
"""

from bot.domain.breaker import NOTES_CONSIDERED, WINDOW, trips
from bot.domain.cases import CaseKind
from bot.domain.ids import MemberId
from bot.domain.notes import Note, NoteState
from bot.domain.outbox import Delivery
from bot.domain.policy import Reason
from bot.domain.reviews import Label, Review, ReviewKind
from bot.domain.rules import Cause, Pause, Withdrawal
from bot.services.deliveries import deletion
from bot.services.moderating.note_cases import record_note_case
from bot.services.ports import Clock, Stores
from bot.services.review_cards import ask_moderators, outdate, review_of

TAKEN_BACK_FIRST = "the note was withdrawn before it was posted"


async def withdraw(
    stores: Stores, note: Note, clock: Clock, *, instead: Delivery | None = None
) -> bool:
    """Take a note back; return False where it was back already.

    Args:
        stores: of the caller's transaction.
        note: the note.
        clock: says when.
        instead: what is done to the message in place of deleting it.
    """
    if note.state in (NoteState.WITHDRAWN, NoteState.FAILED):
        return False
    await stores.notes.set_state(note.id, NoteState.WITHDRAWN)
    await stores.outbox.cancel(note.id, TAKEN_BACK_FIRST)
    if note.message is not None:
        await stores.outbox.add(instead or deletion(note, clock))
    for review in await stores.reviews.open_on(note.channel, note.post):
        if review.note == note.id and review.kind is ReviewKind.APPEAL:
            await outdate(stores, review, clock)
    return True


async def clear_away(stores: Stores, note: Note, clock: Clock) -> None:
    """Take a note back with all that stands there, for its post is gone.

    A note that was found not helpful is withdrawn already, but a line still says so.
    """
    if not await withdraw(stores, note, clock) and note.message is not None:
        await stores.outbox.add(deletion(note, clock))


async def withdraw_as_wrong(
    stores: Stores,
    note: Note,
    clock: Clock,
    *,
    cause: Cause,
    by: MemberId | None,
    instead: Delivery | None = None,
) -> bool:
    """Take back a note that should not be there, and mind the circuit breaker."""
    if not await withdraw(stores, note, clock, instead=instead):
        return False
    now = clock.now()
    await stores.withdrawals.add(
        Withdrawal(
            note=note.id, community=note.community, place=note.place, cause=cause, by=by, at=now
        )
    )
    await _mind_the_breaker(stores, note, clock)
    if cause is Cause.MODERATOR and by is not None:
        await record_note_case(stores, CaseKind.FACTCHECK_WITHDRAW, note, by=by, clock=clock)
    return True


async def label(
    stores: Stores, about: Note | Review, *, right: bool, by: MemberId, clock: Clock
) -> None:
    """Store a moderator's word on whether a post makes the claim."""
    await stores.labels.put(
        Label(
            community=about.community,
            channel=about.channel,
            post=about.post,
            slug=about.slug,
            right=right,
            by=by,
            at=clock.now(),
        )
    )


async def _mind_the_breaker(stores: Stores, note: Note, clock: Clock) -> None:
    """Pause a place whose newest notes were wrong too often; count anew after each pause."""
    now = clock.now()
    before = await stores.pauses.get(note.community, note.place)
    if before is not None and before.active:
        return
    since = now - WINDOW
    if before is not None and before.resumed_at is not None:
        since = max(since, before.resumed_at)
    wrong = await stores.withdrawals.recent(
        note.community, note.place, since=since, limit=NOTES_CONSIDERED
    )
    if not trips(wrong):
        return
    await stores.pauses.put(Pause(community=note.community, place=note.place, at=now, by=None))
    rules = await stores.rules.get(note.community)
    if rules.review_place is not None:
        card = review_of(note, ReviewKind.BREAKER, rules.review_place, Reason.PAUSED, about=now)
        await ask_moderators(stores, card, clock)
