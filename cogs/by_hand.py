"""Turns what moderators and other bots do by hand into cases, from Discord's audit log."""

from typing import Any

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from bot.domain.cases import CaseKind
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.services.moderating.by_hand import HandAction

Action = discord.AuditLogAction
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
            )
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
        case action:
            return KINDS.get(action)
