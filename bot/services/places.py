"""Which places are watched, and how; settings are inherited from category to channel to thread."""

from collections.abc import Sequence

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.policy import Mode
from bot.domain.posts import Where
from bot.domain.wording import _
from bot.services.errors import NotFoundError
from bot.services.ports import Clock, Database, Watch


class PlaceService:
    """Watched places, kept in memory so that chat elsewhere costs no query.

    One process holds the gateway of a token, so nobody else changes what is kept here.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[CommunityId, dict[PlaceId, Watch]] = {}

    async def _watches(self, community: CommunityId) -> dict[PlaceId, Watch]:
        known = self._known.get(community)
        if known is None:
            async with self._database.reading() as stores:
                watches = await stores.watches.all(community)
            known = {watch.place: watch for watch in watches}
            self._known[community] = known
        return known

    async def mode(self, where: Where) -> Mode | None:
        """Return the mode of the nearest watched place around a post, None where none is."""
        watch = await self.watch_of(where)
        return None if watch is None else watch.mode

    def ignores(self, where: Where) -> bool:
        """Tell at once that a place is not watched; False also where that is not known yet."""
        watches = self._known.get(where.community)
        return watches is not None and (
            not watches or not any(place in watches for place in where.places)
        )

    async def watch_of(self, where: Where) -> Watch | None:
        """Return the nearest watch around a post, None where there is none."""
        watches = await self._watches(where.community)
        for place in where.places:
            if place in watches:
                return watches[place]
        return None

    async def watched(self, community: CommunityId) -> Sequence[Watch]:
        """Return a community's watches, by place."""
        watches = await self._watches(community)
        return [watches[place] for place in sorted(watches)]

    async def watch(
        self, community: CommunityId, place: PlaceId, mode: Mode, *, by: MemberId | None
    ) -> Watch:
        """Watch a place, or change how it is watched."""
        watch = Watch(
            community=community, place=place, mode=mode, added_by=by, added_at=self._clock.now()
        )
        async with self._database.writing() as stores:
            await stores.watches.put(watch)
        (await self._watches(community))[place] = watch
        return watch

    async def unwatch(self, community: CommunityId, place: PlaceId) -> None:
        """Stop watching a place.

        Raises:
            NotFoundError: it was not watched by itself.
        """
        async with self._database.writing() as stores:
            removed = await stores.watches.remove(community, place)
        (await self._watches(community)).pop(place, None)
        if not removed:
            raise NotFoundError(_("That place is not on the list; `/watch list` shows what is."))
