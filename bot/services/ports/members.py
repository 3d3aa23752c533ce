"""Members' own choices, as the use cases keep them."""

from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId


class MemberStore(Protocol):
    """Members' own choices."""

    async def has_opted_out(self, community: CommunityId, member: MemberId) -> bool:
        """Tell whether the member wants nothing of the bot."""
        ...

    async def opted_out(self, community: CommunityId) -> frozenset[MemberId]:
        """Return who wants nothing of the bot."""
        ...

    async def set_opted_out(
        self, community: CommunityId, member: MemberId, opted_out: bool, at: datetime
    ) -> None:
        """Store the choice."""
        ...
