"""What changes between a decision and its note: somebody opts out, a pause begins."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.factchecks import Status
from bot.domain.notes import NoteState
from bot.domain.reviews import ReviewState
from bot.domain.rules import EVERYWHERE
from bot.services.errors import ConflictError, InvalidInputError, UnavailableError
from bot.services.members import MemberService
from tests.builders import CHANNEL, COMMUNITY, build_fact_check
from tests.unit.services.trust.conftest import AUTHOR, MODERATOR, Court

HOLD = timedelta(seconds=30)
Change = Callable[[Court], Awaitable[None]]


async def opt_out(court: Court) -> None:
    await MemberService(court.database, court.clock).opt_out(COMMUNITY, AUTHOR)


async def opt_out_at_once(court: Court) -> None:
    """Opt out while another process writes the note: its row was not there yet to be found."""
    async with court.database.writing() as stores:
        await stores.members.set_opted_out(COMMUNITY, AUTHOR, True, court.clock.now())


async def pause_the_fact_check(court: Court) -> None:
    paused = build_fact_check(status=Status.PAUSED, revision=2)
    await court.library.change(COMMUNITY, paused, by=MODERATOR, reason="a source is in doubt")


async def pause_the_place(court: Court) -> None:
    await court.rules.pause(COMMUNITY, CHANNEL, by=MODERATOR)


async def pause_everywhere(court: Court) -> None:
    await court.rules.pause(COMMUNITY, EVERYWHERE, by=MODERATOR)


async def sent_after(court: Court, change: Change) -> int:
    """Let something change while a note is held; return how often it was sent."""
    await change(court)
    court.clock.advance(HOLD)
    await court.settle()
    return court.publisher.sends


@pytest.mark.parametrize(
    "change", [opt_out, opt_out_at_once, pause_the_fact_check, pause_the_place, pause_everywhere]
)
async def test_a_held_note_is_not_posted_after(open_court: Court, change: Change) -> None:
    await open_court.rules.hold(COMMUNITY, HOLD.seconds)
    await open_court.say()
    assert await sent_after(open_court, change) == 0
    assert (await open_court.noted()).state in (NoteState.WITHDRAWN, NoteState.FAILED)


async def wait_for_the_platform(court: Court) -> None:
    """Refuse the first attempt, so that the note waits to be sent again."""

    def refuse() -> None:
        court.publisher.before = lambda: None
        raise UnavailableError("no answer", retryable=True)

    court.publisher.before = refuse


@pytest.mark.parametrize(
    ("change", "sent"),
    [(pause_the_place, 1), (pause_everywhere, 1), (pause_the_fact_check, 0), (opt_out, 0)],
)
@pytest.mark.parametrize("asked_by", ["author", "moderator"])
async def test_of_what_was_asked_for_a_pause_holds_nothing_up(
    court: Court, change: Change, sent: int, asked_by: str
) -> None:
    await court.say(asks_bot=False)
    await wait_for_the_platform(court)
    if asked_by == "author":
        await court.say(asks_bot=True)
    else:
        await court.reviewing.attach(court.cards()[0].id, by=MODERATOR)
        await court.settle()
    assert await sent_after(court, change) == sent


async def test_a_note_whose_posting_got_no_answer_is_found_although_notes_are_paused(
    open_court: Court,
) -> None:
    def lose() -> None:
        open_court.publisher.after = lambda: None
        raise UnavailableError("no answer", retryable=True, ambiguous=True)

    open_court.publisher.after = lose
    await open_court.say()
    assert await sent_after(open_court, pause_the_place) == 1
    assert (await open_court.noted()).state is NoteState.POSTED


async def test_attach_on_a_card_of_somebody_who_opted_out_says_why_not(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    await opt_out(court)
    await court.settle()
    assert [shown.state for shown in court.cards()] == [ReviewState.OUTDATED]
    with pytest.raises(ConflictError, match=r"^The author of this post wants no notes"):
        await court.reviewing.attach(card.id, by=MODERATOR)
    assert court.publisher.sends == 0


async def test_attach_is_refused_although_the_card_is_still_open(court: Court) -> None:
    await court.say()
    (card,) = court.cards()
    await opt_out_at_once(court)
    with pytest.raises(InvalidInputError, match=r"^The author of this post wants no notes"):
        await court.reviewing.attach(card.id, by=MODERATOR)
    assert court.publisher.sends == 0


async def test_whoever_opts_in_again_gets_notes(open_court: Court) -> None:
    await opt_out(open_court)
    await open_court.say()
    assert open_court.publisher.sends == 0
    await MemberService(open_court.database, open_court.clock).opt_in(COMMUNITY, AUTHOR)
    await open_court.say()
    assert open_court.publisher.sends == 1
