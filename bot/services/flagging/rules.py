"""What a community decided about flags: when a card is urgent, and what follows then.

Everything here is off until it is switched on. Knows how it is kept as one small document.
"""

import json
from dataclasses import dataclass, replace

from bot.domain.ids import CommunityId
from bot.domain.wording import _
from bot.services.errors import InvalidInputError
from bot.services.ports import Database, Stores

LEAST_URGENT, MOST_URGENT = 1.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRules:
    """Everything that a community can change about flags."""

    urgent_weight: float | None = None
    """From this weight a card is urgent and the moderator role is pinged; None: never."""
    lock_threads: bool = False
    """Whether an urgent flag on a forum thread's opening post locks the thread."""


async def flag_rules(stores: Stores, community: CommunityId) -> FlagRules:
    """Return what a community decided."""
    found = await stores.settings.get(_name(community))
    return FlagRules() if found is None else FlagRules(**json.loads(found))


class FlagRuleService:
    """Reads and changes what a community decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, community: CommunityId) -> FlagRules:
        """Return what holds now."""
        async with self._database.reading() as stores:
            return await flag_rules(stores, community)

    async def change(
        self,
        community: CommunityId,
        *,
        urgent_weight: float | None = None,
        lock_threads: bool | None = None,
    ) -> FlagRules:
        """Change what is given; a weight of 0 switches urgent cards, and locking, off.

        Raises:
            InvalidInputError: the weight is out of bounds, or threads are to be locked without one.
        """
        async with self._database.writing() as stores:
            rules = await flag_rules(stores, community)
            if urgent_weight == 0:
                rules = FlagRules()
            elif urgent_weight is not None:
                if not LEAST_URGENT <= urgent_weight <= MOST_URGENT:
                    raise InvalidInputError(_("The weight is from 1 to 100, or 0 for never."))
                rules = replace(rules, urgent_weight=urgent_weight)
            if lock_threads is not None:
                rules = replace(rules, lock_threads=lock_threads)
            if rules.lock_threads and rules.urgent_weight is None:
                raise InvalidInputError(_("Say from which weight on: give `urgent_at` as well."))
            document = {"urgent_weight": rules.urgent_weight, "lock_threads": rules.lock_threads}
            await stores.settings.put(_name(community), json.dumps(document))
        return rules


def _name(community: CommunityId) -> str:
    return f"flags:{community}"
