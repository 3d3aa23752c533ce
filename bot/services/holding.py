"""Lets writers of one thing wait for each other, where what one of them counts must stay so.

Knows names only; never what is written.
"""

from bot.domain.ids import CommunityId
from bot.services.ports import Stores


async def hold(stores: Stores, what: str, community: CommunityId) -> None:
    """Wait for whoever else holds this in the community, and keep it until the end.

    The row says nothing; on PostgreSQL, writing it is what a second writer waits for.
    """
    await stores.settings.put(f"{what}:{community}", "held")
