"""What members ask moderators to check: a queue with counts, and a limit for each member."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.requests import DAILY_LIMIT, DAY, NEWCOMERS_LIMIT, CheckRequest
from bot.domain.trust import NEW_FOR, is_newcomer, level_of
from bot.domain.wording import N_, _
from bot.services.errors import InvalidInputError, NotFoundError
from bot.services.holding import hold
from bot.services.ports import Clock, Database, Stores
from bot.services.trusting import figures_of

TOO_MANY = N_("You have asked {count} times in the last 24 hours. Please try again tomorrow.")
NEW_HERE = N_(
    "You have asked today, and you have only just joined: whoever the others know a little, or has "
    "been here for a week, can ask more often. Please try again tomorrow."
)
NO_REQUEST = N_("There is no open request about that post; `/requests list` shows what is open.")
NO_FACT_CHECK = N_("There is no fact-check called “{slug}” here.")


class RequestService:
    """Takes requests and closes them; the post's text is never stored."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ask(
        self,
        community: CommunityId,
        channel: PlaceId,
        post: PostId,
        *,
        by: MemberId,
        joined_at: datetime | None = None,
    ) -> CheckRequest:
        """Join or open the request about a post; asking twice counts once.

        Somebody who has just joined, and whom nobody knows yet, can ask less often.

        Raises:
            InvalidInputError: the member has used up the day's requests.
        """
        now = self._clock.now()
        async with self._database.reading() as stores:
            limit = await _limit(stores, community, by, joined_at, now)
        async with self._database.writing() as stores:
            await hold(stores, "requesting", community)  # the limit counts what is asked now
            before = await stores.requests.asked_since(community, by, now - DAY)
            added = await stores.requests.ask(community, channel, post, by=by, at=now)
            if added and before >= limit:
                raise InvalidInputError(
                    _(NEW_HERE) if limit == NEWCOMERS_LIMIT else _(TOO_MANY).format(count=limit)
                )
            request = await stores.requests.get(channel, post)
        if request is None:
            raise NotFoundError(_(NO_REQUEST))
        return request

    async def waiting(self, community: CommunityId, *, limit: int = 25) -> Sequence[CheckRequest]:
        """Return what is open, what most members asked for first."""
        async with self._database.reading() as stores:
            return await stores.requests.waiting(community, limit)

    async def close(
        self,
        community: CommunityId,
        channel: PlaceId,
        post: PostId,
        *,
        by: MemberId,
        slug: Slug | None = None,
    ) -> CheckRequest:
        """Close a request, naming the fact-check that answers it where there is one.

        Raises:
            NotFoundError: there is no such request here, or no such fact-check.
        """
        async with self._database.writing() as stores:
            request = await stores.requests.get(channel, post)
            if request is None or request.community != community:
                raise NotFoundError(_(NO_REQUEST))
            if slug is not None and await stores.library.get(community, slug) is None:
                raise NotFoundError(_(NO_FACT_CHECK).format(slug=slug))
            at = self._clock.now()
            if not await stores.requests.close(channel, post, by=by, at=at, slug=slug):
                raise NotFoundError(_(NO_REQUEST))
        return request


async def _limit(
    stores: Stores,
    community: CommunityId,
    member: MemberId,
    joined_at: datetime | None,
    now: datetime,
) -> int:
    if joined_at is None or now - joined_at >= NEW_FOR:
        return DAILY_LIMIT
    level = level_of(await figures_of(stores, community, member, now))
    return NEWCOMERS_LIMIT if is_newcomer(level, joined_at, now) else DAILY_LIMIT
