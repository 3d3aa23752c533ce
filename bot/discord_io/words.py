"""Text of others made safe for Discord: no mention, no markup, no link through the bot."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

import discord

from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.waiting import Queue
from bot.domain.wording import ngettext
from bot.services.dates import say_number

ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
MESSAGE_LIMIT = 2000
"""Characters that a message holds at most."""
MOST_COUNTED = 1_000
"""Entries of a list that are counted where it has no room for them."""


def plain(text: str) -> str:
    """Return text that Discord shows letter by letter.

    Line breaks become spaces, since a heading, list or quote begins at a line's start; addresses
    are broken by a zero-width space, so that they are read but not linked.
    """
    one_line = " ".join(text.split()).replace("://", f":{ZERO_WIDTH_SPACE}//")
    escaped = discord.utils.escape_markdown(one_line, as_needed=False, ignore_links=False)
    at_start = re.sub(r"^(#{1,3}|-#|-|\+|>|\d+\.)(?=\s)", r"\\\1", escaped)
    return discord.utils.escape_mentions(at_start).replace("<", "\\<")


def footer_is_about(footer: str | None, number: int, server: str) -> bool:
    """Tell whether a footer such as "Case 3 · Server" has this number, in whatever language.

    A message of ours is recognised by it after a crash, and the language may have been changed.

    >>> footer_is_about("Fall 3 · Guild 5", 3, "Guild 5")
    True
    >>> footer_is_about("Case 3 · Guild 5", 5, "Guild 5")
    False
    """
    head, found, rest = (footer or "").rpartition(f" · {server}")
    return bool(found) and not rest and re.findall(r"\d+", head) == [str(number)]


def shorten(text: str, limit: int) -> str:
    """Cut text to `limit` characters, at a word where there is one, with an ellipsis.

    >>> shorten("one two three", 9)
    'one two…'
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space > limit // 2:
        cut = cut[:space]
    return cut.rstrip().rstrip("\\") + ELLIPSIS


def link(label: str, url: str) -> str:
    """Return a masked link, or the label alone where the address is not a plain https one."""
    shown = plain(label).replace("[", "(").replace("]", ")")
    try:
        parts = urlsplit(url)
    except ValueError:
        return shown
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return shown
    safe = url.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    if any(character.isspace() or ord(character) < 32 for character in safe):
        return shown
    return f"[{shown}]({safe})"


def pages(paragraphs: list[str], limit: int) -> list[str]:
    """Join paragraphs into as few pages of at most `limit` characters as keep them whole.

    A paragraph that is longer than a page is cut at a word.
    """
    found: list[str] = []
    page = ""
    for paragraph in paragraphs:
        for piece in _pieces(paragraph, limit):
            joined = f"{page}\n\n{piece}" if page else piece
            if len(joined) <= limit:
                page = joined
            else:
                found.append(page)
                page = piece
    return [*found, page] if page else found


def _pieces(paragraph: str, limit: int) -> list[str]:
    pieces = []
    rest = paragraph
    while len(rest) > limit:
        cut = rest.rfind(" ", limit // 2, limit)
        cut = cut if cut > 0 else limit
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def fitted(lines: Sequence[str], limit: int) -> str:
    r"""Join as many lines as fit, and say how many do not.

    >>> fitted(["one", "two", "three", "four"], 17)
    'one\n… and 3 more'
    """
    kept = len(lines)
    text = "\n".join(lines)
    while len(text) > limit and kept:
        kept -= 1
        text = "\n".join([*lines[:kept], and_more(len(lines) - kept)])
    return text


def and_more(count: int) -> str:
    """Say how much of a list is not shown."""
    return ngettext("… and {count} more", "… and {count} more", count).format(
        count=say_number(count)
    )


def message_link(community: CommunityId, channel: PlaceId, post: PostId) -> str:
    """Return a message's address on Discord."""
    return f"https://discord.com/channels/{community}/{channel}/{post}"


def with_ages(queues: Iterable[tuple[str, Queue]]) -> Iterator[str]:
    """Yield what is said of each queue in which something waits, with its count and oldest."""
    for said, queue in queues:
        if queue:
            yield _with_age(said, queue)


def _with_age(said: str, queue: Queue) -> str:
    """Fill a count into what waits, and say when the oldest of it came."""
    waiting = said.format(count=say_number(queue.count))
    if queue.since is None:
        return waiting
    return ngettext(
        "{waiting} (came {when})", "{waiting} (the oldest came {when})", queue.count
    ).format(waiting=waiting, when=f"<t:{int(queue.since.timestamp())}:R>")
