"""What every `OutboxStore` promises: claimed by one, settled once, healed after a crash."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ids import CommunityId, NoteId, PlaceId, PostId
from bot.domain.outbox import Delivery, DeliveryKind, DeliveryState
from bot.services.ports import Database
from tests.builders import COMMUNITY, NOON
from tests.contract.records import MINUTE, build_delivery

LEASE = timedelta(minutes=2)
MESSAGE = PostId(70_000_000_000_005_000)
OTHER = CommunityId(70_000_000_000_000_002)


async def add(database: Database, *deliveries: Delivery) -> None:
    async with database.writing() as stores:
        for delivery in deliveries:
            assert await stores.outbox.add(delivery)


async def get(database: Database, key: str = "key") -> Delivery:
    async with database.reading() as stores:
        found = await stores.outbox.get(key)
    assert found is not None
    return found


async def claim(
    database: Database, key: str = "key", *, owner: str = "a", at: timedelta = timedelta()
) -> bool:
    now = NOON + at
    async with database.writing() as stores:
        return await stores.outbox.claim(key, owner=owner, until=now + LEASE, now=now)


async def test_a_delivery_comes_back_as_it_was(database: Database) -> None:
    bare = build_delivery("bare", note=None, reply_to=None)
    full = build_delivery(
        "full",
        kind=DeliveryKind.ANSWER,
        content={"text": "hello", "parts": [1, {"two": None}]},
        state=DeliveryState.SENDING,
        attempts=3,
        first_attempt_at=NOON,
        owner="a",
        lease_until=NOON + LEASE,
        message=MESSAGE,
        problem="timeout",
    )
    await add(database, bare, full)
    assert await get(database, "bare") == bare
    assert await get(database, "full") == full
    async with database.reading() as stores:
        assert await stores.outbox.get("unknown") is None


async def test_a_key_is_added_once(database: Database) -> None:
    await add(database, build_delivery())
    async with database.writing() as stores:
        assert not await stores.outbox.add(build_delivery(due_at=NOON + MINUTE))
    assert (await get(database)).due_at == NOON


async def test_due_deliveries_come_in_the_order_of_adding(database: Database) -> None:
    keys = ["c", "a", "b"]
    await add(database, *(build_delivery(key) for key in keys))
    await add(
        database,
        build_delivery("later", due_at=NOON + MINUTE),
        build_delivery("now", due_at=NOON - MINUTE),
        build_delivery("failed", state=DeliveryState.FAILED),
    )
    async with database.reading() as stores:
        due = await stores.outbox.due(NOON)
        assert [delivery.key for delivery in due] == [*keys, "now"]
        assert [delivery.key for delivery in await stores.outbox.due(NOON, limit=2)] == ["c", "a"]
        assert await stores.outbox.next_due() == NOON - MINUTE


async def test_what_is_due_elsewhere_is_found_behind_any_number(database: Database) -> None:
    there = build_delivery("there", channel=PlaceId(7))
    await add(database, *(build_delivery(f"here{number}") for number in range(3)), there)
    async with database.reading() as stores:
        assert await stores.outbox.due(NOON, limit=2, without={build_delivery().channel}) == [there]
        assert await stores.outbox.due(NOON, without=[build_delivery().channel, PlaceId(7)]) == []


async def test_nothing_waiting_is_never_due(database: Database) -> None:
    await add(database, build_delivery(state=DeliveryState.DONE))
    async with database.reading() as stores:
        assert await stores.outbox.next_due() is None
        assert await stores.outbox.due(NOON) == []


async def test_of_twelve_who_claim_at_once_one_gets_it(database: Database) -> None:
    await add(database, build_delivery())
    won = await asyncio.gather(*(claim(database, owner=str(n)) for n in range(12)))
    assert sum(won) == 1
    claimed = await get(database)
    assert claimed.owner == str(won.index(True))
    assert claimed.state is DeliveryState.SENDING
    assert claimed.attempts == 1
    assert claimed.first_attempt_at == NOON
    assert claimed.lease_until == NOON + LEASE


async def test_a_claim_holds_until_its_lease_runs_out(database: Database) -> None:
    await add(database, build_delivery())
    assert await claim(database)
    assert not await claim(database, owner="b", at=LEASE - MINUTE)
    async with database.reading() as stores:
        assert await stores.outbox.uncertain(NOON + LEASE - MINUTE) == []
        assert len(await stores.outbox.uncertain(NOON + LEASE)) == 1
    assert await claim(database, owner="b", at=LEASE)
    taken = await get(database)
    assert (taken.owner, taken.attempts, taken.first_attempt_at) == ("b", 2, NOON)


@pytest.mark.parametrize("state", [DeliveryState.DONE, DeliveryState.FAILED])
async def test_what_is_ended_cannot_be_claimed(database: Database, state: DeliveryState) -> None:
    await add(database, build_delivery(state=state))
    assert not await claim(database)
    assert not await claim(database, "unknown")


async def test_a_success_is_recorded_with_its_message(database: Database) -> None:
    await add(database, build_delivery())
    await claim(database)
    async with database.writing() as stores:
        await stores.outbox.settle("key", DeliveryState.DONE, message=MESSAGE)
    assert await get(database) == replace(
        build_delivery(),
        state=DeliveryState.DONE,
        attempts=1,
        first_attempt_at=NOON,
        message=MESSAGE,
    )


async def test_a_failed_attempt_waits_for_its_time(database: Database) -> None:
    await add(database, build_delivery())
    await claim(database)
    async with database.writing() as stores:
        await stores.outbox.settle(
            "key", DeliveryState.WAITING, due_at=NOON + MINUTE, problem="no answer"
        )
    waiting = await get(database)
    assert waiting == replace(
        build_delivery(),
        due_at=NOON + MINUTE,
        attempts=1,
        first_attempt_at=NOON,
        problem="no answer",
    )
    async with database.reading() as stores:
        assert await stores.outbox.due(NOON) == []
        assert await stores.outbox.due(NOON + MINUTE) == [waiting]
    assert await claim(database, at=MINUTE)
    assert (await get(database)).first_attempt_at == NOON


@pytest.mark.parametrize("ended", [DeliveryState.DONE, DeliveryState.FAILED])
async def test_a_late_answer_does_not_reopen_what_is_ended(
    database: Database, ended: DeliveryState
) -> None:
    await add(database, build_delivery(state=ended, message=MESSAGE))
    async with database.writing() as stores:
        assert not await stores.outbox.settle("key", DeliveryState.WAITING, due_at=NOON)
        assert not await stores.outbox.settle("unknown", DeliveryState.DONE)
    assert await get(database) == build_delivery(state=ended, message=MESSAGE)


async def test_whose_lease_was_taken_ends_nothing(database: Database) -> None:
    await add(database, build_delivery())
    await claim(database, owner="a")
    assert await claim(database, owner="b", at=LEASE)
    taken = await get(database)
    async with database.writing() as stores:
        for state in (DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.WAITING):
            assert not await stores.outbox.settle("key", state, owner="a", message=MESSAGE)
    assert await get(database) == taken
    async with database.writing() as stores:
        assert await stores.outbox.settle("key", DeliveryState.WAITING, owner="b")
        assert not await stores.outbox.settle("key", DeliveryState.DONE, owner="b")
        assert await stores.outbox.settle("key", DeliveryState.DONE, message=MESSAGE)
    assert (await get(database)).state is DeliveryState.DONE


async def test_an_attempt_cannot_end_as_sending(database: Database) -> None:
    async with database.writing() as stores:
        with pytest.raises(ValueError, match="sending"):
            await stores.outbox.settle("key", DeliveryState.SENDING)


async def test_only_a_waiting_attachment_can_be_cancelled(database: Database) -> None:
    note = NoteId("note")
    await add(
        database,
        build_delivery("update", note=note, kind=DeliveryKind.UPDATE_NOTE),
        build_delivery("other", note=NoteId("another")),
    )
    async with database.writing() as stores:
        assert not await stores.outbox.cancel(note, "the post was deleted")
        await stores.outbox.add(build_delivery("attach", note=note))
        assert await stores.outbox.cancel(note, "the post was deleted")
        assert not await stores.outbox.cancel(note, "again")
    cancelled = await get(database, "attach")
    assert (cancelled.state, cancelled.problem) == (DeliveryState.FAILED, "the post was deleted")
    assert (await get(database, "update")).state is DeliveryState.WAITING
    assert (await get(database, "other")).state is DeliveryState.WAITING


async def test_what_is_being_sent_cannot_be_cancelled(database: Database) -> None:
    await add(database, build_delivery(note=NoteId("note")))
    await claim(database)
    async with database.writing() as stores:
        assert not await stores.outbox.cancel(NoteId("note"), "too late")
    assert (await get(database)).state is DeliveryState.SENDING


async def test_the_backlog_is_what_waits_and_what_is_being_sent(database: Database) -> None:
    await add(
        database,
        *(build_delivery(state.value, state=state) for state in DeliveryState),
        build_delivery("elsewhere", community=OTHER),
    )
    async with database.reading() as stores:
        assert await stores.outbox.backlog(COMMUNITY) == 2
        assert await stores.outbox.backlog(OTHER) == 1
        assert await stores.outbox.backlog() == 3


async def test_a_refusal_counts_until_something_newer_is_to_be_done_for_the_note(
    database: Database,
) -> None:
    a, b, c = NoteId("a"), NoteId("b"), NoteId("c")
    edit = {"kind": DeliveryKind.UPDATE_NOTE, "state": DeliveryState.FAILED}
    await add(
        database,
        build_delivery("a1", note=a, **edit),
        build_delivery("b1", note=b, **edit),
        build_delivery("b2", note=b, **edit),
        build_delivery("c1", note=c, kind=DeliveryKind.ATTACH_NOTE, state=DeliveryState.FAILED),
        build_delivery("d1", note=c, community=OTHER, **edit),
    )
    async with database.reading() as stores:
        found = await stores.outbox.refused(COMMUNITY, DeliveryKind.UPDATE_NOTE)
        assert [delivery.key for delivery in found] == ["b2", "a1"]
        (only,) = await stores.outbox.refused(COMMUNITY, DeliveryKind.UPDATE_NOTE, limit=1)
        assert only.key == "b2"
    await add(database, build_delivery("b3", note=b, kind=DeliveryKind.UPDATE_NOTE))
    async with database.reading() as stores:
        found = await stores.outbox.refused(COMMUNITY, DeliveryKind.UPDATE_NOTE)
        assert [delivery.key for delivery in found] == ["a1"]
    await claim(database, "b3")
    async with database.writing() as stores:
        waiting = DeliveryState.WAITING
        await stores.outbox.settle("b3", waiting, due_at=NOON + LEASE, problem="closed")
    async with database.reading() as stores:
        found = await stores.outbox.refused(COMMUNITY, DeliveryKind.UPDATE_NOTE)
        assert [delivery.key for delivery in found] == ["b3", "a1"]
        assert await stores.outbox.hindered(COMMUNITY) == [found[0].channel]
        assert await stores.outbox.hindered(OTHER) == []


async def test_left_behind_deliveries_come_oldest_first(database: Database) -> None:
    await add(database, build_delivery("b"), build_delivery("a"))
    await claim(database, "a")
    await claim(database, "b")
    async with database.reading() as stores:
        left = await stores.outbox.uncertain(NOON + LEASE)
    assert [delivery.key for delivery in left] == ["b", "a"]
