"""Digests outside of the chat: by the command line, and as an archive on the web server."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import pytest

from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import Digest
from bot.domain.ids import CommunityId, MemberId, PostId
from bot.domain.periods import Schedule
from bot.replay import replay_command
from bot.services.digests import chart
from bot.web.archive import Paint, Shelf, add_archive
from bot.web.digests import Names
from bot.web.health import build_app, serving
from db.engine import open_database
from tests.builders import CHANNEL, COMMUNITY, build_fact_check, build_post
from tests.unit.digests.conftest import DIGESTS, MONDAY, WEEK, build_stage
from tests.unit.digests.test_pages import build_digest

ATOM = "{http://www.w3.org/2005/Atom}"


async def seed(url: str) -> None:
    """Put a post into the last ended week."""
    now = datetime.now(UTC)
    monday = now - timedelta(days=now.weekday() + 7)
    at = monday.replace(hour=12, minute=0, second=0, microsecond=0)
    post = build_post(id=PostId(5), author=MemberId(6), created_at=at)
    async with open_database(url) as database, database.writing() as stores:
        await stores.posts.record([post])
        await stores.likes.rebuild(COMMUNITY)
        plan = DigestPlan(
            community=COMMUNITY, schedule=Schedule(hour=0), since=now, channel=CHANNEL
        )
        await stores.digests.put_plan(plan)


def footnote(*arguments: str, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"DATABASE_URL": url, "PATH": "", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def test_a_digest_is_written_from_the_database(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(seed(sqlite_url))
    done = footnote("digest", "--out", "digests", url=sqlite_url, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    written = sorted(path.suffix for path in (tmp_path / "digests").iterdir())
    assert written == [".html", ".md", ".png"]
    (text,) = (tmp_path / "digests").glob("*.md")
    assert "Posts **1**" in text.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--period", "2026-X1"), "There is no weekly period “2026-X1”"),
        (("--out", "file"), "The digest cannot be written to file"),
    ],
)
def test_a_wrong_use_of_digest_is_one_sentence(
    sqlite_url: str, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    asyncio.run(seed(sqlite_url))
    (tmp_path / "file").write_text("")
    done = footnote("digest", *arguments, url=sqlite_url, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_an_empty_database_says_that_no_community_is_known(sqlite_url: str, tmp_path: Path) -> None:
    done = footnote("digest", url=sqlite_url, folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "No community is known to this database yet.\n",
    )


@asynccontextmanager
async def archive(
    *digests: Digest, paint: Paint | None = None, public_url: str | None = None
) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    async def shelf(community: CommunityId, key: str | None) -> Shelf | None:
        if community != COMMUNITY:
            return None
        wanted = [each for each in digests if key in (None, each.key)]
        return Shelf(COMMUNITY, Names(community="Paper & Pixel"), wanted)

    async def painted(digest: Digest) -> bytes:
        return chart.paint(digest).png

    async def nothing() -> dict[str, bool]:
        return {}

    async def no_figures() -> dict[str, float]:
        return {}

    app = build_app(nothing, no_figures)
    add_archive(app, shelf, paint or painted, public_url=public_url)
    async with serving(app, "127.0.0.1", 0) as address, aiohttp.ClientSession() as session:
        yield session, f"{address}/digests/{COMMUNITY}/"


async def test_the_archive_has_an_index_pages_pictures_and_a_feed() -> None:
    digest = build_digest(liked_members=(MemberId(6),))
    async with archive(digest) as (session, home):
        async with session.get(home) as answer:
            assert 'href="2026-W48"' in await answer.text()
        async with session.get(f"{home}2026-W48") as answer:
            page = await answer.text()
            assert answer.content_type == "text/html"
            assert 'src="2026-W48.png"' in page
            assert "Thank you" not in page
        async with session.get(f"{home}2026-W48.png") as answer:
            assert (await answer.read()).startswith(b"\x89PNG")
        async with session.get(f"{home}feed.atom") as answer:
            feed = ElementTree.fromstring(await answer.text())  # noqa: S314 - our own
            assert feed.findtext(f"{ATOM}title") == "Digests of Paper & Pixel"
            assert feed.findtext(f"{ATOM}entry/{ATOM}id") == f"{home}2026-W48"


@pytest.mark.parametrize(
    "path", ["2026-W01", "2026-W01.png", "../7/", "../7/feed.atom", f"../{2**63}/"]
)
async def test_what_is_not_there_is_not_found(path: str) -> None:
    async with archive() as (session, home), session.get(f"{home}{path}") as answer:
        assert answer.status == 404


async def test_behind_a_proxy_the_feed_names_the_address_from_outside() -> None:
    outside = "https://bot.example.org"
    async with (
        archive(build_digest(), public_url=outside) as (session, home),
        session.get(f"{home}feed.atom") as answer,
    ):
        feed = ElementTree.fromstring(await answer.text())  # noqa: S314 - our own
    named = f"{outside}/digests/{COMMUNITY}/2026-W48"
    assert feed.findtext(f"{ATOM}entry/{ATOM}id") == named
    assert "127.0.0.1" not in str(ElementTree.tostring(feed))


async def test_a_picture_is_painted_once_and_one_at_a_time() -> None:
    painting, painted = 0, []

    async def slowly(digest: Digest) -> bytes:
        nonlocal painting
        painting += 1
        assert painting == 1
        await asyncio.sleep(0)
        painting -= 1
        painted.append(digest.key)
        return digest.key.encode()

    weeks = ("2026-W47", "2026-W48")
    digests = [build_digest(key=key) for key in weeks]
    async with archive(*digests, paint=slowly) as (session, home):

        async def ask(key: str) -> bytes:
            async with session.get(f"{home}{key}.png") as answer:
                return await answer.read()

        answers = await asyncio.gather(*map(ask, weeks * 3))
    assert answers == [key.encode() for key in weeks * 3]
    assert sorted(painted) == list(weeks)


async def test_a_communitys_archive_holds_what_stands_and_one_period_where_it_is_named() -> None:
    stage = build_stage()
    await stage.digests.set_channels(COMMUNITY, members=DIGESTS, moderators=None)
    for due in (MONDAY, MONDAY + WEEK, MONDAY + 2 * WEEK):
        if due < MONDAY + 2 * WEEK:
            await stage.happen(days_ago=-1)
        await stage.tick(due - stage.clock.now())
    stored = await stage.digests.archive(COMMUNITY)
    assert stored is not None
    assert [run.period.key for run in stored[1]] == ["2026-W49", "2026-W48"]
    named = await stage.digests.archive(COMMUNITY, "2026-W48")
    assert named is not None
    assert [run.period.key for run in named[1]] == ["2026-W48"]
    assert await stage.digests.archive(CommunityId(7)) is None


@pytest.mark.shared
def test_a_thread_that_states_one_like_is_counted_and_written_so(tmp_path: Path) -> None:
    thread = Path(__file__).parents[3] / "shared" / "seeds" / "discourse-asia-ai-art.txt"
    if not thread.exists():
        pytest.skip("needs the measurement data beside the checkout")
    assert replay_command(thread, [build_fact_check()], digest=Schedule(), out=tmp_path) == 0
    (written,) = tmp_path.glob("*.md")
    text = written.read_text(encoding="utf-8")
    assert "Likes **1**" in text
    assert "- 1 Like · in " in text
