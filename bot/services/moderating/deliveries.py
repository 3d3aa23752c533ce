"""Carries a case out: tells the member, then acts, each once, whatever crashes when.

Order: the direct message goes before the action, since a banned member can get none; that it was
tried is recorded before the action begins. After a crash the platform is asked what it shows: the
case's marker in the audit log, or the state that the action makes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.appeals import AppealOffer
from bot.domain.cases import (
    CAN_BE_TAKEN_BACK,
    IN_WORDS,
    ON_PLATFORM,
    TOLD,
    UNDOES,
    Case,
    CaseKind,
    CaseState,
)
from bot.domain.ids import PlaceId, PostId
from bot.domain.notes import derive_key
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.wording import N_, _
from bot.services.errors import AlreadyGoneError, GoneError, UnavailableError
from bot.services.moderating.house_rules import HouseRules, house_rules
from bot.services.ports import ActionPublisher, Clock, Database, Stores

LOOK_BACK = timedelta(seconds=60)
NO_PLACE = PlaceId(0)
TAKEN_BACK = "taken back before it was done"
OVERTAKEN = "what it would take back was done anew"
"""Somebody wanted it so: nobody needs to be told that it was not done."""
NOT_DONE = N_(
    "I could not do by myself what was due: case {number} ({kind}, {whom}). {problem}. Nobody else "
    "was told; please see to it by hand."
)
STILL_LOCKED = N_("Where the place still exists it is still locked: `/mod unlock` opens it.")


def delivery_of(case: Case) -> Delivery:
    """Return the outbox row that carries a case out."""
    # The moment tells a case from one of the same number before an import renumbered them.
    key = derive_key("case", case.community, case.number, case.created_at.isoformat())
    return Delivery(
        key=key,
        kind=DeliveryKind.MODERATE,
        community=case.community,
        channel=case.place or PlaceId(case.target or NO_PLACE),
        content={"case": case.number},
        created_at=case.created_at,
        due_at=case.created_at,
    )


class CaseDeliveries:
    """Implements `DeliveryHandler` for `DeliveryKind.MODERATE`."""

    def __init__(
        self,
        database: Database,
        actions: ActionPublisher,
        clock: Clock,
        render: Callable[[Case, HouseRules, AppealOffer], str],
        offer: Callable[[Case], Awaitable[AppealOffer]],
    ) -> None:
        self._database = database
        self._actions = actions
        self._clock = clock
        self._render = render
        self._offer = offer

    async def act(self, delivery: Delivery) -> PostId | None:
        """Tell the member, then act; look first where an earlier attempt may have done it."""
        case = await self._case_of(delivery)
        since = (delivery.first_attempt_at or delivery.created_at) - LOOK_BACK
        again = delivery.attempts > 0
        may_be_done = again and case.kind in ON_PLATFORM
        if may_be_done and await self._actions.was_carried_out(case, since=since):
            return None
        if case.kind in CAN_BE_TAKEN_BACK and case.ended_at is not None:
            raise GoneError(TAKEN_BACK)
        if again and await self._is_overtaken(case):
            raise GoneError(OVERTAKEN)
        if case.kind in TOLD and "told" not in case.details:
            await self._tell(case, delivery, again=again)
        if case.kind in ON_PLATFORM:
            await self._carry_out(case)
        return None

    async def _is_overtaken(self, case: Case) -> bool:
        async with self._database.reading() as stores:
            return await _done_anew(stores, case) is not None

    async def _carry_out(self, case: Case) -> None:
        try:
            await self._actions.carry_out(case)
        except AlreadyGoneError:
            # Without View Audit Log nobody can say whether an earlier attempt made it so.
            await self._note_details(case, gone=True)

    async def _tell(self, case: Case, delivery: Delivery, *, again: bool) -> None:
        """Send the direct message, as well as that can be done; it never hinders the action."""
        async with self._database.reading() as stores:
            rules = await house_rules(stores, case.community)
        offer = await self._offer(case)
        since = (delivery.first_attempt_at or delivery.created_at) - LOOK_BACK if again else None
        try:
            text = self._render(case, rules, offer)
            told = await self._actions.tell(
                case, text, nonce=delivery.key, since=since, offer=offer
            )
        except UnavailableError as problem:
            if problem.retryable and case.kind is CaseKind.WARN:
                raise
            told = False
        await self._note_details(case, told=told)

    async def _note_details(self, case: Case, **more: object) -> None:
        async with self._database.writing() as stores:
            current = await stores.cases.get(case.community, case.number)
            if current is not None:
                details = {**current.details, **more}
                await stores.cases.put(replace(current, details=details))

    async def _case_of(self, delivery: Delivery) -> Case:
        async with self._database.reading() as stores:
            case = await _case(stores, delivery)
        if case is None:
            raise GoneError("the case no longer exists")
        return case

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record that the case's action is done, and what it ends."""
        del message  # an action makes none
        case = await _case(stores, delivery)
        if case is None:
            return
        await stores.cases.put(replace(case, state=CaseState.DONE))
        await end_undone(stores, case, self._clock)

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record that the case's action will never be done, and why."""
        case = await _case(stores, delivery)
        if case is None:
            return
        current = await stores.outbox.get(delivery.key)
        problem = current.problem if current else ""
        failed = replace(case, state=CaseState.FAILED, problem=problem)
        await stores.cases.put(failed)
        still_locked = await _lock_again(stores, case)
        if case.by is None and problem not in (TAKEN_BACK, OVERTAKEN):
            await self._tell_moderators(stores, failed, still_locked=still_locked)

    async def _tell_moderators(self, stores: Stores, case: Case, *, still_locked: bool) -> None:
        """Say what the bot could not do by itself: nobody waits for the answer."""
        review_place = (await stores.rules.get(case.community)).review_place
        if review_place is None:
            return
        now = self._clock.now()
        text = _(NOT_DONE).format(
            number=case.number,
            kind=_(IN_WORDS[case.kind]),
            whom=f"<@{case.target}>" if case.target is not None else f"<#{case.place}>",
            problem=case.problem,
        )
        await stores.outbox.add(
            Delivery(
                key=derive_key("not done", case.community, case.number, case.created_at),
                kind=DeliveryKind.ANSWER,
                community=case.community,
                channel=review_place,
                content={"text": f"{text} {_(STILL_LOCKED)}" if still_locked else text},
                created_at=now,
                due_at=now,
            )
        )


