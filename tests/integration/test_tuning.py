"""`footnote tune` on a database with labels."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ids import CommunityId, MemberId, PostId
from bot.domain.reviews import Label
from bot.domain.tuning import LEAST_LABELS
from db.engine import open_database
from tests.builders import ASIA, CHANNEL, COMMUNITY, NOON
from tests.contract.records import build_judgement

OTHER = CommunityId(77)


async def seed(url: str, *, right: int, wrong: int, community: CommunityId = COMMUNITY) -> None:
    """Label likely matches as right and less likely ones as wrong."""
    async with open_database(url) as database, database.writing() as stores:
        for number in range(right + wrong):
            is_right = number < right
            post = PostId(community + number)
            label = Label(
                community=community,
                channel=CHANNEL,
                post=post,
                slug=ASIA,
                right=is_right,
                by=MemberId(9),
                at=NOON + timedelta(minutes=number),
            )
            await stores.labels.put(label)
            await stores.judgements.add(
                build_judgement(
                    community=community, post=post, probability=0.97 if is_right else 0.62
                )
            )


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


def test_the_table_and_the_plot_show_where_wrong_matches_end(
    sqlite_url: str, tmp_path: Path
) -> None:
    asyncio.run(seed(sqlite_url, right=40, wrong=20))
    done = footnote("tune", "--out", "plots", url=sqlite_url, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "60 labels: 40 right, 20 wrong." in done.stdout
    assert "     0.60     60     40     20       0.67      0.54    1.00" in done.stdout
    assert "     0.65     40     40      0       1.00      0.91    1.00" in done.stdout
    assert "with 95 % certainty: 0.65." in done.stdout
    assert (tmp_path / "plots/tuning.png").read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in (tmp_path / "plots").iterdir()] == ["tuning.png"]


@pytest.mark.parametrize(
    "arguments", [(), pytest.param(("--community", str(OTHER)), marks=pytest.mark.thorough)]
)
def test_too_few_labels_conclude_nothing(
    sqlite_url: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    asyncio.run(seed(sqlite_url, right=5, wrong=LEAST_LABELS - 6, community=OTHER))
    done = footnote("tune", "--out", "plots", *arguments, url=sqlite_url, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"probability: {LEAST_LABELS - 1}; at least {LEAST_LABELS}" in done.stderr
    assert not (tmp_path / "plots").exists()


def test_a_folder_that_is_a_file_is_one_sentence(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(seed(sqlite_url, right=LEAST_LABELS, wrong=0))
    (tmp_path / "plots").write_text("")
    done = footnote("tune", "--out", "plots", url=sqlite_url, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "The picture cannot be written to plots" in done.stderr
