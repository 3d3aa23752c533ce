"""What happened on the platform, in the order in which it is to be applied."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import ANY_EMOJI, Emoji
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
    reaches_to: PostId | None = None
    """The newest id that the reading covers; None where it covers all that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded:
    """A member reacted to a post."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    written_at: datetime
    """When the post was written: its id tells."""
    author: MemberId | None
    """The post's author, where the platform told."""
    author_is_person: bool | None = None
    member: MemberId
    by_person: bool = True
    emoji: Emoji
    burst: bool = False
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved:
    """A reaction was taken away, by the member or a moderator."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    written_at: datetime
    member: MemberId
    emoji: Emoji
    burst: bool = False
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionsCleared:
    """A moderator took all reactions of a post away, or all with one emoji."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    written_at: datetime
    emoji: Emoji = ANY_EMOJI
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRead:
    """All that a place shows was handed on before this: the gap that ends then is closed."""

    community: CommunityId
    place: PlaceId
    gap_until: datetime


Form = tuple[Emoji, bool]
"""An emoji, and whether it was given as a burst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionsRead:
    """What a post's reactions are on the platform, read after events may have been missed.

    A form that is neither in `forms` nor in `unread` is not on the post any more.
    """

    community: CommunityId
    channel: PlaceId
    post: PostId
    written_at: datetime
    author: MemberId
    author_is_person: bool
    as_of: int
    """The queue's number when the reading began: what came after it is newer than this."""
    forms: Mapping[Form, Mapping[MemberId, bool]]
    """Who gave each form that was read, and whether that member is a person."""
    unread: Collection[Form] = ()
    """Forms that were not read again, since their number is the one that is recorded."""
    at: datetime
    """The best guess at when a reaction was given that is not known yet."""


Event = (
    PostCreated
    | PostEdited
    | PostsDeleted
    | PlaceDeleted
    | HistoryRead
    | GapRead
    | ReactionAdded
    | ReactionRemoved
    | ReactionsCleared
    | ReactionsRead
)
