"""Cited pages are looked at once a week, politely, and what is due is listed."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.factchecks import FactCheck, Source, Status
from bot.domain.sources import Probe, Reached, SourceHealth
from bot.services.ports import Page
from bot.services.source_care import MOST_IN_A_RUN, SourceCareService
from tests.builders import COMMUNITY, NOON, build_fact_check
from tests.unit.services.conftest import Stage

DAY = timedelta(days=1)
FIRST, SECOND = "https://example.org/1", "https://example.org/2"


class FakePages:
    """A web whose pages are there unless told otherwise."""

    def __init__(self) -> None:
        self.probed: list[str] = []
        self.told: dict[str, Probe] = {}

    async def fetch(self, url: str) -> Page:
        raise AssertionError(f"{url} is only to be probed")

    async def probe(self, url: str) -> Probe:
        self.probed.append(url)
        return self.told.get(url, Probe(reached=Reached.THERE))


@pytest.fixture
def pages() -> FakePages:
    return FakePages()


@pytest.fixture
def care(stage: Stage, pages: FakePages) -> SourceCareService:
    return SourceCareService(stage.database, pages, stage.clock)


def citing(*urls: str, **changes: Any) -> FactCheck:
    sources = tuple(Source(n=n, url=url, publisher="P") for n, url in enumerate(urls, start=1))
    values = {"slug": "other-claim", "claim": "Another claim", "sources": sources}
    return build_fact_check(**(values | changes))


async def test_one_page_of_each_host_in_a_run(
    stage: Stage, care: SourceCareService, pages: FakePages
) -> None:
    await stage.install(citing("https://other.example/a", FIRST))
    assert await care.run() == 2
    assert pages.probed == [FIRST, "https://other.example/a"]
    assert await care.run() == 1
    assert pages.probed[2:] == [SECOND]
    assert await care.run() == 0


async def test_a_run_is_bounded(stage: Stage, care: SourceCareService) -> None:
    urls = [f"https://host-{number}.example/" for number in range(MOST_IN_A_RUN + 5)]
    await stage.install(citing(*urls))
    assert await care.run() == MOST_IN_A_RUN
    assert await care.run() == 7


async def test_a_page_is_looked_at_again_after_a_week(
    stage: Stage, care: SourceCareService, pages: FakePages
) -> None:
    for _ in range(3):
        await care.run()
    stage.clock.advance(6 * DAY)
    assert await care.run() == 0
    stage.clock.advance(DAY)
    assert await care.run() == 1


async def test_pages_of_drafts_and_retired_fact_checks_are_left_alone(
    stage: Stage, care: SourceCareService, pages: FakePages
) -> None:
    await stage.install(citing("https://draft.example/", status=Status.DRAFT))
    await stage.install(citing("https://old.example/", slug="old", status=Status.RETIRED))
    await care.run()
    assert pages.probed == [FIRST]


async def test_a_dead_page_comes_first_on_the_list_of_what_is_due(
    stage: Stage, care: SourceCareService, pages: FakePages
) -> None:
    near = citing("https://fine.example/", review_by=NOON.date() + 10 * DAY)
    await stage.install(near)
    pages.told[FIRST] = Probe(reached=Reached.GONE, said="no such page (410)")
    for _ in range(3):
        await care.run()
        stage.clock.advance(DAY)
    first, *others, last = await care.due(COMMUNITY)
    assert [state.health for state in first.sources] == [SourceHealth.DEAD]
    assert first.review_on is None
    assert (last.fact_check.slug, last.review_on) == (near.slug, near.review_by)
    assert len(others) == 1, "both fact-checks of the stage cite the page"


async def test_a_review_is_due_by_age_where_no_day_is_given(
    stage: Stage, care: SourceCareService
) -> None:
    await stage.install(citing(checked_on=date(2025, 12, 1)))
    await stage.install(citing(slug="undated", checked_on=None))
    found = {one.fact_check.slug: one.review_on for one in await care.due(COMMUNITY)}
    assert found == {"other-claim": date(2026, 12, 1), "undated": None}
