"""Every command that exists, sent by a plain member whose client is not honest.

The list of commands is read from the bot's own tree: a new one is refused to members, or stands
in `OPEN_TO_MEMBERS` because somebody meant it to be open.
"""

from __future__ import annotations

from typing import Any

from discord import AppCommandOptionType as Kind
from discord import app_commands

from bot.tree import NOT_AUDITED
from tests.e2e.bot.live import Live, all_rows

OPEN_TO_MEMBERS = frozenset(
    {
        "Check this message",
        "Flag to moderators",
        "Why this note?",
        "check",
        "likes emoji list",
        "likes top",
        "mydata export",
        "mydata forget",
        "mydata show",
        "optin",
        "optout",
        "status",
        "trust explain",
    }
)
REFUSALS = ("You need the permission", "Only moderators")
UNTOUCHED = frozenset({"audit_entry", "alembic_version", "coverage", "lease", "setting", "post"})
"""Tables that change without a member's doing, and the audit that must tell of the attempt."""


def every_command(running: Live) -> list[app_commands.Command[Any, ..., Any]]:
    """Return all slash commands that can be used, subcommands included."""
    found = running.bot.tree.walk_commands()
    return [each for each in found if isinstance(each, app_commands.Command)]


def a_value(parameter: app_commands.Parameter, running: Live) -> object:
    """Return a value that this option takes."""
    sandbox = running.sandbox
    if parameter.choices:
        return parameter.choices[0].value
    match parameter.type:
        case Kind.integer | Kind.number:
            return int(parameter.min_value or 1)
        case Kind.boolean:
            return False
        case Kind.user | Kind.mentionable:
            return sandbox.member("Mika").id
        case Kind.channel:
            return sandbox.channel("general").id
        case Kind.role:
            return sandbox.member("Mika").member.role_ids[0]
        case _:
            return "1h" if (parameter.min_value or 0) <= 2 else "x" * int(parameter.min_value or 2)


async def forge(running: Live, command: app_commands.Command[Any, ..., Any]) -> str:
    """Let a plain member send a command with all its required options; return the answer."""
    needed = [each for each in command.parameters if each.required]
    files = {each.name: ("x.json", b"{}") for each in needed if each.type is Kind.attachment}
    options = {each.name: a_value(each, running) for each in needed if each.name not in files}
    member = running.sandbox.member("Sol")
    waiting = member.slash_with(command.qualified_name, options, files=files, forge=True)
    answer = await waiting.answer()
    assert answer.ephemeral, command.qualified_name
    return answer.text


async def test_no_command_of_moderators_works_for_a_plain_member(running: Live) -> None:
    before = all_rows(running.settings)
    checked = []
    for command in every_command(running):
        name = command.qualified_name
        if name not in OPEN_TO_MEMBERS:
            text = await forge(running, command)
            assert text.startswith(REFUSALS), f"/{name} answered: {text}"
            checked.append(name)
    assert {"mod ban", "case import", "watch add", "audit"} <= set(checked)
    assert OPEN_TO_MEMBERS <= NOT_AUDITED, "what members look at is nobody's business"
    await running.sandbox.eventually(lambda: set(checked) - NOT_AUDITED <= refused(running), 20)
    after = all_rows(running.settings)
    for table in before.keys() - UNTOUCHED:
        assert after[table] == before[table], f"{table} was changed"


def refused(running: Live) -> set[str]:
    """Return the commands of which the audit holds a refused attempt."""
    rows = running.rows("audit_entry")
    return {row["command"] for row in rows if row["outcome"] == "refused"}


async def test_every_root_command_of_moderators_is_hidden_from_members(running: Live) -> None:
    for root in running.bot.tree.get_commands():
        if root.name not in OPEN_TO_MEMBERS:
            hidden = root.default_permissions
            subcommands = [
                c.qualified_name for c in every_command(running) if c.root_parent is root
            ]
            if not OPEN_TO_MEMBERS.intersection(subcommands):
                assert hidden is not None, f"/{root.name} is shown to everybody"
                assert hidden.value, root.name
            assert root.guild_only, root.name
