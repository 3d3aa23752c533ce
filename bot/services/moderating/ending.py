"""Ends temporary actions on time, also after a restart: each once, as a case of its own."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.cases import ENDS_BY_US, Case, CaseKind, CaseState
from bot.services.moderating.deliveries import delivery_of
from bot.services.ports import Clock, Database, Stores

ENDED_BY = {
    CaseKind.BAN: CaseKind.UNBAN,
    CaseKind.SLOWMODE: CaseKind.SLOWMODE,
    CaseKind.LOCK: CaseKind.UNLOCK,
}


class EndingService:
    """Looks for temporary actions whose end has come; a job asks it again and again."""

    def __init__(self, database: Database, clock: Clock, wake_sender: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake_sender

    async def run(self) -> int:
        """Record the end of all that is due, and have it carried out; return how many."""
        async with self._database.reading() as stores:
            due = await stores.cases.due(self._clock.now(), list(ENDS_BY_US))
        for case in due:
            async with self._database.writing() as stores:
                await self._end(stores, case)
        if due:
            self._wake()
        return len(due)

    async def _end(self, stores: Stores, found: Case) -> None:
        # The counter before the case, as everywhere: two who hold one each would wait for ever.
        number = await stores.cases.next_number(found.community)
        case = await stores.cases.get(found.community, found.number)  # held from here on
        if case is None or case.ended_at is not None:
            await stores.cases.set_counter(found.community, number - 1)
            return
        now = self._clock.now()
        await stores.cases.put(replace(case, ended_at=now))
        end = replace(
            case,
            number=number,
            kind=ENDED_BY[case.kind],
            state=CaseState.PENDING,
            created_at=now,
            by=None,
            by_name="",
            reason=f"End of case {case.number}",
            until=None,
            # A slowmode's end is a slowmode of its own, which the next one takes back.
            ended_at=None if case.kind is CaseKind.SLOWMODE else now,
            origin=f"end:{case.number}:{case.created_at.isoformat()}",
            details=_details(case),
            notes=(),
            problem="",
        )
        await stores.cases.add(end)
        await stores.outbox.add(delivery_of(end))


def _details(case: Case) -> dict[str, object]:
    if case.kind is CaseKind.SLOWMODE:
        previous = case.details.get("previous", 0)
        return {"seconds": previous, "only_if": case.details.get("seconds", 0)}
    if case.kind is CaseKind.LOCK:
        return {"previous": case.details.get("previous"), "lock": case.number}
    return {}
