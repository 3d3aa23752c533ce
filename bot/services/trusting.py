"""Trust levels: read from what is counted anyway whenever somebody asks, and never stored."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.cases import CaseKind, CaseState
from bot.domain.ids import CommunityId, MemberId
from bot.domain.trust import (
    CASES_WITHIN,
    WINDOW,
    Figures,
    Requirement,
    TrustLevel,
    figures_from,
    flag_weight,
    level_of,
    next_above,
    requirements,
    with_record,
)
from bot.services.ports import CaseQuery, Clock, Database, Stores

COUNTED = frozenset({CaseKind.TIMEOUT, CaseKind.KICK, CaseKind.BAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A member's level, and how it came about."""

    level: TrustLevel
    figures: Figures
    next_level: TrustLevel | None
    asked: tuple[Requirement, ...]
    """What the next level asks for."""
    flag_factor: float
    """How much their flags count: by what they earned, whether they moderate or not."""


class TrustService:
    """Works levels out; who may see whose is decided where they ask."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def explain(
        self, community: CommunityId, member: MemberId, *, moderates: bool
    ) -> Explained:
        """Return a member's level with all figures, and what is missing for the next one."""
        async with self._database.reading() as stores:
            figures = await figures_of(stores, community, member, self._clock.now())
        earned = level_of(figures)
        above = None if moderates else next_above(earned)
        return Explained(
            level=TrustLevel.LEADER if moderates else earned,
            figures=figures,
            next_level=above,
            asked=requirements(above, figures) if above is not None else (),
            flag_factor=flag_weight(earned),
        )

    async def flag_factor(self, stores: Stores, community: CommunityId, member: MemberId) -> float:
        """Return the factor with which a member's flags count, by what they earned."""
        figures = await figures_of(stores, community, member, self._clock.now())
        return flag_weight(level_of(figures))


async def figures_of(
    stores: Stores, community: CommunityId, member: MemberId, now: datetime
) -> Figures:
    """Count what is known of a member."""
    since = now - WINDOW
    figures = figures_from(
        await stores.posts.written(community, member, since),
        await stores.likes.likes_by(community, [member], since, now),
        await stores.likes.likes_to(community, member, since, now),
    )
    record = await stores.flags.record(community, member)
    found = await stores.cases.find(community, CaseQuery(target=member), limit=200)
    cases = sum(
        case.kind in COUNTED
        and case.state is CaseState.DONE
        and case.created_at > now - CASES_WITHIN
        for case in found
    )
    return with_record(figures, right=record.agreed, wrong=record.disagreed, cases=cases)
