"""Every language says every text, within the limits of Discord and with nothing lost."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Message
from discord import app_commands

from bot.catalogues import FileCatalogues, read_catalogue
from bot.discord_io.translator import looked_up
from bot.domain.wording import AS_WRITTEN, COMMAND_NAME
from tests.catalogues import (
    ROOT,
    AnyCommand,
    Key,
    all_commands,
    all_texts,
    empty_in,
    path_of,
    read,
    updated,
    write,
)

LANGUAGES = FileCatalogues().languages[1:]
NAME_RULE = re.compile(r"^[-_'\w]{1,32}$")
"""Discord's rule for names; menus may hold spaces and capitals besides."""
MENTION = re.compile(r"`/([^`]+?)`")
LIMITS = {
    ("Button", "label"): 80,
    ("Modal", "title"): 45,
    ("Label", "text"): 45,
    ("Label", "description"): 100,
    ("Select", "placeholder"): 150,
    ("SelectOption", "label"): 100,
    ("SelectOption", "description"): 100,
    ("TextInput", "placeholder"): 100,
    ("Embed", "title"): 256,
    ("add_field", "name"): 256,
    ("Choice", "name"): 100,
}
"""Discord's limits, for what stands in such a call."""
CONSTANTS = {
    ("bot/discord_io/factcheck_forms.py", "LABELS"): 45,
    ("bot/discord_io/factcheck_forms.py", "HINTS"): 100,
    ("bot/discord_io/factcheck_forms.py", "TITLES"): 45,
    ("bot/discord_io/reviews.py", "BUTTONS"): 80,
    ("bot/domain/ratings.py", "HELPFUL_REASONS"): 100,
    ("bot/domain/ratings.py", "UNHELPFUL_REASONS"): 100,
}
"""The same for texts that a module holds in constants."""
SPARE = 6
"""Characters that a value in the place of a field takes at most, in texts with a tight limit."""


@pytest.fixture(scope="module")
def texts() -> set[Key]:
    return all_texts()


@pytest.fixture(scope="module")
def commands() -> list[AnyCommand]:
    return asyncio.run(all_commands())


