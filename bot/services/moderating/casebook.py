"""The record of cases: shown, searched, amended."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.cases import LONGEST_REASON, Case, CaseNote
from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import _, in_public
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
        return await self._amend(community, number, by, by_name, body, reason=None)

    async def change_reason(
        self, community: CommunityId, number: int, *, by: MemberId, by_name: str, reason: str
    ) -> Case:
        """Change a case's reason; the old one stays on record as a note.

        Raises:
            NotFoundError: there is no such case.
            InvalidInputError: the reason is too long, or the case has too many notes.
        """
        async with self._database.reading() as stores:
            old = (await _existing(stores, community, number)).reason
        with in_public():
            body = _("Changed the reason, which was: {old}").format(old=old or _("none"))
        return await self._amend(community, number, by, by_name, body, reason=reason)

    async def _amend(
        self,
        community: CommunityId,
        number: int,
        by: MemberId,
        by_name: str,
        body: str,
        *,
        reason: str | None,
    ) -> Case:
        if len(reason or "") > LONGEST_REASON or len(body) > 2 * LONGEST_REASON:
            raise InvalidInputError(
                _("A reason has {limit:,} characters at most.").format(limit=LONGEST_REASON)
            )
        async with self._database.writing() as stores:
            case = await _existing(stores, community, number)
            if len(case.notes) >= MOST_NOTES:
                raise InvalidInputError(
                    _("A case has {limit} notes at most.").format(limit=MOST_NOTES)
                )
            note = CaseNote(by=by, by_name=by_name, body=body, at=self._clock.now())
            changed = replace(
                case,
                notes=(*case.notes, note),
                reason=case.reason if reason is None else reason.strip(),
            )
            await stores.cases.put(changed)
        return changed


async def _existing(stores: Stores, community: CommunityId, number: int) -> Case:
    case = await stores.cases.get(community, number)
    if case is None:
        raise NotFoundError(_("There is no case {number} here.").format(number=number))
    return case
