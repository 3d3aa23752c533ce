"""Imports and exports a community's cases as one JSON document, all of it or nothing."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case_document import CaseDocumentError, from_document, to_document
from bot.domain.cases import ENDS_BY_US, Case, CaseKind, CaseNote
from bot.domain.ids import CommunityId
from bot.domain.wording import _, in_public
from bot.services.dates import say_number
from bot.services.errors import ConflictError, InvalidInputError
from bot.services.ports import Clock, Database, Stores
from bot.services.storable import require_storable

BATCH = 500
MOST_BYTES = 8 * 1024 * 1024
BETWEEN_IMPORTS = timedelta(minutes=5)
MOST_CASES = 50_000


class ImportMode(StrEnum):
    """What becomes of the cases that are there; the words are those of the shape."""

    REPLACE = "replace"
    BUMP_EXISTING = "bumpExistingCases"
    BUMP_IMPORTED = "bumpImportedCases"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    added: int
    removed: int = 0
    moved: int = 0
    without_end: int = 0
    """Temporary actions of the file that will not end by themselves."""


def _ends_by_itself(case: Case) -> bool:
    return case.kind in ENDS_BY_US and case.until is not None and case.is_running


class ExchangeService:
    """Reads and writes the document that moderation bots exchange."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def export(self, community: CommunityId) -> bytes:
        """Return all cases as a document."""
        cases: list[Case] = []
        async with self._database.reading() as stores:
            while batch := await stores.cases.after(
                community, cases[-1].number if cases else 0, limit=BATCH
            ):
                cases += batch
        return json.dumps(to_document(cases), ensure_ascii=False, indent=1).encode()

    async def read(self, community: CommunityId, data: bytes) -> list[Case]:
        """Return the cases of a document, and change nothing.

        Raises:
            InvalidInputError: it is no such document.
        """
        # Megabytes of JSON take seconds: in a thread they keep nobody waiting.
        return await asyncio.to_thread(_read, community, data)

    async def load(self, community: CommunityId, data: bytes, mode: ImportMode) -> Imported:
        """Import a document.

        Raises:
            InvalidInputError: it is no such document, or gives a number twice.
            ConflictError: actions are under way, cases would be replaced that must still end, or
                the last import was just now.
        """
        cases = await self.read(community, data)
        if not cases:
            return Imported(added=0)
        async with self._database.writing() as stores:
            number = await stores.cases.next_number(community)
            await stores.cases.set_counter(community, number - 1)
            await self._require_pause(stores, community)
            if await stores.cases.pending(community):
                raise ConflictError(_("An action is under way: please try again in a minute."))
            done = await self._make_room(stores, community, cases, mode)
            shift = number - 1 if mode is ImportMode.BUMP_IMPORTED else 0
            temporary = sum(map(_ends_by_itself, cases))
            cases = [self._taken_over(case) for case in cases]
            await self._add(stores, community, cases, shift)
            highest = max(case.number for case in cases) + shift
            if mode is ImportMode.BUMP_EXISTING:
                highest += number - 1
            await stores.cases.set_counter(community, highest)
        return replace(done, added=len(cases), without_end=temporary)

    def _taken_over(self, case: Case) -> Case:
        """Return a case of a file as a record: whoever wrote the file may not act by it."""
        if not _ends_by_itself(case):
            return case
        with in_public():
            body = _("Imported: the end that the file gives, {until}, does not come by itself.")
        body = body.format(until=f"{case.until:%Y-%m-%d %H:%M} UTC")
        note = CaseNote(by=None, by_name="Footnote", body=body, at=self._clock.now())
        return replace(case, until=None, notes=(*case.notes, note))

    async def _require_pause(self, stores: Stores, community: CommunityId) -> None:
        """Refuse a second import too soon: each rewrites the record as a whole."""
        name, now = f"case-import:{community}", self._clock.now()
        last = await stores.settings.get(name)
        again = now if last is None else datetime.fromisoformat(last) + BETWEEN_IMPORTS
        if again > now:
            raise ConflictError(
                _("Cases were imported just now. The next import is possible {when}.").format(
                    when=f"<t:{int(again.timestamp())}:R>"
                )
            )
        await stores.settings.put(name, now.isoformat())

    async def _make_room(
        self, stores: Stores, community: CommunityId, cases: Sequence[Case], mode: ImportMode
    ) -> Imported:
        existing = await stores.cases.count(community)
        if mode is ImportMode.BUMP_EXISTING:
            await stores.cases.shift(community, max(case.number for case in cases))
            return Imported(added=0, moved=existing)
        if mode is ImportMode.BUMP_IMPORTED:
            return Imported(added=0)
        for kind in ENDS_BY_US:
            running = await stores.cases.running(community, kind)
            # What a lock took stands in its case only, whether it has an end or not.
            if any(case.until is not None or kind is CaseKind.LOCK for case in running):
                raise ConflictError(
                    _(
                        "A temporary action or a lock is running, and its way back would be lost: "
                        "lift it first, or import with one of the other modes."
                    )
                )
        return Imported(added=0, removed=await stores.cases.clear(community))

    async def _add(
        self, stores: Stores, community: CommunityId, cases: Sequence[Case], shift: int
    ) -> None:
        known = set(await stores.cases.origins(community))
        for start in range(0, len(cases), BATCH):
            batch = []
            for case in cases[start : start + BATCH]:
                origin = None if case.origin in known else case.origin
                batch.append(replace(case, number=case.number + shift, origin=origin))
                if origin is not None:
                    known.add(origin)
            await stores.cases.add_all(batch)


def _read(community: CommunityId, data: bytes) -> list[Case]:
    if len(data) > MOST_BYTES:
        raise InvalidInputError(_("The file is larger than 8 MiB."))
    try:
        cases = from_document(json.loads(data), community)
        require_storable(cases)
    except (CaseDocumentError, UnicodeDecodeError, RecursionError) as error:
        known = isinstance(error, CaseDocumentError)
        raise InvalidInputError(str(error) if known else _("The file is no JSON.")) from None
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            _("The file is no JSON (line {line}).").format(line=error.lineno)
        ) from None
    if len(cases) > MOST_CASES:
        raise InvalidInputError(
            _("The file has more than {limit} cases.").format(limit=say_number(MOST_CASES))
        )
    return cases
