"""What tests about flags do and look up."""

from __future__ import annotations

from typing import Any

from bot.domain.ids import PlaceId
from bot.sandbox import Answer
from bot.sandbox.limits import every_component
from bot.sandbox.state import Message
from tests.e2e.bot.live import Live

STAFF = "mod-room"
MENU = "Flag to moderators"
BUTTONS = ["Agree…", "Disagree", "Ignore", "Later", "Context"]


async def review_in(running: Live, room: str = STAFF) -> None:
    """Let cards be posted in a channel."""
    place = PlaceId(int(running.sandbox.channel(room).id))
    await running.services.rules.review_in(running.community, place)


async def flag(
    running: Live, post: Message, *, by: str = "Sol", reason: str = "spam", text: str = ""
) -> Answer:
    """Let a member flag a post by the menu and the form; return what they are told."""
    person = running.sandbox.member(by)
    opened = person.menu(MENU, post)
    answer = await opened.answer()
    if answer.kind != "modal":
        return answer
    sent = person.submit_modal(opened, {"reason": reason, "text": text})
    return await sent.answer()


async def flagged(running: Live, post: Message, **how: Any) -> Message:
    """Let a member flag a post; return its card as it is then."""
    answer = await flag(running, post, **how)
    assert answer.text.startswith("Thank you."), answer.text
    await running.done()
    return card_of(running)


def cards(running: Live, room: str = STAFF) -> list[Message]:
    """Return the cards in the moderators' channel."""
    return [m for m in running.sandbox.bot_messages(room) if m.embeds]


def card_of(running: Live) -> Message:
    """Return the newest card."""
    return cards(running)[-1]


async def choose(running: Live, card: Message, act: str, *, by: str = "Tomas") -> Answer:
    """Let a moderator press "Agree…" and choose what is to be done; return the last answer."""
    person = running.sandbox.member(by)
    asked = await person.press(card, "Agree…").answer()
    if asked.message is None or not asked.message.components:
        return asked
    return await select(running, asked.message, act, by=by)


async def select(
    running: Live, message: Message | None, value: str, *, by: str = "Tomas"
) -> Answer:
    """Let somebody choose in a message's only menu."""
    assert message is not None
    (menu,) = [c["custom_id"] for _, c in every_component(message.components) if "options" in c]
    return await running.sandbox.member(by).select(message, menu, [value]).answer()


def labels(message: Message) -> list[str]:
    """Return the labels of a message's buttons."""
    return [c["label"] for _, c in every_component(message.components) if c.get("label")]


def shown(message: Message) -> str:
    """Return all that a card shows."""
    return str(message.embeds)
