"""What every `LibraryStore` promises: revisions, copy-on-write of the starter, no lost edit."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.factchecks import Example, FactCheck, Source, Status, Verdict
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, MemberId, Slug
from bot.services.errors import ConflictError, InvalidInputError
from bot.services.ports import Database, KeptExample, Revision
from tests.builders import ASIA, COMMUNITY, NOON, build_fact_check

OTHER = CommunityId(70_000_000_000_000_002)
MODERATOR = MemberId(70_000_000_000_000_300)


async def put(
    database: Database, fact_check: FactCheck, community: CommunityId = COMMUNITY, **named: Any
) -> None:
    values: dict[str, Any] = {"by": MODERATOR, "reason": "said so", "at": NOON} | named
    async with database.writing() as stores:
        await stores.library.put(community, fact_check, **values)


async def test_a_record_comes_back_whole(database: Database) -> None:
    record = build_fact_check(
        variants=("a", "b"),
        verdict=None,
        unknown_verdict="half right",
        title="Title",
        sources=(
            Source(n=2, title="T", publisher="P", url="https://e.org", published="2025-03"),
            Source(n=7, supports="what it says", title_verified=False),
        ),
        topics=("region",),
        questions=("And then?",),
        review_by=date(2027, 1, 1),
        origin="https://e.org/origin",
        requires=(("asia", "asian"), ("ai",)),
        extra={"weight": 1.5, "nested": {"list": [1, None, True, "x"]}},
    )
    await put(database, record)
    async with database.reading() as stores:
        assert await stores.library.get(COMMUNITY, record.slug) == record
        assert await stores.library.all(COMMUNITY) == [record]


async def test_a_record_with_nothing_but_a_claim_comes_back(database: Database) -> None:
    record = FactCheck(slug=Slug("bare"), claim="Bare.")
    await put(database, record)
    async with database.reading() as stores:
        assert await stores.library.get(COMMUNITY, record.slug) == record


async def test_an_extra_date_is_kept_as_text(database: Database) -> None:
    await put(database, build_fact_check(extra={"seen": date(2026, 1, 2), "pair": (1, 2)}))
    async with database.reading() as stores:
        kept = await stores.library.get(COMMUNITY, ASIA)
    assert kept is not None
    assert kept.extra == {"seen": "2026-01-02", "pair": [1, 2]}


async def test_an_extra_value_that_no_document_can_hold_is_refused(database: Database) -> None:
    for value in (float("nan"), object(), {1, 2}):
        with pytest.raises(InvalidInputError, match=r"extra\.odd"):
            await put(database, build_fact_check(extra={"odd": value}))
    async with database.reading() as stores:
        assert await stores.library.all(COMMUNITY) == []


async def test_every_revision_is_kept_with_author_reason_and_time(database: Database) -> None:
    first = build_fact_check()
    second = first.revised(verdict=Verdict.FALSE, status=Status.PAUSED)
    later = NOON + timedelta(days=1)
    await put(database, first, by=None, reason="import")
    await put(database, second, reason="new survey", at=later)
    async with database.reading() as stores:
        library = stores.library
        assert await library.history(COMMUNITY, ASIA) == [
            Revision(fact_check=second, by=MODERATOR, reason="new survey", at=later),
            Revision(fact_check=first, by=None, reason="import", at=NOON),
        ]
        assert await library.get(COMMUNITY, ASIA) == second
        assert await library.revision(COMMUNITY, ASIA, 1) == first
        assert await library.revision(COMMUNITY, ASIA, 3) is None


async def test_what_is_not_there_is_none(database: Database) -> None:
    async with database.reading() as stores:
        assert await stores.library.get(COMMUNITY, ASIA) is None
        assert await stores.library.revision(COMMUNITY, ASIA, 1) is None
        assert await stores.library.history(COMMUNITY, ASIA) == []
        assert await stores.library.all(COMMUNITY) == []
        assert await stores.library.owners() == set()


async def test_every_community_sees_the_starter_library(database: Database) -> None:
    starter = build_fact_check()
    await put(database, starter, STARTER_COMMUNITY)
    async with database.reading() as stores:
        for community in (STARTER_COMMUNITY, COMMUNITY, OTHER):
            assert await stores.library.get(community, ASIA) == starter
            assert await stores.library.all(community) == [starter]
            assert await stores.library.revision(community, ASIA, 1) == starter
            assert len(await stores.library.history(community, ASIA)) == 1
        assert await stores.library.owners() == {STARTER_COMMUNITY}


async def test_a_communitys_change_takes_the_starters_place_there_only(
    database: Database,
) -> None:
    starter = build_fact_check()
    own = starter.revised(summary="Our words.")
    await put(database, starter, STARTER_COMMUNITY)
    await put(database, own)
    async with database.reading() as stores:
        assert await stores.library.get(COMMUNITY, ASIA) == own
        assert await stores.library.all(COMMUNITY) == [own]
        assert await stores.library.get(OTHER, ASIA) == starter
        assert await stores.library.all(STARTER_COMMUNITY) == [starter]
        assert await stores.library.owners() == {STARTER_COMMUNITY, COMMUNITY}


async def test_a_community_sees_the_starters_revisions_up_to_its_own(database: Database) -> None:
    starter = build_fact_check()
    own = starter.revised(summary="Our words.")
    await put(database, starter, STARTER_COMMUNITY)
    await put(database, own)
    for change in ("Second.", "Third."):
        starter = starter.revised(summary=change)
        await put(database, starter, STARTER_COMMUNITY)
    async with database.reading() as stores:
        history = await stores.library.history(COMMUNITY, ASIA)
        assert [entry.fact_check.summary for entry in history] == [
            "Our words.",
            build_fact_check().summary,
        ]
        assert await stores.library.revision(COMMUNITY, ASIA, 1) == build_fact_check()
        assert await stores.library.revision(COMMUNITY, ASIA, 2) == own
        assert await stores.library.revision(COMMUNITY, ASIA, 3) is None
        assert await stores.library.get(OTHER, ASIA) == starter


async def test_all_are_sorted_by_slug_whatever_the_servers_language(database: Database) -> None:
    slugs = ["b-c", "ba", "b", "a-z", "az", "a1", "a-1"]
    for slug in slugs:
        await put(database, build_fact_check(slug=Slug(slug)))
    async with database.reading() as stores:
        found = [record.slug for record in await stores.library.all(COMMUNITY)]
    assert found == sorted(slugs)


@pytest.mark.parametrize("revision", [1, 3])
async def test_a_revision_out_of_turn_is_a_conflict(database: Database, revision: int) -> None:
    record = build_fact_check()
    await put(database, record)
    with pytest.raises(ConflictError, match="somebody else"):
        await put(database, build_fact_check(revision=revision, summary="Late."))
    async with database.reading() as stores:
        assert await stores.library.get(COMMUNITY, ASIA) == record
        assert len(await stores.library.history(COMMUNITY, ASIA)) == 1


async def test_a_new_record_begins_with_revision_1(database: Database) -> None:
    with pytest.raises(ConflictError):
        await put(database, build_fact_check(revision=2))


async def test_a_community_continues_the_starters_numbers(database: Database) -> None:
    await put(database, build_fact_check(), STARTER_COMMUNITY)
    with pytest.raises(ConflictError):
        await put(database, build_fact_check())


async def test_of_two_moderators_who_edit_at_once_one_is_told(database: Database) -> None:
    await put(database, build_fact_check(), STARTER_COMMUNITY)

    async def edit(number: int) -> bool:
        try:
            await put(database, build_fact_check(revision=2, summary=f"By {number}."))
        except ConflictError:
            return False
        return True

    won = await asyncio.gather(*(edit(number) for number in range(12)))
    assert sum(won) == 1
    async with database.reading() as stores:
        kept = await stores.library.get(COMMUNITY, ASIA)
        assert kept is not None
        assert kept.summary == f"By {won.index(True)}."
        assert len(await stores.library.history(COMMUNITY, ASIA)) == 2


async def test_examples_are_kept_once_and_in_order(database: Database) -> None:
    said = Example(slug=ASIA, text="over there they love it", raises=True)
    not_said = Example(slug=ASIA, text="Asia is big", raises=False, stance="none")
    long = Example(slug=ASIA, text="x" * 4000, raises=True)
    async with database.writing() as stores:
        library = stores.library
        for example in (said, not_said, long):
            assert await library.add_example(COMMUNITY, example, by=MODERATOR, at=NOON)
        again = Example(slug=ASIA, text=said.text, raises=False)
        assert not await library.add_example(COMMUNITY, again, by=MODERATOR, at=NOON)
        assert await library.add_example(OTHER, again, by=MODERATOR, at=NOON)
    async with database.reading() as stores:
        assert await stores.library.examples(COMMUNITY) == [said, not_said, long]
        assert await stores.library.examples(OTHER) == [again]
        assert await stores.library.examples(STARTER_COMMUNITY) == []


async def test_an_example_is_kept_with_its_author_and_forgotten_once(database: Database) -> None:
    said = Example(slug=ASIA, text="over there they love it", raises=True, stance="ask")
    other = Example(slug=Slug("other"), text=said.text, raises=True)
    async with database.writing() as stores:
        for example in (said, other):
            await stores.library.add_example(COMMUNITY, example, by=MODERATOR, at=NOON)
    async with database.reading() as stores:
        assert await stores.library.kept_examples(COMMUNITY, ASIA) == [
            KeptExample(example=said, by=MODERATOR, at=NOON)
        ]
        assert await stores.library.kept_examples(OTHER, ASIA) == []
        assert COMMUNITY in await stores.library.owners()
    async with database.writing() as stores:
        assert not await stores.library.remove_example(OTHER, ASIA, said.text)
        assert await stores.library.remove_example(COMMUNITY, ASIA, said.text)
        assert not await stores.library.remove_example(COMMUNITY, ASIA, said.text)
        assert await stores.library.examples(COMMUNITY) == [other]


async def test_a_communitys_own_records_are_told_from_the_starters(database: Database) -> None:
    starter, own = build_fact_check(slug="b"), build_fact_check(slug="a")
    await put(database, starter, STARTER_COMMUNITY)
    await put(database, own)
    await put(database, own.revised(claim="Changed."))
    async with database.reading() as stores:
        assert await stores.library.own(COMMUNITY) == [own.revised(claim="Changed.")]
        assert await stores.library.own(STARTER_COMMUNITY) == [starter]
        assert await stores.library.own(OTHER) == []


async def test_many_first_revisions_are_stored_together_or_not_at_all(database: Database) -> None:
    records = [build_fact_check(slug=f"n-{number}") for number in range(3)]
    values: dict[str, Any] = {"by": MODERATOR, "reason": "said so", "at": NOON}
    async with database.writing() as stores:
        await stores.library.put_first(COMMUNITY, [], **values)
        await stores.library.put_first(COMMUNITY, records, **values)
    async with database.reading() as stores:
        assert await stores.library.all(COMMUNITY) == records
        (entry,) = await stores.library.history(COMMUNITY, Slug("n-1"))
        assert (entry.fact_check, entry.by, entry.reason) == (records[1], MODERATOR, "said so")
    for wrong in (records[:1], [build_fact_check(slug="m", revision=2)], [build_fact_check()] * 2):
        with pytest.raises(ConflictError):
            async with database.writing() as stores:
                await stores.library.put_first(COMMUNITY, wrong, **values)
    await put(database, records[0].revised(claim="Changed."))
    async with database.reading() as stores:
        assert len(await stores.library.all(COMMUNITY)) == 3
