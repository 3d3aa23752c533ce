"""Digests as Discord shows them: pages of sections, split where a message is full.

Knows Discord's markup and limits (pitfalls 1.21); never counts anything. What is quoted of a post
is not in a page: it is read and put in when the page is posted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from bot.discord_io.cards import NEUTRAL
from bot.discord_io.words import link, plain, shorten
from bot.domain.digests import (
    ClaimReport,
    Digest,
    Figure,
    Measure,
    ModeratorDigest,
    TopPost,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import shown
from bot.domain.rules import EVERYWHERE
from bot.services.ports.digests import Line, Page

BODY_LIMIT = 3800
"""Below the 4,096 of an embed's text and, with the figures, the 6,000 of a message's embeds."""
QUOTE_LIMIT = 160
QUOTE_ROOM = QUOTE_LIMIT + len("\n> “”")
LINE_LIMIT = 1200
URL_LIMIT = 300
TITLE_LIMIT = 256
CHART_NAME = "digest.png"
BARS = "▁▂▃▄▅▆▇█"
FIGURE_NAMES: Mapping[Measure, str] = {
    Measure.POSTS: "Posts",
    Measure.LIKES: "Likes",
    Measure.CLAIMS: "Claims raised",
}
CHANGES: Mapping[str, str] = {
    "edited": "changed",
    "paused": "paused",
    "retired": "retired",
    "resumed": "in use again",
    "expired": "past its review",
}
CADENCE_TITLES: Mapping[str, str] = {
    "daily": "Daily digest",
    "weekly": "Weekly digest",
    "monthly": "Monthly digest",
}


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    lines: tuple[Line, ...]


def member_pages(digest: Digest) -> tuple[Page, ...]:
    """Return the pages of a digest for members."""
    sections = [
        _Section("Most liked", tuple(_top_post(digest.community, top) for top in digest.top_posts)),
        _Section(
            "Busiest threads",
            tuple(
                Line(f"<#{t.channel}> · {_count(t.posts, 'post')} by {_count(t.members, 'member')}")
                for t in digest.threads
            ),
        ),
        _Section("Claims that came up", tuple(_claim_lines(digest))),
        _Section(
            "Corrections",
            tuple(
                Line(
                    f"“{_short(c.claim.rstrip('.'), 200)}” · {CHANGES.get(c.change, c.change)}, "
                    f"{_count(c.notes, 'note')} updated"
                )
                for c in digest.corrections
            ),
        ),
        _Section(
            "Worth talking about",
            tuple(Line(f"• {_short(question.text, 300)}") for question in digest.questions),
        ),
        _Section("Thank you", tuple(_thanks(digest))),
    ]
    return _pages(
        title=f"{CADENCE_TITLES[digest.cadence]} · {_span(digest.start, digest.end, digest.zone)}",
        sections=sections,
        figures=tuple(_figure(figure) for figure in digest.figures),
        footer=_footer(digest.key, digest.zone, late=digest.late),
        chart=digest.has_chart,
    )


def moderator_pages(digest: ModeratorDigest) -> tuple[Page, ...]:
    """Return the pages of a digest for moderators."""
    title = CADENCE_TITLES[digest.cadence].replace("digest", "moderators’ digest")
    return _pages(
        title=f"{title} · {_span(digest.start, digest.end, digest.zone)}",
        sections=_moderators_sections(digest),
        figures=(
            ("Notes attached", f"**{digest.attached}**"),
            ("Only suggested", f"**{digest.suggested}**"),
            ("Taken back", f"**{digest.withdrawn}**"),
        ),
        footer=_footer(digest.key, digest.zone, late=False),
        chart=False,
    )


def _moderators_sections(digest: ModeratorDigest) -> list[_Section]:
    return [
        _Section(
            "Paused by the circuit breaker",
            tuple(
                Line(f"• notes {_where(place)}; `/factcheck resume-all` lets them go on")
                for place in digest.paused
            ),
        ),
        _Section(
            "Found unhelpful",
            tuple(
                Line(f"• “{_short(claim, 200)}” · {helpful} of {_count(rated, 'rating')} helpful")
                for _, claim, helpful, rated in digest.unhelpful
            ),
        ),
        _Section(
            "Reviews due",
            tuple(
                Line(f"• “{_short(claim, 200)}” (`{slug}`) · since {due.day} {due:%b %Y}")
                for slug, claim, due in digest.reviews_due
            ),
        ),
        _Section(
            "Dead sources",
            tuple(
                Line(f"• `{slug}` · {_short(where, 200)}") for slug, where in digest.dead_sources
            ),
        ),
        _Section("Also", tuple(_own_work(digest))),
    ]


def page_embeds(
    page: Page, quotations: Mapping[PostId, str | None], *, picture: bool
) -> list[discord.Embed]:
    """Return a page's embeds: figures and picture on top, the sections below.

    A line whose post is gone (its quotation is None) is left out.
    """
    embeds = []
    if page.figures:
        head = discord.Embed(colour=NEUTRAL, title=page.title)
        for name, value in page.figures:
            head.add_field(name=name, value=value)
        if picture:
            head.set_image(url=f"attachment://{CHART_NAME}")
        embeds.append(head)
    body = "\n".join(_quoted(page.lines, quotations)).strip()
    if body or not embeds:
        title = None if embeds else page.title
        embeds.append(discord.Embed(colour=NEUTRAL, title=title, description=body))
    embeds[-1].set_footer(text=page.footer)
    return embeds


def quotation(text: str) -> str:
    """Return a post's words as a digest quotes them: one safe line of bounded length."""
    return shorten(plain(shorten(text, 2 * QUOTE_LIMIT)), QUOTE_LIMIT)


