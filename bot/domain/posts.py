"""Posts by members, as the rest of the program sees them; text lives in memory only."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The places around a post, from the nearest outwards."""

    community: CommunityId
    channel: PlaceId
    """Where the post stands: a channel, or the thread itself."""
    parent: PlaceId | None = None
    """The channel or forum of a thread."""
    category: PlaceId | None = None
    is_thread: bool = False

    @property
    def places(self) -> tuple[PlaceId, ...]:
        """Nearest first: the order in which settings are looked up and inherited."""
        return tuple(p for p in (self.channel, self.parent, self.category) if p is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message by a member."""

    id: PostId
    where: Where
    author: MemberId
    created_at: datetime
    text: str
    by_person: bool = True
    """False for bots, webhooks and system messages: they never get a note."""
    edited_at: datetime | None = None
    asks_bot: bool = False
    """Whether the post mentions the bot: a request, answered also where nothing is watched."""

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("created_at must be aware")
