"""A delivery happens once: not zero times, not twice, whatever fails when (promise 1)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.notes import Note, NoteState, derive_note_id
from bot.domain.outbox import GIVE_UP_AFTER, LEASE, NONCE_WINDOW, Delivery, DeliveryState
from bot.domain.policy import Mode
from bot.services.errors import GoneError, UnavailableError
from bot.services.sending import BATCH
from tests.builders import ASIA, CHANNEL, COMMUNITY, FORUM, build_post, build_where
from tests.contract.records import build_delivery, build_note
from tests.unit.services.conftest import Stage, build_sender

POST = build_post("Honestly, Asia embraces AI art instead of resisting it")
NOTE = derive_note_id(CHANNEL, POST.id, ASIA)


class Killed(BaseException):
    """The process dies: nothing may handle this."""


async def kept(stage: Stage) -> tuple[Note, Delivery]:
    async with stage.database.reading() as stores:
        note, delivery = await stores.notes.get(NOTE), await stores.outbox.get(NOTE)
    assert note is not None
    assert delivery is not None
    return note, delivery


def failing(error: BaseException, times: int = 1) -> Callable[[], None]:
    left = [times]

    def fail() -> None:
        if left[0]:
            left[0] -= 1
            raise error

    return fail


def no_answer() -> UnavailableError:
    return UnavailableError("no answer", retryable=True, ambiguous=True)


async def test_a_note_is_posted_and_recorded(stage: Stage) -> None:
    await stage.watching.consider(POST)
    await stage.sender.send_due()
    note, delivery = await kept(stage)
    assert stage.publisher.notes == [NOTE]
    assert note.state is NoteState.POSTED
    assert note.message == delivery.message is not None
    assert delivery.state is DeliveryState.DONE
    assert await stage.sender.send_due() == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_no_answer_is_tried_again_with_the_same_nonce(stage: Stage, when: str) -> None:
    await stage.watching.consider(POST)
    setattr(stage.publisher, when, failing(no_answer(), times=3))
    for _ in range(4):
        await stage.sender.send_due()
        stage.clock.advance(timedelta(seconds=30))
    assert stage.publisher.notes == [NOTE]
    assert (await kept(stage))[0].state is NoteState.POSTED


async def test_a_fault_in_one_delivery_keeps_no_other_from_being_sent(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.before = failing(TypeError("a bug"), times=2)
    sending = asyncio.create_task(stage.sender.run())
    await stage.sender.idle()
    assert not stage.publisher.notes
    assert (await kept(stage))[1].problem == "a fault of the bot"
    stage.clock.advance(timedelta(minutes=1))
    stage.sender.wake()
    await stage.sender.idle()
    stage.clock.advance(timedelta(minutes=1))
    stage.sender.wake()
    await stage.sender.idle()
    assert not sending.done()
    assert stage.publisher.notes == [NOTE]
    await stage.sender.stop()
    await sending


async def test_a_retry_waits_its_time(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.before = failing(no_answer())
    await stage.sender.send_due()
    assert await stage.sender.send_due() == 0
    stage.clock.advance(timedelta(seconds=2))
    assert await stage.sender.send_due() == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("downtime", [timedelta(seconds=1), NONCE_WINDOW * 3])
@pytest.mark.parametrize("remembers", [True, False])
async def test_a_killed_sender_is_healed_by_the_next(
    stage: Stage, when: str, downtime: timedelta, remembers: bool
) -> None:
    await stage.watching.consider(POST)
    stage.publisher.remembers_nonces = remembers
    setattr(stage.publisher, when, failing(Killed()))
    with pytest.raises(BaseExceptionGroup) as death:
        await stage.sender.send_due()
    assert death.group_contains(Killed)
    assert (await kept(stage))[1].state is DeliveryState.SENDING
    stage.clock.advance(downtime)
    heir = build_sender(stage.database, stage.publisher, stage.clock, "test:2:b")
    await heir.heal(stage.clock.now() + LEASE)
    await heir.send_due()
    assert stage.publisher.notes == [NOTE]
    assert (await kept(stage))[0].state is NoteState.POSTED


@pytest.mark.parametrize("ends", [None, no_answer(), GoneError("the post is gone")])
async def test_a_sender_whose_lease_was_taken_has_no_say_any_more(
    stage: Stage, ends: UnavailableError | None
) -> None:
    await stage.watching.consider(POST)
    stage.publisher.pause = asyncio.Event()
    slow = asyncio.create_task(stage.sender.send_due())
    await stage.publisher.sending.wait()
    stage.clock.advance(LEASE)
    now = stage.clock.now()
    async with stage.database.writing() as stores:
        assert await stores.outbox.claim(NOTE, owner="heir", until=now + LEASE, now=now)
    if ends is not None:
        stage.publisher.before = failing(ends)
    stage.publisher.pause.set()
    await slow
    note, delivery = await kept(stage)
    assert (delivery.state, delivery.owner) == (DeliveryState.SENDING, "heir")
    assert note.state is NoteState.PENDING


async def test_a_running_senders_work_is_left_alone(stage: Stage) -> None:
    await stage.watching.consider(POST)
    async with stage.database.writing() as stores:
        now = stage.clock.now()
        assert await stores.outbox.claim(NOTE, owner="other", until=now + LEASE, now=now)
    await stage.sender.heal(stage.clock.now())
    assert await stage.sender.send_due() == 0
    assert stage.publisher.sends == 0


async def test_the_platforms_own_event_confirms_a_lost_answer(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.after = failing(Killed())
    with pytest.raises(BaseExceptionGroup):
        await stage.sender.send_due()
    (message,) = stage.publisher.messages
    await stage.sender.confirm(NOTE, message)
    note, delivery = await kept(stage)
    assert (note.state, note.message) == (NoteState.POSTED, message)
    assert delivery.state is DeliveryState.DONE


async def test_a_refusal_fails_the_note_for_good(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.before = failing(GoneError("the post is gone"))
    await stage.sender.send_due()
    note, delivery = await kept(stage)
    assert note.state is NoteState.FAILED
    assert (delivery.state, delivery.problem) == (DeliveryState.FAILED, "the post is gone")
    stage.clock.advance(timedelta(days=2))
    assert await stage.sender.send_due() == 0


async def test_a_day_of_failures_is_enough(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.before = failing(no_answer(), times=1000)
    stage.clock.advance(GIVE_UP_AFTER + timedelta(seconds=1))
    await stage.sender.send_due()
    assert (await kept(stage))[0].state is NoteState.FAILED


async def test_no_new_note_waits_longer_than_a_day_for_a_locked_thread(stage: Stage) -> None:
    await stage.watching.consider(POST)
    locked = UnavailableError("Discord refused (160005)", retryable=True, patient=True)
    stage.publisher.before = failing(locked, times=1000)
    await stage.sender.send_due()
    assert (await kept(stage))[1].state is DeliveryState.WAITING
    stage.clock.advance(GIVE_UP_AFTER + timedelta(seconds=1))
    await stage.sender.send_due()
    assert (await kept(stage))[0].state is NoteState.FAILED


async def test_a_note_that_is_due_since_more_than_a_day_is_not_posted(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.clock.advance(GIVE_UP_AFTER + timedelta(seconds=1))
    await stage.sender.send_due()
    assert stage.publisher.sends == 0
    assert (await kept(stage))[0].state is NoteState.FAILED


async def test_a_note_withdrawn_while_it_is_sent_is_deleted(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.pause = asyncio.Event()
    sending = asyncio.create_task(stage.sender.send_due())
    await stage.publisher.sending.wait()
    await stage.watching.forget_posts(CHANNEL, [POST.id])
    stage.publisher.pause.set()
    await sending
    assert stage.publisher.notes == [NOTE]
    await stage.sender.send_due()
    assert stage.publisher.notes == []
    assert (await kept(stage))[0].state is NoteState.WITHDRAWN


async def test_a_slow_place_does_not_hold_up_another(stage: Stage) -> None:
    other = build_post(POST.text, where=build_where(channel=FORUM))
    await stage.places.watch(COMMUNITY, FORUM, Mode.AUTO, by=None)
    await stage.watching.consider(POST)
    await stage.watching.consider(other)
    stage.publisher.pause, stage.publisher.paused_channel = asyncio.Event(), CHANNEL
    sending = asyncio.create_task(stage.sender.send_due())
    await stage.publisher.sending.wait()
    await stage.publisher.posted.wait()
    assert stage.publisher.notes == [derive_note_id(FORUM, other.id, ASIA)]
    stage.publisher.pause.set()
    await sending
    assert len(stage.publisher.notes) == 2


async def test_a_slow_place_with_much_to_send_does_not_hold_up_another(stage: Stage) -> None:
    await stage.places.watch(COMMUNITY, FORUM, Mode.AUTO, by=None)
    other = build_post(POST.text, where=build_where(channel=FORUM))
    async with stage.database.writing() as stores:
        for number in range(2 * BATCH):
            note = build_note(number)
            await stores.notes.add(note)
            await stores.outbox.add(build_delivery(note.id, note=note.id))
    await stage.watching.consider(other)
    stage.publisher.pause, stage.publisher.paused_channel = asyncio.Event(), CHANNEL
    running = asyncio.create_task(stage.sender.run())
    async with asyncio.timeout(5):
        await stage.publisher.posted.wait()
    assert stage.publisher.notes == [derive_note_id(FORUM, other.id, ASIA)]
    stage.publisher.pause.set()
    await stage.sender.stop()
    await running


async def test_stopping_waits_for_what_is_in_flight(stage: Stage) -> None:
    await stage.watching.consider(POST)
    stage.publisher.pause = asyncio.Event()
    running = asyncio.create_task(stage.sender.run())
    await stage.publisher.sending.wait()
    stopping = asyncio.create_task(stage.sender.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    stage.publisher.pause.set()
    await stopping
    await running
    assert (await kept(stage))[0].state is NoteState.POSTED


async def test_who_waits_for_one_delivery_waits_for_no_other_place(stage: Stage) -> None:
    other = build_post(POST.text, where=build_where(channel=FORUM))
    quick = derive_note_id(FORUM, other.id, ASIA)
    await stage.places.watch(COMMUNITY, FORUM, Mode.AUTO, by=None)
    await stage.watching.consider(POST)
    await stage.watching.consider(other)
    stage.publisher.pause, stage.publisher.paused_channel = asyncio.Event(), CHANNEL
    running = asyncio.create_task(stage.sender.run())
    async with asyncio.timeout(5):
        await stage.sender.tried(quick)
        await stage.sender.tried(quick)  # it was done before anybody waited
        await stage.sender.tried("unknown")
        held_up = asyncio.create_task(stage.sender.tried(NOTE))
        await asyncio.sleep(0)
        assert not held_up.done()
        stage.publisher.pause.set()
        await held_up
    await stage.sender.stop()
    await running
