"""Reads one community's places back, once: which, from where on, and what differs.

Knows gaps and what is recorded; hands everything on as events, and changes nothing else but gaps.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.domain.coverage import FIRST_LOOK, RECENT, Coverage, missed_since
from bot.domain.events import (
    Form,
    GapRead,
    HistoryRead,
    PlaceDeleted,
    PostsDeleted,
    ReactionsRead,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import DEFAULT_EMOJI, EVERYBODY, Emoji, Reaction
from bot.domain.posts import Where
from bot.services.errors import GoneError, UnavailableError, UnknownEmojiError
from bot.services.ingest import IngestQueue
from bot.services.ports import Database, HistoryPage, HistorySource, Listing, Seen

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Progress:
    """How far the reading of one community has come; shown in `/status`."""

    places: int = 0
    read: int = 0
    hidden: int = 0
    failed: int = 0
    posts: int = 0
    reactions: int = 0
    running: bool = True


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What is recorded of a stretch of posts."""

    emoji: Collection[Emoji]
    reactions: Mapping[PostId, Sequence[Reaction]]
    living: Collection[PostId]


def heard_name(community: CommunityId) -> str:
    """Return the name of the setting up to when all events of a community are recorded."""
    return f"heard:{community}"


class CommunityReading:
    """One reading of one community, from opening its gaps to the last page."""

    def __init__(
        self,
        community: CommunityId,
        database: Database,
        source: HistorySource,
        ingest: IngestQueue,
        now: datetime,
    ) -> None:
        self.progress = Progress()
        self.listing = Listing()
        self._community = community
        self._database = database
        self._source = source
        self._ingest = ingest
        self._now = now

    async def read(self, *, missed: bool, whole: bool) -> bool:
        """Read everything; return False where something has to be tried again.

        Args:
            missed: whether events may have been missed everywhere.
            whole: whether to compare all of the last weeks, not only what may have changed.
        """
        self.listing = self._source.places(self._community)
        archived = await self._source.archived(self._community, self._now - FIRST_LOOK)
        places = {where.channel: where for where in (*self.listing.readable, *archived)}
        known = await self._open_gaps(places, missed=missed)
        self.progress.places = len(places)
        complete = await self._look_for_deleted(known, places)
        for where in places.values():
            gap = known[where.channel]
            if gap.has_gap or whole:
                complete = await self._place(where, gap, whole=whole) and complete
            self.progress.read += 1
        self.progress.running = False
        return complete

    async def _open_gaps(
        self, places: Mapping[PlaceId, Where], *, missed: bool
    ) -> dict[PlaceId, Coverage]:
        """Write down what may have been missed before anything of it is read."""
        async with self._database.writing() as stores:
            known = {each.place: each for each in await stores.coverage.all(self._community)}
            stored = await stores.settings.get(heard_name(self._community))
            heard = datetime.fromisoformat(stored) if stored else None
            before = dict(known)
            for place in places:
                cover = known.get(place)
                if missed or cover is None or not cover.readable:
                    since = missed_since(cover, heard, self._now)
                    fresh = cover or self._fresh(place)
                    known[place] = fresh.opened(since, self._now)
            for place in self.listing.hidden & known.keys():
                known[place] = known[place].hidden(heard or known[place].complete_until)
            changed = [each for place, each in known.items() if each != before.get(place)]
            await stores.coverage.put(changed)
            if missed:
                await stores.settings.put(heard_name(self._community), self._now.isoformat())
        self.progress.hidden = sum(not each.readable for each in known.values())
        return known

    def _fresh(self, place: PlaceId) -> Coverage:
        return Coverage(community=self._community, place=place, complete_until=self._now)

    async def _look_for_deleted(
        self, known: Mapping[PlaceId, Coverage], places: Collection[PlaceId]
    ) -> bool:
        """Find out whether a place that is listed no more is gone, or only out of sight."""
        complete = True
        for place in known.keys() - set(places) - set(self.listing.hidden):
            try:
                there = await self._source.is_there(place)
            except UnavailableError:
                complete = False
                continue
            stale = known[place].complete_until < self._now - FIRST_LOOK
            if not there:
                self._ingest.put(PlaceDeleted(self._community, place))
            if stale or not there:
                async with self._database.writing() as stores:
                    await stores.coverage.remove(self._community, [place])
        return complete

    async def _place(self, where: Where, gap: Coverage, *, whole: bool) -> bool:
        since = gap.gap_since or self._now
        exact_since = since - RECENT
        start = self._now - FIRST_LOOK
        if not whole:
            start = max(start, exact_since)
        try:
            after = PostId(self._source.first_id(start) - 1)
            while True:
                page = await self._page(where, after, since, exact_since)
                if page.last:
                    break
                after = page.up_to
        except GoneError:
            self._ingest.put(PlaceDeleted(self._community, where.channel))
        except UnavailableError as problem:
            log = {"channel": where.channel, "problem": str(problem)}
            logger.warning("a place could not be read back", extra=log)
            self.progress.failed += 1
            return not problem.retryable
        if gap.gap_until is not None:
            self._ingest.put(
                GapRead(community=self._community, place=where.channel, gap_until=gap.gap_until)
            )
        return True

    async def _page(
        self, where: Where, after: PostId, since: datetime, exact_since: datetime
    ) -> HistoryPage:
        as_of = self._ingest.next_number()
        page = await self._source.page(where, after=after)
        recorded = await self._recorded(where, page)
        await self._put_deleted(where, page, recorded)
        self._ingest.put(
            HistoryRead(
                community=self._community,
                channel=where.channel,
                posts=[seen.post for seen in page.seen],
                reaches_back_to=PostId(page.after + 1),
                reaches_to=page.up_to,
            )
        )
        self.progress.posts += len(page.seen)
        for seen in page.seen:
            await self._reactions(
                seen,
                recorded,
                as_of=as_of,
                at=max(since, seen.post.created_at),
                exact=seen.post.created_at >= exact_since,
            )
        return page

    async def _recorded(self, where: Where, page: HistoryPage) -> _Recorded:
        async with self._database.reading() as stores:
            likes = stores.likes
            emoji = {*DEFAULT_EMOJI, *await likes.emoji(self._community)}
            posts = [seen.post.id for seen in page.seen]
            reactions = await likes.reactions(self._community, posts=posts)
            living = await likes.living_posts_between(
                self._community, where.channel, page.after, page.up_to
            )
        by_post: dict[PostId, list[Reaction]] = {}
        for each in reactions:
            if each.member != EVERYBODY:
                by_post.setdefault(each.post, []).append(each)
        return _Recorded(emoji, by_post, living)

    async def _put_deleted(self, where: Where, page: HistoryPage, recorded: _Recorded) -> None:
        gone = sorted(set(recorded.living) - {seen.post.id for seen in page.seen})
        if not gone:
            return
        if not page.seen and not await self._is_gone(where, gone[0]):
            # Nothing was shown at all: that may be a permission that was lost this moment.
            raise UnavailableError("the place shows nothing of what is there", retryable=False)
        self._ingest.put(PostsDeleted(self._community, where.channel, tuple(gone)))

    async def _is_gone(self, where: Where, post: PostId) -> bool:
        try:
            await self._source.look(self._community, where.channel, post)
        except GoneError:
            return True
        return False

    async def _reactions(
        self, seen: Seen, recorded: _Recorded, *, as_of: int, at: datetime, exact: bool
    ) -> None:
        there = {form: n for form, n in seen.forms.items() if form[0] in recorded.emoji}
        known = _standing(recorded.reactions.get(seen.post.id, ()))
        differing = {form for form, n in there.items() if known[form] != n}
        if (not there and not known) or not (exact or differing or known.keys() - there.keys()):
            return
        to_read = set(there) if exact else differing
        try:
            forms = await givers_of(seen, to_read)
        except GoneError:
            return
        self.progress.reactions += sum(map(len, forms.values()))
        unread = set(there) - forms.keys()
        self._ingest.put(reactions_read(seen, forms, unread, as_of=as_of, at=at))


