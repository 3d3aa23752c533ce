"""Reactions as facts and the tallies that follow from them, as the use cases keep them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import Emoji, Like, LikedPost, Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Posts written and likes given in a stretch of time."""

    posts: int = 0
    likes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceActivity(Activity):
    """The same for one channel or thread."""

    place: PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLikes:
    """Likes that a member got on the UTC days that a stretch of time touches."""

    member: MemberId
    received: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """What is recorded of a post; `created_at` is None where only its deletion is known."""

    channel: PlaceId | None
    author: MemberId | None
    by_person: bool | None
    created_at: datetime | None
    deleted: bool


@dataclass(slots=True)
class TallyChanges:
    """What a batch of events adds to the tallies, or takes away from them."""

    moments: dict[int, list[int]] = field(default_factory=dict)
    """By quarter of an hour: posts, likes."""
    places: dict[tuple[int, PlaceId], list[int]] = field(default_factory=dict)
    """By UTC day and place: posts, likes."""
    members: dict[tuple[int, MemberId], list[int]] = field(default_factory=dict)
    """By UTC day and member: received, given."""


class LikeStore(Protocol):
    """Reactions, posts with reactions, and tallies.

    A stretch of time runs from `since` up to, not including, `until`. Tallies by moment are kept by
    the quarter of an hour: `since` and `until` are expected to begin one, as every midnight does.
    """

    # What counts

    async def emoji(self, community: CommunityId) -> Mapping[Emoji, bool]:
        """Return the community's own choices: whether an emoji counts; defaults not included."""
        ...

    async def set_emoji(self, community: CommunityId, emoji: Emoji, counts: bool) -> None:
        """Store a choice; the tallies are to be rebuilt afterwards."""
        ...

    # Facts, for the ledger

    async def reactions(
        self,
        community: CommunityId,
        *,
        pairs: Collection[tuple[PostId, MemberId]] = (),
        posts: Collection[PostId] = (),
    ) -> Sequence[Reaction]:
        """Return the reactions of these members to these posts, and all to `posts`.

        Clears count as reactions of `EVERYBODY`. In no particular order, each once.
        """
        ...

    async def put_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Add reactions or replace those that are there."""
        ...

    async def liked_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, LikedPost]:
        """Return which of these posts have or had reactions."""
        ...

    async def put_liked_posts(self, posts: Iterable[LikedPost]) -> None:
        """Add posts with reactions or replace those that are there."""
        ...

    async def known_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, KnownPost]:
        """Return what is recorded of these posts, with or without reactions."""
        ...

    async def living_posts_in(self, community: CommunityId, place: PlaceId) -> Sequence[PostId]:
        """Return the posts in a channel or thread, or below a parent channel, not deleted."""
        ...

    async def living_posts_between(
        self, community: CommunityId, channel: PlaceId, after: PostId, up_to: PostId
    ) -> Sequence[PostId]:
        """Return the posts of one channel, not deleted, with ids in this stretch."""
        ...

    async def strangers(self, community: CommunityId, limit: int) -> Sequence[LikedPost]:
        """Return posts with reactions of whose author nothing is known, newest first."""
        ...

    async def add_to_tallies(self, community: CommunityId, changes: TallyChanges) -> None:
        """Add to the tallies, in the same transaction as the facts."""
        ...

    async def rebuild(self, community: CommunityId) -> None:
        """Make the tallies and every post's number of likes anew from what is recorded."""
        ...

    async def tallies(self, community: CommunityId) -> Sequence[tuple[str, int, int, int, int]]:
        """Return every tally that is not zero, in order: kind, two parts of the key, two numbers.

        What a rebuild must leave exactly as it was.
        """
        ...

    # What a digest reads

    async def activity(
        self, community: CommunityId, edges: Sequence[datetime]
    ) -> Sequence[Activity]:
        """Return posts written and likes given between each edge and the next.

        One entry fewer than edges: two edges for a total, a period's midnights for its days.
        """
        ...

    async def most_liked_posts(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[LikedPost]:
        """Return posts that were written then, by all their likes, then oldest first.

        By number alone; `bot.services.likes.ranking` says which of the likes count.
        """
        ...

    async def busiest_places(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[PlaceActivity]:
        """Return channels and threads by posts, then likes, on the UTC days touched."""
        ...

    async def members_by_likes(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[MemberLikes]:
        """Return members by likes received on the UTC days touched; those who got none are out."""
        ...

    # What a ranking and an explanation read

    async def likes_on(self, community: CommunityId, posts: Collection[PostId]) -> Sequence[Like]:
        """Return all likes of these posts."""
        ...

    async def likes_to(
        self, community: CommunityId, author: MemberId, since: datetime, until: datetime
    ) -> Sequence[Like]:
        """Return the likes that a member received then."""
        ...

    async def likes_by(
        self,
        community: CommunityId,
        members: Collection[MemberId],
        since: datetime,
        until: datetime,
    ) -> Sequence[Like]:
        """Return the likes that these members gave then."""
        ...

    async def eager(
        self, community: CommunityId, day: int, more_than: int, among: Collection[MemberId]
    ) -> Sequence[MemberId]:
        """Return which of these members gave more likes than this on one UTC day."""
        ...
