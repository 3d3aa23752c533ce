"""The readers of all communities: one that they share, and a fork for each that has its own.

Knows stores and the reader's interface; never how a reader is built. What counts is always what a
restart would give: a change is told to the reader at once, and the fork is made anew soon after.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from bot.domain.factchecks import Example, FactCheck, Status
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, Slug
from bot.domain.imprints import Imprint
from bot.services.ports import Database, Reader, Stores

logger = logging.getLogger(__name__)

IMPRINTS = 2_000
"""The newest judged posts of a community that its reader holds; older ones say nothing more."""
CHANGED = "library:"
"""Settings of this name tell the processes on one database of each other's changes."""


class LivingReader(Reader, Protocol):
    """A reader that takes changes at once."""

    def fork(self, salt: int) -> "LivingReader":
        """Return a copy that learns by itself."""
        ...

    def put(self, fact_check: FactCheck, examples: Iterable[Example] = ()) -> None:
        """Add a fact-check or replace the one with its slug."""
        ...

    def remove(self, slug: Slug) -> None:
        """Take a fact-check out; one that is not there is no error."""
        ...

    def add_example(self, example: Example) -> None:
        """Learn one example or counter-example."""
        ...

    def imprint(self, text: str) -> tuple[bytes, int] | None:
        """Return what is to be kept of a judged text, and in which form."""
        ...

    def learn(self, imprint: Imprint) -> None:
        """Let a judged post count, of which only the imprint was kept."""
        ...


BuildReader = Callable[[Sequence[FactCheck], Sequence[Example]], LivingReader]


@dataclass(slots=True)
class _Own:
    """What a community has beside the starter library."""

    records: Sequence[FactCheck]
    examples: Sequence[Example]
    imprints: Sequence[Imprint]
    token: str | None


@dataclass(slots=True)
class _Known:
    """What was read of the database, until something changes there."""

    owners: frozenset[CommunityId] | None = None
    tokens: Mapping[str, str] = field(default_factory=dict)


