"""Turns what moderators and other bots do by hand into cases, from Discord's audit log."""

import logging
from datetime import datetime
from typing import Any

import discord
from discord.abc import Snowflake
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.publisher import translated
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.services.errors import UnavailableError
from bot.services.moderating.by_hand import PARTS_OF_A_RUN, READ_AT_ONCE, HandAction

logger = logging.getLogger(__name__)

Action = discord.AuditLogAction
SnowflakeTime = Snowflake | datetime
KINDS = {
    Action.kick: CaseKind.KICK,
    Action.ban: CaseKind.BAN,
    Action.unban: CaseKind.UNBAN,
    Action.message_bulk_delete: CaseKind.PURGE,
}


class ByHandCog(commands.Cog):
    """Our own actions have their cases already."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        """Record an entry that is about moderation."""
        await self._record(entry)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Read back what was done by hand while the bot was away."""
        for guild in self._bot.guilds:
            if guild.me.guild_permissions.view_audit_log:
                await self._read_back(guild)

    async def _read_back(self, guild: discord.Guild) -> None:
        by_hand, community = self._bot.services.moderation.by_hand, CommunityId(guild.id)
        since = await by_hand.absent_since(community)
        if since is None:
            return
        log: dict[str, object] = {"community": guild.id}
        began = self._bot.services.clock.now()
        after: SnowflakeTime = since
        try:
            for _ in range(PARTS_OF_A_RUN):
                entries = await self._read_part(guild, after)
                if len(entries) < READ_AT_ONCE:
                    await by_hand.heard_until(community, began)
                    return
                after = entries[-1]
                await by_hand.read_until(community, entries[-1].created_at)
        except UnavailableError as error:
            log["problem"] = str(error)
            logger.warning("the audit log could not be read back", extra=log)
        else:
            logger.warning("the next start reads back what is left of the audit log", extra=log)

    async def _read_part(
        self, guild: discord.Guild, after: SnowflakeTime
    ) -> list[discord.AuditLogEntry]:
        """Record the oldest entries after a moment, or after another entry, and return them."""
        async with translated():
            log = guild.audit_logs(after=after, oldest_first=True, limit=READ_AT_ONCE)
            entries = [entry async for entry in log]
        for entry in entries:
            await self._record(entry, reading_back=True)
        return entries

    async def _record(self, entry: discord.AuditLogEntry, *, reading_back: bool = False) -> None:
        kind = _kind(entry)
        if kind is None or (self._bot.user and entry.user_id == self._bot.user.id):
            return
        target: Any = entry.target
        if target is None:
            return
        on_place = kind in (CaseKind.PURGE, CaseKind.SLOWMODE, CaseKind.LOCK, CaseKind.UNLOCK)
        until = getattr(entry.after, "timed_out_until", None)
        await self._bot.services.moderation.by_hand.record(
            HandAction(
                entry=entry.id,
                at=entry.created_at,
                community=CommunityId(entry.guild.id),
                kind=kind,
                by=MemberId(entry.user_id) if entry.user_id else None,
                by_name=getattr(entry.user, "display_name", ""),
                target=None if on_place else MemberId(target.id),
                target_name="" if on_place else getattr(target, "display_name", ""),
                place=PlaceId(target.id) if on_place else None,
                reason=entry.reason or "",
                until=until if kind is CaseKind.TIMEOUT else None,
                count=getattr(entry.extra, "count", 0) or 0,
            ),
            reading_back=reading_back,
        )


def _kind(entry: discord.AuditLogEntry) -> CaseKind | None:
    """Return which kind of case an entry is, None where it is none."""
    changed = entry.after
    match entry.action:
        case Action.member_update if hasattr(changed, "timed_out_until"):
            return CaseKind.TIMEOUT if changed.timed_out_until else CaseKind.UNTIMEOUT
        case Action.channel_update | Action.thread_update if hasattr(changed, "slowmode_delay"):
            return CaseKind.SLOWMODE
        case Action.thread_update if hasattr(changed, "locked"):
            return CaseKind.LOCK if changed.locked else CaseKind.UNLOCK
        case Action.overwrite_create | Action.overwrite_update | Action.overwrite_delete:
            return _overwritten(entry)
        case action:
            return KINDS.get(action)


def _overwritten(entry: discord.AuditLogEntry) -> CaseKind | None:
    """Return whether somebody kept everybody from writing in a channel, or let them again."""
    everyone = entry.guild.id  # the role that everybody has bears the server's id
    if getattr(entry.extra, "id", None) != everyone:
        return None
    was, now = (_keeps_silent(each) for each in (entry.before, entry.after))
    if was == now:
        return None
    return CaseKind.LOCK if now else CaseKind.UNLOCK


def _keeps_silent(state: discord.AuditLogDiff) -> bool:
    denied = getattr(state, "deny", None)
    return isinstance(denied, discord.Permissions) and denied.send_messages
