"""The tallies are what a rebuild makes, and the likes are those that stand on the platform."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import (
    Event,
    PlaceDeleted,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
)
from bot.domain.ids import MemberId, PostId
from bot.domain.likes import DEFAULT_EMOJI, Emoji, LikedPost
from bot.services.errors import UserFacingError
from bot.services.likes.ledger import Ledger
from bot.services.likes.service import LikeService
from bot.services.memory import InMemoryDatabase
from tests.builders import COMMUNITY, FORUM, NOON
from tests.fakes import FakeClock
from tests.unit.services.likes.play import (
    AUTHORS,
    BOT_POST,
    CAT,
    HEART,
    THUMB,
    Platform,
    added,
    cleared,
    emoji,
    events,
    histories,
    removed,
    without_author,
    written,
)

TIMED = (ReactionAdded, ReactionRemoved, ReactionsCleared)
POST, LIKER = PostId(1), MemberId(4)


class Books:
    """A ledger with its database, and the platform's own view of what happened."""

    def __init__(self) -> None:
        self.database = InMemoryDatabase()
        self.ledger = Ledger(FakeClock())
        self.platform = Platform()
        self.number = 0

    async def hear(self, *heard: Event, at: datetime | None = None) -> None:
        numbered = []
        for event in heard:
            self.number += 1
            timed = replace(event, at=at) if at and isinstance(event, TIMED) else event
            numbered.append((self.number, timed))
        async with self.database.writing() as stores:
            await self.ledger.record(stores, numbered)

    async def happen(self, *happened: Event) -> None:
        for event in happened:
            if self.platform.can(event):
                self.platform.apply(event)
                await self.hear(event)

    async def look_again(self) -> None:
        """Read every post back, as after a gap."""
        posts = [post for post in AUTHORS if post not in self.platform.deleted]
        self.number += 1
        as_of = self.number
        await self.hear(*(self.platform.read(post, as_of) for post in posts))

    async def choose(self, chosen: Emoji, counts: bool) -> None:
        """Let an emoji count or not, as a moderator does."""
        service = LikeService(self.database, FakeClock())
        with suppress(UserFacingError):
            if counts:
                await service.count_emoji(COMMUNITY, chosen)
            else:
                await service.ignore_emoji(COMMUNITY, chosen)

    async def liked(self) -> dict[PostId, LikedPost]:
        async with self.database.reading() as stores:
            return dict(await stores.likes.liked_posts(COMMUNITY, sorted(AUTHORS)))

    async def counts(self) -> dict[PostId, int]:
        return {post: each.likes for post, each in (await self.liked()).items() if each.likes}

    async def true_counts(self) -> dict[PostId, int]:
        likes = self.platform.likes(set(DEFAULT_EMOJI))
        found = {post: sum(of == post for of, _ in likes) for post in AUTHORS}
        return {post: number for post, number in found.items() if number}

    async def tallies(self) -> Sequence[object]:
        async with self.database.reading() as stores:
            return await stores.likes.tallies(COMMUNITY)

    async def rebuild(self) -> None:
        async with self.database.writing() as stores:
            await stores.likes.rebuild(COMMUNITY)


@settings(max_examples=150, deadline=None)
@given(history=histories, batch=st.integers(1, 7))
async def test_a_rebuild_changes_no_tally(
    history: list[tuple[Event, timedelta]], batch: int
) -> None:
    books, now = Books(), NOON
    for start in range(0, len(history), batch):
        part = history[start : start + batch]
        for _, pause in part:
            now += pause
        await books.hear(*(event for event, _ in part), at=now)
    before = await books.tallies()
    await books.rebuild()
    assert await books.tallies() == before


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(
        st.one_of(st.tuples(events, st.booleans()), st.tuples(emoji, st.booleans()), st.none()),
        max_size=40,
    )
)
async def test_a_rebuild_changes_no_tally_after_gaps_and_changes_of_the_emoji(
    steps: list[tuple[Event | Emoji, bool] | None],
) -> None:
    """An event with whether it is heard, an emoji with whether it counts, or a look after a gap."""
    books = Books()
    for step in steps:
        match step:
            case None:
                await books.look_again()
            case (str() as chosen, counts):
                await books.choose(chosen, counts)
            case (event, heard) if books.platform.can(event):
                books.platform.apply(event)
                if heard:
                    await books.hear(event)
    before = await books.tallies()
    await books.rebuild()
    assert await books.tallies() == before


@settings(max_examples=150, deadline=None)
@given(history=histories, missed=st.sets(st.integers(0, 39)))
async def test_after_a_gap_the_likes_are_those_on_the_platform(
    history: list[tuple[Event, timedelta]], missed: set[int]
) -> None:
    books = Books()
    for number, (event, _) in enumerate(history):
        if not books.platform.can(event):
            continue
        books.platform.apply(event)
        if number not in missed or type(event).__name__ in ("PostsDeleted", "PlaceDeleted"):
            await books.hear(event)
    await books.look_again()
    assert await books.counts() == await books.true_counts()
    before = await books.tallies()
    await books.rebuild()
    assert await books.tallies() == before


