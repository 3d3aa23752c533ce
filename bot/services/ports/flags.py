"""Flags and their cards, as the use cases keep and show them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.flags import CardState, Flag, FlagCard, FlagCardId, FlagRecord
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.waiting import Queue


class FlagStore(Protocol):
    """Cards before the moderators, and the flags that they gather."""

    async def open(self, card: FlagCard) -> bool:
        """Add a card; return False where one with this id exists."""
        ...

    async def get(self, card: FlagCardId) -> FlagCard | None:
        """Return a card."""
        ...

    async def newest(self, community: CommunityId, subject: str) -> FlagCard | None:
        """Return the newest card of a subject, open or decided."""
        ...

    async def put(self, card: FlagCard) -> None:
        """Replace a card's marks: all but who decided it and how."""
        ...

    async def decide(
        self,
        card: FlagCardId,
        state: CardState,
        *,
        by: MemberId,
        at: datetime,
        case: int | None = None,
    ) -> bool:
        """Decide an open card; return False where it was decided before."""
        ...

    async def set_message(self, card: FlagCardId, message: PostId) -> None:
        """Record the card's message."""
        ...

    async def on_post(self, channel: PlaceId, post: PostId) -> Sequence[FlagCard]:
        """Return the open cards about a post."""
        ...

    async def waiting(
        self, community: CommunityId, now: datetime, *, limit: int = 25
    ) -> Sequence[FlagCard]:
        """Return open cards that are not put off: urgent ones first, then the oldest."""
        ...

    async def queue(self, community: CommunityId, now: datetime) -> Queue:
        """Return how many open cards are not put off, and when the oldest was made."""
        ...

    async def add(self, flag: Flag) -> bool:
        """Add a flag; return False where the member has flagged this post."""
        ...

    async def flags(self, card: FlagCardId) -> Sequence[Flag]:
        """Return the flags on a card, oldest first."""
        ...

    async def has_flagged(self, channel: PlaceId, post: PostId, member: MemberId) -> bool:
        """Tell whether a member has flagged a post."""
        ...

    async def times(
        self, community: CommunityId, member: MemberId, since: datetime
    ) -> Sequence[datetime]:
        """Return when a member flagged something, since then."""
        ...

    async def record(self, community: CommunityId, member: MemberId) -> FlagRecord:
        """Return how a member's newest flags were decided.

        A flag that its own flagger decided counts neither way.
        """
        ...


class FlagPublisher(Protocol):
    """The platform, as far as cards of flags need it.

    Every method raises `UnavailableError` (or `GoneError` where the target no longer exists).
    """

    async def post_card(
        self, card: FlagCard, flags: Sequence[Flag], *, nonce: str, excerpt: str = ""
    ) -> PostId:
        """Post a card without a ping; `excerpt` is shown and kept nowhere else."""
        ...

    async def update_card(
        self, card: FlagCard, flags: Sequence[Flag], *, excerpt: str = ""
    ) -> None:
        """Show the card as it is now."""
        ...

    async def find_card(self, card: FlagCard, *, since: datetime) -> PostId | None:
        """Look in the review place's history for the card."""
        ...

    async def alert(self, card: FlagCard, role: int | None, *, nonce: str) -> PostId:
        """Post beneath an urgent card that it is urgent, with a ping of this role."""
        ...

    async def find_alert(self, card: FlagCard, *, since: datetime) -> PostId | None:
        """Look in the review place's history for the card's alert."""
        ...

    async def tell_outcome(
        self, card: FlagCard, flag: Flag, *, nonce: str, since: datetime | None
    ) -> None:
        """Tell a flagger what became of the flag; one who takes no direct messages is no failure.

        With `since`, the message is not sent again where it is there already.
        """
        ...
