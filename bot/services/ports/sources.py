"""What is known of cited pages, as the use cases keep it; by address, for all communities."""

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.domain.sources import SourceState


class SourceStore(Protocol):
    """States of cited pages."""

    async def states(self, urls: Collection[str]) -> Mapping[str, SourceState]:
        """Return what is known of these addresses; those never looked at are missing."""
        ...

    async def put(self, state: SourceState) -> None:
        """Store what is known of an address."""
        ...
