"""What is kept of judged posts, as the use cases keep it."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from bot.domain.ids import CommunityId
from bot.domain.imprints import Imprint


class ImprintStore(Protocol):
    """Imprints of the posts that a community's moderators judged; no text and no member."""

    async def put(self, community: CommunityId, imprint: Imprint, *, on: date) -> None:
        """Store an imprint, or replace the one with its key."""
        ...

    async def remove(self, community: CommunityId, key: str) -> bool:
        """Forget an imprint; return False where there is none."""
        ...

    async def newest(self, community: CommunityId, limit: int) -> Sequence[Imprint]:
        """Return a community's newest imprints, by key."""
        ...

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities that have imprints."""
        ...
