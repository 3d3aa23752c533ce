"""`footnote doctor`: tries what can only be known by trying, and says how to mend what is broken.

Knows settings, database, library and Discord from above; changes nothing, and never shows a token.
"""

import asyncio
import base64
import binascii
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import aiohttp
import discord

from bot.app import point_discord_at
from bot.clock import SystemClock
from bot.discord_io.permissions import invite_link, missing, missing_for_moderation
from bot.domain.ids import CommunityId
from bot.services.belonging import GIVE_FREE, is_of, owner_of
from bot.services.errors import DatabaseUnusableError, UnavailableError, UserFacingError
from bot.services.library_lint import lint_library
from bot.services.ports import Database, Watch
from bot.settings import DISCORD_API, Settings, SettingsProblem, load, typos
from db.address import parse_address
from db.engine import open_database
from db.migrate import check, current
from db.privacy import SqlPersonalDataStore

PATIENCE = timedelta(seconds=30)
"""How long Discord may take for all answers together."""
COMMUNITIES_EXAMINED = 25
"""Each takes a few requests; a bot in a thousand servers must not use up its rate limit here."""
USAGE, LOGIN, DATABASE = 2, 3, 4

NO_DATABASE = "There is no database yet, so nothing is stored; the first start makes it."
ABOUT_MEMBERS = "TABLES ABOUT MEMBERS (“you” is the member)"
ABOUT_NOBODY = "TABLES ABOUT NOBODY"
NEVER = (
    "The text of posts is never logged, and never stored but for what a moderator keeps as an "
    "example. PRIVACY.md says more."
)

_TOKEN = re.compile(r"(?P<id>[A-Za-z0-9_-]{18,})\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{25,}")
_COPY_AGAIN = (
    "Copy the token again from the developer portal (your application, Bot, Reset Token) into "
    "DISCORD_TOKEN. It is neither the application's id, nor its public key, nor the client secret."
)


class Condition(StrEnum):
    """How a thing was found."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "not checked"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line of the doctor's report."""

    label: str
    condition: Condition
    result: str
    remedy: str = ""
    exit_code: int = 0
    """What `footnote doctor` ends with because of this; 0 where it is no problem."""


def _ok(label: str, result: str) -> Diagnosis:
    return Diagnosis(label, Condition.OK, result)


def _warning(label: str, result: str, remedy: str) -> Diagnosis:
    return Diagnosis(label, Condition.WARNING, result, remedy)


def _problem(label: str, result: str, remedy: str, exit_code: int) -> Diagnosis:
    return Diagnosis(label, Condition.PROBLEM, result, remedy, exit_code)


def _unknown(label: str, why: str) -> Diagnosis:
    return Diagnosis(label, Condition.UNKNOWN, why)


def worst_exit_code(report: Iterable[Diagnosis]) -> int:
    """Return 0, or the exit code of the worst problem."""
    return max((each.exit_code for each in report), default=0)


def plain_lines(report: Iterable[Diagnosis]) -> tuple[str, ...]:
    """Return the report as lines: what it is about, how it is, and what to do."""
    lines = []
    for each in report:
        lines.append(f"{each.condition.value:11}  {each.label}: {each.result}")
        if each.remedy:
            lines.append(f"{'':11}  -> {each.remedy}")
    return tuple(lines)


async def examine(env_file: Path) -> tuple[Diagnosis, ...]:
    """Check everything; what cannot be checked because of something else says so."""
    report = [_warning(".env", sentence, "Correct the name.") for sentence in _typos(env_file)]
    try:
        settings = load(env_file)
    except SettingsProblem as error:
        report += [_problem("settings", each, "Correct it.", USAGE) for each in error.problems]
        return (*report, _unknown("everything else", "the settings come first"))
    report.append(_ok("settings", "every value is valid"))
    now = SystemClock().now()
    report += [check_token(settings), check_time_zone(settings, now), check_library(settings, now)]
    async with AsyncExitStack() as stack:
        database = await check_database(settings)
        report.append(database)
        stored = None
        if database.exit_code == 0:
            stored = await _opened(settings, stack)
        report += await check_discord(settings, stored)
    return tuple(report)


def _typos(env_file: Path) -> tuple[str, ...]:
    try:
        return typos(env_file)
    except SettingsProblem:
        return ()  # what cannot be read is reported by loading it


async def _opened(settings: Settings, stack: AsyncExitStack) -> Database | None:
    """Open the database; None while there is none."""
    if await current(settings.database_url) is None:
        return None
    return await stack.enter_async_context(open_database(settings.database_url))