def about_view(marker: str) -> discord.ui.View:
    """Return the button that explains the figures; its custom id is the message's marker."""
    view = discord.ui.View(timeout=None)
    custom_id = f"dg1:about:{marker}"
    view.add_item(discord.ui.Button(label="About this digest", custom_id=custom_id))
    view.stop()
    return view


def jump(community: CommunityId, channel: PlaceId, post: PostId) -> str:
    """Return a post's address."""
    return f"https://discord.com/channels/{community}/{channel}/{post}"


def sparkline(counts: Sequence[int]) -> str:
    """Draw counts as bars.

    >>> sparkline([0, 2, 4])
    '▁▅█'
    """
    highest = max(counts, default=0) or 1
    return "".join(BARS[round(count / highest * (len(BARS) - 1) + 0.01)] for count in counts)


def _pages(
    *,
    title: str,
    sections: Iterable[_Section],
    figures: tuple[tuple[str, str], ...],
    footer: str,
    chart: bool,
) -> tuple[Page, ...]:
    bodies: list[list[Line]] = [[]]
    room = BODY_LIMIT
    for section in sections:
        heading = Line(f"**{section.heading}**")
        for number, line in enumerate(section.lines):
            lead = [heading] if number == 0 else []
            if number == 0 and bodies[-1]:
                lead = [Line(""), heading]
            size = sum(map(_size, [*lead, line]))
            if size > room and bodies[-1]:
                bodies.append([])
                room = BODY_LIMIT
                lead = [heading]
            bodies[-1] += [*lead, line]
            room -= size
    last = len(bodies)
    return tuple(
        Page(
            title=shorten(title if number == 1 else f"{title} ({number}/{last})", TITLE_LIMIT),
            lines=tuple(lines),
            footer=footer if last == 1 else f"{footer} · part {number} of {last}",
            figures=figures if number == 1 else (),
            chart=chart and number == 1,
        )
        for number, lines in enumerate(bodies, start=1)
    )


def _size(line: Line) -> int:
    return len(line.text) + 1 + (QUOTE_ROOM if line.post is not None else 0)


