"""Says in words what is known of likes, within Discord's limits; decides nothing."""

from collections.abc import Callable, Sequence
from typing import Any

import discord

from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.likes import Emoji, shown
from bot.domain.ranking import LIKES_PER_DAY, LIKES_PER_MEMBER
from bot.services.likes.ranking import RankedMember, RankedPost
from bot.services.likes.service import PostExplained, Top, Verdict

TEXT_LIMIT = 2000
FIELD_LIMIT = 1024
COLOUR = discord.Colour(0xE0793B)
NOTHING = "Nobody was liked in this time, as far as I was there to see it."


def link(community: CommunityId, channel: PlaceId, post: PostId) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{community}/{channel}/{post}"


def top_embed(community: CommunityId, top: Top, *, limit: int) -> discord.Embed:
    """Show a ranking; `top` holds what the asker may see only."""
    since, until = (f"<t:{int(moment.timestamp())}:f>" for moment in (top.since, top.until))
    embed = discord.Embed(colour=COLOUR, title="Most liked", description=f"{since} – {until}")
    fields: list[tuple[str, Sequence[Any], Callable[[Any], str]]] = [
        ("Posts", top.posts, lambda each: _post_line(community, each)),
        ("Members", top.members, _member_line),
        ("Threads and channels", top.threads, _thread_line),
    ]
    for name, entries, line in fields:
        lines = [f"{n}. {line(each)}" for n, each in enumerate(entries[:limit], 1)]
        if lines:
            embed.add_field(name=name, value=fitted(lines, FIELD_LIMIT), inline=False)
    if not embed.fields:
        embed.add_field(name="\u200b", value=NOTHING)
    embed.set_footer(text="`/likes explain` says which likes count, and why")
    return embed


def _post_line(community: CommunityId, ranked: RankedPost) -> str:
    post = ranked.post
    by = f" by <@{post.author}>" if post.author else ""
    return (
        f"{link(community, post.channel, post.post)}{by} · {_counted(post.likes, ranked.counted)}"
    )


def _member_line(ranked: RankedMember) -> str:
    return f"<@{ranked.member}> · {_counted(ranked.likes, ranked.counted)}"


def _thread_line(ranked: Any) -> str:
    posts = "1 post" if ranked.posts == 1 else f"{ranked.posts} posts"
    return f"<#{ranked.place}> · {posts}, {shown(ranked.likes)}"


def _counted(likes: int, counted: int) -> str:
    return shown(likes) if counted == likes else f"{shown(likes)}, {counted} count"


def post_text(community: CommunityId, explained: PostExplained) -> str:
    """Say which reactions to a post are likes, which of them count, and why the others do not."""
    post = explained.post
    counted = sum(each.why_not is None for each in explained.verdicts)
    address = link(community, post.channel, post.post)
    head = f"{address} has **{shown(post.likes)}**; {counted} of them count in rankings."
    likes = [each for each in explained.verdicts if each.is_like]
    others = [each for each in explained.verdicts if not each.is_like]
    return fitted([head, *map(_verdict_line, [*likes, *others])], TEXT_LIMIT)


def _verdict_line(verdict: Verdict) -> str:
    emoji = " ".join(map(emoji_text, verdict.emoji))
    who = f"- <@{verdict.member}> {emoji}".rstrip()
    if verdict.why_not is None:
        return f"{who}: counts"
    kind = "a like that does not count" if verdict.is_like else "no like"
    return f"{who}: {kind}: {verdict.why_not.value}"


def member_text(ranked: RankedMember, span: str) -> str:
    """Say how many of a member's likes count, by which rules."""
    lines = [f"<@{ranked.member}> got **{shown(ranked.likes)}** in the last {span}."]
    lines += [f"- {n} not counted: {why.value}" for why, n in sorted(ranked.discounts.items())]
    lines.append(
        f"- The other {ranked.undiscounted} are from {ranked.givers} "
        f"{'member' if ranked.givers == 1 else 'members'} on {ranked.days} "
        f"{'day' if ranked.days == 1 else 'days'}: at most {LIKES_PER_MEMBER} count for each "
        f"member, and {LIKES_PER_DAY} for each day."
    )
    lines.append(f"So **{ranked.counted}** count in rankings.")
    return "\n".join(lines)


def emoji_text(emoji: Emoji) -> str:
    """Show an emoji; Discord draws a custom one by its id, whatever name stands before it."""
    return f"<:emoji:{emoji}>" if emoji.isascii() and emoji.isdigit() else emoji


def fitted(lines: Sequence[str], limit: int) -> str:
    """Return as many lines as fit, and how many do not."""
    text = "\n".join(lines)
    shown_lines = list(lines)
    while len(text) > limit:
        shown_lines.pop()
        text = "\n".join([*shown_lines, f"… and {len(lines) - len(shown_lines)} more"])
    return text
