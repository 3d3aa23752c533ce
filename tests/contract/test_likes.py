"""What every `LikeStore` promises: the same tallies, reads and rankings from the same events."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.events import (
    Event,
    PlaceDeleted,
    PostCreated,
    PostsDeleted,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import ANY_EMOJI, DEFAULT_EMOJI, Emoji
from bot.services.likes import ranking
from bot.services.likes.ledger import Ledger
from bot.services.memory import InMemoryDatabase
from bot.services.ports import Activity, Database
from tests.builders import COMMUNITY, NOON, build_post, build_where
from tests.fakes import FakeClock

OTHER = CommunityId(70_000_000_000_000_002)
PLACES = [PlaceId(70_000_000_000_000_100 + number) for number in range(4)]
MEMBERS = [MemberId(number) for number in range(1, 13)]
CAT = Emoji("🐈")
MIDNIGHT = NOON - timedelta(hours=12)


def story(seed: int, length: int = 400) -> list[Event]:
    """Return ten days of a small community: posts, reactions, withdrawals and deletions."""
    chance = random.Random(seed)  # noqa: S311 - a story that can be told again
    events: list[Event] = []
    posts: list[PostCreated] = []
    for number in range(length):
        at = MIDNIGHT + number * timedelta(days=10) / length
        dice = chance.random()
        if dice < 0.15 or not posts:
            posts.append(written(PostId(1_000 + number), chance, at))
            events.append(posts[-1])
        elif dice < 0.97:
            events.append(reacted(chance.choice(posts), chance, at))
        elif dice < 0.99:
            gone = chance.choice(posts)
            events.append(PostsDeleted(COMMUNITY, gone.post.where.channel, (gone.post.id,)))
        else:
            events.append(PlaceDeleted(COMMUNITY, PLACES[3]))
    return events


def written(post: PostId, chance: random.Random, at: datetime) -> PostCreated:
    where = build_where(channel=chance.choice(PLACES))
    person = chance.random() < 0.9
    author = chance.choice(MEMBERS)
    return PostCreated(
        build_post(id=post, where=where, author=author, by_person=person, created_at=at)
    )


def reacted(about: PostCreated, chance: random.Random, at: datetime) -> Event:
    post, member = about.post, MemberId(min(chance.choice(MEMBERS), chance.choice(MEMBERS)))
    emoji = chance.choice([*DEFAULT_EMOJI[:2], CAT])
    common: dict[str, Any] = {
        "community": COMMUNITY,
        "channel": post.where.channel,
        "post": post.id,
        "written_at": post.created_at,
        "at": at,
    }
    dice = chance.random()
    if dice < 0.02:
        return ReactionsCleared(**common, emoji=ANY_EMOJI)
    if dice < 0.2:
        return ReactionRemoved(**common, member=member, emoji=emoji, burst=dice < 0.05)
    return ReactionAdded(
        **common,
        member=member,
        emoji=emoji,
        burst=dice > 0.9,
        author=post.author,
        by_person=member != MEMBERS[-1],
    )


async def hear(database: Database, events: Sequence[Event], batch: int = 37) -> None:
    ledger = Ledger(FakeClock())
    numbered = list(enumerate(events, 1))
    for start in range(0, len(numbered), batch):
        async with database.writing() as stores:
            await ledger.record(stores, numbered[start : start + batch])


async def everything(database: Database) -> list[object]:
    """Return all that can be read of likes."""
    since, until = MIDNIGHT + timedelta(days=1, hours=3), MIDNIGHT + timedelta(days=8)
    edges = [since + timedelta(days=day) for day in range(6)]
    async with database.reading() as stores:
        likes = stores.likes
        return [
            await likes.tallies(COMMUNITY),
            await likes.activity(COMMUNITY, edges),
            await likes.most_liked_posts(COMMUNITY, since, until, 7),
            await likes.busiest_places(COMMUNITY, since, until, 3),
            await likes.members_by_likes(COMMUNITY, since, until, 5),
            await likes.likes_to(COMMUNITY, MEMBERS[2], since, until),
            await likes.likes_by(COMMUNITY, MEMBERS[:3], since, until),
            await likes.likes_on(COMMUNITY, [PostId(n) for n in range(1_000, 1_200)]),
            await likes.eager(COMMUNITY, 20_780, 2, MEMBERS[1:]),
            await likes.strangers(COMMUNITY, 5),
            await likes.living_posts_in(COMMUNITY, PLACES[0]),
            await likes.living_posts_between(COMMUNITY, PLACES[1], PostId(1_010), PostId(1_200)),
            await ranking.most_liked_posts(stores, COMMUNITY, since, until, 3),
            await ranking.most_liked_members(stores, COMMUNITY, since, until, 3),
            await ranking.top_threads(stores, COMMUNITY, since, until, 3),
        ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_database_tells_the_same_of_the_same_events(
    database: Database, seed: int
) -> None:
    reference = InMemoryDatabase()
    events = story(seed)
    await hear(database, events)
    await hear(reference, events)
    assert await everything(database) == await everything(reference)
    async with database.writing() as stores:
        await stores.likes.rebuild(COMMUNITY)
    assert await everything(database) == await everything(reference)


async def test_a_chosen_emoji_counts_after_a_rebuild(database: Database) -> None:
    reference = InMemoryDatabase()
    for each in (database, reference):
        async with each.writing() as stores:
            await stores.likes.set_emoji(COMMUNITY, CAT, False)
            await stores.likes.set_emoji(COMMUNITY, DEFAULT_EMOJI[0], True)
        await hear(each, story(3, 200))
        async with each.writing() as stores:
            await stores.likes.set_emoji(COMMUNITY, CAT, True)
            await stores.likes.set_emoji(COMMUNITY, DEFAULT_EMOJI[0], False)
            await stores.likes.rebuild(COMMUNITY)
            assert await stores.likes.emoji(COMMUNITY) == {CAT: True, DEFAULT_EMOJI[0]: False}
    assert await everything(database) == await everything(reference)


async def test_days_of_a_period_add_up(database: Database) -> None:
    await hear(database, story(4, 200))
    edges = [MIDNIGHT + timedelta(days=day) for day in range(11)]
    async with database.reading() as stores:
        days = await stores.likes.activity(COMMUNITY, edges)
        (whole,) = await stores.likes.activity(COMMUNITY, [edges[0], edges[-1]])
    summed = Activity(posts=sum(d.posts for d in days), likes=sum(d.likes for d in days))
    assert whole == summed
    assert min(whole.posts, whole.likes) > 0


async def test_communities_do_not_mix(database: Database) -> None:
    await hear(database, story(5, 100))
    before = await everything(database)
    async with database.writing() as stores:
        await stores.likes.rebuild(OTHER)
        await stores.likes.set_emoji(OTHER, DEFAULT_EMOJI[0], False)
    assert await everything(database) == before
    async with database.reading() as stores:
        assert await stores.likes.tallies(OTHER) == []


async def test_a_like_is_dated_by_its_first_emoji(database: Database) -> None:
    chance = random.Random(0)  # noqa: S311 - the same
    post = written(PostId(1), chance, MIDNIGHT)
    first = ReactionAdded(
        community=COMMUNITY,
        channel=post.post.where.channel,
        post=PostId(1),
        written_at=MIDNIGHT,
        author=MemberId(50),
        member=MemberId(51),
        emoji=DEFAULT_EMOJI[0],
        at=MIDNIGHT + timedelta(days=1),
    )
    later = replace(first, emoji=DEFAULT_EMOJI[1], at=MIDNIGHT + timedelta(days=3))
    await hear(database, [first, later])
    async with database.reading() as stores:
        since, until = MIDNIGHT + timedelta(days=2), MIDNIGHT + timedelta(days=9)
        assert await stores.likes.likes_by(COMMUNITY, [MemberId(51)], since, until) == []
        (like,) = await stores.likes.likes_by(COMMUNITY, [MemberId(51)], MIDNIGHT, until)
    assert like.at == first.at