async def describe_storage(env_file: Path) -> tuple[str, ...]:
    """Return what is stored where, why, how long and how much, from the register of all tables.

    Raises:
        SettingsProblem: the settings cannot be used.
        DatabaseUnusableError: there is no database yet, or it cannot be used.
    """
    settings = load(env_file)
    if await current(settings.database_url) is None:
        raise DatabaseUnusableError(NO_DATABASE)
    async with open_database(settings.database_url) as database:
        tables = await SqlPersonalDataStore(database).stored()
    lines = []
    for heading, about_members in ((ABOUT_MEMBERS, True), (ABOUT_NOBODY, False)):
        lines += [heading, ""]
        for each in tables:
            if each.about_members is about_members:
                lines.append(f"{each.table} ({each.rows} rows): {each.holds}")
                lines.append(f"    why: {each.why}")
                lines.append(f"    kept: {each.kept}")
        lines.append("")
    days = f"{settings.keep_posts_days} days, the audit {settings.keep_audit_days} days"
    return (*lines, f"Here ids of posts are kept for {days}. {NEVER}")


def check_token(settings: Settings) -> Diagnosis:
    """Tell whether the token has a token's shape; whether it is valid only Discord knows."""
    label = "token"
    if settings.discord_token is None:
        return _problem(label, "DISCORD_TOKEN is missing.", _COPY_AGAIN, USAGE)
    if _has_token_shape(settings.discord_token.get_secret_value()):
        return _ok(label, "it has a token's shape")
    result = "it does not have the shape of a bot's token."
    if settings.discord_api_base != DISCORD_API:
        return _warning(label, result, f"That is fine if {settings.discord_api_base} takes it.")
    return _problem(label, result, _COPY_AGAIN, USAGE)


def _has_token_shape(token: str) -> bool:
    found = _TOKEN.fullmatch(token)
    if found is None:
        return False
    encoded = found["id"]
    try:
        identity = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return False
    return identity.isdigit()


def check_time_zone(settings: Settings, now: datetime) -> Diagnosis:
    """Show the local time, so that a wrong zone or clock is seen."""
    local = now.astimezone(settings.zone)
    return _ok("time zone", f"{settings.time_zone}, where it is {local:%A %H:%M} now")


def check_library(settings: Settings, now: datetime) -> Diagnosis:
    """Tell whether the library can be read, and published as it is."""
    label = "library"
    name = str(settings.library or "the starter library")
    remedy = f"Run: footnote library lint {settings.library or ''}".rstrip()
    try:
        report = lint_library(settings.library, now.date())
    except UserFacingError as error:
        return _problem(label, str(error), remedy, USAGE)
    if report.exit_code:
        return _problem(label, f"{name}: {report.lines[-1]}", remedy, report.exit_code)
    return _ok(label, f"{name}: {report.lines[-1]}")


async def check_database(settings: Settings) -> Diagnosis:
    """Tell whether the database can be reached and has the program's schema."""
    label = "database"
    url = settings.database_url
    remedy = "Check DATABASE_URL, the server or the file's rights, then run: footnote db check"
    try:
        if await current(url) is None:
            return _check_fresh(parse_address(url).file)
        differences = await check(url)
    except (DatabaseUnusableError, UnavailableError) as error:
        return _problem(label, str(error), remedy, DATABASE)
    if differences:
        return _problem(label, f"{len(differences)} things are wrong in it.", remedy, DATABASE)
    return _ok(label, "it can be reached and has the right schema")


def _check_fresh(file: Path | None) -> Diagnosis:
    """Judge a database without tables: a SQLite file is made by the first start."""
    label = "database"
    if file is None:
        return _problem(label, "it is empty.", "Run: footnote db upgrade", DATABASE)
    folder = next(each for each in file.absolute().parents if each.exists())
    if not os.access(folder, os.W_OK):
        remedy = "Change the folder's rights, or name another file in DATABASE_URL."
        return _problem(label, f"{folder} cannot be written to.", remedy, DATABASE)
    return _ok(label, "there is no file yet; it is made at the first start")


async def check_discord(settings: Settings, stored: Database | None) -> list[Diagnosis]:
    """Log in over REST, without the gateway, and look at intents and permissions."""
    if settings.discord_token is None:
        return [_unknown("Discord", "there is no token")]
    point_discord_at(settings)
    client = discord.Client(intents=discord.Intents(guilds=True))
    report: list[Diagnosis] = []
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()), client:
            await client.login(settings.discord_token.get_secret_value())
            report.append(_ok("login", f"Discord knows the bot as {client.user}"))
            owner = await owner_of(stored) if stored is not None else None
            report.append(check_owner(owner, client.application_id or 0))
            report.append(check_intent(settings, client.application_flags))
            report += await _check_communities(client, stored)
    except discord.LoginFailure:
        report.append(_problem("login", "Discord refused the token.", _COPY_AGAIN, LOGIN))
    except (aiohttp.ClientError, discord.HTTPException, OSError) as error:
        status = f" (status {error.status})" if isinstance(error, discord.HTTPException) else ""
        report.append(
            _problem(
                "Discord",
                f"{settings.discord_api_base} does not answer as it should{status}.",
                "Check the network, DISCORD_API_BASE, and https://discordstatus.com.",
                LOGIN,
            )
        )
    return report


