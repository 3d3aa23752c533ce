"""The record of cases: shown, searched, amended."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.domain.cases import LONGEST_REASON, Case, CaseNote
from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import _, in_public
from bot.services.dates import say_number
from bot.services.errors import InvalidInputError, NotFoundError
from bot.services.ports import CaseQuery, Clock, Database, Stores

MOST_NOTES = 100


class CaseService:
    """Reads and amends cases; it never acts on the platform."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, community: CommunityId, number: int) -> Case:
        """Return a case.

        Raises:
            NotFoundError: there is none of this number.
        """
        async with self._database.reading() as stores:
            return await _existing(stores, community, number)

    async def find(
        self, community: CommunityId, query: CaseQuery, *, limit: int = 25
    ) -> Sequence[Case]:
        """Return the newest cases that fit, newest first."""
        async with self._database.reading() as stores:
            return await stores.cases.find(community, query, limit=limit)

    async def add_note(
        self, community: CommunityId, number: int, *, by: MemberId, by_name: str, body: str
    ) -> Case:
        """Add a note to a case.

        Raises:
            NotFoundError: there is no such case.
            InvalidInputError: the note is too long, or the case has too many.
        """
        if len(body) > 2 * LONGEST_REASON:
            raise _too_long()
        return await self._amend(community, number, by, by_name, lambda case: (case.reason, body))

    async def change_reason(
        self, community: CommunityId, number: int, *, by: MemberId, by_name: str, reason: str
    ) -> Case:
        """Change a case's reason; the old one stays on record as a note.

        Raises:
            NotFoundError: there is no such case.
            InvalidInputError: the reason is too long, or the case has too many notes.
        """
        if len(reason) > LONGEST_REASON:
            raise _too_long()
        new = reason.strip()
        return await self._amend(community, number, by, by_name, lambda case: (new, _was(case)))

    async def _amend(
        self,
        community: CommunityId,
        number: int,
        by: MemberId,
        by_name: str,
        amended: Callable[[Case], tuple[str, str]],
    ) -> Case:
        """Store the reason and the note that follow from the case as it is then."""
        async with self._database.writing() as stores:
            case = await _existing(stores, community, number)
            if len(case.notes) >= MOST_NOTES:
                raise InvalidInputError(
                    _("A case has {limit} notes at most.").format(limit=MOST_NOTES)
                )
            reason, body = amended(case)
            note = CaseNote(by=by, by_name=by_name, body=body, at=self._clock.now())
            changed = replace(case, notes=(*case.notes, note), reason=reason)
            await stores.cases.put(changed)
        return changed


def _too_long() -> InvalidInputError:
    return InvalidInputError(
        _("A reason has {limit} characters at most.").format(limit=say_number(LONGEST_REASON))
    )


def _was(case: Case) -> str:
    with in_public():
        return _("Changed the reason, which was: {old}").format(old=case.reason or _("none"))


async def _existing(stores: Stores, community: CommunityId, number: int) -> Case:
    case = await stores.cases.get(community, number)
    if case is None:
        raise NotFoundError(_("There is no case {number} here.").format(number=number))
    return case