async def givers_of(seen: Seen, forms: Collection[Form]) -> dict[Form, Mapping[MemberId, bool]]:
    """Ask who gave these forms; left out are those whose emoji the platform no longer has.

    Raises:
        GoneError: the post is gone.
        UnavailableError: nobody can tell now.
    """
    found: dict[Form, Mapping[MemberId, bool]] = {}
    for form in sorted(forms):
        with suppress(UnknownEmojiError):
            found[form] = await seen.givers(form)
    return found


def reactions_read(
    seen: Seen,
    forms: Mapping[Form, Mapping[MemberId, bool]],
    unread: Collection[Form],
    *,
    as_of: int,
    at: datetime,
) -> ReactionsRead:
    """Return the event of a post's reactions as they are now."""
    post = seen.post
    return ReactionsRead(
        community=post.where.community,
        channel=post.where.channel,
        post=post.id,
        written_at=post.created_at,
        author=post.author,
        author_is_person=post.by_person,
        as_of=as_of,
        forms=forms,
        unread=unread,
        at=at,
    )


def _standing(reactions: Iterable[Reaction]) -> Counter[Form]:
    """Count the recorded reactions that stand, by form."""
    found: Counter[Form] = Counter()
    for each in reactions:
        if each.normal:
            found[each.emoji, False] += 1
        if each.burst:
            found[each.emoji, True] += 1
    return found
