"""Ranks posts, threads and members by the likes that count, and says which do not.

Knows stores and the rules of `bot.domain.ranking`; looks at few candidates, yet misses none of the
first thousand posts and forty members: likes are never fewer than those that count.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import (
    Like,
    LikedPost,
    day_of,
    start_of_day,
    week_of,
)
from bot.domain.ranking import (
    DAILY_CAP,
    FREE_RETURNS,
    Discount,
    diverse,
    in_return,
    over_cap,
    thread_score,
)
from bot.services.ports import Stores

WEEK = timedelta(days=7)
SPARE = 3
"""Candidates looked at for each place in a ranking, at first."""
GROWTH = 4
MOST_POSTS, MOST_MEMBERS = 1_000, 40
"""Candidates by their number of likes; where more were discounted, the rest is not looked at."""

Pair = tuple[PostId, MemberId]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPost:
    """A post, with the number of its likes that count in a ranking."""

    post: LikedPost
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedMember:
    """A member, with the likes received in a stretch of time."""

    member: MemberId
    likes: int
    discounts: Mapping[Discount, int]
    givers: int
    days: int

    @property
    def undiscounted(self) -> int:
        """Likes that are left after discounts."""
        return self.likes - sum(self.discounts.values())

    @property
    def counted(self) -> int:
        """Likes that count: those that are diverse enough."""
        return diverse(self.undiscounted, members=self.givers, days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedThread:
    """A channel or thread with its score."""

    place: PlaceId
    posts: int
    likes: int
    score: float


async def discounts(
    stores: Stores, community: CommunityId, likes: Collection[Like]
) -> Mapping[Pair, Discount]:
    """Return which of these likes do not count in a ranking, and why."""
    found: dict[Pair, Discount] = {}
    if not likes:
        return found
    weeks = sorted({week_of(like.at) for like in likes})
    since, until = _start_of_week(weeks[0]), _start_of_week(weeks[-1] + 1)
    capped = await _capped(stores, community, likes)
    returned = await _returned(stores, community, likes, since, until)
    suspects = capped | {giver for giver, _, _ in returned}
    given = _by_giver(await stores.likes.likes_by(community, sorted(suspects), since, until))
    wanted = {(like.post, like.giver) for like in likes}
    for giver in suspects:
        back = {(author, week): n for (who, author, week), n in returned.items() if who == giver}
        found |= {(post, giver): Discount.RING for post in in_return(given[giver], back)}
        found |= {(post, giver): Discount.CAP for post in over_cap(given[giver])}
    return {pair: why for pair, why in found.items() if pair in wanted}


async def _capped(stores: Stores, community: CommunityId, likes: Iterable[Like]) -> set[MemberId]:
    """Return who gave more likes than the cap on a day on which one of these was given."""
    days: dict[int, set[MemberId]] = defaultdict(set)
    for like in likes:
        days[day_of(like.at)].add(like.giver)
    found: set[MemberId] = set()
    for day, givers in days.items():
        found.update(await stores.likes.eager(community, day, DAILY_CAP, givers))
    return found


async def _returned(
    stores: Stores,
    community: CommunityId,
    likes: Iterable[Like],
    since: datetime,
    until: datetime,
) -> Counter[tuple[MemberId, MemberId, int]]:
    """Count likes that authors gave back beyond courtesy: by giver, author and week."""
    pairs = {(like.giver, like.author, week_of(like.at)) for like in likes}
    authors = sorted({author for _, author, _ in pairs})
    back = await stores.likes.likes_by(community, authors, since, until)
    counted = Counter((like.author, like.giver, week_of(like.at)) for like in back)
    return Counter({k: n for k, n in counted.items() if k in pairs and n > FREE_RETURNS})


def _by_giver(likes: Iterable[Like]) -> defaultdict[MemberId, list[Like]]:
    found: defaultdict[MemberId, list[Like]] = defaultdict(list)
    for like in likes:
        found[like.giver].append(like)
    return found


def _start_of_week(week: int) -> datetime:
    return start_of_day(week * 7 - 3)


async def most_liked_posts(
    stores: Stores, community: CommunityId, since: datetime, until: datetime, limit: int
) -> Sequence[RankedPost]:
    """Return the posts written then with the most likes that count, older ones first if equal."""
    size = limit * SPARE
    while True:
        candidates = await stores.likes.most_liked_posts(community, since, until, size)
        ranked = sorted(await _counted(stores, community, candidates), key=_post_order)[:limit]
        unseen = candidates[-1].likes if len(candidates) == size else 0
        if not unseen or ranked[-1].counted >= unseen or size >= MOST_POSTS:
            return ranked
        size *= GROWTH


async def _counted(
    stores: Stores, community: CommunityId, posts: Sequence[LikedPost]
) -> list[RankedPost]:
    likes = await stores.likes.likes_on(community, [post.post for post in posts])
    out = await discounts(stores, community, likes)
    counted = Counter(like.post for like in likes if (like.post, like.giver) not in out)
    return [RankedPost(post=post, counted=counted[post.post]) for post in posts]


def _post_order(ranked: RankedPost) -> tuple[int, int, PostId]:
    return -ranked.counted, -ranked.post.likes, ranked.post.post


async def most_liked_members(
    stores: Stores, community: CommunityId, since: datetime, until: datetime, limit: int
) -> Sequence[RankedMember]:
    """Return the members with the most likes received then that count."""
    size, days = limit * SPARE, day_of(until) - day_of(since) + 1
    while True:
        candidates = await stores.likes.members_by_likes(community, since, until, size)
        members = [
            await member_rank(stores, community, each.member, since, until) for each in candidates
        ]
        ranked = sorted((each for each in members if each.counted), key=_member_order)[:limit]
        unseen = candidates[-1].received if len(candidates) == size else 0
        best = (diverse(unseen, members=unseen, days=days), unseen)
        if not unseen or size >= MOST_MEMBERS:
            return ranked
        if len(ranked) == limit and (ranked[-1].counted, ranked[-1].undiscounted) >= best:
            return ranked
        size *= GROWTH


async def member_rank(
    stores: Stores, community: CommunityId, member: MemberId, since: datetime, until: datetime
) -> RankedMember:
    """Return what counts of the likes that one member received then."""
    likes = await stores.likes.likes_to(community, member, since, until)
    out = await discounts(stores, community, likes)
    counting = [like for like in likes if (like.post, like.giver) not in out]
    return RankedMember(
        member=member,
        likes=len(likes),
        discounts=Counter(out.values()),
        givers=len({like.giver for like in counting}),
        days=len({day_of(like.at) for like in counting}),
    )


def _member_order(ranked: RankedMember) -> tuple[int, int, int, MemberId]:
    return -ranked.counted, -ranked.undiscounted, -ranked.givers, ranked.member


async def top_threads(
    stores: Stores, community: CommunityId, since: datetime, until: datetime, limit: int
) -> Sequence[RankedThread]:
    """Return channels and threads by their score, of those in which most was said."""
    busy = await stores.likes.busiest_places(community, since, until, limit * SPARE)
    # A thread's first post has the thread's own id, in a forum as under a message.
    openings = await stores.likes.liked_posts(community, [PostId(each.place) for each in busy])
    ranked = []
    for each in busy:
        opening = openings.get(PostId(each.place))
        score = thread_score(
            likes=each.likes,
            posts=each.posts,
            opening_likes=opening.likes if opening and not opening.deleted else 0,
            thread_posts=each.posts,
        )
        ranked.append(
            RankedThread(place=each.place, posts=each.posts, likes=each.likes, score=score)
        )
    return sorted(ranked, key=lambda each: (-each.score, each.place))[:limit]
