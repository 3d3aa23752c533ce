"""Fact-checks and examples in memory; see `LibraryStore`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import takewhile

from bot.domain.factcheck_document import from_document, to_document
from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, MemberId, Slug
from bot.domain.wording import _
from bot.services.errors import ConflictError, InvalidInputError
from bot.services.memory_table import View
from bot.services.ports import KeptExample, Revision
from bot.services.storable import require_storable

Key = tuple[CommunityId, Slug]


class InMemoryLibraryStore:
    """Implements `LibraryStore`; each record is the tuple of its revisions, oldest first."""

    def __init__(
        self,
        records: View[Key, tuple[Revision, ...]],
        examples: View[tuple[CommunityId, Slug, str], tuple[Example, MemberId, datetime]],
    ) -> None:
        self._records = records
        self._examples = examples

    async def get(self, community: CommunityId, slug: Slug) -> FactCheck | None:
        """Return the newest revision as this community sees it."""
        seen = self._seen(community, slug)
        return seen[-1].fact_check if seen else None

    async def revision(self, community: CommunityId, slug: Slug, revision: int) -> FactCheck | None:
        """Return one revision as this community sees it."""
        for entry in self._seen(community, slug):
            if entry.fact_check.revision == revision:
                return entry.fact_check
        return None

    async def all(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions as this community sees them, of any status, by slug."""
        owners = (STARTER_COMMUNITY, community)
        slugs = {slug for (owner, slug), _ in self._records.items() if owner in owners}
        return [self._seen(community, slug)[-1].fact_check for slug in sorted(slugs)]

    async def own(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions of the community's own records alone, by slug."""
        own = [entries[-1] for (owner, _), entries in self._records.items() if owner == community]
        return sorted((entry.fact_check for entry in own), key=lambda one: one.slug)

    async def history(self, community: CommunityId, slug: Slug) -> Sequence[Revision]:
        """Return all revisions, newest first."""
        return list(reversed(self._seen(community, slug)))

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities with records or examples of their own (the starter's included)."""
        owners = {community for (community, _), _ in self._records.items()}
        return owners | {community for (community, _, _), _ in self._examples.items()}

    async def put(
        self,
        community: CommunityId,
        fact_check: FactCheck,
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store a new record or the next revision.

        Raises:
            ConflictError: `fact_check.revision` is not one more than the newest revision that this
                community sees.
        """
        self._records.require_writable()
        seen = self._seen(community, fact_check.slug)
        newest = seen[-1].fact_check.revision if seen else 0
        record = _kept(fact_check)
        if fact_check.revision != newest + 1:
            raise ConflictError(
                _(
                    "“{slug}” was changed by somebody else in the meantime; look at the newest "
                    "revision and try again."
                ).format(slug=fact_check.slug)
            )
        own = self._records.get((community, fact_check.slug)) or ()
        entry = Revision(fact_check=record, by=by, reason=reason, at=at)
        self._records.put((community, fact_check.slug), (*own, entry))

    async def put_first(
        self,
        community: CommunityId,
        fact_checks: Sequence[FactCheck],
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store the first revisions of many records, none of which this community sees yet."""
        for fact_check in fact_checks:
            await self.put(community, fact_check, by=by, reason=reason, at=at)

    async def examples(self, community: CommunityId) -> Sequence[Example]:
        """Return the examples and counter-examples that moderators added, oldest first."""
        return [row[0] for key, row in self._examples.items() if key[0] == community]

    async def add_example(
        self, community: CommunityId, example: Example, *, by: MemberId, at: datetime
    ) -> bool:
        """Store an example once; return False where the same text is there already."""
        self._examples.require_writable()
        key = (community, example.slug, example.text)
        if self._examples.get(key) is not None:
            return False
        self._examples.put(key, (example, by, at))
        return True

    async def kept_examples(self, community: CommunityId, slug: Slug) -> Sequence[KeptExample]:
        """Return what moderators added to one fact-check, oldest first."""
        return [
            KeptExample(example=example, by=by, at=at)
            for key, (example, by, at) in self._examples.items()
            if key[:2] == (community, slug)
        ]

    async def remove_example(self, community: CommunityId, slug: Slug, text: str) -> bool:
        """Forget an example; return False where there is none with this text."""
        return self._examples.remove((community, slug, text))

    def _seen(self, community: CommunityId, slug: Slug) -> tuple[Revision, ...]:
        """Return what the community sees, oldest first: the starter's, then its own.

        What the starter became after the community made the record its own is not seen.
        """
        own = self._records.get((community, slug)) or ()
        starter = self._records.get((STARTER_COMMUNITY, slug)) or ()
        if not own:
            return starter
        if community == STARTER_COMMUNITY:
            return own
        first = own[0].fact_check.revision
        return (*takewhile(lambda entry: entry.fact_check.revision < first, starter), *own)


def _kept(fact_check: FactCheck) -> FactCheck:
    """Return the record as it comes back from a document, which is what SQL would keep."""
    try:
        document = to_document(fact_check)
    except ValueError as error:
        raise InvalidInputError(f"{fact_check.slug}: {error}.") from None
    require_storable(document)
    return from_document(document)
