import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> tuple[Path, ...]:
    """Every file that git knows, new ones included, ignored ones not."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("this is no git checkout")
    return tuple(path for name in answer.stdout.split("\0") if (path := ROOT / name).is_file())


@pytest.fixture(scope="session")
def modules() -> tuple[Path, ...]:
    """Every module of the product."""
    return tuple(
        path for package in ("bot", "cogs", "db") for path in sorted((ROOT / package).rglob("*.py"))
    )
