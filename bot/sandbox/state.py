"""The world that the sandbox holds: users, guilds, channels, messages, commands, interactions.

Knows values and how to find them; must never know the wire, and changes nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from bot.sandbox.errors import unknown
from bot.sandbox.pulse import Bus
from bot.sandbox.snowflakes import SandboxClock, Snowflakes

Json = dict[str, Any]


class ChannelKind(IntEnum):
    """Discord's channel types that the sandbox models."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    NEWS = 5
    NEWS_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class MessageKind(IntEnum):
    """Discord's message types that the sandbox makes."""

    SAID = 0
    PINNED = 6
    MEMBER_JOINED = 7
    THREAD_CREATED = 18
    REPLY = 19
    SLASH_COMMAND = 20
    THREAD_STARTER = 21
    CONTEXT_MENU = 23


class MessageFlag:
    """Bits of a message's ``flags``."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


@dataclass(slots=True)
class User:
    """An account."""

    id: str
    username: str
    global_name: str | None
    bot: bool = False
    locale: str = "en-US"
    """The language of the account's client."""


@dataclass(slots=True)
class Role:
    """A role of a guild."""

    id: str
    name: str
    permissions: int
    position: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False
    bot_id: str | None = None


@dataclass(slots=True)
class Member:
    """A user's membership of one guild."""

    user: User
    guild_id: str
    joined_at: datetime
    role_ids: list[str] = field(default_factory=list)
    nick: str | None = None
    timed_out_until: datetime | None = None

    @property
    def name(self) -> str:
        """Return the name that others see."""
        return self.nick or self.user.global_name or self.user.username


@dataclass(slots=True)
class Overwrite:
    """What one role or member may differently in one channel."""

    id: str
    is_member: bool
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Tag:
    """A forum tag."""

    id: str
    name: str
    moderated: bool = False


@dataclass(slots=True)
class ThreadInfo:
    """What a thread has beyond a channel."""

    owner_id: str
    created_at: datetime
    archive_changed_at: datetime
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_minutes: int = 4320
    message_count: int = 0
    total_sent: int = 0
    applied_tags: list[str] = field(default_factory=list)
    member_ids: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Channel:
    """A channel, a category, a thread or a direct-message channel."""

    id: str
    kind: ChannelKind
    name: str
    guild_id: str | None = None
    position: int = 0
    parent_id: str | None = None
    topic: str | None = None
    nsfw: bool = False
    slowmode_seconds: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    thread: ThreadInfo | None = None
    recipient_ids: list[str] = field(default_factory=list)
    last_message_id: str | None = None

    @property
    def is_thread(self) -> bool:
        """Tell whether this is a thread or forum post."""
        return self.thread is not None


@dataclass(frozen=True, slots=True)
class Emoji:
    """A reaction's emoji: a Unicode one has no id."""

    name: str
    id: str | None = None

    @property
    def key(self) -> str:
        """Return what makes two emojis the same; a Unicode one may carry a variation selector."""
        return f"{self.name}:{self.id}" if self.id else self.name.replace("\ufe0f", "")


@dataclass(slots=True)
class Reaction:
    """Who reacted with one emoji, in order."""

    emoji: Emoji
    normal: list[str] = field(default_factory=list)
    burst: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Attachment:
    """A stored file."""

    id: str
    filename: str
    data: bytes
    channel_id: str
    content_type: str = "application/octet-stream"
    description: str | None = None
    ephemeral: bool = False


@dataclass(slots=True)
class Message:
    """A message; ``ephemeral_for`` names the only member who sees it."""

    id: str
    channel_id: str
    author_id: str
    content: str
    created_at: datetime
    kind: MessageKind = MessageKind.SAID
    edited_at: datetime | None = None
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    reference: Json | None = None
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    pinned_at: datetime | None = None
    thread_id: str | None = None
    interaction: Json | None = None
    ephemeral_for: str | None = None
    tts: bool = False

    @property
    def ephemeral(self) -> bool:
        """Tell whether only one member sees it."""
        return self.ephemeral_for is not None


@dataclass(slots=True)
class AuditEntry:
    """One line of a guild's audit log."""

    id: str
    action: int
    user_id: str
    target_id: str | None
    reason: str | None = None
    changes: list[Json] = field(default_factory=list)
    options: Json | None = None


@dataclass(slots=True)
class Guild:
    """A server with its members and roles; channels are found through the world."""

    id: str
    name: str
    owner_id: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    bans: dict[str, str | None] = field(default_factory=dict)
    emojis: dict[str, Emoji] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    automod: dict[str, Json] = field(default_factory=dict)
    preferred_locale: str = "en-US"