class CommunityReaders:
    """Hands out readers, and keeps them at what the database holds."""

    def __init__(
        self, database: Database, build: BuildReader, examples: Sequence[Example] = ()
    ) -> None:
        self._database = database
        self._build = build
        self._examples = tuple(examples)
        self._by_slug: dict[Slug, list[Example]] = {}
        for example in self._examples:
            self._by_slug.setdefault(example.slug, []).append(example)
        self._shared: LivingReader | None = None
        self._forks: dict[CommunityId, LivingReader] = {}
        self._tokens: dict[CommunityId, str | None] = {}
        self._known = _Known()
        self._installed: tuple[str | None, Sequence[FactCheck]] = (None, ())
        self._building = asyncio.Lock()

    async def of(self, community: CommunityId) -> LivingReader:
        """Return a community's reader, building it where it is not there yet."""
        fork = self._forks.get(community)
        if fork is not None:
            return fork
        if community in await self._owners():
            return await self.own(community)
        return self._shared or await self._build_shared()

    async def own(self, community: CommunityId) -> LivingReader:
        """Return a reader that this community shares with nobody, to be taught."""
        shared = self._shared or await self._build_shared()
        async with self._building:
            fork = self._forks.get(community)
            if fork is None:
                fork = self._forks[community] = await self._forked(community, shared)
        return fork

    async def warm(self) -> None:
        """Build what is needed first, so that the first post does not wait for it."""
        shared = self._shared or await self._build_shared()
        await asyncio.to_thread(shared.read, "Is it true what they say about this?")
        for community in sorted(await self._owners()):
            if community != STARTER_COMMUNITY:
                await self.own(community)

    async def touch(self, stores: Stores, community: CommunityId) -> None:
        """Write down, in the transaction of a change, that a community's library has changed."""
        self._known.owners = None
        await stores.settings.put(f"{CHANGED}{community}", secrets.token_hex(8))

    async def token(self, stores: Stores, community: CommunityId) -> str | None:
        """Return what tells the community's library as it is from what it was."""
        return await stores.settings.get(f"{CHANGED}{community}")

    async def refresh(self) -> frozenset[CommunityId]:
        """Take up what changed since, here or in another process; return whose library did."""
        async with self._database.reading() as stores:
            tokens = await stores.settings.beginning(CHANGED)
        changed = frozenset(
            CommunityId(int(name.removeprefix(CHANGED)))
            for name, token in tokens.items()
            if self._known.tokens.get(name) != token
        )
        self._known = _Known(None if changed else self._known.owners, tokens)
        starter = tokens.get(f"{CHANGED}{STARTER_COMMUNITY}")
        if self._shared is not None and self._tokens.get(STARTER_COMMUNITY) != starter:
            await self._build_shared(anew=True)
        shared = self._shared
        for community in sorted(self._forks):
            token = tokens.get(f"{CHANGED}{community}")
            if shared is not None and self._tokens.get(community) != token:
                async with self._building:
                    self._forks[community] = await self._forked(community, shared)
        return changed

    def told(self, community: CommunityId) -> LivingReader | None:
        """Return the reader that is to be told of a community's change, None where none is."""
        return self._shared if community == STARTER_COMMUNITY else self._forks.get(community)

    def put(self, reader: LivingReader, fact_check: FactCheck) -> None:
        """Tell a reader of a fact-check as it is now."""
        if fact_check.status is Status.PUBLISHED:
            reader.put(fact_check, self._by_slug.get(fact_check.slug, ()))
        else:
            reader.remove(fact_check.slug)

    def forget(self, installed: Sequence[FactCheck], token: str | None) -> None:
        """Build everything anew when it is asked for.

        Args:
            installed: the starter library, as it was just installed.
            token: of the starter library at that moment; another one means that it has changed.
        """
        self._shared = None
        self._installed = (token, installed)
        self._forks.clear()
        self._known = _Known()

    async def _owners(self) -> frozenset[CommunityId]:
        owners = self._known.owners
        if owners is None:
            async with self._database.reading() as stores:
                owners = frozenset(
                    [*await stores.library.owners(), *await stores.imprints.owners()]
                )
            self._known.owners = owners
        return owners

    async def _build_shared(self, *, anew: bool = False) -> LivingReader:
        async with self._building:
            if self._shared is None or anew:
                async with self._database.reading() as stores:
                    token = await self.token(stores, STARTER_COMMUNITY)
                    known, records = self._installed
                    if not records or known != token:
                        records = await stores.library.all(STARTER_COMMUNITY)
                    self._installed = (None, ())
                live = [record for record in records if record.status is Status.PUBLISHED]
                self._shared = await asyncio.to_thread(self._build, live, self._examples)
                self._tokens = {STARTER_COMMUNITY: token}
                logger.info("library ready", extra={"fact_checks": len(live)})
        return self._shared

    async def _forked(self, community: CommunityId, shared: LivingReader) -> LivingReader:
        own = await self._read_own(community)
        reader = await asyncio.to_thread(self._taught, community, shared, own)
        self._tokens[community] = own.token
        logger.info("a community's library is ready", extra={"community": community})
        return reader

    async def _read_own(self, community: CommunityId) -> _Own:
        async with self._database.reading() as stores:
            return _Own(
                await stores.library.own(community),
                await stores.library.examples(community),
                await stores.imprints.newest(community, IMPRINTS),
                await self.token(stores, community),
            )

    def _taught(self, community: CommunityId, shared: LivingReader, own: _Own) -> LivingReader:
        reader = shared.fork(salt_of(community))
        for record in own.records:
            self.put(reader, record)
        for example in own.examples:
            reader.add_example(example)
        for imprint in own.imprints:
            reader.learn(imprint)
        return reader


def salt_of(community: CommunityId) -> int:
    """Return what makes a community's imprints incomparable with others'; it is no secret."""
    return int.from_bytes(sha256(f"imprints of {community}".encode()).digest()[:8], "big")
