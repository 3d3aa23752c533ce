"""Reactions, posts with reactions and tallies in memory; see `bot.services.ports.likes`."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import (
    Emoji,
    Like,
    LikedPost,
    Reaction,
    counting_emoji,
    day_of,
    judge,
    quarter_of,
)
from bot.services.memory_places import PostRecord
from bot.services.memory_table import View
from bot.services.ports import Activity, KnownPost, MemberLikes, PlaceActivity, TallyChanges
from bot.services.storable import require_storable

ReactionKey = tuple[CommunityId, PostId, MemberId, Emoji]
TallyKey = tuple[CommunityId, str, int, int]
"""Community, kind, and the two parts of the key."""


class InMemoryLikeStore:
    """Implements `LikeStore`."""

    def __init__(
        self,
        posts: View[tuple[CommunityId, PostId], PostRecord],
        reactions: View[ReactionKey, Reaction],
        liked: View[tuple[CommunityId, PostId], LikedPost],
        emoji: View[tuple[CommunityId, Emoji], bool],
        tallies: View[TallyKey, tuple[int, int]],
    ) -> None:
        self._posts = posts
        self._reactions = reactions
        self._liked = liked
        self._emoji = emoji
        self._tallies = tallies

    async def emoji(self, community: CommunityId) -> Mapping[Emoji, bool]:
        """Return the community's own choices: whether an emoji counts; defaults not included."""
        require_storable(community)
        return {key[1]: counts for key, counts in self._emoji.items() if key[0] == community}

    async def set_emoji(self, community: CommunityId, emoji: Emoji, counts: bool) -> None:
        """Store a choice; the tallies are to be rebuilt afterwards."""
        self._emoji.put((community, emoji), counts)

    async def reactions(
        self,
        community: CommunityId,
        *,
        pairs: Collection[tuple[PostId, MemberId]] = (),
        posts: Collection[PostId] = (),
    ) -> Sequence[Reaction]:
        """Return the reactions of these members to these posts, and all to `posts`."""
        require_storable([community, sorted(pairs), sorted(posts)])
        wanted, whole = set(pairs), set(posts)
        return [
            each
            for (of, post, member, _), each in self._reactions.items()
            if of == community and (post in whole or (post, member) in wanted)
        ]

    async def put_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Add reactions or replace those that are there."""
        self._reactions.require_writable()
        for each in reactions:
            self._reactions.put((each.community, each.post, each.member, each.emoji), each)

    async def liked_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, LikedPost]:
        """Return which of these posts have or had reactions."""
        found = ((post, self._liked.get((community, post))) for post in posts)
        return {post: liked for post, liked in found if liked is not None}

    async def put_liked_posts(self, posts: Iterable[LikedPost]) -> None:
        """Add posts with reactions or replace those that are there."""
        self._liked.require_writable()
        for each in posts:
            self._liked.put((each.community, each.post), each)

    async def known_posts(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, KnownPost]:
        """Return what is recorded of these posts, with or without reactions."""
        found = ((post, self._posts.get((community, post))) for post in posts)
        return {post: _known(record) for post, record in found if record is not None}

    async def living_posts_in(self, community: CommunityId, place: PlaceId) -> Sequence[PostId]:
        """Return the posts in a channel or thread, or below a parent channel, not deleted."""
        require_storable((community, place))
        own = {
            key[1]
            for key, record in self._posts.items()
            if key[0] == community and record.where is not None and record.deleted_at is None
            if place in (record.where.channel, record.where.parent)
        }
        liked = {
            each.post
            for each in self._liked.rows()
            if each.community == community and each.channel == place and not each.deleted
        }
        return sorted(own | liked)

    async def living_posts_between(
        self, community: CommunityId, channel: PlaceId, after: PostId, up_to: PostId
    ) -> Sequence[PostId]:
        """Return the posts of one channel, not deleted, with ids in this stretch."""
        require_storable((community, channel, after, up_to))
        own = {
            key[1]
            for key, record in self._posts.items()
            if key[0] == community and record.where is not None and record.deleted_at is None
            if record.where.channel == channel
        }
        liked = {
            each.post
            for each in self._liked.rows()
            if each.community == community and each.channel == channel and not each.deleted
        }
        return sorted(post for post in own | liked if after < post <= up_to)

    async def strangers(self, community: CommunityId, limit: int) -> Sequence[LikedPost]:
        """Return posts with reactions of whose author nothing is known, newest first."""
        require_storable(community)
        found = [
            each
            for each in self._liked.rows()
            if each.community == community and each.by_person is None and not each.deleted
        ]
        return sorted(found, key=lambda each: -each.post)[:limit]

    async def add_to_tallies(self, community: CommunityId, changes: TallyChanges) -> None:
        """Add to the tallies, in the same transaction as the facts."""
        self._tallies.require_writable()
        for quarter, numbers in changes.moments.items():
            self._add((community, "moment", quarter, quarter), numbers)
        for (day, place), numbers in changes.places.items():
            self._add((community, "place", day, place), numbers)
        for (day, member), numbers in changes.members.items():
            self._add((community, "member", day, member), numbers)

    def _add(self, key: TallyKey, numbers: Sequence[int]) -> None:
        first, second = self._tallies.get(key) or (0, 0)
        self._tallies.put(key, (first + numbers[0], second + numbers[1]))

    async def rebuild(self, community: CommunityId) -> None:
        """Make the tallies and every post's number of likes anew from what is recorded."""
        self._tallies.require_writable()
        likes = list(self._all_likes(community, counting_emoji(await self.emoji(community))))
        per_post = Counter(like.post for like in likes)
        for key, liked in list(self._liked.items()):
            if key[0] == community:
                self._liked.put(key, replace(liked, likes=per_post[liked.post]))
        for tally in [key for key, _ in self._tallies.items() if key[0] == community]:
            self._tallies.remove(tally)
        for like in likes:
            day, quarter = day_of(like.at), quarter_of(like.at)
            self._add((community, "moment", quarter, quarter), (0, 1))
            self._add((community, "place", day, like.channel), (0, 1))
            self._add((community, "member", day, like.author), (1, 0))
            self._add((community, "member", day, like.giver), (0, 1))
        for key, record in self._posts.items():
            if key[0] == community and record.by_person and record.deleted_at is None:
                self._count_post(community, record)

    def _count_post(self, community: CommunityId, record: PostRecord) -> None:
        if record.created_at is None or record.where is None:
            return
        quarter = quarter_of(record.created_at)
        self._add((community, "moment", quarter, quarter), (1, 0))
        place = (community, "place", day_of(record.created_at), record.where.channel)
        self._add(place, (1, 0))

    def _all_likes(self, community: CommunityId, counting: frozenset[Emoji]) -> Iterable[Like]:
        by_pair: dict[tuple[PostId, MemberId], list[Reaction]] = {}
        for each in self._reactions.rows():
            if each.community == community:
                by_pair.setdefault((each.post, each.member), []).append(each)
        for (post, _), given in by_pair.items():
            liked = self._liked.get((community, post))
            verdict = judge(given, liked, counting) if liked is not None else None
            if isinstance(verdict, Like):
                yield verdict

    async def tallies(self, community: CommunityId) -> Sequence[tuple[str, int, int, int, int]]:
        """Return every tally that is not zero, in order."""
        require_storable(community)
        found = [
            (kind, first, second, *numbers)
            for (of, kind, first, second), numbers in self._tallies.items()
            if of == community and any(numbers)
        ]
        found += [
            ("post", day_of(each.created_at), each.post, each.likes, each.likes)
            for each in self._liked.rows()
            if each.community == community and each.likes
        ]
        return sorted(found)

    async def activity(
        self, community: CommunityId, edges: Sequence[datetime]
    ) -> Sequence[Activity]:
        """Return posts written and likes given between each edge and the next."""
        require_storable((community, *edges))
        quarters = [quarter_of(edge) for edge in edges]
        rows = [
            (key[2], numbers)
            for key, numbers in self._tallies.items()
            if key[:2] == (community, "moment")
        ]
        return [
            Activity(
                posts=sum(numbers[0] for quarter, numbers in rows if start <= quarter < end),
                likes=sum(numbers[1] for quarter, numbers in rows if start <= quarter < end),
            )
            for start, end in pairwise(quarters)
        ]

    async def most_liked_posts(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[LikedPost]:
        """Return posts that were written then, by all their likes, then oldest first."""
        require_storable((community, since, until))
        found = [
            each
            for each in self._liked.rows()
            if each.community == community and each.likes and since <= each.created_at < until
        ]
        return sorted(found, key=lambda each: (-each.likes, each.post))[:limit]

    async def busiest_places(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[PlaceActivity]:
        """Return channels and threads by posts, then likes, on the UTC days touched."""
        found = [
            PlaceActivity(place=PlaceId(place), posts=posts, likes=likes)
            for place, (posts, likes) in self._summed(community, "place", since, until).items()
            if posts > 0 or likes > 0
        ]
        return sorted(found, key=lambda each: (-each.posts, -each.likes, each.place))[:limit]

    async def members_by_likes(
        self, community: CommunityId, since: datetime, until: datetime, limit: int
    ) -> Sequence[MemberLikes]:
        """Return members by likes received on the UTC days touched."""
        found = [
            MemberLikes(member=MemberId(member), received=received)
            for member, (received, _) in self._summed(community, "member", since, until).items()
            if received > 0
        ]
        return sorted(found, key=lambda each: (-each.received, each.member))[:limit]

    def _summed(
        self, community: CommunityId, kind: str, since: datetime, until: datetime
    ) -> dict[int, tuple[int, int]]:
        require_storable((community, since, until))
        sums: dict[int, tuple[int, int]] = {}
        for key, numbers in self._tallies.items():
            if key[:2] == (community, kind) and day_of(since) <= key[2] <= day_of(until):
                first, second = sums.get(key[3], (0, 0))
                sums[key[3]] = (first + numbers[0], second + numbers[1])
        return sums

    async def likes_on(self, community: CommunityId, posts: Collection[PostId]) -> Sequence[Like]:
        """Return all likes of these posts."""
        require_storable((community, *posts))
        wanted = set(posts)
        return await self._likes(community, lambda like: like.post in wanted)

    async def likes_to(
        self, community: CommunityId, author: MemberId, since: datetime, until: datetime
    ) -> Sequence[Like]:
        """Return the likes that a member received then."""
        require_storable((community, author, since, until))
        return await self._likes(
            community, lambda like: like.author == author and since <= like.at < until
        )

    async def likes_by(
        self,
        community: CommunityId,
        members: Collection[MemberId],
        since: datetime,
        until: datetime,
    ) -> Sequence[Like]:
        """Return the likes that these members gave then."""
        require_storable((community, *members, since, until))
        wanted = set(members)
        return await self._likes(
            community, lambda like: like.giver in wanted and since <= like.at < until
        )

    async def _likes(
        self, community: CommunityId, wanted: Callable[[Like], bool]
    ) -> Sequence[Like]:
        counting = counting_emoji(await self.emoji(community))
        found = (like for like in self._all_likes(community, counting) if wanted(like))
        return sorted(found, key=lambda like: (like.at, like.post, like.giver))

    async def eager(
        self, community: CommunityId, day: int, more_than: int, among: Collection[MemberId]
    ) -> Sequence[MemberId]:
        """Return which of these members gave more likes than this on one UTC day."""
        require_storable((community, day, *among))
        wanted = set(among)
        return sorted(
            MemberId(key[3])
            for key, numbers in self._tallies.items()
            if key[:3] == (community, "member", day) and key[3] in wanted and numbers[1] > more_than
        )


def _known(record: PostRecord) -> KnownPost:
    return KnownPost(
        channel=record.where.channel if record.where else None,
        author=record.author,
        by_person=record.by_person if record.created_at else None,
        created_at=record.created_at,
        deleted=record.deleted_at is not None,
    )
