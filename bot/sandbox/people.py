"""What a person does in the sandbox: talks, reacts, presses, runs commands, moderates.

Knows Discord as its client shows it; must never know how the bot answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.sandbox import interactions, members, messages, overwrites, reactions, threads
from bot.sandbox.answers import InteractionAnswer
from bot.sandbox.command_data import autocomplete_data, menu_data, slash_data
from bot.sandbox.component_data import button_data, modal_data, select_data
from bot.sandbox.errors import ApiError
from bot.sandbox.messages import Draft
from bot.sandbox.permissions import P, channel_permissions, require
from bot.sandbox.state import (
    Attachment,
    Channel,
    Guild,
    Interaction,
    Json,
    Member,
    Message,
    Overwrite,
    User,
    World,
)

Where = Channel | str
ThreadScript = Iterable[tuple[str, str, float]]


class Person:
    """One member, acting. Every refusal of Discord is an ``ApiError`` with its sentence."""

    def __init__(self, world: World, user: User, guild: Guild) -> None:
        self.world = world
        self.user = user
        self.guild = guild
        self.deadline_s = 3.0

    @property
    def id(self) -> str:
        """Return the user's id."""
        return self.user.id

    @property
    def member(self) -> Member:
        """Return the membership."""
        return self.world.find_member(self.guild.id, self.id)

    @property
    def mention(self) -> str:
        """Return the text that mentions this person."""
        return f"<@{self.id}>"

    @property
    def ephemerals(self) -> list[Message]:
        """Return the messages that only this person sees, oldest first."""
        return [m for m in self.world.ephemerals.values() if m.ephemeral_for == self.id]

    # Talking

    def say(
        self,
        where: Where,
        text: str,
        *,
        reply_to: Message | str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
        nonce: str | None = None,
    ) -> Message:
        """Post a message."""
        channel = find_channel(self.world, where, self.guild)
        if len(text) > 2000:
            raise ApiError(400, 50035, "A message has at most 2,000 characters")
        draft = Draft(content=text, nonce=nonce)
        draft.attachments = [self._file(channel, name, data) for name, data in files]
        if reply_to is not None:
            draft.reply_to = reply_to if isinstance(reply_to, str) else reply_to.id
        return messages.post(self.world, channel, self.id, draft)

    def _file(self, channel: Channel, name: str, data: bytes) -> Attachment:
        kind = "text/plain" if name.endswith(".txt") else "application/octet-stream"
        return Attachment(self.world.ids.next(), name, data, channel.id, kind)

    def edit(self, message: Message, text: str) -> Message:
        """Edit one's own message."""
        return messages.edit(self.world, message, self.id, {"content": text})

    def delete(self, message: Message) -> None:
        """Delete a message."""
        messages.delete(self.world, message, self.id)

    def react(self, message: Message, emoji: str, *, burst: bool = False) -> None:
        """Add a reaction: ``"👍"``, or ``"name:id"`` for one of the guild's own."""
        found = reactions.parse_emoji(self.world, emoji)
        reactions.react(self.world, message, self.id, found, burst=burst)

    def unreact(self, message: Message, emoji: str, *, burst: bool = False) -> None:
        """Take one's own reaction away."""
        found = reactions.parse_emoji(self.world, emoji)
        reactions.unreact(self.world, message, self.id, found, actor_id=self.id, burst=burst)

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Take everybody's reactions away, all or those with one emoji."""
        if emoji is None:
            reactions.clear(self.world, message, self.id)
            return
        found = reactions.parse_emoji(self.world, emoji)
        reactions.clear_emoji(self.world, message, found, self.id)

    # Threads

    def create_thread(
        self, where: Where, name: str, *, message: Message | None = None, private: bool = False
    ) -> Channel:
        """Start a thread."""
        channel = find_channel(self.world, where, self.guild)
        return threads.create_thread(
            self.world, channel, self.id, name, message=message, private=private
        )

    def forum_post(
        self, where: Where, name: str, text: str, *, tags: Sequence[str] = ()
    ) -> tuple[Channel, Message]:
        """Open a forum post; tags are named by id or name."""
        forum = find_channel(self.world, where, self.guild)
        ids = [t.id for t in forum.tags if t.id in tags or t.name in tags]
        if len(ids) != len(set(tags)):
            raise ApiError(400, 50035, "This forum has no such tag")
        return threads.create_forum_post(
            self.world, forum, self.id, name, Draft(content=text), tags=ids
        )

    def change_channel(self, where: Where, **changes: Any) -> Channel:
        """Change a channel or thread: ``archived=True``, ``locked=True``, ``name="…"``."""
        channel = find_channel(self.world, where, self.guild)
        return threads.change_channel(self.world, channel, self.id, changes, None)

    def delete_channel(self, where: Where) -> None:
        """Delete a channel or thread."""
        threads.delete_channel(
            self.world, find_channel(self.world, where, self.guild), self.id, None
        )

    # Interactions

    def press(self, message: Message, button: str) -> InteractionAnswer:
        """Press a button, named by its custom id or its label."""
        data = button_data(self._seen(message), button)
        return self._interact(interactions.COMPONENT, message.channel_id, data, message)

    def select(self, message: Message, menu: str, values: Sequence[str]) -> InteractionAnswer:
        """Choose in a select menu, named by its custom id or its placeholder."""
        channel = self.world.channels[message.channel_id]
        data = select_data(self.world, channel, self._seen(message), menu, list(values))
        return self._interact(interactions.COMPONENT, message.channel_id, data, message)

    def slash(
        self,
        name: str,
        *,
        where: Where = "general",
        forge: bool = False,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        **options: Any,
    ) -> InteractionAnswer:
        """Run a slash command, such as ``slash("watch add", place=…)``.

        ``forge`` sends it although the client would hide the command or refuse its options.
        """
        return self.slash_with(name, options, where=where, forge=forge, files=files)

    def slash_with(
        self,
        name: str,
        options: Mapping[str, Any],
        *,
        where: Where = "general",
        forge: bool = False,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> InteractionAnswer:
        """Run a slash command with options of any name."""
        channel = self._command_channel(where)
        uploads = {k: self._file(channel, n, d) for k, (n, d) in (files or {}).items()}
        for one in uploads.values():
            one.ephemeral = True
            self.world.attachments[one.id] = one
        data = slash_data(self.world, channel, self.id, name, dict(options) | uploads, forge=forge)
        return self._interact(interactions.COMMAND, channel.id, data, None)

    def autocomplete(
        self, name: str, focused: str, *, where: Where = "general", **options: Any
    ) -> InteractionAnswer:
        """Type in an option of a slash command: ``autocomplete("check", "claim", claim="asi")``."""
        return self.autocomplete_with(name, focused, options, where=where)

    def autocomplete_with(
        self, name: str, focused: str, options: Mapping[str, Any], *, where: Where = "general"
    ) -> InteractionAnswer:
        """Type in an option, with options of any name."""
        channel = self._command_channel(where)
        data = autocomplete_data(self.world, channel, self.id, name, dict(options), focused)
        return self._interact(interactions.AUTOCOMPLETE, channel.id, data, None)

    def menu(
        self, name: str, target: Message | Person, *, where: Where = "general", forge: bool = False
    ) -> InteractionAnswer:
        """Run a message menu or a user menu."""
        place = target.channel_id if isinstance(target, Message) else where
        channel = self._command_channel(place)
        aim = target if isinstance(target, Message) else target.user
        data = menu_data(self.world, channel, self.id, name, aim, forge=forge)
        return self._interact(interactions.COMMAND, channel.id, data, None)

    def submit_modal(
        self, opened: InteractionAnswer, values: Mapping[str, Any]
    ) -> InteractionAnswer:
        """Fill in and send the form that an interaction opened."""
        origin = opened.interaction
        if origin.modal is None:
            raise ApiError(400, 0, "No form is open")
        data = modal_data(origin.modal, dict(values))
        source = None
        if origin.source_message_id is not None:
            source = self.world.any_message(origin.source_message_id)
        return self._interact(interactions.MODAL_SUBMIT, origin.channel_id, data, source)

    def dismiss(self, message: Message) -> None:
        """Dismiss an ephemeral message."""
        if message.ephemeral_for != self.id:
            raise ApiError(403, 50013, "Only the member who sees it can dismiss it")
        interactions.dismiss(self.world, message)

    def _seen(self, message: Message) -> Message:
        if message.ephemeral and message.ephemeral_for != self.id:
            raise ApiError(404, 10008, "This message is only visible to another member")
        require(self.world, self.world.channels[message.channel_id], self.id)
        return message

    def _command_channel(self, where: Where) -> Channel:
        channel = find_channel(self.world, where, self.guild)
        require(self.world, channel, self.id, P.USE_APPLICATION_COMMANDS)
        return channel

    def _interact(
        self, kind: int, channel_id: str, data: Json, source: Message | None
    ) -> InteractionAnswer:
        channel = self.world.channels[channel_id]
        started = interactions.start(
            self.world, kind, self.id, channel, data, source=source, deadline_s=self.deadline_s
        )
        return InteractionAnswer(self.world, started)

    # Moderating by hand, and coming and going

    def open_dm(self) -> Channel:
        """Return this person's direct-message channel with the bot."""
        return interactions.open_dm(self.world, self.id)

    def kick(self, target: Person, reason: str | None = None) -> None:
        """Kick a member."""
        members.kick(self.world, self.guild, target.id, self.id, reason)

    def ban(self, target: Person, reason: str | None = None, delete_seconds: int = 0) -> None:
        """Ban a member."""
        members.ban(self.world, self.guild, target.id, self.id, reason, delete_seconds)

    def unban(self, target: Person, reason: str | None = None) -> None:
        """Lift a ban."""
        members.unban(self.world, self.guild, target.id, self.id, reason)

    def change_member(self, target: Person, reason: str | None = None, **changes: Any) -> None:
        """Change a member: ``communication_disabled_until=…``, ``nick=…``, ``roles=[…]``."""
        members.change_member(self.world, self.guild, target.id, self.id, changes, reason)

    def set_overwrite(
        self, where: Where, about: str, *, allow: int = 0, deny: int = 0, reason: str | None = None
    ) -> None:
        """Set what a role, named by its id, may differently in a channel."""
        channel = find_channel(self.world, where, self.guild)
        fresh = Overwrite(about, is_member=False, allow=allow, deny=deny)
        overwrites.set_overwrite(self.world, channel, self.id, fresh, reason)

    def bulk_delete(self, where: Where, gone: Sequence[Message]) -> None:
        """Delete several messages at once, as other moderation bots do."""
        channel = find_channel(self.world, where, self.guild)
        messages.bulk_delete(self.world, channel, [m.id for m in gone], self.id)

    def leave(self) -> None:
        """Leave the guild."""
        members.leave(self.world, self.guild, self.id)

    def may(self, where: Where, needed: P) -> bool:
        """Tell whether this person has a permission in a channel."""
        channel = find_channel(self.world, where, self.guild)
        return bool(channel_permissions(self.world, channel, self.id) & needed)

    def answer_to(self, interaction: Interaction) -> InteractionAnswer:
        """Return the answer to an interaction that this person began earlier."""
        return InteractionAnswer(self.world, interaction)


def find_channel(world: World, where: Where, guild: Guild | None = None) -> Channel:
    """Return a channel by itself, its id or its name (with or without ``#``) in a guild."""
    if isinstance(where, Channel):
        return where
    if where in world.channels:
        return world.channels[where]
    wanted = where.removeprefix("#").lower()
    guild_id = (guild or world.guild).id
    here = (c for c in world.channels.values() if c.guild_id == guild_id)
    found = next((c for c in here if c.name.lower() == wanted), None)
    if found is None:
        raise ApiError(404, 10003, f"There is no channel {where!r}")
    return found


async def play(people: Mapping[str, Person], where: Where, script: ThreadScript) -> list[Message]:
    """Let members talk: ``(member, text, seconds to wait before)``, in order."""
    said = []
    for name, text, delay_s in script:
        if delay_s > 0:
            await asyncio.sleep(delay_s)
        said.append(people[name].say(where, text))
    return said
