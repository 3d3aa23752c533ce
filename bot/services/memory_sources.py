"""States of cited pages in memory; see `SourceStore`."""

from collections.abc import Collection, Mapping

from bot.domain.sources import SourceState
from bot.services.memory_table import View
from bot.services.storable import require_storable


class InMemorySourceStore:
    """Implements `SourceStore`."""

    def __init__(self, states: View[str, SourceState]) -> None:
        self._states = states

    async def states(self, urls: Collection[str]) -> Mapping[str, SourceState]:
        """Return what is known of these addresses; those never looked at are missing."""
        require_storable(tuple(urls))
        found = {url: self._states.get(url) for url in urls}
        return {url: state for url, state in found.items() if state is not None}

    async def put(self, state: SourceState) -> None:
        """Store what is known of an address."""
        self._states.put(state.url, state)
