"""Members' rights over what is stored about them: to see it, to take it along, to be forgotten.

Knows the register's answers and how an export is written; never a table.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import N_, _
from bot.services.errors import InvalidInputError
from bot.services.ports import Clock, Database
from bot.services.ports.privacy import Forgotten, Holding, PersonalDataStore

CONFIRMATION = N_("forget me")
LARGEST_PLAIN = 8_000_000
"""Discord takes files of 10 MiB from bots; larger exports are compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What is stored about a member of one community."""

    holdings: Sequence[Holding]
    opted_out: bool

    @property
    def rows(self) -> int:
        """How many rows there are together."""
        return sum(each.rows for each in self.holdings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was done when a member asked to be forgotten."""

    tables: Sequence[Forgotten]
    opted_out: bool
    """Whether the one row about that choice was kept."""

    @property
    def changed(self) -> int:
        """How many rows were erased or made anonymous."""
        return sum(each.erased + each.anonymised for each in self.tables)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """An export, ready to be sent."""

    name: str
    content: bytes


class PrivacyService:
    """Everything is about one member of one community; nobody can ask for somebody else."""

    def __init__(self, database: Database, personal: PersonalDataStore, clock: Clock) -> None:
        self._database = database
        self._personal = personal
        self._clock = clock

    async def show(self, community: CommunityId, member: MemberId) -> Overview:
        """Return what is stored, in numbers of rows."""
        holdings = await self._personal.holdings(community, member)
        return Overview(holdings=holdings, opted_out=await self._opted_out(community, member))

    async def export(self, community: CommunityId, member: MemberId) -> ExportFile:
        """Return every row about the member as a JSON file."""
        overview = await self._personal.holdings(community, member)
        words = {each.table: each.holds for each in overview}
        rows = await self._personal.export(community, member)
        document = {
            "member": str(member),
            "community": str(community),
            "made_at": self._clock.now().isoformat(),
            "about": _(
                "Every row that this bot stores about you on this server. Moderators' notes and "
                "other members' ids are left out."
            ),
            "tables": {
                table: {"holds": words.get(table, table), "rows": found}
                for table, found in rows.items()
            },
        }
        content = json.dumps(document, ensure_ascii=False, indent=1).encode()
        if len(content) > LARGEST_PLAIN:
            return ExportFile("my-data.json.gz", gzip.compress(content, mtime=0))
        return ExportFile("my-data.json", content)

    async def forget(self, community: CommunityId, member: MemberId, *, typed: str) -> Receipt:
        """Forget a member, once they have typed the confirmation.

        Raises:
            InvalidInputError: something else was typed.
        """
        wanted = {_(CONFIRMATION).casefold(), CONFIRMATION}
        if " ".join(typed.split()).casefold() not in wanted:
            raise InvalidInputError(
                _("Nothing was forgotten: type “{words}” to confirm.").format(words=_(CONFIRMATION))
            )
        tables = await self._personal.forget(community, member)
        return Receipt(tables=tables, opted_out=await self._opted_out(community, member))

    async def _opted_out(self, community: CommunityId, member: MemberId) -> bool:
        async with self._database.reading() as stores:
            return await stores.members.has_opted_out(community, member)
