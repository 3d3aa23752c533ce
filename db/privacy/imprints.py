"""Finds the imprints of a member's posts, as long as it is known which posts were theirs.

Knows how an imprint is named; never what it is good for.
"""

from secrets import token_hex

from sqlalchemy import and_, delete, select
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.imprints import imprint_key
from bot.services.ports.privacy import Forgotten
from bot.services.readers import CHANGED
from db.imprint_tables import ImprintRow
from db.privacy.register import REGISTER
from db.stores import SqlStores
from db.tables import PostRow
from db.trust_tables import LabelRow
from db.work import Work


async def take_imprints_away(
    work: Work, stores: SqlStores, community: CommunityId, member: MemberId
) -> Forgotten:
    """Remove the imprints of a member's judged posts; what they taught counts no more."""
    judged = await work.tuples(
        select(col(LabelRow.channel_id), col(LabelRow.post_id), col(LabelRow.slug))
        .join(
            PostRow,
            and_(
                col(PostRow.community_id) == col(LabelRow.community_id),
                col(PostRow.post_id) == col(LabelRow.post_id),
            ),
        )
        .where(col(LabelRow.community_id) == community, col(PostRow.author_id) == member)
    )
    keys = [
        imprint_key(PlaceId(channel), PostId(post), Slug(slug)) for channel, post, slug in judged
    ]
    erased = 0
    for key in keys:
        erased += await work.change(
            delete(ImprintRow).where(
                col(ImprintRow.community_id) == community, col(ImprintRow.key) == key
            )
        )
    if erased:
        await stores.settings.put(f"{CHANGED}{community}", token_hex(8))
    holds = next(record.holds for record in REGISTER if record.table == "imprint")
    return Forgotten(table="imprint", holds=holds, erased=erased)
