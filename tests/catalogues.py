"""Makes and compares the catalogues of languages: `uv run python -m tests.catalogues --help`.

Knows where texts stand in the code: in calls of `_`, `N_` and `ngettext`, and in the commands as
they are registered. It is no part of the bot; the tests of languages build on it.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from discord import app_commands
from pydantic import SecretStr

from bot.catalogues import FILE, FOLDER
from bot.discord_io.translator import CHOICE
from bot.domain.wording import COMMAND_NAME
from bot.registering import unconnected
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "ngettext": (1, 2)}
HEAD = """# What Footnote says in this language. The glossary and the commands: docs/languages.md.
msgid ""
msgstr ""
"Project-Id-Version: Footnote\\n"
"Language: {language}\\n"
"Plural-Forms: {forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
Key = tuple[str | None, str | tuple[str, str]]
"""A context, and a text or its two forms."""
AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


def texts_of_code() -> Iterator[Key]:
    """Yield every text that the code looks up."""
    for package in ("bot", "cogs", "db"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.relative_to(ROOT).parts[:2] == ("bot", "sandbox"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from texts_of_call(node.func.id, node.args)


def texts_of_call(name: str, arguments: list[ast.expr]) -> Iterator[Key]:
    """Yield the text of a call that looks it up; Babel's own reader misses those in f-strings."""
    match name, arguments:
        case "_" | "N_", [ast.Constant(value=str(said))]:
            yield None, said
        case "ngettext", [ast.Constant(value=str(one)), ast.Constant(value=str(many)), _]:
            yield None, (one, many)


async def all_commands() -> list[AnyCommand]:
    """Return every command, group and menu as the bot registers it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            discord_token=SecretStr("none"),
            database_url=f"sqlite+aiosqlite:///{folder}/commands.db",
        )
        async with unconnected(settings) as bot:
            return list(walked(bot.tree))


def walked(tree: app_commands.CommandTree[Any]) -> Iterator[AnyCommand]:
    """Yield a tree's commands, groups and menus, each in its language of writing."""
    yield from tree.walk_commands()
    for command in tree.get_commands():
        if isinstance(command, app_commands.ContextMenu):
            yield command


def texts_of_commands(commands: list[AnyCommand]) -> Iterator[Key]:
    """Yield what members see of commands: names, descriptions, options and choices."""
    for command in commands:
        yield COMMAND_NAME, command.name
        if isinstance(command, app_commands.ContextMenu):
            continue
        yield None, command.description
        if isinstance(command, app_commands.Group):
            continue
        for parameter in command.parameters:
            yield COMMAND_NAME, str(parameter.display_name)
            yield None, str(parameter.description)
            for choice in parameter.choices:
                yield CHOICE, choice.name


def all_texts() -> set[Key]:
    """Return every text of the bot."""
    found = {
        *texts_of_code(),
        *texts_of_templates(),
        *texts_of_commands(asyncio.run(all_commands())),
    }
    # One form and two forms of the same text share an entry in gettext: the two forms hold both.
    single = {(context, said[0]) for context, said in found if isinstance(said, tuple)}
    return found - single


def texts_of_templates() -> Iterator[Key]:
    """Yield every text that a page of the web server looks up."""
    for path in sorted((ROOT / "bot/web/templates").glob("*.j2")):
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract("jinja2", file, KEYWORDS):
                yield None, message if isinstance(message, str) else (message[0], message[1])


def path_of(language: str) -> Path:
    """Return a language's file."""
    return FOLDER / language / FILE


def read(language: str) -> Catalog:
    """Read a language's file."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, texts: set[Key]) -> Catalog:
    """Return a language's catalogue with exactly these texts; new ones are empty."""
    old = read(language) if path_of(language).exists() else Catalog(locale=language)
    new = Catalog(locale=language, project="Footnote", fuzzy=False)
    for context, said in texts:
        known = old.get(said, context=context)
        new.add(
            said,
            known.string if known is not None else None,
            context=context,
            user_comments=known.user_comments if known is not None else (),
        )
    return new


def write(language: str, catalogue: Catalog) -> None:
    """Write a language's file: in a fixed order, without dates and line numbers."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEAD.format(language=language, forms=catalogue.plural_forms).encode())
        write_po(file, catalogue, width=96, sort_output=True, no_location=True, omit_header=True)


def empty_in(catalogue: Catalog) -> list[str]:
    """Return the texts that have no translation yet."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]


def main() -> None:
    """Bring one language's file up to date with the code, or begin a new one."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogues", description=main.__doc__)
    parser.add_argument("language", help='such as "de" or "pt_BR"')
    language = parser.parse_args().language
    catalogue = updated(language, all_texts())
    write(language, catalogue)
    missing = empty_in(catalogue)
    said = f"{path_of(language).relative_to(ROOT)}: {len(catalogue)} texts, {len(missing)} empty.\n"
    sys.stdout.write(said)


if __name__ == "__main__":
    main()