@dataclass(slots=True)
class Interaction:
    """One press, command or form, from its start to the end of its token."""

    id: str
    token: str
    kind: int
    user_id: str
    channel_id: str
    guild_id: str | None
    created_at: datetime
    data: Json
    source_message_id: str | None = None
    answer_kind: int | None = None
    failed: str | None = None
    original_id: str | None = None
    edited: bool = False
    modal: Json | None = None
    choices: list[Json] | None = None
    followup_ids: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Tell whether the bot gave its first answer."""
        return self.answer_kind is not None


@dataclass(slots=True)
class Application:
    """The bot's application as the developer portal shows it."""

    user: User
    token: str
    verify_key: str = "0" * 64
    members_intent: bool = True
    presence_intent: bool = True
    content_intent: bool = True


class World:
    """Everything there is. Operations change it; the bus tells about it."""

    def __init__(self, application: Application, clock: SandboxClock, ids: Snowflakes) -> None:
        self.application = application
        self.clock = clock
        self.ids = ids
        self.bus = Bus()
        self.users: dict[str, User] = {application.user.id: application.user}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: dict[str, Message] = {}
        self.attachments: dict[str, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str | None, dict[str, Json]] = {None: {}}
        self.nonces: dict[tuple[str, str], tuple[str, str, datetime]] = {}
        self.refuses_dms: set[str] = set()
        self.files_base = ""
        self.gateway_url = ""
        self.shards = 1

    @property
    def bot_id(self) -> str:
        """Return the bot user's id, which is the application's id as well."""
        return self.application.user.id

    @property
    def guild(self) -> Guild:
        """Return the first guild."""
        return next(iter(self.guilds.values()))

    def find_guild(self, guild_id: str) -> Guild:
        """Return a guild, or refuse with 10004."""
        if (guild := self.guilds.get(guild_id)) is None:
            raise unknown("Guild")
        return guild

    def find_channel(self, channel_id: str) -> Channel:
        """Return a channel, or refuse with 10003."""
        if (channel := self.channels.get(channel_id)) is None:
            raise unknown("Channel")
        return channel

    def find_message(self, channel_id: str, message_id: str) -> Message:
        """Return a message that everybody may see, or refuse with 10008."""
        if (message := self.messages.get(channel_id, {}).get(message_id)) is None:
            raise unknown("Message")
        return message

    def any_message(self, message_id: str) -> Message:
        """Return a message by id alone, ephemeral ones included."""
        if (hidden := self.ephemerals.get(message_id)) is not None:
            return hidden
        for messages in self.messages.values():
            if message_id in messages:
                return messages[message_id]
        raise unknown("Message")

    def find_user(self, user_id: str) -> User:
        """Return a user, or refuse with 10013."""
        if (user := self.users.get(user_id)) is None:
            raise unknown("User")
        return user

    def find_member(self, guild_id: str, user_id: str) -> Member:
        """Return a member, or refuse with 10007."""
        member = self.find_guild(guild_id).members.get(user_id)
        if member is None:
            raise unknown("Member")
        return member

    def member_of(self, channel: Channel, user_id: str) -> Member | None:
        """Return the membership that counts in a channel, if there is one."""
        if channel.guild_id is None:
            return None
        return self.guilds[channel.guild_id].members.get(user_id)

    def former_members(self, guild_id: str) -> list[User]:
        """Return people who are no members, and have direct messages with the bot."""
        members = self.guilds[guild_id].members
        ids = {i for c in self.channels.values() for i in c.recipient_ids if i not in members}
        return [self.users[each] for each in sorted(ids) if not self.users[each].bot]

    def channels_of(self, guild_id: str) -> Iterator[Channel]:
        """Yield a guild's channels, without threads."""
        return (c for c in self.channels.values() if c.guild_id == guild_id and not c.is_thread)

    def threads_of(self, guild_id: str) -> Iterator[Channel]:
        """Yield a guild's threads, archived ones included."""
        return (c for c in self.channels.values() if c.guild_id == guild_id and c.is_thread)

    def parent_of(self, channel: Channel) -> Channel | None:
        """Return a thread's or channel's parent."""
        return self.channels.get(channel.parent_id) if channel.parent_id else None

    def messages_in(self, channel: Channel | str) -> list[Message]:
        """Return a channel's messages, oldest first."""
        channel_id = channel if isinstance(channel, str) else channel.id
        return list(self.messages.get(channel_id, {}).values())
