"""Takes likes out of the tallies, so that they stay what a rebuild would make.

Knows what a like adds to the tallies; never why it goes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import Like, day_of, quarter_of
from bot.services.ports import TallyChanges
from db.like_tables import LikedPostRow
from db.stores.likes import SqlLikeStore
from db.work import Work, table_of

_ALWAYS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC) - timedelta(days=1))


def minus(likes: Iterable[Like]) -> TallyChanges:
    """Return what the tallies lose with these likes."""
    moments: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    places: dict[tuple[int, PlaceId], list[int]] = defaultdict(lambda: [0, 0])
    members: dict[tuple[int, MemberId], list[int]] = defaultdict(lambda: [0, 0])
    for like in likes:
        day = day_of(like.at)
        moments[quarter_of(like.at)][1] -= 1
        places[day, like.channel][1] -= 1
        members[day, like.author][0] -= 1
        members[day, like.giver][1] -= 1
    return TallyChanges(moments=dict(moments), places=dict(places), members=dict(members))


async def take_likes_away(
    work: Work, store: SqlLikeStore, community: CommunityId, member: MemberId
) -> None:
    """Let the likes that a member gave and got count no more."""
    given = await store.likes_by(community, [member], *_ALWAYS)
    got = await store.likes_to(community, member, *_ALWAYS)
    await store.add_to_tallies(community, minus([*given, *got]))
    lost: Counter[PostId] = Counter(like.post for like in [*given, *got])
    table = table_of(LikedPostRow)
    for post, count in lost.items():
        own = (table.columns["community_id"] == community, table.columns["post_id"] == post)
        await work.change(update(table).where(*own).values(likes=table.columns["likes"] - count))
