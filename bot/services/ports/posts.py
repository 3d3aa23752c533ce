"""Ids and times of posts, as the use cases keep them; never text."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.posts import Post
from bot.domain.trust import Written


class PostStore(Protocol):
    """Ids and times of posts; never their text."""

    async def record(self, posts: Sequence[Post]) -> None:
        """Record posts; one that is known keeps its first record, `edited_at` moves forward."""
        ...

    async def known(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, datetime | None]:
        """Return which of these posts are recorded or marked as deleted, with `edited_at`."""
        ...

    async def mark_deleted(
        self, community: CommunityId, posts: Collection[PostId], at: datetime
    ) -> None:
        """Mark posts as deleted, also ones that are not known."""
        ...

    async def mark_place_deleted(
        self, community: CommunityId, place: PlaceId, at: datetime
    ) -> None:
        """Mark all posts in a channel or thread, or below a parent channel, as deleted."""
        ...

    async def author(self, community: CommunityId, post: PostId) -> MemberId | None:
        """Return who wrote a post, None where it is not recorded."""
        ...

    async def written(
        self, community: CommunityId, author: MemberId, since: datetime
    ) -> Sequence[Written]:
        """Return what a person wrote since then and is not deleted, by UTC day and channel."""
        ...

    async def count(self, community: CommunityId, since: datetime) -> int:
        """Return how many posts by people were recorded since then and are not deleted."""
        ...