def pairs(message: Message) -> list[tuple[tuple[str, ...], str]]:
    """Return each form of a translation, with the one or two of English."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    texts = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    return [(texts, str(form)) for form in forms]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_exactly_the_texts_of_the_bot(language: str, texts: set[Key]) -> None:
    written = {
        (m.context, m.id if isinstance(m.id, str) else tuple(m.id)) for m in read(language) if m.id
    }
    hint = f"run: python -m tests.catalogues {language}"
    assert written - texts == set(), hint
    assert texts - written == set(), hint


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated_or_doubtful(language: str) -> None:
    catalogue = read(language)
    assert empty_in(catalogue) == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_the_same_fields(language: str) -> None:
    wrong = [
        (texts, said)
        for message in read(language)
        if message.id
        for texts, said in pairs(message)
        if fields(said) not in map(fields, texts)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_like_the_text(language: str) -> None:
    wrong = [
        (texts, said)
        for message in read(language)
        if message.id
        for texts, said in pairs(message)
        if edges(said) != edges(texts[0])
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_as_the_tool_writes_it(
    language: str, texts: set[Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path_of(language).read_text(encoding="utf-8")
    again = updated(language, texts)
    monkeypatch.setattr("tests.catalogues.FOLDER", tmp_path)
    write(language, again)
    assert path_of(language).read_text(encoding="utf-8") == before


# Commands


def localised(language: str, text: str, location: app_commands.TranslationContextLocation) -> str:
    return looked_up(FileCatalogues().find(language), text, location)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_names_and_descriptions_of_commands_fit_discords_rules(
    language: str, commands: list[AnyCommand]
) -> None:
    wrong = []
    where = app_commands.TranslationContextLocation
    for command in commands:
        if isinstance(command, app_commands.ContextMenu):
            if not 1 <= len(localised(language, command.name, where.command_name)) <= 32:
                wrong.append(command.name)
            continue
        names = [localised(language, command.name, where.command_name)]
        said = [localised(language, command.description, where.command_description)]
        if isinstance(command, app_commands.Command):
            for option in command.parameters:
                names.append(localised(language, str(option.display_name), where.parameter_name))
                said.append(localised(language, str(option.description), where.other))
                said += [localised(language, c.name, where.choice_name) for c in option.choices]
        wrong += [n for n in names if not NAME_RULE.match(n) or n != n.lower()]
        wrong += [text for text in said if not 1 <= len(text) <= 100]
    assert wrong == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_commands_and_options_of_the_same_level_have_different_names(
    language: str, commands: list[AnyCommand]
) -> None:
    where = app_commands.TranslationContextLocation
    levels: dict[str, list[str]] = {}
    for command in commands:
        name = localised(language, command.name, where.command_name)
        parent = getattr(command, "parent", None)
        above = type(command).__name__ if isinstance(command, app_commands.ContextMenu) else ""
        levels.setdefault(parent.qualified_name if parent else above, []).append(name)
        if isinstance(command, app_commands.Command):
            levels[f"options of {command.qualified_name}"] = [
                localised(language, str(option.display_name), where.parameter_name)
                for option in command.parameters
            ]
    assert {at: names for at, names in levels.items() if len(set(names)) < len(names)} == {}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_commands_that_a_text_names_exist_in_its_language(
    language: str, commands: list[AnyCommand], texts: set[Key]
) -> None:
    catalogue = FileCatalogues().find(language)
    known = {
        " ".join(
            catalogue.pgettext(COMMAND_NAME, word) for word in command.qualified_name.split(" ")
        )
        for command in commands
        if not isinstance(command, app_commands.ContextMenu)
    }
    unknown = [
        (said, mention)
        for said in sentences(language, texts)
        for mention in MENTION.findall(said)
        if not any(f"{mention} ".startswith(f"{path} ") for path in known)
    ]
    assert unknown == []


def sentences(language: str, texts: set[Key]) -> Iterator[str]:
    """Yield all that is said in a language."""
    if language == "en":
        for _context, said in texts:
            yield from [said] if isinstance(said, str) else said
        return
    for message in read(language):
        yield from message.string if isinstance(message.string, tuple) else [str(message.string)]


# Limits


def limited() -> Iterator[tuple[str, int]]:
    """Yield the texts whose place has a limit."""
    for path in [*(ROOT / "cogs").rglob("*.py"), *(ROOT / "bot/discord_io").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            for keyword in call.keywords:
                limit = LIMITS.get((name, keyword.arg or ""))
                if limit is not None:
                    yield from ((text, limit) for text in _looked_up(keyword.value))
    for (where, constant), limit in CONSTANTS.items():
        tree = ast.parse((ROOT / where).read_text(encoding="utf-8"))
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            target = node.target if isinstance(node, ast.AnnAssign) else target
            if isinstance(target, ast.Name) and target.id == constant:
                yield from ((text, limit) for text in _looked_up(node))


def _looked_up(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "N_", "ngettext"}:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_longest_rendering_fits_where_it_is_shown(language: str) -> None:
    catalogue = FileCatalogues().find(language)
    found = list(limited())
    assert len(found) > 40
    too_long = [
        (limit, said)
        for text, limit in found
        if len(re.sub(r"\{[^}]*\}", "x" * SPARE, said := catalogue.gettext(text))) > limit
    ]
    assert too_long == []


def test_english_is_as_written_and_an_unknown_language_is_english() -> None:
    catalogues = FileCatalogues()
    assert catalogues.find("en") is AS_WRITTEN
    assert catalogues.find("tlh") is AS_WRITTEN
    assert catalogues.languages[0] == "en"


def test_a_doubtful_entry_is_not_said(tmp_path: Path) -> None:
    path = tmp_path / "footnote.po"
    path.write_text('#, fuzzy\nmsgid "Helpful"\nmsgstr "Vielleicht"\n', encoding="utf-8")
    assert read_catalogue(path).gettext("Helpful") == "Helpful"


def test_the_fingerprint_changes_with_any_text(tmp_path: Path) -> None:
    path = tmp_path / "de/LC_MESSAGES/footnote.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "Helpful"\nmsgstr "Hilfreich"\n', encoding="utf-8")
    before = FileCatalogues(tmp_path)
    assert before.languages == ("en", "de")
    found = before.fingerprint
    assert FileCatalogues(tmp_path).fingerprint == found
    path.write_text('msgid "Helpful"\nmsgstr "Nützlich"\n', encoding="utf-8")
    assert FileCatalogues(tmp_path).fingerprint != found
