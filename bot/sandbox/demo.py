"""The world that the sandbox starts with: the guild "Paper & Pixel" and its members.

Knows names, roles and channels of the demonstration; must never know what is said in it.
"""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.permissions import BOT_NEEDS, MEMBER_DEFAULT, MODERATOR, P
from bot.sandbox.snowflakes import SandboxClock, Snowflakes
from bot.sandbox.state import (
    Application,
    Channel,
    ChannelKind,
    Emoji,
    Guild,
    Member,
    Overwrite,
    Role,
    Tag,
    User,
    World,
)

# Shaped like a bot token (id, moment, secret in base64), and worth nothing.
DEMO_TOKEN = "c2FuZGJveA.c2FuZA.bm90LWEtdG9rZW4tb25seS1mb3ItdGhlLXNhbmRib3g"  # noqa: S105
OWNER, MODERATOR_NAME = "Noor", "Tomas"
MEMBERS = {
    "Mika": ("Illustrators", 0x5B8DEF),
    "Aiko": ("Photographers", 0x2FA57A),
    "Sol": ("Writers", 0xB36AE2),
    "Priya": ("Engineers", 0xE0793B),
    "Emeka": ("Newcomers", 0x8A9099),
}

BOT_ID = "1310000000000000000"
"""The same at every start, as an application's is: a bot's database belongs to it."""
MEMBERS_FOR = timedelta(days=400)
"""For so long the members have been here: nobody is treated as a newcomer."""


def demo_world(clock: SandboxClock, *, bot_name: str = "Footnote") -> World:
    """Build the demonstration's world."""
    ids = Snowflakes(clock)
    bot = User(BOT_ID, bot_name, None, bot=True)
    world = World(Application(bot, DEMO_TOKEN), clock, ids)
    add_guild(world, "Paper & Pixel")
    return world


def add_guild(world: World, name: str) -> Guild:
    """Add a guild with the demonstration's roles, members and channels."""
    ids = world.ids
    owner = _user(world, OWNER)
    guild = Guild(ids.next(), name, owner.id)
    world.guilds[guild.id] = guild
    guild.roles[guild.id] = Role(guild.id, "@everyone", MEMBER_DEFAULT, 0)
    for name_, (role_name, color) in MEMBERS.items():
        role = _role(world, guild, role_name, 0, color)
        _join(world, guild, _user(world, name_), role)
    moderators = _role(world, guild, "Moderators", MODERATOR, 0xD9A400)
    _join(world, guild, _user(world, MODERATOR_NAME), moderators)
    bot_role = _role(world, guild, world.application.user.username, BOT_NEEDS, 0x4E5D94)
    bot_role.managed, bot_role.bot_id = True, world.bot_id
    _join(world, guild, world.application.user, bot_role)
    admins = _role(world, guild, "Admins", int(P.ADMINISTRATOR), 0xC0392B)
    _join(world, guild, owner, admins)
    emoji = Emoji("pencil_heart", ids.next())
    guild.emojis[emoji.id or ""] = emoji
    _channels(world, guild, moderators, bot_role)
    return guild


def _user(world: World, name: str) -> User:
    for known in world.users.values():
        if known.global_name == name:
            return known
    user = User(world.ids.next(), name.lower(), name)
    world.users[user.id] = user
    return user


def _role(world: World, guild: Guild, name: str, permissions: int, color: int) -> Role:
    position = len(guild.roles)
    role = Role(world.ids.next(), name, permissions, position, color, hoist=True)
    guild.roles[role.id] = role
    return role


def _join(world: World, guild: Guild, user: User, role: Role) -> None:
    guild.members[user.id] = Member(user, guild.id, world.clock.now() - MEMBERS_FOR, [role.id])


def _channels(world: World, guild: Guild, moderators: Role, bot_role: Role) -> None:
    def add(
        kind: ChannelKind, name: str, parent: Channel | None = None, topic: str | None = None
    ) -> Channel:
        channel = Channel(
            id=world.ids.next(),
            kind=kind,
            name=name,
            guild_id=guild.id,
            position=sum(1 for _ in world.channels_of(guild.id)),
            parent_id=parent.id if parent else None,
            topic=topic,
        )
        world.channels[channel.id] = channel
        return channel

    talk = add(ChannelKind.CATEGORY, "Talk")
    add(ChannelKind.TEXT, "general", talk, "Everything and hello")
    add(ChannelKind.TEXT, "ai-art-talk", talk, "Pictures, models, and who made what")
    debates = add(ChannelKind.FORUM, "debates", talk, "One question per post")
    debates.tags = [Tag(world.ids.next(), "has context"), Tag(world.ids.next(), "open question")]
    staff = add(ChannelKind.CATEGORY, "Staff")
    add(ChannelKind.TEXT, "mod-room", staff, "Moderators only")
    view = int(P.VIEW_CHANNEL)
    for channel in (staff, *[c for c in world.channels.values() if c.parent_id == staff.id]):
        channel.overwrites = [
            Overwrite(guild.id, is_member=False, deny=view),
            Overwrite(moderators.id, is_member=False, allow=view),
            Overwrite(bot_role.id, is_member=False, allow=view),
        ]
