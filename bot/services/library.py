"""The library in use: the starter pack, each community's own records, and their readers.

Knows stores and the matcher's interface; never how a reader is built or what a file looks like.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from bot.domain.factchecks import Example, FactCheck, Status
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, MemberId, Slug
from bot.domain.imprints import Imprint
from bot.domain.matches import Match, Reading
from bot.domain.wording import _
from bot.services.errors import NotFoundError
from bot.services.ports import Clock, Database, Reader, Stores
from bot.services.readers import BuildReader, CommunityReaders

INSTALLED = "installed library"
"""Name of the setting that tells of which records the starter library was made."""
CHOICES = 25
"""Discord shows at most 25 autocomplete choices."""
SEARCH_FLOOR = 0.1
"""A search shows less likely matches than a note needs, but none that is mere noise."""


AfterChange = Callable[[CommunityId, Slug], Awaitable[object]]
"""What is told of every change of a fact-check, once it is stored."""


class LibraryService:
    """Fact-checks as a community sees them, and the reader that recognises them.

    One reader serves all communities; one that has records of its own, or has taught something,
    gets a fork of it.
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
        self._clock = clock
        self._readers = CommunityReaders(database, build, examples)
        self._records: dict[CommunityId, tuple[FactCheck, ...]] = {}
        """Records as communities see them, for what is asked at every keystroke."""

    async def install(self, fact_checks: Iterable[FactCheck], *, reason: str) -> int:
        """Make the starter library equal to these records; return how many changed.

        A record that is no longer among them is retired, never deleted: notes refer to it.
        """
        wanted = tuple(fact_checks)
        digest = sha256(repr(wanted).encode("utf-8", "surrogatepass")).hexdigest()
        async with self._database.writing() as stores:
            changed = 0
            if await stores.settings.get(INSTALLED) != digest:
                changed = await self._install(stores, wanted, reason)
            if changed:
                await self._readers.touch(stores, STARTER_COMMUNITY)
            await stores.settings.put(INSTALLED, digest)
            token = await self._readers.token(stores, STARTER_COMMUNITY)
        self._readers.forget(wanted, token)
        self._records.clear()
        return changed

    async def _install(self, stores: Stores, fact_checks: Sequence[FactCheck], reason: str) -> int:
        now, changed = self._clock.now(), 0
        known = {fc.slug: fc for fc in await stores.library.all(STARTER_COMMUNITY)}
        if not known:
            first = [replace(record, revision=1) for record in fact_checks]
            await stores.library.put_first(STARTER_COMMUNITY, first, by=None, reason=reason, at=now)
            return len(first)
        for wanted in fact_checks:
            old = known.pop(wanted.slug, None)
            if old is not None and replace(wanted, revision=old.revision) == old:
                continue
            record = replace(wanted, revision=old.revision + 1 if old else 1)
            await stores.library.put(STARTER_COMMUNITY, record, by=None, reason=reason, at=now)
            changed += 1
        for gone in known.values():
            if gone.status is Status.RETIRED:
                continue
            retired = gone.revised(status=Status.RETIRED)
            left = f"it is no longer in the {reason}"
            await stores.library.put(STARTER_COMMUNITY, retired, by=None, reason=left, at=now)
            changed += 1
        return changed

    async def reader(self, community: CommunityId) -> Reader:
        """Return the reader for a community, building it where it is not there yet."""
        return await self._readers.of(community)

    async def warm(self) -> None:
        """Build the readers before the first post asks for them."""
        await self._readers.warm()

    async def refresh(self) -> None:
        """Take up what another process changed, and what was taught here, as a restart would."""
        for community in await self._readers.refresh():
            self._forget_records(community)

    async def get(self, community: CommunityId, slug: Slug) -> FactCheck:
        """Return a fact-check as the community sees it.

        Raises:
            NotFoundError: there is none with this slug.
        """
        async with self._database.reading() as stores:
            found = await stores.library.get(community, slug)
        if found is None:
            raise NotFoundError(_("There is no fact-check called “{slug}” here.").format(slug=slug))
        return found

    async def records(self, community: CommunityId) -> tuple[FactCheck, ...]:
        """Return a community's fact-checks of any status, by claim; read once until one changes."""
        known = self._records.get(community)
        if known is None:
            shared = () if community == STARTER_COMMUNITY else await self.records(STARTER_COMMUNITY)
            async with self._database.reading() as stores:
                own = {record.slug: record for record in await stores.library.own(community)}
            seen = (*own.values(), *(record for record in shared if record.slug not in own))
            known = tuple(sorted(seen, key=lambda record: (record.claim.casefold(), record.slug)))
            self._records[community] = known if own else shared
        return known

    async def published(self, community: CommunityId) -> list[FactCheck]:
        """Return the published fact-checks, by claim."""
        records = await self.records(community)
        return [record for record in records if record.status is Status.PUBLISHED]

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
            await self._readers.touch(stores, community)
            if community == STARTER_COMMUNITY:
                await stores.settings.put(INSTALLED, "")
        self._forget_records(community)
        for fact_check in fact_checks:
            self._tell_reader(community, fact_check)
        if self._after_change is not None:
            for fact_check in fact_checks:
                await self._after_change(community, fact_check.slug)

    def _tell_reader(self, community: CommunityId, fact_check: FactCheck) -> None:
        reader = self._readers.told(community)
        if reader is not None:
            self._readers.put(reader, fact_check)

    def _forget_records(self, community: CommunityId) -> None:
        if community == STARTER_COMMUNITY:
            self._records.clear()
        else:
            self._records.pop(community, None)

    async def learn(self, community: CommunityId, example: Example, *, by: MemberId) -> bool:
        """Keep an example that a moderator wrote or confirmed; the reader knows it at once.

        Returns False where the same text is there already.
        """
        reader = await self._readers.own(community)
        async with self._database.writing() as stores:
            at = self._clock.now()
            if not await stores.library.add_example(community, example, by=by, at=at):
                return False
            await self._readers.touch(stores, community)
        (self._readers.told(community) or reader).add_example(example)
        return True

    async def learn_all(
        self, community: CommunityId, examples: Sequence[Example], *, by: MemberId
    ) -> int:
        """Keep many examples, all of them or none; return how many were not there yet."""
        await self._readers.own(community)
        async with self._database.writing() as stores:
            at, kept = self._clock.now(), 0
            for example in examples:
                kept += await stores.library.add_example(community, example, by=by, at=at)
            await self._readers.touch(stores, community)
        await self._readers.refresh()
        return kept

    async def learn_post(
        self, community: CommunityId, text: str, judged: Callable[[bytes, int], Imprint]
    ) -> bool:
        """Keep the imprint of a judged post; the reader knows it at once.

        Returns False where the text has no words of the author's own.
        """
        reader = await self._readers.own(community)
        made = reader.imprint(text)
        if made is None:
            return False
        imprint = judged(*made)
        async with self._database.writing() as stores:
            await stores.imprints.put(community, imprint, on=self._clock.now().date())
            await self._readers.touch(stores, community)
        (self._readers.told(community) or reader).learn(imprint)
        return True

    async def has_words(self, community: CommunityId, text: str) -> bool:
        """Tell whether a text has words of somebody's own, which is all that can be learned."""
        reader = await self._readers.own(community)
        return reader.imprint(text) is not None

    async def unlearn(
        self, community: CommunityId, forget: Callable[[Stores], Awaitable[bool]]
    ) -> bool:
        """Forget what was taught, and judge as if it had never been there."""
        async with self._database.writing() as stores:
            found = await forget(stores)
            if found:
                await self._readers.touch(stores, community)
        if found:
            await self._readers.refresh()
        return found

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
