"""What is stored about people, and for how long, as the use cases see it.

Both stores open their own units of work: they go by the schema, across all other stores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How many rows of one table are about a member; `holds` is a marked text."""

    table: str
    holds: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What became of the rows of one table that were about a member."""

    table: str
    holds: str
    erased: int = 0
    anonymised: int = 0
    kept: int = 0
    reason_to_keep: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTable:
    """One table as the operator sees it: what it holds and why, how long, and how much."""

    table: str
    holds: str
    why: str
    kept: str
    about_members: bool
    rows: int


class PersonalDataStore(Protocol):
    """What is stored about members, by the register of all tables."""

    async def holdings(self, community: CommunityId, member: MemberId) -> Sequence[Holding]:
        """Return the tables with rows about a member."""
        ...

    async def export(
        self, community: CommunityId, member: MemberId
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return every row about a member, by table, without what is about others.

        Ids are texts: many readers of JSON round numbers of their size.
        """
        ...

    async def forget(self, community: CommunityId, member: MemberId) -> Sequence[Forgotten]:
        """Take a member's id out of everything that is not kept for a reason, in one transaction.

        The tallies are afterwards what a rebuild would make. A second time there is nothing left.
        """
        ...

    async def stored(self) -> Sequence[StoredTable]:
        """Return every table of the database."""
        ...


class RetentionStore(Protocol):
    """Ends what was kept long enough, in short transactions."""

    @property
    def tables(self) -> Sequence[str]:
        """The tables that `prune` knows, in the order in which to prune them."""
        ...

    async def prune(
        self, table: str, *, posts_before: datetime, audit_before: datetime, limit: int
    ) -> int:
        """Remove rows that are too old, `limit` in one transaction; 0 when there are no more."""
        ...
