"""Fact-checks and their history, as the use cases keep them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import CommunityId, MemberId, Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One entry of a fact-check's history."""

    fact_check: FactCheck
    by: MemberId | None
    """None where the program itself did it (the starter library, an import by command line)."""
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptExample:
    """An example or counter-example that a moderator added."""

    example: Example
    by: MemberId
    at: datetime


class LibraryStore(Protocol):
    """Fact-checks with their revisions.

    Records of `STARTER_COMMUNITY` are seen by every community, unless the community has its own
    record of the same slug, which then takes the starter's place there.
    """

    async def get(self, community: CommunityId, slug: Slug) -> FactCheck | None:
        """Return the newest revision as this community sees it."""
        ...

    async def revision(self, community: CommunityId, slug: Slug, revision: int) -> FactCheck | None:
        """Return one revision as this community sees it."""
        ...

    async def all(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions as this community sees them, of any status, by slug."""
        ...

    async def own(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions of the community's own records alone, by slug."""
        ...

    async def history(self, community: CommunityId, slug: Slug) -> Sequence[Revision]:
        """Return all revisions, newest first."""
        ...

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities with records or examples of their own (the starter's included)."""
        ...

    async def put(
        self,
        community: CommunityId,
        fact_check: FactCheck,
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store a new record (revision 1 where it has no predecessor) or the next revision.

        Raises:
            ConflictError: `fact_check.revision` is not one more than the newest revision that this
                community sees (another person was faster).
        """
        ...

    async def put_first(
        self,
        community: CommunityId,
        fact_checks: Sequence[FactCheck],
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store the first revisions of many records, none of which this community sees yet.

        Raises:
            ConflictError: one of them is there, comes twice, or is no first revision.
        """
        ...

    async def examples(self, community: CommunityId) -> Sequence[Example]:
        """Return the examples and counter-examples that moderators added, oldest first."""
        ...

    async def add_example(
        self, community: CommunityId, example: Example, *, by: MemberId, at: datetime
    ) -> bool:
        """Store an example once; return False where the same text is there already."""
        ...

    async def kept_examples(self, community: CommunityId, slug: Slug) -> Sequence[KeptExample]:
        """Return what moderators added to one fact-check, oldest first."""
        ...

    async def remove_example(self, community: CommunityId, slug: Slug, text: str) -> bool:
        """Forget an example; return False where there is none with this text."""
        ...