async def _done_anew(stores: Stores, case: Case) -> Case | None:
    """Return what was done later and is the very thing that a case takes back."""
    kind = UNDOES.get(case.kind)
    if kind is None or kind is case.kind:
        return None
    running = await stores.cases.running(case.community, kind, target=case.target, place=case.place)
    later = [
        each for each in running if each.state is CaseState.DONE and _moment(each) > _moment(case)
    ]
    return later[-1] if later else None


def _moment(case: Case) -> tuple[datetime, int]:
    """Return by what cases follow each other: one that is read back has a higher number."""
    return case.created_at, case.number


async def _lock_again(stores: Stores, unlock: Case) -> bool:
    """Let a lock go on whose end could not be carried out, until somebody opens it."""
    number = unlock.details.get("lock")
    if unlock.kind is not CaseKind.UNLOCK or not isinstance(number, int):
        return False
    if newer := await _done_anew(stores, unlock):
        # It found the place locked; what its end restores is what was before the first.
        details = {**newer.details, "previous": unlock.details.get("previous")}
        await stores.cases.put(replace(newer, details=details))
        return True
    lock = await stores.cases.get(unlock.community, number)
    if lock is None or lock.kind is not CaseKind.LOCK or lock.place != unlock.place:
        return False
    if lock.ended_at is not None:
        await stores.cases.put(replace(lock, ended_at=None, until=None))
    return True


async def _case(stores: Stores, delivery: Delivery) -> Case | None:
    return await stores.cases.get(delivery.community, int(str(delivery.content["case"])))


async def end_undone(stores: Stores, case: Case, clock: Clock) -> None:
    """Mark the running actions that a case takes back as ended: those that came before it."""
    kind = UNDOES.get(case.kind)
    if kind is None:
        return
    for running in await stores.cases.running(
        case.community, kind, target=case.target, place=case.place
    ):
        if _moment(running) < _moment(case):
            await stores.cases.put(replace(running, ended_at=clock.now()))
