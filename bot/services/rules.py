"""What a community decides about its notes, and where they are paused.

Knows bounds and sentences; who may decide is checked where they ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.autonomy import Precision
from bot.domain.ids import CommunityId, MemberId, PlaceId, Slug
from bot.domain.policy import Thresholds
from bot.domain.rules import LEAST_THRESHOLD, LONGEST_HOLD, TAG_LIMIT, NoteRules, Pause
from bot.domain.wording import N_, _
from bot.services.errors import InvalidInputError, NotFoundError
from bot.services.ports import Clock, Database, Stores

NO_REVIEW_PLACE = N_(
    "The moderators have not chosen a review channel yet (`/watch review`); please write to them."
)
NOT_PAUSED = N_("Automatic notes are not paused there.")
BAD_THRESHOLD = N_(
    "Thresholds are percentages from {least:.0%} to 100%, and the one for attaching "
    "is at least the one for suggesting. Nothing was changed."
)


class RuleService:
    """Reads and changes communities' rules and pauses."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, community: CommunityId) -> NoteRules:
        """Return a community's rules."""
        async with self._database.reading() as stores:
            return await stores.rules.get(community)

    async def review_in(self, community: CommunityId, place: PlaceId | None) -> None:
        """Choose where moderators get cards."""
        async with self._database.writing() as stores:
            rules = await stores.rules.get(community)
            await stores.rules.put(replace(rules, review_place=place))

    async def earn(self, community: CommunityId, *, earned: bool) -> None:
        """Choose whether a fact-check has to earn that its notes attach by themselves."""
        async with self._database.writing() as stores:
            rules = await stores.rules.get(community)
            await stores.rules.put(replace(rules, earned=earned))

    async def hold(self, community: CommunityId, seconds: int) -> None:
        """Choose how long a note waits before it is posted."""
        if not 0 <= seconds <= LONGEST_HOLD.total_seconds():
            raise InvalidInputError(
                _("A hold lasts from 0 to {seconds:.0f} seconds.").format(
                    seconds=LONGEST_HOLD.total_seconds()
                )
            )
        async with self._database.writing() as stores:
            rules = await stores.rules.get(community)
            await stores.rules.put(replace(rules, hold=timedelta(seconds=seconds)))

    async def tag(self, community: CommunityId, name: str) -> None:
        """Choose the forum tag that a thread with a note gets; none where empty."""
        wanted = " ".join(name.split())
        if len(wanted) > TAG_LIMIT:
            raise InvalidInputError(
                _("A tag has at most {limit} characters.").format(limit=TAG_LIMIT)
            )
        async with self._database.writing() as stores:
            rules = await stores.rules.get(community)
            await stores.rules.put(replace(rules, tag=wanted))

    async def set_thresholds(self, community: CommunityId, auto: str, suggest: str) -> Thresholds:
        """Store thresholds as a moderator types them, in percent.

        Raises:
            InvalidInputError: they are no percentages, or out of bounds; nothing is changed.
        """
        try:
            thresholds = Thresholds(auto=_share(auto), suggest=_share(suggest))
        except ValueError:
            raise InvalidInputError(_(BAD_THRESHOLD).format(least=LEAST_THRESHOLD)) from None
        if thresholds.suggest < LEAST_THRESHOLD:
            raise InvalidInputError(_(BAD_THRESHOLD).format(least=LEAST_THRESHOLD))
        async with self._database.writing() as stores:
            rules = await stores.rules.get(community)
            await stores.rules.put(replace(rules, thresholds=thresholds))
        return thresholds

    async def precisions(self, community: CommunityId) -> Mapping[Slug, Precision]:
        """Return how often moderators agreed, for every fact-check with labels."""
        async with self._database.reading() as stores:
            return await stores.labels.precisions(community)

    async def pauses(self, community: CommunityId) -> Sequence[Pause]:
        """Return the pauses that hold."""
        async with self._database.reading() as stores:
            return await stores.pauses.active(community)

    async def pause(self, community: CommunityId, place: PlaceId, *, by: MemberId) -> None:
        """Stop notes from attaching by themselves in a place, or `EVERYWHERE`."""
        async with self._database.writing() as stores:
            known = await stores.pauses.get(community, place)
            if known is None or not known.active:
                at = self._clock.now()
                await stores.pauses.put(Pause(community=community, place=place, at=at, by=by))

    async def resume(self, community: CommunityId, place: PlaceId, *, by: MemberId) -> None:
        """Let notes attach by themselves again.

        Raises:
            NotFoundError: they are not paused there.
        """
        async with self._database.writing() as stores:
            if not await end_pause(stores, community, place, by=by, at=self._clock.now()):
                raise NotFoundError(_(NOT_PAUSED))


async def end_pause(
    stores: Stores, community: CommunityId, place: PlaceId, *, by: MemberId, at: datetime
) -> bool:
    """End a place's pause; return False where there is none that holds."""
    pause = await stores.pauses.get(community, place)
    if pause is None or not pause.active:
        return False
    await stores.pauses.put(replace(pause, resumed_at=at, resumed_by=by))
    return True


def _share(typed: str) -> float:
    """Read a percentage: `92`, `92.5 %`, or `92,5`."""
    share = float(typed.replace("%", "").replace(",", ".").strip()) / 100
    if not 0.0 <= share <= 1.0:
        raise ValueError("no share")
    return share
