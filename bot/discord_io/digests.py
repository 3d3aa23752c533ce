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
from bot.discord_io.digest_lines import (
    CHANGES,
    busy_thread,
    claim_lines,
    helpful_share,
    own_work,
    short,
    thanks,
    updated,
    where_paused,
)
from bot.discord_io.words import plain, shorten
from bot.domain.digests import (
    Digest,
    Figure,
    Measure,
    ModeratorDigest,
    TopPost,
)
from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.likes import shown
from bot.domain.rules import EVERYWHERE
from bot.domain.wording import N_, _, quoted
from bot.services.dates import say_day, say_days, say_number
from bot.services.ports.digests import Line, Page

BODY_LIMIT = 3800
"""Below the 4,096 of an embed's text and, with the figures, the 6,000 of a message's embeds."""
QUOTE_LIMIT = 160
QUOTE_ROOM = QUOTE_LIMIT + len("\n> “”")
TITLE_LIMIT = 256
CHART_NAME = "digest.png"
FIGURE_NAMES: Mapping[Measure, str] = {
    Measure.POSTS: N_("Posts"),
    Measure.LIKES: N_("Likes"),
    Measure.CLAIMS: N_("Claims raised"),
}
CADENCE_TITLES: Mapping[str, str] = {
    "daily": N_("Daily digest"),
    "weekly": N_("Weekly digest"),
    "monthly": N_("Monthly digest"),
}
PAUSED_EVERYWHERE = N_("• notes {where}; `/factcheck resume-all` lets them go on")
PAUSED_IN_A_PLACE = N_("• notes {where}; `/watch resume place:` lets them go on")
MODERATORS_TITLES: Mapping[str, str] = {
    "daily": N_("Daily moderators’ digest"),
    "weekly": N_("Weekly moderators’ digest"),
    "monthly": N_("Monthly moderators’ digest"),
}


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    lines: tuple[Line, ...]


def member_pages(digest: Digest) -> tuple[Page, ...]:
    """Return the pages of a digest for members."""
    sections = [
        _Section(
            _("Most liked"), tuple(_top_post(digest.community, top) for top in digest.top_posts)
        ),
        _Section(
            _("Busiest threads"),
            tuple(Line(busy_thread(t)) for t in digest.threads),
        ),
        _Section(_("Claims that came up"), tuple(claim_lines(digest))),
        _Section(
            _("Corrections"),
            tuple(
                Line(
                    f"{quoted(short(c.claim.rstrip('.'), 200))} · "
                    f"{_(CHANGES.get(c.change, c.change))}, {updated(c.notes)}"
                )
                for c in digest.corrections
            ),
        ),
        _Section(
            _("Worth talking about"),
            tuple(Line(f"• {short(question.text, 300)}") for question in digest.questions),
        ),
        _Section(_("Thank you"), tuple(thanks(digest))),
    ]
    title = _(CADENCE_TITLES[digest.cadence])
    return _pages(
        title=f"{title} · {_span(digest.start, digest.end, digest.zone)}",
        sections=sections,
        figures=tuple(_figure(figure) for figure in digest.figures),
        footer=_footer(digest.key, digest.zone, late=digest.late),
        chart=digest.has_chart,
    )


def moderator_pages(digest: ModeratorDigest) -> tuple[Page, ...]:
    """Return the pages of a digest for moderators."""
    title = _(MODERATORS_TITLES[digest.cadence])
    return _pages(
        title=f"{title} · {_span(digest.start, digest.end, digest.zone)}",
        sections=_moderators_sections(digest),
        figures=(
            (_("Notes attached"), f"**{digest.attached}**"),
            (_("Only suggested"), f"**{digest.suggested}**"),
            (_("Taken back"), f"**{digest.withdrawn}**"),
        ),
        footer=_footer(digest.key, digest.zone, late=False),
        chart=False,
    )


def _moderators_sections(digest: ModeratorDigest) -> list[_Section]:
    return [
        _Section(
            _("Paused by the circuit breaker"),
            tuple(
                Line(
                    (_(PAUSED_EVERYWHERE) if place == EVERYWHERE else _(PAUSED_IN_A_PLACE)).format(
                        where=where_paused(place)
                    )
                )
                for place in digest.paused
            ),
        ),
        _Section(
            _("Found unhelpful"),
            tuple(
                Line(f"• {quoted(short(claim, 200))} · {helpful_share(str(helpful), rated)}")
                for _slug, claim, helpful, rated in digest.unhelpful
            ),
        ),
        _Section(
            _("Reviews due"),
            tuple(
                Line(
                    _("• “{claim}” (`{slug}`) · since {day}").format(
                        claim=short(claim, 200), slug=slug, day=say_day(due)
                    )
                )
                for slug, claim, due in digest.reviews_due
            ),
        ),
        _Section(
            _("Dead sources"),
            tuple(Line(f"• `{slug}` · {short(where, 200)}") for slug, where in digest.dead_sources),
        ),
        _Section(_("Also"), tuple(own_work(digest))),
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
    view.add_item(discord.ui.Button(label=_("About this digest"), custom_id=custom_id))
    view.stop()
    return view


def jump(community: CommunityId, channel: PlaceId, post: PostId) -> str:
    """Return a post's address."""
    return f"https://discord.com/channels/{community}/{channel}/{post}"


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
            footer=footer
            if last == 1
            else _("{footer} · part {number} of {last}").format(
                footer=footer, number=number, last=last
            ),
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
    return _(FIGURE_NAMES[figure.measure]), f"**{say_number(figure.now)}**{change}"


def _top_post(community: CommunityId, top: TopPost) -> Line:
    address = jump(community, top.channel, top.post)
    return Line(f"**[{shown(top.likes)}]({address})** · <#{top.channel}>", top.channel, top.post)


def _footer(key: str, zone: str, *, late: bool) -> str:
    return f"{key} · {zone}" + (_(" · posted late") if late else "")


def _span(start: datetime, end: datetime, zone: str) -> str:
    """Return a period's days; one that ends in the morning counts that day as its end."""
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    return say_days(first.date(), last.date())
