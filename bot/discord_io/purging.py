"""Finds the messages that a purge is about; reads them live and keeps ids only."""

import re
from dataclasses import dataclass
from datetime import timedelta

import discord

from bot.discord_io.publisher import translated
from bot.discord_io.standings import Channel
from bot.domain.wording import _, ngettext
from bot.services.errors import InvalidInputError

MOST = 500
"""Messages that one purge deletes at most."""
MOST_READ = 2000
KEEP_ID = "md1:keep"
BULK_AGE = timedelta(days=14) - timedelta(minutes=1)
"""Discord deletes in bulk what is younger than 14 days; the minute is for clocks that differ."""
LINK = re.compile(r"https?://", re.IGNORECASE)
_KEY = re.compile(r"(\d{1,3})\.(\d+)\.(\d+)\.([bl]*)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeFilter:
    """Which messages: the newest `amount` that fit, from `oldest` to `newest` (0: whatever)."""

    amount: int
    channel: int
    member: int = 0
    only_bots: bool = False
    only_links: bool = False
    newest: int = 0
    oldest: int = 0

    def key(self) -> str:
        """Write it as a part of a button's custom id."""
        flags = ("b" if self.only_bots else "") + ("l" if self.only_links else "")
        between = f"{self.newest}.{self.oldest}"
        return f"{self.amount}.{self.channel}.{self.member}.{flags}.{between}"

    @classmethod
    def from_key(cls, key: str) -> "PurgeFilter":
        """Read what `key` wrote."""
        found = _KEY.fullmatch(key)
        if found is None:
            raise InvalidInputError(_("This button is from another version of the bot."))
        return cls(
            amount=int(found[1]),
            channel=int(found[2]),
            member=int(found[3]),
            only_bots="b" in found[4],
            only_links="l" in found[4],
            newest=int(found[5]),
            oldest=int(found[6]),
        )

    def fits(self, message: discord.Message) -> bool:
        """Tell whether a message is meant; pinned ones never are."""
        if message.pinned or (self.member and message.author.id != self.member):
            return False
        if self.only_bots and not message.author.bot:
            return False
        return not self.only_links or LINK.search(message.content) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a purge would delete, newest first, and what it would have to leave."""

    ids: tuple[int, ...]
    too_old: int = 0
    read: int = 0


async def find_messages(channel: Channel, wanted: PurgeFilter) -> Found:
    """Read back from the newest message, until there are enough or they are too old.

    Raises:
        InvalidInputError: the place has no messages of its own.
        UnavailableError: Discord refused or did not answer.
    """
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        raise InvalidInputError(_("This place has no messages of its own: choose a text channel."))
    before = discord.Object(wanted.newest + 1) if wanted.newest else None
    now, ids, too_old, read = discord.utils.utcnow(), [], 0, 0
    async with translated():
        async for message in channel.history(limit=MOST_READ, before=before):
            if message.id < wanted.oldest:
                break  # what was counted and is gone by now is not made up for by others
            read += 1
            if not wanted.fits(message):
                continue
            if now - message.created_at >= BULK_AGE:
                too_old += 1
            else:
                ids.append(message.id)
            if len(ids) + too_old >= wanted.amount:
                break
    return Found(ids=tuple(ids), too_old=too_old, read=read)


def purge_view(wanted: PurgeFilter) -> discord.ui.View:
    """Return the buttons that delete what was found, or leave it."""
    delete = ngettext("Delete {count} message", "Delete {count} messages", wanted.amount)
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.Button(
            label=delete.format(count=wanted.amount),
            style=discord.ButtonStyle.danger,
            custom_id=f"md1:purge:{wanted.key()}",
        )
    )
    view.add_item(discord.ui.Button(label=_("Keep them"), custom_id=KEEP_ID))
    view.stop()
    return view
