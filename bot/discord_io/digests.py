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
    BusyThread,
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
from bot.domain.wording import N_, _, ngettext, quoted
from bot.services.dates import say_day, say_days, say_number
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
    Measure.POSTS: N_("Posts"),
    Measure.LIKES: N_("Likes"),
    Measure.CLAIMS: N_("Claims raised"),
}
CHANGES: Mapping[str, str] = {
    "edited": N_("changed"),
    "paused": N_("paused"),
    "retired": N_("retired"),
    "resumed": N_("in use again"),
    "expired": N_("past its review"),
}
CADENCE_TITLES: Mapping[str, str] = {
    "daily": N_("Daily digest"),
    "weekly": N_("Weekly digest"),
    "monthly": N_("Monthly digest"),
}
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
            tuple(Line(_busy(t)) for t in digest.threads),
        ),
        _Section(_("Claims that came up"), tuple(_claim_lines(digest))),
        _Section(
            _("Corrections"),
            tuple(
                Line(
                    f"{quoted(_short(c.claim.rstrip('.'), 200))} · "
                    f"{_(CHANGES.get(c.change, c.change))}, {_updated(c.notes)}"
                )
                for c in digest.corrections
            ),
        ),
        _Section(
            _("Worth talking about"),
            tuple(Line(f"• {_short(question.text, 300)}") for question in digest.questions),
        ),
        _Section(_("Thank you"), tuple(_thanks(digest))),
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
                    _("• notes {where}; `/factcheck resume-all` lets them go on").format(
                        where=_where(place)
                    )
                )
                for place in digest.paused
            ),
        ),
        _Section(
            _("Found unhelpful"),
            tuple(
                Line(f"• {quoted(_short(claim, 200))} · {_helpful(str(helpful), rated)}")
                for _slug, claim, helpful, rated in digest.unhelpful
            ),
        ),
        _Section(
            _("Reviews due"),
            tuple(
                Line(
                    _("• “{claim}” (`{slug}`) · since {day}").format(
                        claim=_short(claim, 200), slug=slug, day=say_day(due)
                    )
                )
                for slug, claim, due in digest.reviews_due
            ),
        ),
        _Section(
            _("Dead sources"),
            tuple(
                Line(f"• `{slug}` · {_short(where, 200)}") for slug, where in digest.dead_sources
            ),
        ),
        _Section(_("Also"), tuple(_own_work(digest))),
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


def _claim_lines(digest: Digest) -> Iterator[Line]:
    for claim in digest.claims:
        yield Line(_claim(claim))
    if digest.more_claims:
        more = ngettext("and {count} other claim", "and {count} other claims", digest.more_claims)
        yield Line(f"-# {more.format(count=say_number(digest.more_claims))}")


def _claim(claim: ClaimReport) -> str:
    verdict = f" — {plain(_(claim.verdict))}" if claim.verdict else ""
    before = (
        f" ({_('{count} before').format(count=claim.trend[-2])})" if len(claim.trend) > 1 else ""
    )
    trend = f" {sparkline(claim.trend)}" if len(claim.trend) > 2 else ""
    places = ", ".join(f"<#{place}>" for place in claim.places)
    where = _(" in {places}").format(places=places) if places else ""
    facts = [f"{_times(claim.raised)}{before}{trend}{where}"]
    withheld = (
        ngettext(", {count} withheld", ", {count} withheld", claim.withheld).format(
            count=claim.withheld
        )
        if claim.withheld
        else ""
    )
    notes = (
        ngettext("{count} note shown", "{count} notes shown", claim.notes).format(
            count=say_number(claim.notes)
        )
        if claim.notes
        else _("no note shown")
    )
    facts.append(f"{notes}{withheld}")
    if claim.rated:
        share = f"{claim.helpful / claim.rated:.0%}".replace("%", " %")
        facts.append(_helpful(share, claim.rated))
    text = f"**{quoted(_short(claim.claim.rstrip('.'), 250))}**{verdict}\n-# {' · '.join(facts)}"
    sources = [
        link(shorten(each.label, 60), each.url)
        for each in claim.sources
        if len(each.url) <= URL_LIMIT
    ]
    for count in range(len(sources), 0, -1):
        whole = f"{text}\n-# {_('Sources: {shown}').format(shown=' · '.join(sources[:count]))}"
        if len(whole) <= LINE_LIMIT:
            return whole
    return text


def _thanks(digest: Digest) -> Iterator[Line]:
    thanks = []
    if digest.liked_members:
        thanks.append(
            _("{members} for what others liked").format(members=_members(digest.liked_members))
        )
    if digest.rating_members:
        thanks.append(
            _("{members} for rating notes").format(members=_members(digest.rating_members))
        )
    if thanks:
        yield Line(" · ".join(thanks))


def _own_work(digest: ModeratorDigest) -> Iterator[Line]:
    if digest.waiting:
        waiting = ngettext(
            "• {count} question waiting for an answer",
            "• {count} questions waiting for an answer",
            digest.waiting,
        )
        yield Line(waiting.format(count=say_number(digest.waiting)))
    if digest.flags:
        flagged = ngettext(
            "• {count} flagged post waiting for a decision: `/flags list`",
            "• {count} flagged posts waiting for a decision: `/flags list`",
            digest.flags,
        )
        yield Line(flagged.format(count=say_number(digest.flags)))
    if digest.failed:
        failed = ngettext(
            "• {count} note could not be posted; `/status` shows more",
            "• {count} notes could not be posted; `/status` shows more",
            digest.failed,
        )
        yield Line(failed.format(count=say_number(digest.failed)))
    if digest.backlog:
        backlog = ngettext(
            "• {count} message waiting to be sent",
            "• {count} messages waiting to be sent",
            digest.backlog,
        )
        yield Line(backlog.format(count=say_number(digest.backlog)))


def _where(place: PlaceId) -> str:
    return _("in <#{place}>").format(place=place) if place != EVERYWHERE else _("everywhere")


def _members(members: Sequence[MemberId]) -> str:
    named = [f"<@{member}>" for member in members]
    return _(" and ").join(filter(None, (", ".join(named[:-1]), named[-1])))


def _footer(key: str, zone: str, *, late: bool) -> str:
    return f"{key} · {zone}" + (_(" · posted late") if late else "")


def _span(start: datetime, end: datetime, zone: str) -> str:
    """Return a period's days; one that ends in the morning counts that day as its end."""
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    return say_days(first.date(), last.date())


def _short(text: str, limit: int) -> str:
    return shorten(plain(text), limit)


def _times(count: int) -> str:
    if count == 2:
        return _("raised twice")
    return ngettext("raised once", "raised {count} times", count).format(count=count)


def _updated(notes: int) -> str:
    return ngettext("{count} note updated", "{count} notes updated", notes).format(
        count=say_number(notes)
    )


def _helpful(share: str, rated: int) -> str:
    """Say what share, or how many, of some ratings found a note helpful."""
    return ngettext(
        "{share} of {count} rating helpful", "{share} of {count} ratings helpful", rated
    ).format(share=share, count=say_number(rated))


def _busy(thread: BusyThread) -> str:
    posts = ngettext("{count} post", "{count} posts", thread.posts)
    members = ngettext("{count} member", "{count} members", thread.members)
    return _("<#{channel}> · {posts} by {members}").format(
        channel=thread.channel,
        posts=posts.format(count=say_number(thread.posts)),
        members=members.format(count=say_number(thread.members)),
    )
