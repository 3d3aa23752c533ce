"""Appeals in memory; see `AppealStore`."""

from collections.abc import Callable, Sequence

from bot.domain.appeals import Appeal, AppealId, AppealState
from bot.domain.ids import CommunityId, MemberId
from bot.domain.waiting import Queue, queue_of
from bot.services.memory_table import View
from bot.services.storable import require_storable


class InMemoryAppealStore:
    """Implements `AppealStore`."""

    def __init__(self, appeals: View[AppealId, Appeal]) -> None:
        self._appeals = appeals

    async def add(self, appeal: Appeal) -> bool:
        """Add an appeal; return False where it is there already."""
        self._appeals.require_writable()
        require_storable(appeal)
        if self._appeals.get(appeal.id) is not None:
            return False
        self._appeals.put(appeal.id, appeal)
        return True

    async def put(self, appeal: Appeal) -> None:
        """Replace an appeal that is there."""
        self._appeals.require_writable()
        require_storable(appeal)
        if self._appeals.get(appeal.id) is not None:
            self._appeals.put(appeal.id, appeal)

    async def get(self, appeal_id: AppealId) -> Appeal | None:
        """Return an appeal."""
        return self._appeals.get(appeal_id)

    async def of_member(self, community: CommunityId, member: MemberId) -> Sequence[Appeal]:
        """Return a member's appeals, oldest first."""
        require_storable((community, member))
        return self._where(lambda each: each.case.community == community and each.member == member)

    async def waiting(self, community: CommunityId, limit: int = 25) -> Sequence[Appeal]:
        """Return appeals that are not decided, oldest first."""
        require_storable(community)
        return self._where(lambda each: each.case.community == community and each.is_open)[:limit]

    async def queue(self, community: CommunityId) -> Queue:
        """Return how many wait for moderators, and when the oldest came."""
        require_storable(community)
        return queue_of(
            each.opened_at
            for each in self._appeals.rows()
            if each.case.community == community and each.state is AppealState.OPEN
        )

    def _where(self, fits: Callable[[Appeal], bool]) -> list[Appeal]:
        found = [each for each in self._appeals.rows() if fits(each)]
        return sorted(found, key=lambda each: (each.opened_at, each.id))
