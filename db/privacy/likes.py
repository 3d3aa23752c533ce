"""Takes likes out of the tallies, so that they stay what a rebuild would make.

Knows what a like adds to the tallies; never why it goes.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.likes import Like, day_of, quarter_of
from bot.services.ports import TallyChanges
from db.like_tables import LikedPostRow
from db.stores.like_rows import chunks
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
    post = table_of(LikedPostRow).columns
    here, own = post["community_id"] == community, post["author_id"] == member
    given = await store.likes_by(community, [member], *_ALWAYS)
    written = await work.rows(select(post["post_id"]).where(here, own))
    got = await store.likes_on(community, written)
    await store.add_to_tallies(community, minus([*given, *got]))
    await work.change(update(post["likes"].table).where(here, own).values(likes=0))
    for some in chunks({like.post for like in given}):
        one_less = update(post["likes"].table).where(here, post["post_id"].in_(some))
        await work.change(one_less.values(likes=post["likes"] - 1))
