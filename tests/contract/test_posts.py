"""What every `PostStore` promises: ids and times, whatever the order of events."""

from datetime import timedelta
from typing import Any

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import day_of
from bot.domain.posts import Post
from bot.domain.trust import Written
from bot.services.ports import Database
from tests.builders import CHANNEL, COMMUNITY, FORUM, NOON, build_post, build_where

OTHER = CommunityId(70_000_000_000_000_002)
THREAD = PlaceId(70_000_000_000_000_900)
HOUR = timedelta(hours=1)


def post(number: int, **changes: Any) -> Post:
    return build_post(id=PostId(number), **changes)


async def count(database: Database, community: CommunityId = COMMUNITY) -> int:
    async with database.reading() as stores:
        return await stores.posts.count(community, NOON - HOUR)


async def record(database: Database, *posts: Post) -> None:
    async with database.writing() as stores:
        await stores.posts.record(posts)


async def test_posts_by_people_are_counted_from_a_moment_on(database: Database) -> None:
    await record(
        database,
        post(1, created_at=NOON - 2 * HOUR),
        post(2, created_at=NOON - HOUR),
        post(3),
        post(4, by_person=False),
        post(5, where=build_where(community=OTHER)),
    )
    assert await count(database) == 2
    assert await count(database, OTHER) == 1


async def test_a_post_is_recorded_once_however_often_it_comes(database: Database) -> None:
    await record(database, post(1), post(1), post(2))
    await record(database, post(1))
    assert await count(database) == 2


async def test_the_first_record_of_a_post_stays(database: Database) -> None:
    await record(database, post(1), post(1, created_at=NOON - 9 * HOUR, by_person=False))
    assert await count(database) == 1


async def test_an_edit_is_no_second_post(database: Database) -> None:
    await record(database, post(1), post(1, edited_at=NOON + HOUR), post(1, edited_at=NOON))
    assert await count(database) == 1


async def test_the_same_id_in_two_communities_is_two_posts(database: Database) -> None:
    await record(database, post(1), post(1, where=build_where(community=OTHER)))
    async with database.writing() as stores:
        await stores.posts.mark_deleted(OTHER, [PostId(1)], NOON)
    assert await count(database) == 1
    assert await count(database, OTHER) == 0


async def test_a_deleted_post_counts_no_more(database: Database) -> None:
    await record(database, post(1), post(2), post(3))
    async with database.writing() as stores:
        await stores.posts.mark_deleted(COMMUNITY, {PostId(1), PostId(2)}, NOON)
        await stores.posts.mark_deleted(COMMUNITY, [PostId(1)], NOON + HOUR)
    assert await count(database) == 1


async def test_a_deletion_that_comes_before_its_post_holds(database: Database) -> None:
    async with database.writing() as stores:
        await stores.posts.mark_deleted(COMMUNITY, [PostId(1)], NOON)
    assert await count(database) == 0
    await record(database, post(1), post(2))
    assert await count(database) == 1


async def test_with_a_place_go_its_posts_and_those_of_its_threads(database: Database) -> None:
    in_thread = build_where(channel=THREAD, parent=FORUM, is_thread=True)
    in_forum = build_where(channel=FORUM)
    await record(database, post(1, where=in_thread), post(2, where=in_forum), post(3), post(4))
    async with database.writing() as stores:
        await stores.posts.mark_place_deleted(COMMUNITY, FORUM, NOON)
    assert await count(database) == 2
    async with database.writing() as stores:
        await stores.posts.mark_place_deleted(OTHER, CHANNEL, NOON)
    assert await count(database) == 2
    async with database.writing() as stores:
        await stores.posts.mark_place_deleted(COMMUNITY, CHANNEL, NOON)
    assert await count(database) == 0


async def test_a_thread_goes_without_its_forum(database: Database) -> None:
    in_thread = build_where(channel=THREAD, parent=FORUM, is_thread=True)
    await record(database, post(1, where=in_thread), post(2, where=build_where(channel=FORUM)))
    async with database.writing() as stores:
        await stores.posts.mark_place_deleted(COMMUNITY, THREAD, NOON)
    assert await count(database) == 1


async def test_a_place_with_one_deleted_post_is_deleted_with_the_rest(database: Database) -> None:
    await record(database, post(1), post(2))
    async with database.writing() as stores:
        await stores.posts.mark_deleted(COMMUNITY, [PostId(1), PostId(9)], NOON)
        await stores.posts.mark_place_deleted(COMMUNITY, CHANNEL, NOON)
    assert await count(database) == 0


async def test_a_batch_beyond_the_drivers_parameters_is_recorded(database: Database) -> None:
    await record(database, *(post(number) for number in range(1, 6_001)))
    assert await count(database) == 6_000
    async with database.writing() as stores:
        gone = [PostId(number) for number in range(1, 5_001)]
        await stores.posts.mark_deleted(COMMUNITY, gone, NOON)
    assert await count(database) == 1_000


async def test_nothing_to_record_is_no_error(database: Database) -> None:
    async with database.writing() as stores:
        await stores.posts.record([])
        await stores.posts.mark_deleted(COMMUNITY, [], NOON)
    assert await count(database) == 0


async def test_what_is_known_of_posts_can_be_asked(database: Database) -> None:
    edited = NOON + HOUR
    await record(database, post(1), post(2, edited_at=edited))
    async with database.writing() as stores:
        await stores.posts.mark_deleted(COMMUNITY, [PostId(3)], NOON)
    async with database.reading() as stores:
        asked = [PostId(number) for number in (1, 2, 3, 4)]
        assert await stores.posts.known(COMMUNITY, asked) == {1: None, 2: edited, 3: None}
        assert await stores.posts.known(OTHER, asked) == {}
        assert await stores.posts.known(COMMUNITY, []) == {}


async def test_what_a_person_wrote_is_counted_by_day_and_channel(database: Database) -> None:
    author, day = MemberId(70_000_000_000_000_200), timedelta(days=1)
    midnight = NOON.replace(hour=0)
    moments = [
        midnight - timedelta(seconds=1),
        midnight,
        NOON,
        NOON,
        NOON - 5 * day,
    ]
    posts = [build_post(id=PostId(500 + n), created_at=at) for n, at in enumerate(moments)]
    elsewhere = build_post(id=PostId(600), where=build_where(channel=FORUM))
    others = [
        build_post(id=PostId(601), author=MemberId(7)),
        build_post(id=PostId(602), by_person=False),
        build_post(id=PostId(603)),
    ]
    async with database.writing() as stores:
        await stores.posts.record([*posts, elsewhere, *others])
        await stores.posts.mark_deleted(COMMUNITY, [PostId(603)], NOON)
    async with database.reading() as stores:
        found = await stores.posts.written(COMMUNITY, author, NOON - 2 * day)
    today = day_of(NOON)
    assert list(found) == [
        Written(day=today - 1, place=CHANNEL, posts=1),
        Written(day=today, place=CHANNEL, posts=3),
        Written(day=today, place=FORUM, posts=1),
    ]
