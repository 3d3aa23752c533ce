"""Digests outside of the chat: by the command line, and as an archive on the web server."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import pytest

from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import Digest
from bot.domain.ids import MemberId, PostId
from bot.domain.periods import Schedule
from bot.replay import replay_command
from bot.services.digests.chart import paint
from bot.web.archive import Shelf, add_archive
from bot.web.digests import Names
from bot.web.health import build_app, serving
from db.engine import open_database
from tests.builders import CHANNEL, COMMUNITY, build_fact_check, build_post
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
async def archive(*digests: Digest) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    async def shelves() -> Sequence[Shelf]:
        return [Shelf(COMMUNITY, Names(community="Paper & Pixel"), digests)]

    async def painted(digest: Digest) -> bytes:
        return paint(digest).png

    async def nothing() -> dict[str, bool]:
        return {}

    async def no_figures() -> dict[str, float]:
        return {}

    app = build_app(nothing, no_figures)
    add_archive(app, shelves, painted)
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


@pytest.mark.parametrize("path", ["2026-W01", "2026-W01.png", "../7/", "../7/feed.atom"])
async def test_what_is_not_there_is_not_found(path: str) -> None:
    async with archive() as (session, home), session.get(f"{home}{path}") as answer:
        assert answer.status == 404


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
