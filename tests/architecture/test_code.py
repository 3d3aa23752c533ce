import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MODULE_LIMIT = 400
FUNCTION_LIMIT = 40
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
# The sandbox stands alone and so has a clock of its own; the migrations are run by alembic.
CLOCKS = ("bot/clock.py", "bot/sandbox/")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def nodes(path: Path, naming: str = "") -> Iterator[ast.AST]:
    """Return a module's nodes; none, and quickly, where its text does not name what is sought."""
    text = path.read_text(encoding="utf-8")
    return ast.walk(ast.parse(text, filename=str(path))) if re.search(naming, text) else iter(())


def python(tracked: tuple[Path, ...]) -> list[Path]:
    return [path for path in tracked if path.suffix == ".py"]


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_imports_run_one_way(root: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([linter], cwd=root, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_no_module_is_longer_than_its_limit(tracked: tuple[Path, ...], root: Path) -> None:
    lengths = {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python(tracked)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LIMIT} == {}


def test_no_function_is_longer_than_its_limit(modules: tuple[Path, ...], root: Path) -> None:
    too_long = [
        f"{path.relative_to(root)}:{node.lineno} {node.name}"
        for path in modules
        for node in nodes(path)
        if isinstance(node, Function) and _body_length(node) > FUNCTION_LIMIT
        if path.parent.name != "versions"  # migrations, which alembic drafts
    ]
    assert too_long == []


def _body_length(node: Function) -> int:
    """Count the lines after the docstring; one that only returns what it spells out is data."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    match body:
        case [] | [ast.Return(value=ast.Dict() | ast.List() | ast.Tuple() | ast.Call())]:
            return 0
        case [first, *_]:
            return (body[-1].end_lineno or 0) - first.lineno + 1
    return 0


def test_nothing_is_mocked(tracked: tuple[Path, ...], root: Path) -> None:
    mocking = [
        str(path.relative_to(root))
        for path in python(tracked)
        for node in nodes(path, "mock")
        if (isinstance(node, ast.Import) and any("mock" in each.name for each in node.names))
        or (isinstance(node, ast.ImportFrom) and "mock" in f"{node.module}.{node.names[0].name}")
    ]
    assert mocking == []


def test_only_the_command_line_prints(modules: tuple[Path, ...], root: Path) -> None:
    printing = {
        str(path.relative_to(root))
        for path in modules
        for node in nodes(path, "print|echo")
        if isinstance(node, ast.Call) and dotted(node.func) in ("print", "typer.echo")
    }
    assert {name for name in printing if not name.startswith("bot/subcommands/")} <= {"bot/cli.py"}


def test_only_the_settings_read_the_environment(modules: tuple[Path, ...], root: Path) -> None:
    reading = {
        str(path.relative_to(root))
        for path in modules
        for node in nodes(path, "environ|getenv")
        if dotted(node) in ("os.environ", "os.getenv")
    }
    assert reading <= {"bot/settings.py"}


def test_only_the_clock_knows_the_time(modules: tuple[Path, ...], root: Path) -> None:
    looking = {
        str(path.relative_to(root))
        for path in modules
        for node in nodes(path, r"\b(?:now|utcnow|today)\b")
        if dotted(node) in ("datetime.now", "datetime.utcnow", "date.today", "datetime.today")
    }
    assert {name for name in looking if not name.startswith(CLOCKS)} == set()


def test_modules_are_named_after_what_they_know(tracked: tuple[Path, ...], root: Path) -> None:
    vague = [
        str(path.relative_to(root))
        for path in python(tracked)
        if BANNED_NAMES & set(re.split(r"[/_.]", str(path.relative_to(root))))
    ]
    assert vague == []


def test_nothing_is_left_for_later(tracked: tuple[Path, ...], root: Path) -> None:
    unfinished = [
        f"{path.relative_to(root)}:{number}"
        for path in python(tracked)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert unfinished == []
