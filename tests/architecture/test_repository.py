import re
from pathlib import Path

import pytest

from bot.settings import Settings

SETTINGS = sorted(field.upper() for field in Settings.model_fields)
TOP_LEVEL = {
    ".ci", ".env.example", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md",
    "CONTRIBUTING.md", "LICENSE", "PRIVACY.md", "README.md", "bench", "bot", "cogs",
    "constraints.txt", "db", "docs", "examples", "pyproject.toml", "tests",
}  # fmt: skip
HEADINGS = ["Context", "Decision", "Consequences"]
# Spelt in parts, so that this file does not contain what it forbids.
MACHINE_PATHS = re.compile("|".join(f"/{name}/" for name in ("work", "root", "home", "Users")))


def test_the_example_file_names_every_setting_and_nothing_else(root: Path) -> None:
    example = (root / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"(?m)^#?([A-Z_]+)=", example)) == SETTINGS


def test_every_setting_in_the_example_file_follows_a_comment(root: Path) -> None:
    lines = (root / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        if re.match(r"#?[A-Z_]+=", line):
            assert before.startswith("#"), line


def test_the_operator_manual_has_every_setting_and_nothing_else(root: Path) -> None:
    manual = (root / "docs/operations.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"(?m)^\| `([A-Z_]+)` \|", manual)) == SETTINGS


def test_decisions_are_numbered_listed_and_complete(root: Path) -> None:
    folder = root / "docs/adr"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == [path.name for path in records]
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert re.match(rf"# {int(path.name[:4])}\. \S", text), path.name
        assert re.findall(r"(?m)^## (\w+)", text) == HEADINGS, path.name


@pytest.mark.parametrize("command", ["uv run footnote sandbox", "pip install uv && uv run pytest"])
def test_the_readme_says_how_to_see_it_and_how_to_test_it(root: Path, command: str) -> None:
    assert command in (root / "README.md").read_text(encoding="utf-8")


def test_the_top_level_holds_only_what_is_usual(tracked: tuple[Path, ...], root: Path) -> None:
    assert {path.relative_to(root).parts[0] for path in tracked} <= TOP_LEVEL


def test_no_file_names_a_path_of_one_machine(tracked: tuple[Path, ...], root: Path) -> None:
    naming = []
    for path in tracked:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image, or a broken file that a test needs
        if MACHINE_PATHS.search(text):
            naming.append(str(path.relative_to(root)))
    assert naming == []


def test_links_between_the_documents_lead_somewhere(tracked: tuple[Path, ...], root: Path) -> None:
    pages = [path for path in tracked if path.suffix == ".md" and "docs" in path.parts]
    dead = [
        f"{page.relative_to(root)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []
