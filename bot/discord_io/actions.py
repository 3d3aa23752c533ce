"""Carries moderation out on Discord, and looks afterwards whether it was.

Every action bears the case's marker in its audit-log reason. Knows routes and states; never who
may do what, which is decided before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import discord

from bot.discord_io.appeal_cards import offer_view
from bot.discord_io.finding import was_told
from bot.discord_io.publisher import translated
from bot.discord_io.purging import BULK_AGE
from bot.discord_io.standings import Channel
from bot.discord_io.words import footer_is_about
from bot.domain.appeals import AppealOffer
from bot.domain.cases import Case, CaseKind, audit_reason, bears_marker
from bot.domain.wording import _
from bot.services.errors import AlreadyGoneError, GoneError

BULK = 100
LOCKED = discord.Permissions(
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
).value
GONE = {CaseKind.KICK: 10007, CaseKind.UNBAN: 10026}
"""Discord's codes for no such member, and no such ban."""
LOGGED_AS = {
    CaseKind.TIMEOUT: discord.AuditLogAction.member_update,
    CaseKind.UNTIMEOUT: discord.AuditLogAction.member_update,
    CaseKind.KICK: discord.AuditLogAction.kick,
    CaseKind.BAN: discord.AuditLogAction.ban,
    CaseKind.UNBAN: discord.AuditLogAction.unban,
}


class DiscordActionPublisher:
    """Implements `ActionPublisher` over a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def carry_out(self, case: Case) -> None:
        """Do what the case says, with its number in the audit log."""
        async with translated():
            if case.target is not None:
                await self._on_person(case, discord.Object(case.target))
            else:
                await self._on_channel(case, await self._channel(case))

    async def _on_person(self, case: Case, target: discord.Object) -> None:
        try:
            await self._on_member(case, target)
        except discord.NotFound as error:
            if error.code != GONE.get(case.kind):
                raise
            raise AlreadyGoneError(f"there is nobody left to {case.kind}") from error

    async def _on_member(self, case: Case, target: discord.Object) -> None:
        guild, reason = self._guild(case), audit_reason(case)
        match case.kind:
            case CaseKind.TIMEOUT | CaseKind.UNTIMEOUT:
                member = await guild.fetch_member(target.id)
                await member.timeout(case.until, reason=reason)
            case CaseKind.KICK:
                await guild.kick(target, reason=reason)
            case CaseKind.BAN:
                seconds = _figure(case, "delete_seconds")
                await guild.ban(target, reason=reason, delete_message_seconds=seconds)
            case _:
                await guild.unban(target, reason=reason)

    async def _on_channel(self, case: Case, channel: Channel) -> None:
        reason = audit_reason(case)
        match case.kind:
            case CaseKind.PURGE:
                await _purge(case, channel, reason)
            case CaseKind.SLOWMODE:
                await _slow_down(case, channel, reason)
            case _ if isinstance(channel, discord.Thread):
                locked = case.kind is CaseKind.LOCK or bool(_previous(case).get("locked"))
                await channel.edit(locked=locked, reason=reason)
            case _:
                everyone = channel.guild.default_role
                before = channel.overwrites_for(everyone)
                after = _locked(before) if case.kind is CaseKind.LOCK else _restored(before, case)
                if before != after:
                    await channel.set_permissions(everyone, overwrite=after, reason=reason)

    async def was_carried_out(self, case: Case, *, since: datetime) -> bool:
        """Look in the audit log, and where that says nothing, at the present state."""
        async with translated():
            if await self._is_logged(case, since):
                return True
            if case.target is None:
                return False  # setting a state twice, or deleting what is gone, changes nothing
            return await self._shows(case, discord.Object(case.target))

    async def _is_logged(self, case: Case, since: datetime) -> bool:
        action, me = LOGGED_AS.get(case.kind), self._client.user
        if action is None or me is None:
            return False
        try:
            entries = self._guild(case).audit_logs(
                user=me, action=action, after=since, oldest_first=True, limit=500
            )
            async for entry in entries:
                if bears_marker(entry.reason or "", case.number):
                    return True
        except discord.Forbidden:
            return False
        return False

    async def _shows(self, case: Case, target: discord.Object) -> bool:
        """Tell whether the state is what the action makes; a kick leaves none of its own."""
        guild = self._guild(case)
        if case.kind in (CaseKind.BAN, CaseKind.UNBAN):
            try:
                await guild.fetch_ban(target)
            except discord.NotFound:
                return case.kind is CaseKind.UNBAN
            return case.kind is CaseKind.BAN
        if case.kind is CaseKind.KICK:
            return False
        try:
            member = await guild.fetch_member(target.id)
        except discord.NotFound:
            return False
        return _same_second(member.timed_out_until, case.until)

    async def tell(
        self, case: Case, text: str, *, nonce: str, since: datetime | None, offer: AppealOffer
    ) -> bool:
        """Send the member a direct message, with how to appeal; False where they take none."""
        guild = self._guild(case)
        footer = _("Case {number} · {server}").format(number=case.number, server=guild.name)
        if case.target is None:
            return False
        is_footer = partial(footer_is_about, number=case.number, server=guild.name)
        async with translated():
            try:
                channel = await self._client.create_dm(discord.Object(case.target))
                if since is not None and await was_told(
                    self._client, channel, since=since, is_footer=is_footer
                ):
                    return True
                embed = discord.Embed(description=text).set_footer(text=footer)
                await channel.send(embed=embed, nonce=nonce, view=offer_view(offer))
            except discord.Forbidden:
                return False
        return True

    def _guild(self, case: Case) -> discord.Guild:
        guild = self._client.get_guild(case.community)
        if guild is None:
            raise GoneError("the bot is no longer in this community")
        return guild

    async def _channel(self, case: Case) -> Channel:
        found = await self._client.fetch_channel(case.place or 0)
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread):
            raise GoneError("the place is no channel of a server")
        if found.guild.id != case.community:
            # A case can come from a file: what it names is not what its community owns.
            raise GoneError("the place is not in this community")
        return found


async def _purge(case: Case, channel: Channel, reason: str) -> None:
    """Delete a hundred at a time; what is gone already is passed over."""
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        raise GoneError("this place has no messages of its own")
    found = case.details.get("ids")
    ids = found if isinstance(found, list) else []
    fresh = discord.utils.utcnow() - BULK_AGE
    # The age matters in bulk only: a single message of any age can be deleted.
    young = [each for each in ids if len(ids) == 1 or discord.utils.snowflake_time(each) > fresh]
    for chunk in _chunks(young):
        try:
            await channel.delete_messages(chunk, reason=reason)
        except discord.NotFound:
            continue


def _chunks(ids: list[int]) -> Iterator[list[discord.Object]]:
    for start in range(0, len(ids), BULK):
        yield [discord.Object(each) for each in ids[start : start + BULK]]


async def _slow_down(case: Case, channel: Channel, reason: str) -> None:
    """Set the slowmode; the end of a temporary one leaves alone what was changed meanwhile."""
    if not isinstance(
        channel, discord.TextChannel | discord.ForumChannel | discord.Thread | discord.VoiceChannel
    ):
        raise GoneError("this place has no slowmode")
    if case.details.get("only_if", channel.slowmode_delay) != channel.slowmode_delay:
        return
    seconds = _figure(case, "seconds")
    if seconds != channel.slowmode_delay:
        await channel.edit(slowmode_delay=seconds, reason=reason)


def previous_state(channel: Channel, kind: CaseKind) -> dict[str, object]:
    """Return what a lock or a slowmode will have to restore, as details of its case."""
    if kind is CaseKind.SLOWMODE:
        return {"previous": getattr(channel, "slowmode_delay", 0)}
    if isinstance(channel, discord.Thread):
        return {"previous": {"locked": channel.locked}}
    allow, deny = channel.overwrites_for(channel.guild.default_role).pair()
    return {"previous": {"allow": allow.value & LOCKED, "deny": deny.value & LOCKED}}


def _locked(before: discord.PermissionOverwrite) -> discord.PermissionOverwrite:
    allow, deny = (each.value for each in before.pair())
    return _overwrite(allow & ~LOCKED, deny | LOCKED)


def _restored(
    before: discord.PermissionOverwrite, case: Case
) -> discord.PermissionOverwrite | None:
    """Return the overwrite with what stood there before the lock; the rest as it is now."""
    allow, deny = (each.value for each in before.pair())
    was = _previous(case)
    after = (allow & ~LOCKED | was.get("allow", 0), deny & ~LOCKED | was.get("deny", 0))
    return _overwrite(*after) if any(after) else None


def _overwrite(allow: int, deny: int) -> discord.PermissionOverwrite:
    return discord.PermissionOverwrite.from_pair(
        discord.Permissions(allow), discord.Permissions(deny)
    )


def _previous(case: Case) -> dict[str, int]:
    found = case.details.get("previous")
    if not isinstance(found, dict):
        return {}
    return {
        name: value & LOCKED if name in ("allow", "deny") else value
        for name, value in found.items()
        if isinstance(value, int)
    }


def _figure(case: Case, name: str) -> int:
    found = case.details.get(name, 0)
    return found if isinstance(found, int) else 0


def _same_second(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < timedelta(seconds=1)
