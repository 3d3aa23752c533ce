"""The first choices of a community, one after the other: what each one changes, at once.

Knows the services that keep the choices; never how they are asked for. There is no state of its
own: leaving half-way leaves what was chosen so far, and what is shown is always what is stored.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.digest_runs import DigestPlan
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.periods import Cadence, Weekday
from bot.domain.policy import Mode
from bot.domain.rules import NoteRules
from bot.services.digests.planning import DigestService
from bot.services.moderating.house_rules import HouseRules, HouseRuleService
from bot.services.places import PlaceService
from bot.services.ports import Watch
from bot.services.rules import RuleService


class Step(StrEnum):
    """What is asked, in this order."""

    PLACES = "places"
    ROLES = "roles"
    REVIEW = "review"
    DIGEST = "digest"
    REPORT = "report"

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return list(Step).index(self) + 1

    def moved(self, by: int) -> "Step | None":
        """Return the step so many after this one, None beyond either end."""
        there = self.number - 1 + by
        return list(Step)[there] if 0 <= there < len(Step) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a community has chosen so far."""

    watches: Sequence[Watch]
    house: HouseRules
    rules: NoteRules
    plan: DigestPlan

    @property
    def mode(self) -> Mode | None:
        """The mode of all watched places, None where they differ or there are none."""
        modes = {watch.mode for watch in self.watches}
        return modes.pop() if len(modes) == 1 else None

    def made_in(self, step: Step) -> bool:
        """Tell whether something was chosen in a step."""
        match step:
            case Step.PLACES:
                return bool(self.watches)
            case Step.ROLES:
                return bool(self.house.moderating_roles)
            case Step.REVIEW:
                return self.rules.review_place is not None
            case Step.DIGEST:
                return self.plan.channel is not None
            case Step.REPORT:
                return True


class SetupService:
    """Each method is one choice, complete in itself."""

    def __init__(
        self,
        places: PlaceService,
        house: HouseRuleService,
        rules: RuleService,
        digests: DigestService,
    ) -> None:
        self._places = places
        self._house = house
        self._rules = rules
        self._digests = digests

    async def choices(self, community: CommunityId) -> Choices:
        """Return what is chosen now."""
        return Choices(
            watches=await self._places.watched(community),
            house=await self._house.get(community),
            rules=await self._rules.get(community),
            plan=await self._digests.plan(community),
        )

    async def watch(
        self,
        community: CommunityId,
        chosen: Collection[PlaceId],
        *,
        shown: Collection[PlaceId],
        by: MemberId,
    ) -> None:
        """Watch what was chosen, and no longer what was shown as watched and taken out.

        Places that were not shown stay as they are: another moderator may have added them.
        """
        known = await self._places.watched(community)
        modes = {watch.mode for watch in known}
        mode = modes.pop() if len(modes) == 1 else Mode.AUTO
        watched = {watch.place for watch in known}
        for place in sorted((set(shown) - set(chosen)) & watched):
            await self._places.unwatch(community, place)
        for place in sorted(set(chosen) - watched):
            await self._places.watch(community, place, mode, by=by)

    async def set_mode(self, community: CommunityId, mode: Mode, *, by: MemberId) -> None:
        """Let the bot do the same in all watched places."""
        for watch in await self._places.watched(community):
            if watch.mode is not mode:
                await self._places.watch(community, watch.place, mode, by=by)

    async def set_moderators(self, community: CommunityId, role: int | None) -> None:
        """Say who moderates."""
        await self._house.set_moderator_role(community, role)

    async def set_admins(self, community: CommunityId, role: int | None) -> None:
        """Say who may do all that needs Manage Server; the caller sees that this one may."""
        await self._house.set_admin_role(community, role)

    async def review_in(self, community: CommunityId, place: PlaceId | None) -> None:
        """Say where moderators are asked."""
        await self._rules.review_in(community, place)

    async def post_digest_in(self, community: CommunityId, place: PlaceId | None) -> None:
        """Say where members read the digest; the moderators' own stays where it is."""
        plan = await self._digests.plan(community)
        await self._digests.set_channels(
            community, members=place, moderators=plan.moderators_channel
        )

    async def set_day(self, community: CommunityId, day: Weekday | Cadence) -> None:
        """Say on which day of the week the digest comes, or that it comes daily or monthly."""
        if isinstance(day, Weekday):
            await self._digests.set_schedule(community, cadence=Cadence.WEEKLY, weekday=day)
        else:
            await self._digests.set_schedule(community, cadence=day)

    async def set_hour(self, community: CommunityId, hour: int) -> None:
        """Say at which hour the digest comes."""
        await self._digests.set_schedule(community, hour=hour)

    async def set_zone(self, community: CommunityId, typed: str) -> None:
        """Set the community's time zone, for digests and for moderators' durations.

        Raises:
            InvalidInputError: there is no such zone; the sentence names the nearest.
        """
        plan = await self._digests.set_schedule(community, zone=typed)
        await self._house.set_zone(community, plan.schedule.zone)