@settings(max_examples=100, deadline=None)
@given(
    before=st.lists(events, max_size=10),
    during=st.lists(events, max_size=10),
    after=st.lists(events, max_size=6),
)
async def test_what_is_heard_while_a_post_is_read_back_is_not_lost(
    before: list[Event], during: list[Event], after: list[Event]
) -> None:
    books = Books()
    await books.happen(*(written(post) for post in AUTHORS), *before)
    books.number += 1
    as_of = books.number
    looks = []
    for event in during:
        looks += [books.platform.read(post, as_of) for post in AUTHORS]
        await books.happen(event)
    # What was seen at any moment of the reading may arrive after all of it was heard live.
    await books.hear(*looks)
    await books.happen(*after)
    if not any("Deleted" in type(event).__name__ for event in [*before, *during, *after]):
        assert await books.counts() == await books.true_counts()


async def test_a_normal_and_a_burst_reaction_are_one_like() -> None:
    books = Books()
    await books.hear(added(POST, LIKER, THUMB), added(POST, LIKER, THUMB, burst=True))
    assert await books.counts() == {POST: 1}
    await books.hear(removed(POST, LIKER, THUMB))
    assert await books.counts() == {POST: 1}
    await books.hear(removed(POST, LIKER, THUMB, burst=True))
    assert await books.counts() == {}


async def test_two_emoji_of_one_member_are_one_like() -> None:
    books = Books()
    await books.hear(added(POST, LIKER, THUMB), added(POST, LIKER, HEART))
    assert await books.counts() == {POST: 1}
    await books.hear(removed(POST, LIKER, HEART))
    assert await books.counts() == {POST: 1}


async def test_nobody_likes_an_own_post_and_no_bot_likes() -> None:
    books = Books()
    await books.hear(added(POST, AUTHORS[POST], THUMB), added(POST, MemberId(5), THUMB))
    assert await books.counts() == {}


async def test_a_bots_post_gets_no_likes_once_it_is_known_as_one() -> None:
    books = Books()
    await books.hear(added(BOT_POST, LIKER, THUMB))
    assert await books.counts() == {BOT_POST: 1}
    await books.hear(written(BOT_POST))
    assert await books.counts() == {}


async def test_a_like_waits_for_an_author_that_is_not_known() -> None:
    books = Books()
    await books.hear(without_author(added(POST, LIKER, THUMB)))
    await books.hear(without_author(added(POST, AUTHORS[POST], THUMB)))
    assert await books.counts() == {}
    await books.hear(written(POST))
    assert await books.counts() == {POST: 1}


async def test_an_emoji_that_does_not_count_is_not_even_kept() -> None:
    books = Books()
    await books.hear(added(POST, LIKER, CAT))
    async with books.database.reading() as stores:
        assert await stores.likes.reactions(COMMUNITY, posts=[POST]) == []


async def test_a_cleared_post_has_no_likes_but_takes_new_ones() -> None:
    books = Books()
    await books.hear(added(POST, LIKER, THUMB), added(POST, MemberId(3), HEART), cleared(POST))
    assert await books.counts() == {}
    await books.hear(added(POST, LIKER, THUMB))
    assert await books.counts() == {POST: 1}


async def test_a_clear_of_one_emoji_leaves_the_others() -> None:
    books = Books()
    await books.hear(added(POST, LIKER, THUMB), added(POST, MemberId(3), HEART))
    await books.hear(cleared(POST, THUMB))
    assert await books.counts() == {POST: 1}


async def test_a_late_reading_never_overtakes_a_newer_withdrawal() -> None:
    books = Books()
    await books.happen(written(POST), added(POST, LIKER, THUMB))
    books.number += 1
    late = books.platform.read(POST, books.number)
    await books.happen(removed(POST, LIKER, THUMB))
    await books.hear(late)
    assert await books.counts() == {}


async def test_a_late_reading_never_overtakes_a_newer_clear() -> None:
    books = Books()
    books.platform.apply(added(POST, LIKER, THUMB))
    late = books.platform.read(POST, 1)
    books.number += 1
    await books.happen(cleared(POST))
    await books.hear(late)
    assert await books.counts() == {}


async def test_order_goes_on_after_a_restart() -> None:
    books = Books()
    for _ in range(5):
        await books.happen(added(POST, LIKER, THUMB), removed(POST, LIKER, THUMB))
    books.ledger, books.number = Ledger(FakeClock(NOON - timedelta(days=30))), 0
    await books.happen(added(POST, LIKER, THUMB))
    assert await books.counts() == {POST: 1}


async def test_with_a_deleted_place_go_its_likes() -> None:
    books = Books()
    await books.hear(written(PostId(5)), added(PostId(5), LIKER, THUMB), added(POST, LIKER, THUMB))
    await books.hear(PlaceDeleted(COMMUNITY, FORUM))
    assert await books.counts() == {POST: 1}


async def test_an_emoji_counts_from_the_day_it_was_chosen_and_before() -> None:
    books = Books()
    async with books.database.writing() as stores:
        await stores.likes.set_emoji(COMMUNITY, CAT, False)
    await books.hear(added(POST, LIKER, CAT), added(POST, MemberId(3), Emoji("👎")))
    assert await books.counts() == {}
    async with books.database.writing() as stores:
        await stores.likes.set_emoji(COMMUNITY, CAT, True)
        await stores.likes.rebuild(COMMUNITY)
    assert await books.counts() == {POST: 1}
