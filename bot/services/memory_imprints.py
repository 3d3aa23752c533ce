"""What is kept of judged posts, in memory; see `bot.services.ports.imprints`."""

from collections.abc import Collection, Sequence
from datetime import date

from bot.domain.ids import CommunityId
from bot.domain.imprints import Imprint
from bot.services.memory_table import View

Key = tuple[CommunityId, str]


class InMemoryImprintStore:
    """Implements `ImprintStore`."""

    def __init__(self, imprints: View[Key, tuple[Imprint, date]]) -> None:
        self._imprints = imprints

    async def put(self, community: CommunityId, imprint: Imprint, *, on: date) -> None:
        """Store an imprint, or replace the one with its key."""
        self._imprints.require_writable()
        self._imprints.put((community, imprint.key), (imprint, on))

    async def remove(self, community: CommunityId, key: str) -> bool:
        """Forget an imprint; return False where there is none."""
        self._imprints.require_writable()
        if self._imprints.get((community, key)) is None:
            return False
        self._imprints.remove((community, key))
        return True

    async def newest(self, community: CommunityId, limit: int) -> Sequence[Imprint]:
        """Return a community's newest imprints, by key."""
        own = [row for (owner, _), row in self._imprints.items() if owner == community]
        own.sort(key=lambda row: row[0].key)
        own.sort(key=lambda row: row[1], reverse=True)
        return sorted((imprint for imprint, _ in own[:limit]), key=lambda one: one.key)

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities that have imprints."""
        return {owner for (owner, _), _ in self._imprints.items()}
