import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]


def direct() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return [Requirement(each) for each in listed]


def constraints() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_every_constraint_is_one_exact_version_without_an_address() -> None:
    for each in constraints():
        assert each.url is None
        (pin,) = each.specifier
        assert pin.operator == "=="
        assert Version(pin.version)
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


def test_every_direct_dependency_has_a_constraint_that_its_pin_allows() -> None:
    pinned: dict[str, list[str]] = {}
    for each in constraints():
        (pin,) = each.specifier
        pinned.setdefault(canonicalize_name(each.name), []).append(pin.version)
    for wanted in direct():
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"constraints.txt lacks {wanted.name}; make it anew (CONTRIBUTING.md)"
        for version in versions:
            assert wanted.specifier.contains(version), f"{wanted} forbids {version}"


def test_every_direct_dependency_says_why_it_is_there_and_nothing_else_does() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"(?m)^\| (?!package|---)([\w.-]+) \| \S.*\|$", page)
    assert sorted(explained) == sorted(each.name for each in direct())


def test_no_lock_file_is_tracked_because_it_records_addresses(tracked: tuple[Path, ...]) -> None:
    assert [path.name for path in tracked if path.suffix == ".lock"] == []
