"""The library in use: the starter pack, each community's own records, and their readers.

Knows stores and the matcher's interface; never how a reader is built or what a file looks like.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from bot.domain.factchecks import Example, FactCheck, Status
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, MemberId, Slug
from bot.domain.matches import Match, Reading
from bot.services.errors import NotFoundError
from bot.services.ports import Clock, Database, Reader

logger = logging.getLogger(__name__)

CHOICES = 25
"""Discord shows at most 25 autocomplete choices."""
SEARCH_FLOOR = 0.1
"""A search shows less likely matches than a note needs, but none that is mere noise."""


class LivingReader(Reader, Protocol):
    """A reader that takes changes at once."""

    def put(self, fact_check: FactCheck, examples: Iterable[Example] = ()) -> None:
        """Add a fact-check or replace the one with its slug."""
        ...

    def remove(self, slug: Slug) -> None:
        """Take a fact-check out; one that is not there is no error."""
        ...


AfterChange = Callable[[CommunityId, Slug], Awaitable[object]]
"""What is told of every change of a fact-check, once it is stored."""
BuildReader = Callable[[Sequence[FactCheck], Sequence[Example]], LivingReader]


class LibraryService:
    """Fact-checks as a community sees them, and the reader that recognises them.

    One reader serves all communities that have no records of their own; a community with its own
    gets its own reader, built when it is first needed.
    """

    def __init__(
        self,
        database: Database,
        build: BuildReader,
        clock: Clock,
        *,
        examples: Sequence[Example] = (),
        after_change: AfterChange | None = None,
    ) -> None:
        self._database = database
        self._after_change = after_change
        self._build = build
        self._clock = clock
        self._examples = tuple(examples)
        self._readers: dict[CommunityId, LivingReader] = {}
        self._owners: frozenset[CommunityId] | None = None
        """Who has records of their own, asked once: only this service adds records."""
        self._building = asyncio.Lock()

    async def install(self, fact_checks: Iterable[FactCheck], *, reason: str) -> int:
        """Make the starter library equal to these records; return how many changed.

        A record that is no longer among them is retired, never deleted: notes refer to it.
        """
        now = self._clock.now()
        changed = 0
        async with self._database.writing() as stores:
            known = {fc.slug: fc for fc in await stores.library.all(STARTER_COMMUNITY)}
            for wanted in fact_checks:
                old = known.pop(wanted.slug, None)
                if old is not None and replace(wanted, revision=old.revision) == old:
                    continue
                revision = old.revision + 1 if old else 1
                record = replace(wanted, revision=revision)
                await stores.library.put(STARTER_COMMUNITY, record, by=None, reason=reason, at=now)
                changed += 1
            for gone in known.values():
                if gone.status is Status.RETIRED:
                    continue
                retired = gone.revised(status=Status.RETIRED)
                left = f"it is no longer in the {reason}"
                await stores.library.put(STARTER_COMMUNITY, retired, by=None, reason=left, at=now)
                changed += 1
        self._readers.clear()
        self._owners = None
        return changed

    async def reader(self, community: CommunityId) -> Reader:
        """Return the reader for a community, building it where it is not there yet."""
        key = await self._reader_key(community)
        reader = self._readers.get(key)
        if reader is None:
            async with self._building:
                reader = self._readers.get(key) or await self._built(key)
                self._readers[key] = reader
        return reader

    async def _reader_key(self, community: CommunityId) -> CommunityId:
        if community in self._readers:
            return community
        if self._owners is None:
            async with self._database.reading() as stores:
                self._owners = frozenset(await stores.library.owners())
        return community if community in self._owners else STARTER_COMMUNITY

    async def _built(self, community: CommunityId) -> LivingReader:
        async with self._database.reading() as stores:
            records = await stores.library.all(community)
            added = await stores.library.examples(community)
        live = [record for record in records if record.status is Status.PUBLISHED]
        examples = [*self._examples, *added]
        reader = await asyncio.to_thread(self._build, live, examples)
        logger.info("library ready", extra={"fact_checks": len(live), "community": community})
        return reader

    async def get(self, community: CommunityId, slug: Slug) -> FactCheck:
        """Return a fact-check as the community sees it.

        Raises:
            NotFoundError: there is none with this slug.
        """
        async with self._database.reading() as stores:
            found = await stores.library.get(community, slug)
        if found is None:
            raise NotFoundError(f"There is no fact-check called “{slug}” here.")
        return found

    async def published(self, community: CommunityId) -> list[FactCheck]:
        """Return the published fact-checks, by claim."""
        async with self._database.reading() as stores:
            records = await stores.library.all(community)
        live = (record for record in records if record.status is Status.PUBLISHED)
        return sorted(live, key=lambda record: record.claim.casefold())

    async def change(
        self, community: CommunityId, fact_check: FactCheck, *, by: MemberId | None, reason: str
    ) -> None:
        """Store a new record or the next revision; the reader knows it at once.

        Raises:
            ConflictError: somebody else changed the record in the meantime.
        """
        await self.change_all(community, [fact_check], by=by, reason=reason)

    async def change_all(
        self,
        community: CommunityId,
        fact_checks: Sequence[FactCheck],
        *,
        by: MemberId | None,
        reason: str,
    ) -> None:
        """Store several records, all of them or none.

        Raises:
            ConflictError: somebody else changed one of them in the meantime.
        """
        now = self._clock.now()
        async with self._database.writing() as stores:
            for fact_check in fact_checks:
                await stores.library.put(community, fact_check, by=by, reason=reason, at=now)
        self._owners = None
        for fact_check in fact_checks:
            self._tell_reader(community, fact_check)
        if self._after_change is not None:
            for fact_check in fact_checks:
                await self._after_change(community, fact_check.slug)

    def _tell_reader(self, community: CommunityId, fact_check: FactCheck) -> None:
        reader = self._readers.get(community)
        if reader is None:
            return
        if fact_check.status is Status.PUBLISHED:
            own = [example for example in self._examples if example.slug == fact_check.slug]
            reader.put(fact_check, own)
        else:
            reader.remove(fact_check.slug)

    async def read(self, community: CommunityId, text: str, *, top: int = 5) -> Reading:
        """Return what a text raises in this community's library."""
        reader = await self.reader(community)
        return reader.read(text, top=top)

    async def search(self, community: CommunityId, words: str) -> list[FactCheck]:
        """Return fact-checks for words that a member types, likeliest first, at most 25.

        Plain containment comes before the reader's opinion, since half a word is not a claim.
        """
        records = await self.published(community)
        wanted = words.casefold().split()
        if not wanted:
            return records[:CHOICES]
        plain = [r for r in records if all(word in _haystack(r) for word in wanted)]
        found = {record.slug: record for record in plain}
        by_slug = {record.slug: record for record in records}
        matches: tuple[Match, ...] = (await self.read(community, words, top=CHOICES)).matches
        for match in matches:
            if match.slug in by_slug and match.probability >= SEARCH_FLOOR:
                found.setdefault(match.slug, by_slug[match.slug])
        return list(found.values())[:CHOICES]


def _haystack(fact_check: FactCheck) -> str:
    return " ".join((fact_check.slug, *fact_check.phrasings, *fact_check.topics)).casefold()
