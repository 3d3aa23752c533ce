"""The platform's memory, as the use cases read it back."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.events import Form
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Post, Where

ReadGivers = Callable[[Form], Awaitable[Mapping[MemberId, bool]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A post as the platform shows it now."""

    post: Post
    forms: Mapping[Form, int]
    """How many members gave each form of a reaction."""
    givers: ReadGivers
    """Asks who gave one form, and whether they are persons; raises `UnavailableError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """A stretch of a place's posts, oldest first: all that are there from one id to another."""

    seen: Sequence[Seen]
    after: PostId
    up_to: PostId
    last: bool
    """Whether there was nothing newer when it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A community's places."""

    readable: Sequence[Where] = field(default_factory=tuple)
    hidden: Collection[PlaceId] = field(default_factory=tuple)
    """There, but the bot may not read them."""


class HistorySource(Protocol):
    """Where posts and reactions can be read back.

    Every method that asks the platform waits its turn behind work that members wait for, and
    raises `UnavailableError` (`GoneError` where the target no longer exists).
    """

    def hears(self, community: CommunityId) -> bool:
        """Tell whether events of a community arrive at this moment."""
        ...

    def places(self, community: CommunityId) -> Listing:
        """Return channels and active threads; costs no request."""
        ...

    async def archived(self, community: CommunityId, since: datetime) -> Sequence[Where]:
        """Return threads that were archived since then and that the bot may read."""
        ...

    async def is_there(self, place: PlaceId) -> bool:
        """Tell whether a place still exists, seen or not."""
        ...

    async def page(self, where: Where, *, after: PostId) -> HistoryPage:
        """Return the oldest posts of a place after this id, up to a hundred."""
        ...

    async def look(self, community: CommunityId, channel: PlaceId, post: PostId) -> Seen:
        """Return one post.

        Raises:
            GoneError: it was deleted.
        """
        ...

    def first_id(self, moment: datetime) -> PostId:
        """Return the least id that a post of this moment can have."""
        ...