def _quoted(lines: Sequence[Line], quotations: Mapping[PostId, str | None]) -> Iterator[str]:
    for line in lines:
        if line.post is None:
            yield line.text
            continue
        quote = quotations.get(line.post, "")
        if quote is not None:
            yield f"{line.text}\n> {quote}" if quote else line.text


def _figure(figure: Figure) -> tuple[str, str]:
    change = f" {figure.change}" if figure.change else ""
    return FIGURE_NAMES[figure.measure], f"**{figure.now:,}**{change}"


def _top_post(community: CommunityId, top: TopPost) -> Line:
    address = jump(community, top.channel, top.post)
    return Line(f"**[{shown(top.likes)}]({address})** · <#{top.channel}>", top.channel, top.post)


def _claim_lines(digest: Digest) -> Iterator[Line]:
    for claim in digest.claims:
        yield Line(_claim(claim))
    if digest.more_claims:
        yield Line(f"-# and {_count(digest.more_claims, 'other claim')}")


def _claim(claim: ClaimReport) -> str:
    verdict = f" — {plain(claim.verdict)}" if claim.verdict else ""
    before = f" ({claim.trend[-2]} before)" if len(claim.trend) > 1 else ""
    trend = f" {sparkline(claim.trend)}" if len(claim.trend) > 2 else ""
    places = ", ".join(f"<#{place}>" for place in claim.places)
    where = f" in {places}" if places else ""
    facts = [f"raised {_times(claim.raised)}{before}{trend}{where}"]
    withheld = f", {claim.withheld} withheld" if claim.withheld else ""
    notes = _count(claim.notes, "note") if claim.notes else "no note"
    facts.append(f"{notes} shown{withheld}")
    if claim.rated:
        share = f"{claim.helpful / claim.rated:.0%}".replace("%", " %")
        facts.append(f"{share} of {_count(claim.rated, 'rating')} helpful")
    text = f"**“{_short(claim.claim.rstrip('.'), 250)}”**{verdict}\n-# {' · '.join(facts)}"
    sources = [
        link(shorten(each.label, 60), each.url)
        for each in claim.sources
        if len(each.url) <= URL_LIMIT
    ]
    for count in range(len(sources), 0, -1):
        whole = f"{text}\n-# Sources: {' · '.join(sources[:count])}"
        if len(whole) <= LINE_LIMIT:
            return whole
    return text


def _thanks(digest: Digest) -> Iterator[Line]:
    thanks = []
    if digest.liked_members:
        thanks.append(f"{_members(digest.liked_members)} for what others liked")
    if digest.rating_members:
        thanks.append(f"{_members(digest.rating_members)} for rating notes")
    if thanks:
        yield Line(" · ".join(thanks))


def _own_work(digest: ModeratorDigest) -> Iterator[Line]:
    if digest.waiting:
        yield Line(f"• {_count(digest.waiting, 'question')} waiting for an answer")
    if digest.failed:
        yield Line(f"• {_count(digest.failed, 'note')} could not be posted; `/status` shows more")
    if digest.backlog:
        yield Line(f"• {_count(digest.backlog, 'message')} waiting to be sent")


def _where(place: PlaceId) -> str:
    return f"in <#{place}>" if place != EVERYWHERE else "everywhere"


def _members(members: Sequence[MemberId]) -> str:
    named = [f"<@{member}>" for member in members]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _footer(key: str, zone: str, *, late: bool) -> str:
    return f"{key} · {zone}" + (" · posted late" if late else "")


def _span(start: datetime, end: datetime, zone: str) -> str:
    """Return a period's days; one that ends in the morning counts that day as its end."""
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b %Y}" if first.day != last.day else _day(last)
    return f"{first.day} {first:%b}{f' {first.year}' * (first.year != last.year)} – {_day(last)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _short(text: str, limit: int) -> str:
    return shorten(plain(text), limit)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