def check_owner(owner: str | None, application: int) -> Diagnosis:
    """Tell whether the bot may use the database: two applications would spoil each other's work."""
    label = "application"
    if is_of(owner, application):
        return _ok(label, "the database belongs to this one" if owner else "the database is free")
    return _problem(
        label,
        f"the database belongs to {owner}, and the token is of {application}.",
        "Give this one a database of its own in DATABASE_URL or, if it replaces the other one for "
        f"good, run: {GIVE_FREE}",
        DATABASE,
    )


def check_intent(settings: Settings, flags: discord.ApplicationFlags) -> Diagnosis:
    """Compare the intent that is asked for with what the developer portal allows."""
    label = "message-content intent"
    allowed = flags.gateway_message_content or flags.gateway_message_content_limited
    if allowed and settings.discord_message_content:
        return _ok(label, "it is switched on")
    if not settings.discord_message_content:
        return _warning(
            label,
            "it is not asked for: only mentions, slash commands and menus work.",
            "Set DISCORD_MESSAGE_CONTENT=true to attach notes to posts.",
        )
    return _problem(
        label,
        "it is switched off in the developer portal, so Discord will refuse the connection.",
        "Switch it on (your application, Bot, Message Content Intent), or set "
        "DISCORD_MESSAGE_CONTENT=false to run with menus and commands only.",
        LOGIN,
    )


async def _check_communities(client: discord.Client, stored: Database | None) -> list[Diagnosis]:
    communities = [guild async for guild in client.fetch_guilds(limit=COMMUNITIES_EXAMINED)]
    if not communities:
        link = invite_link(client.application_id or 0)
        return [_warning("servers", "the bot is in no server yet.", f"Invite it: {link}")]
    report: list[Diagnosis] = []
    for community in communities:
        guild = await client.fetch_guild(community.id, with_counts=False)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        watches = await _watches(stored, CommunityId(guild.id))
        if not watches:
            report.append(_check_permissions(guild.name, me.guild_permissions))
        report += [await _check_place(guild, me, watch) for watch in watches]
        report.append(check_moderation(guild.name, me.guild_permissions))
    if len(communities) == COMMUNITIES_EXAMINED:
        report.append(_unknown("further servers", f"only {COMMUNITIES_EXAMINED} are looked at"))
    return report


async def _watches(stored: Database | None, community: CommunityId) -> Sequence[Watch]:
    if stored is None:
        return ()
    async with stored.reading() as stores:
        return await stores.watches.all(community)


async def _check_place(guild: discord.Guild, me: discord.Member, watch: Watch) -> Diagnosis:
    label = f"{guild.name}, place {watch.place}"
    try:
        place = await guild.fetch_channel(watch.place)
        if isinstance(place, discord.Thread):
            place = await guild.fetch_channel(place.parent_id)
    except discord.NotFound:
        return _warning(label, "it no longer exists.", "Remove it with /watch remove.")
    except discord.Forbidden:
        remedy = "Give the bot View Channel there, or remove it with /watch remove."
        return _problem(label, "the bot cannot see it.", remedy, USAGE)
    if isinstance(place, discord.Thread):
        return _unknown(label, "a thread without a channel")
    return _check_permissions(f"{guild.name}, #{place.name}", place.permissions_for(me))


def check_moderation(community: str, permissions: discord.Permissions) -> Diagnosis:
    """Tell what moderators' commands lack on a server; all else works without."""
    label = f"{community}, moderation"
    lacking = missing_for_moderation(permissions)
    if not lacking:
        return _ok(label, "the bot may do everything that moderators can ask for")
    return _warning(
        label,
        f"the bot lacks {', '.join(lacking)}, so some of /mod, /automod and /appeals will refuse.",
        "Give them to the bot's role where you use these commands.",
    )


def _check_permissions(label: str, permissions: discord.Permissions) -> Diagnosis:
    lacking = missing(permissions)
    if not lacking:
        return _ok(label, "every permission is there")
    remedy = "Give them to the bot's role, in the server's settings or the channel's."
    return _problem(label, f"the bot lacks {', '.join(lacking)}.", remedy, USAGE)
