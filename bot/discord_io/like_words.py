"""Says in words what is known of likes, within Discord's limits; decides nothing."""

from collections.abc import Callable, Sequence
from typing import Any

import discord

from bot.discord_io.words import MESSAGE_LIMIT, fitted
from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.likes import Emoji, shown
from bot.domain.ranking import LIKES_PER_DAY, LIKES_PER_MEMBER
from bot.domain.wording import N_, _, ngettext
from bot.services.likes.ranking import RankedMember, RankedPost
from bot.services.likes.service import PostExplained, Top, Verdict

FIELD_LIMIT = 1024
COLOUR = discord.Colour(0xE0793B)
GOT = {
    "day": N_("<@{member}> got **{likes}** in the last day."),
    "week": N_("<@{member}> got **{likes}** in the last week."),
    "month": N_("<@{member}> got **{likes}** in the last month."),
}
NOTHING = N_("Nobody was liked in this time, as far as I was there to see it.")


def link(community: CommunityId, channel: PlaceId, post: PostId) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{community}/{channel}/{post}"


def top_embed(community: CommunityId, top: Top, *, limit: int) -> discord.Embed:
    """Show a ranking; `top` holds what the asker may see only."""
    since, until = (f"<t:{int(moment.timestamp())}:f>" for moment in (top.since, top.until))
    embed = discord.Embed(colour=COLOUR, title=_("Most liked"), description=f"{since} – {until}")
    fields: list[tuple[str, Sequence[Any], Callable[[Any], str]]] = [
        (_("Posts"), top.posts, lambda each: _post_line(community, each)),
        (_("Members"), top.members, _member_line),
        (_("Threads and channels"), top.threads, _thread_line),
    ]
    for name, entries, line in fields:
        lines = [f"{n}. {line(each)}" for n, each in enumerate(entries[:limit], 1)]
        if lines:
            embed.add_field(name=name, value=fitted(lines, FIELD_LIMIT), inline=False)
    if not embed.fields:
        embed.add_field(name="\u200b", value=_(NOTHING))
    embed.set_footer(text=_("Moderators: /likes explain says which likes count, and why"))
    return embed


def _post_line(community: CommunityId, ranked: RankedPost) -> str:
    post = ranked.post
    by = _(" by <@{author}>").format(author=post.author) if post.author else ""
    address = link(community, post.channel, post.post)
    return f"[{_counted(post.likes, ranked.counted)}]({address}) · <#{post.channel}>{by}"


def _member_line(ranked: RankedMember) -> str:
    return f"<@{ranked.member}> · {_counted(ranked.likes, ranked.counted)}"


def _thread_line(ranked: Any) -> str:
    posts = ngettext("{count} post", "{count} posts", ranked.posts).format(count=ranked.posts)
    return f"<#{ranked.place}> · {posts}, {shown(ranked.likes)}"


def _counted(likes: int, counted: int) -> str:
    return (
        shown(likes)
        if counted == likes
        else _("{likes}, {counted} count").format(likes=shown(likes), counted=counted)
    )


def post_text(community: CommunityId, explained: PostExplained) -> str:
    """Say which reactions to a post are likes, which of them count, and why the others do not."""
    post = explained.post
    counted = sum(each.why_not is None for each in explained.verdicts)
    address = link(community, post.channel, post.post)
    head = ngettext(
        "{address} has **{likes}**; {counted} of them counts in rankings.",
        "{address} has **{likes}**; {counted} of them count in rankings.",
        counted,
    ).format(address=address, likes=shown(post.likes), counted=counted)
    likes = [each for each in explained.verdicts if each.is_like]
    others = [each for each in explained.verdicts if not each.is_like]
    return fitted([head, *map(_verdict_line, [*likes, *others])], MESSAGE_LIMIT)


def _verdict_line(verdict: Verdict) -> str:
    emoji = " ".join(map(emoji_text, verdict.emoji))
    who = f"- <@{verdict.member}> {emoji}".rstrip()
    if verdict.why_not is None:
        return _("{who}: counts").format(who=who)
    kind = _("a like that does not count") if verdict.is_like else _("no like")
    return f"{who}: {kind}: {_(verdict.why_not.value)}"


def member_text(ranked: RankedMember, span: str) -> str:
    """Say how many of a member's likes count, by which rules."""
    lines = [
        _(GOT[span]).format(member=ranked.member, likes=shown(ranked.likes)),
    ]
    lines += [
        _("- {count} not counted: {why}").format(count=n, why=_(why.value))
        for why, n in sorted(ranked.discounts.items())
    ]
    lines.append(
        _(
            "- The other {count} are from {members} on {days}: at most {per_member} count for each "
            "member, and {per_day} for each day."
        ).format(
            count=ranked.undiscounted,
            members=ngettext("{count} member", "{count} members", ranked.givers).format(
                count=ranked.givers
            ),
            days=ngettext("{count} day", "{count} days", ranked.days).format(count=ranked.days),
            per_member=LIKES_PER_MEMBER,
            per_day=LIKES_PER_DAY,
        )
    )
    lines.append(_("So **{counted}** count in rankings.").format(counted=ranked.counted))
    return "\n".join(lines)


def emoji_text(emoji: Emoji) -> str:
    """Show an emoji; Discord draws a custom one by its id, whatever name stands before it."""
    return f"<:emoji:{emoji}>" if emoji.isascii() and emoji.isdigit() else emoji
