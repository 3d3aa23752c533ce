"""What a person sees after an interaction, and how a test or the page waits for it.

Knows the order in which answers come; must never know what they mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from bot.sandbox import interactions as ops
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import every_component
from bot.sandbox.mentions import visible_text
from bot.sandbox.state import Interaction, Json, Message, MessageFlag, World

T = TypeVar("T")
Kind = Literal["message", "update", "modal", "choices"]


class InteractionFailedError(Exception):
    """The bot did not answer in time: "The application did not respond"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's answer as the person sees it."""

    kind: Kind
    message: Message | None = None
    modal: Json | None = None
    choices: tuple[Json, ...] = ()

    @property
    def ephemeral(self) -> bool:
        """Tell whether only this person sees it."""
        return self.message is not None and self.message.ephemeral

    @property
    def text(self) -> str:
        """Return everything readable in it: content, text displays, embeds."""
        if self.message is None:
            return ""
        return readable(self.message)

    @property
    def labels(self) -> list[str]:
        """Return the labels of its buttons."""
        shown = self.message.components if self.message else []
        return [c["label"] for _, c in every_component(shown) if c.get("label")]


def readable(message: Message) -> str:
    """Return all the text of a message, in reading order."""
    parts: list[str | None] = [visible_text(message.content, message.components)]
    for embed in message.embeds:
        parts += [embed.get("title"), embed.get("description")]
        parts += [f"{f['name']}\n{f['value']}" for f in embed.get("fields", [])]
        parts.append((embed.get("footer") or {}).get("text"))
    return "\n".join(p for p in parts if p)


class InteractionAnswer:
    """Waits for what the bot answers to one interaction."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    @property
    def id(self) -> str:
        """Return the interaction's id."""
        return self.interaction.id

    async def acknowledged(self, timeout_s: float = 5.0) -> int:
        """Return the type of the first answer as soon as there is one."""
        return await self._until(lambda: self.interaction.answer_kind, timeout_s)

    async def answer(self, timeout_s: float = 5.0) -> Answer:
        """Return the first answer with content; a deferred one counts once it is filled."""
        return await self._until(self._answer, timeout_s)

    async def followup(self, number: int = 1, timeout_s: float = 5.0) -> Message:
        """Return the n-th follow-up message."""

        def look() -> Message | None:
            ids = self.interaction.followup_ids
            return self._world.any_message(ids[number - 1]) if len(ids) >= number else None

        return await self._until(look, timeout_s)

    @property
    def followups(self) -> list[Message]:
        """Return the follow-ups that still exist."""
        found = []
        for message_id in self.interaction.followup_ids:
            try:
                found.append(self._world.any_message(message_id))
            except ApiError:
                continue
        return found

    def _answer(self) -> Answer | None:
        one = self.interaction
        if one.modal is not None:
            return Answer("modal", modal=one.modal)
        if one.choices is not None:
            return Answer("choices", choices=tuple(one.choices))
        if one.answer_kind == ops.UPDATE or (one.answer_kind == ops.THINK_UPDATE and one.edited):
            return Answer("update", message=self._original())
        if one.answer_kind == ops.THINK_UPDATE and one.followup_ids:
            return Answer("message", message=self.followups[0])
        if one.answer_kind in (ops.SAY, ops.THINK):
            message = self._original()
            if not message.flags & MessageFlag.LOADING:
                return Answer("message", message=message)
        return None

    def _original(self) -> Message:
        return ops.original(self._world, self.interaction)

    async def _until(self, look: Callable[[], T | None], timeout_s: float) -> T:
        def looked() -> T | None:
            if self.interaction.failed:
                raise InteractionFailedError(self.interaction.failed)
            return look()

        found = await self._world.bus.until(looked, timeout_s)
        if found is None:
            raise AssertionError("until() returns only what it found")
        return found
