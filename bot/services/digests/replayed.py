"""The digest of an export: its posts and likes are recorded as the live bot would record them.

Knows exported posts and a database in memory; the words of liked posts are kept for as long as the
digest is written, and nowhere else.
"""

from dataclasses import dataclass, field, replace

from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import Digest
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import DEFAULT_EMOJI, LikedPost, Reaction
from bot.domain.periods import Schedule, current_period, next_moment
from bot.domain.posts import Post
from bot.services.digests.building import DigestBuilder, EverythingShown
from bot.services.exports import ExportedPost
from bot.services.ports import Database

QUOTE_LIMIT = 160
QUOTED = 400
"""So many liked posts keep their words; a digest shows five."""


@dataclass(slots=True)
class ReplayedPosts:
    """What a digest needs of an export, collected while it is read."""

    posts: list[Post] = field(default_factory=list)
    likes: dict[PostId, int] = field(default_factory=dict)
    places: dict[PlaceId, str] = field(default_factory=dict)
    links: dict[PostId, str] = field(default_factory=dict)
    quotes: dict[PostId, str] = field(default_factory=dict)

    def take(self, exported: ExportedPost) -> None:
        """Keep ids and times; words only of posts that may be shown."""
        post = exported.post
        bare = Post(
            id=post.id,
            where=post.where,
            author=post.author,
            created_at=post.created_at,
            text="",
            by_person=post.by_person,
        )
        self.posts.append(bare)
        self.places[post.where.channel] = exported.place
        if exported.likes and post.by_person:
            self.likes[post.id] = exported.likes
            self.links[post.id] = exported.link
            self.quotes[post.id] = _shortened(post.text)
            if len(self.quotes) > 2 * QUOTED:
                self._forget_the_least_liked()

    def _forget_the_least_liked(self) -> None:
        kept = sorted(self.quotes, key=lambda post: -self.likes[post])[:QUOTED]
        self.quotes = {post: self.quotes[post] for post in kept}

    async def digest(self, database: Database, schedule: Schedule) -> Digest | None:
        """Return the digest of the last period in which there was a post."""
        if not self.posts:
            return None
        last = max(self.posts, key=lambda post: post.created_at)
        community = last.where.community
        await self._record(database, community)
        running = current_period(schedule, last.created_at)
        period = replace(running, end=next_moment(schedule, last.created_at))
        plan = DigestPlan(community=community, schedule=schedule, since=period.start)
        return await DigestBuilder(database, EverythingShown()).members(plan, period)

    async def _record(self, database: Database, community: CommunityId) -> None:
        """Record posts and likes; who liked is made up where an export only counts."""
        by_id = {post.id: post for post in self.posts}
        async with database.writing() as stores:
            await stores.posts.record(self.posts)
            await stores.likes.put_liked_posts(
                LikedPost(
                    community=community,
                    post=post,
                    channel=by_id[post].where.channel,
                    created_at=by_id[post].created_at,
                    author=by_id[post].author,
                    by_person=True,
                )
                for post in self.likes
            )
            await stores.likes.put_reactions(
                Reaction(
                    community=community,
                    post=post,
                    member=MemberId(-1 - number),
                    emoji=DEFAULT_EMOJI[0],
                    normal=True,
                    normal_order=1,
                    at=by_id[post].created_at,
                )
                for post, likes in self.likes.items()
                for number in range(likes)
            )
            await stores.likes.rebuild(community)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= QUOTE_LIMIT else f"{words[: QUOTE_LIMIT - 1]}…"
