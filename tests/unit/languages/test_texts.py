"""No text that members read stands in the code without being looked up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOOKED_UP = {"_", "N_", "ngettext"}
SAID = {
    "Choice": ("name",),
    "Embed": ("title", "description"),
    "Label": ("text", "description"),
    "Modal": ("title",),
    "Select": ("placeholder",),
    "SelectOption": ("label", "description"),
    "TextDisplay": ("content",),
    "TextInput": ("placeholder", "label"),
    "Button": ("label",),
    "add_field": ("name", "value"),
    "add_option": ("label", "description"),
    "edit_message": ("content",),
    "edit_original_response": ("content",),
    "reply": (1,),
    "send": (0, "content"),
    "send_message": (0, "content"),
    "set_author": ("name",),
    "set_footer": ("text",),
    "ConflictError": (0,),
    "DurationError": (0,),
    "InvalidInputError": (0,),
    "NotAllowedError": (0,),
    "NotFoundError": (0,),
    "OwnPostError": (0,),
    "UserFacingError": (0,),
}
"""What is shown of each call: keywords, and arguments by position."""
OPERATORS = (
    # Read by whoever runs the bot, in a terminal, or written about files that they hand in.
    "bot/services/exports/",
    "bot/services/formats/",
    "bot/services/leasing.py",
    "bot/services/libraries.py",
    "bot/services/library_import.py",
    "bot/services/library_lint.py",
    "bot/services/matching_lines.py",
    "bot/services/replay_lines.py",
    "bot/services/replaying.py",
    "bot/services/storable.py",
    "bot/services/thread_files.py",
    "bot/services/tuning_chart.py",
)
NO_TEXT = {"Footnote", "Discord", "AutoMod"}
"""Names stay as they are."""


def _modules() -> list[Path]:
    found = [
        *(ROOT / "cogs").rglob("*.py"),
        *(ROOT / "bot/discord_io").rglob("*.py"),
        *(ROOT / "bot/services").rglob("*.py"),
        *(ROOT / "bot/domain").rglob("*.py"),
        *(ROOT / "db/stores").rglob("*.py"),
        *(ROOT / f"bot/{name}.py" for name in ("buttons", "client", "forms", "tree")),
    ]
    return [
        path
        for path in sorted(found)
        if not path.relative_to(ROOT).as_posix().startswith(OPERATORS)
    ]


MODULES = _modules()


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of a call that members read."""
    wanted = SAID.get(_name(call.func), ())
    for position, argument in enumerate(call.args):
        if position in wanted:
            yield argument
    for keyword in call.keywords:
        if keyword.arg in wanted:
            yield keyword.value


def _bare(shown: ast.expr, marked: set[str]) -> Iterator[str]:
    """Yield the texts in an expression, and the marked constants, that nothing looks up."""
    match shown:
        case ast.Call(func=ast.Name(id=name)) if name in LOOKED_UP:
            return
        case ast.Constant(value=str(text)):
            if text not in NO_TEXT and re.search(r"[^\W\d_]{2}.* |^[A-Z][a-z]+", text):
                yield text
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            if name in marked:
                yield name
        case _:
            for part in _parts(shown):
                yield from _bare(part, marked)


def _parts(shown: ast.expr) -> list[ast.expr]:
    """Return the expressions of which a text is made."""
    match shown:
        case ast.Call(func=ast.Attribute(attr="format", value=said)):
            return [said]
        case ast.Call(args=parts) | ast.JoinedStr(values=parts) | ast.BoolOp(values=parts):
            return parts
        case ast.FormattedValue(value=value) | ast.Await(value=value):
            return [value]
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            return [one, other]
    return []


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that run; what decorators say is translated when commands are registered."""
    registered = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in function.decorator_list
        for node in ast.walk(decorator)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in registered:
            yield node


def _marked(trees: dict[Path, ast.Module]) -> set[str]:
    """Return the names of constants whose texts are marked with `N_`."""
    return {
        target.id
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        if any(isinstance(n, ast.Name) and n.id == "N_" for n in ast.walk(node.value))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_every_text_that_members_read_is_looked_up(trees: dict[Path, ast.Module]) -> None:
    marked = _marked(trees)
    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno} {text!r}"
        for path, tree in trees.items()
        for call in _calls(tree)
        for shown in _shown(call)
        for text in _bare(shown, marked)
    ]
    assert not bare, "\n".join(bare)


def test_what_is_looked_up_is_written_there_or_marked(trees: dict[Path, ast.Module]) -> None:
    """An f-string inside `_()` would be another text each time, in no catalogue."""
    odd = [
        f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call)[:80]}"
        for path, tree in trees.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) in LOOKED_UP
        for argument in call.args[: 2 if _name(call.func) == "ngettext" else 1]
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
    ]
    assert odd == []


def test_no_function_that_looks_texts_up_gives_the_underscore_another_meaning(
    trees: dict[Path, ast.Module],
) -> None:
    shadowing = [
        f"{path.relative_to(ROOT)}:{function.lineno}"
        for path, tree in trees.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if _binds_underscore(function) and _looks_up(function)
    ]
    assert shadowing == []


def _binds_underscore(function: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == "_")
        for node in ast.walk(function)
    )


def _looks_up(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
        for node in ast.walk(function)
    )
