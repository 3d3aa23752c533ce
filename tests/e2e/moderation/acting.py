"""What tests about moderation ask and look up."""

from __future__ import annotations

from typing import Any

from bot.sandbox import Answer, Sandbox
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from tests.e2e.bot.live import Live

REASON = "spam in every channel"


async def ask(
    running: Live, command: str, *, by: str = "Tomas", forge: bool = False, **options: Any
) -> Answer:
    """Let somebody use a command; return the answer that only they see."""
    person = running.sandbox.member(by)
    answer = await person.slash(command, forge=forge, **options).answer()
    assert answer.ephemeral
    return answer


async def mod(running: Live, action: str, *, by: str = "Tomas", **options: Any) -> str:
    """Let a moderator use an action of `/mod`, with a reason; return the answer's text."""
    asked = {"reason": REASON} | options
    return (await ask(running, f"mod {action}", by=by, forge=True, **asked)).text


def cases(running: Live) -> list[dict[str, Any]]:
    """Return all cases, by number."""
    return sorted(running.rows("moderation_case"), key=lambda row: row["number"])


def logged(sandbox: Sandbox, action: int) -> list[str]:
    """Return the reasons of the audit log's entries of one action."""
    return [e.reason or "" for e in sandbox.state.guild.audit if e.action == action]


def told(person: Person) -> list[Message]:
    """Return the direct messages that somebody got from the bot."""
    return [
        m
        for channel in person.world.channels.values()
        if person.id in channel.recipient_ids
        for m in person.world.messages.get(channel.id, {}).values()
    ]
