"""What members and moderators ask about likes: rankings, explanations, and which emoji count.

Knows stores and rules; never how an answer is shown.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import CommunityId, MemberId, PostId
from bot.domain.likes import (
    DEFAULT_EMOJI,
    EVERYBODY,
    Emoji,
    Like,
    LikedPost,
    NoLike,
    Reaction,
    counting_emoji,
    judge,
)
from bot.domain.ranking import Discount
from bot.domain.wording import _
from bot.services.errors import ConflictError, InvalidInputError, NotFoundError
from bot.services.likes import ranking
from bot.services.likes.ledger import hold_tallies
from bot.services.ports import Clock, Database, Stores

MOST_EMOJI = 25
"""Emoji a community may have counted; more would only cost requests when reading back."""
SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """What was liked most in a stretch of time."""

    since: datetime
    until: datetime
    posts: Sequence[ranking.RankedPost]
    members: Sequence[ranking.RankedMember]
    threads: Sequence[ranking.RankedThread]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One member's reactions to a post, and whether they are a like that counts."""

    member: MemberId
    emoji: Sequence[Emoji]
    why_not: NoLike | Discount | None
    """None where it counts; a discount where it is a like that no ranking counts."""

    @property
    def is_like(self) -> bool:
        """Whether it is in the number of likes that is shown."""
        return not isinstance(self.why_not, NoLike)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostExplained:
    """Why a post has as many likes as it has."""

    post: LikedPost
    verdicts: Sequence[Verdict]


class LikeService:
    """Answers from what is recorded; asks no platform."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def top(self, community: CommunityId, span: str, *, limit: int) -> Top:
        """Return the best of the last day, week or month; members who opted out are left out."""
        now = self._clock.now()
        until = _next_quarter(now)
        since = until - SPANS[span]
        async with self._database.reading() as stores:
            members = await ranking.most_liked_members(stores, community, since, until, limit)
            return Top(
                since=since,
                until=now,
                posts=await ranking.most_liked_posts(stores, community, since, until, limit),
                members=[
                    each
                    for each in members
                    if not await stores.members.has_opted_out(community, each.member)
                ],
                threads=await ranking.top_threads(stores, community, since, until, limit),
            )

    async def explain_post(self, community: CommunityId, post: PostId) -> PostExplained:
        """Say of each member who reacted whether that counts, and why not.

        Raises:
            NotFoundError: no reaction to the post is recorded.
        """
        async with self._database.reading() as stores:
            liked = (await stores.likes.liked_posts(community, [post])).get(post)
            if liked is None:
                raise NotFoundError(_("No like of that message is recorded."))
            reactions = await stores.likes.reactions(community, posts=[post])
            counting = counting_emoji(await stores.likes.emoji(community))
            verdicts = await _verdicts(stores, liked, reactions, counting)
        return PostExplained(post=liked, verdicts=verdicts)

    async def explain_member(
        self, community: CommunityId, member: MemberId, span: str
    ) -> ranking.RankedMember:
        """Say how many of the likes that a member received count, and why the others do not."""
        until = _next_quarter(self._clock.now())
        async with self._database.reading() as stores:
            return await ranking.member_rank(stores, community, member, until - SPANS[span], until)

    async def emoji(self, community: CommunityId) -> Sequence[Emoji]:
        """Return the emoji that count, the defaults first."""
        async with self._database.reading() as stores:
            counting = counting_emoji(await stores.likes.emoji(community))
        first = [each for each in DEFAULT_EMOJI if each in counting]
        return first + sorted(counting - set(first))

    async def count_emoji(self, community: CommunityId, emoji: Emoji) -> bool:
        """Let an emoji count; return whether reactions with it have to be read back first.

        Raises:
            ConflictError: it counts already.
            InvalidInputError: there are too many.
        """
        async with self._database.writing() as stores:
            await hold_tallies(stores, community)
            chosen = await stores.likes.emoji(community)
            counting = counting_emoji(chosen)
            if emoji in counting:
                raise ConflictError(_("That emoji counts as a like already."))
            if len(counting) >= MOST_EMOJI:
                raise InvalidInputError(
                    _("{count} emoji count already; remove one with `/likes emoji remove`.").format(
                        count=MOST_EMOJI
                    )
                )
            await stores.likes.set_emoji(community, emoji, True)
            await stores.likes.rebuild(community)
        return emoji not in chosen and emoji not in DEFAULT_EMOJI

    async def ignore_emoji(self, community: CommunityId, emoji: Emoji) -> None:
        """Let an emoji count no more; what was given is kept, in case it is to count again.

        Raises:
            NotFoundError: it does not count.
        """
        async with self._database.writing() as stores:
            await hold_tallies(stores, community)
            if emoji not in counting_emoji(await stores.likes.emoji(community)):
                raise NotFoundError(
                    _("That emoji does not count as a like; `/likes emoji list` shows which do.")
                )
            await stores.likes.set_emoji(community, emoji, False)
            await stores.likes.rebuild(community)


async def _verdicts(
    stores: Stores, liked: LikedPost, reactions: Sequence[Reaction], counting: Collection[Emoji]
) -> list[Verdict]:
    by_member: dict[MemberId, list[Reaction]] = {}
    for each in reactions:
        if each.member != EVERYBODY:
            by_member.setdefault(each.member, []).append(each)
    judged = {member: judge(given, liked, counting) for member, given in by_member.items()}
    likes = [each for each in judged.values() if isinstance(each, Like)]
    discounts = await ranking.discounts(stores, liked.community, likes)
    return [
        _verdict(member, by_member[member], each, discounts)
        for member, each in sorted(judged.items())
    ]


def _verdict(
    member: MemberId,
    given: Sequence[Reaction],
    judged: Like | NoLike,
    discounts: Mapping[tuple[PostId, MemberId], Discount],
) -> Verdict:
    why_not = judged if isinstance(judged, NoLike) else discounts.get((judged.post, member))
    emoji = sorted(each.emoji for each in given if each.stands)
    return Verdict(member=member, emoji=emoji, why_not=why_not)


def _next_quarter(now: datetime) -> datetime:
    """Return the end of the running quarter of an hour, so that the newest likes are in."""
    start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return start + QUARTER
