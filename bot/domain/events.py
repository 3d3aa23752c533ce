"""What happened on the platform, in the order in which it is to be applied."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.posts import Post


@dataclass(frozen=True, slots=True)
class PostCreated:
    """A member wrote a post."""

    post: Post


@dataclass(frozen=True, slots=True)
class PostEdited:
    """A member changed the text of a post."""

    post: Post


@dataclass(frozen=True, slots=True)
class PostsDeleted:
    """Posts are gone; the platform tells their ids only."""

    community: CommunityId
    channel: PlaceId
    posts: Collection[PostId] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class PlaceDeleted:
    """A channel or thread is gone with all that was in it; no event comes for its posts."""

    community: CommunityId
    place: PlaceId


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """What a place shows now, read after a time in which events may have been missed.

    All posts from `reaches_back_to` on are there: whatever is known and is not among them is gone.
    """

    community: CommunityId
    channel: PlaceId
    posts: Sequence[Post]
    """By everybody, oldest first; our own as well."""
    reaches_back_to: PostId


Event = PostCreated | PostEdited | PostsDeleted | PlaceDeleted | HistoryRead
