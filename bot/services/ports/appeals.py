"""Appeals as the use cases see them, and the platform as far as they need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.appeals import Appeal, AppealId
from bot.domain.cases import Case
from bot.domain.ids import CommunityId, MemberId, PostId
from bot.domain.waiting import Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """An appeal with everything that moderators should have at hand."""

    appeal: Appeal
    case: Case
    history: Sequence[Case] = ()
    """The member's other cases, newest first."""
    more: int = 0
    """How many cases there are beyond those."""
    points: int = 0
    """Points of warnings that count at present."""


class AppealStore(Protocol):
    """Appeals by id; kept with the cases that they are about."""

    async def add(self, appeal: Appeal) -> bool:
        """Add an appeal; return False where it is there already."""
        ...

    async def put(self, appeal: Appeal) -> None:
        """Replace an appeal that is there; who else writes to it waits."""
        ...

    async def get(self, appeal_id: AppealId) -> Appeal | None:
        """Return an appeal; while writing, it stays as it is until the unit of work ends."""
        ...

    async def of_member(self, community: CommunityId, member: MemberId) -> Sequence[Appeal]:
        """Return a member's appeals, oldest first."""
        ...

    async def waiting(self, community: CommunityId, limit: int = 25) -> Sequence[Appeal]:
        """Return appeals that are not decided, oldest first."""
        ...

    async def queue(self, community: CommunityId) -> Queue:
        """Return how many wait for moderators, and when the oldest came.

        Those that the member was asked back about wait for the member.
        """
        ...


class AppealPublisher(Protocol):
    """The platform, as far as appeals need it.

    Every method raises `UnavailableError` (or `GoneError` where the target no longer exists).
    """

    async def post_card(self, view: AppealView, *, nonce: str) -> PostId:
        """Post a card without a ping and return the message's id."""
        ...

    async def update_card(self, view: AppealView) -> None:
        """Show the card as the appeal is now."""
        ...

    async def find_card(self, view: AppealView) -> PostId | None:
        """Look for the card in its channel since the appeal was opened."""
        ...

    async def tell(self, view: AppealView, *, nonce: str, again: bool) -> bool:
        """Send the member the moderators' newest word; False where they take no message.

        With `again`, it is not sent where it is there already.
        """
        ...
