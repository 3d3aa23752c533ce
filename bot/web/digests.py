"""Digests outside of the chat: as Markdown, as pages with an index, and as an Atom feed.

Knows digests and what to call places; every text is escaped. What the platform knows by number only
is called by name where a function from outside tells one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment

from bot.domain.digests import BusyThread, ClaimReport, Digest, Figure, Measure, TopPost
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import shown
from bot.domain.wording import N_, _, ngettext, quoted
from bot.services.dates import say_day, say_day_and_month, say_number
from bot.web.rendering import environment

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
CHANGES: Mapping[str, str] = {
    "edited": N_("edited"),
    "paused": N_("paused"),
    "retired": N_("retired"),
    "resumed": N_("resumed"),
    "expired": N_("expired"),
}


def discord_address(community: CommunityId, channel: PlaceId, post: PostId | None) -> str:
    """Return where a place or a post of Discord is."""
    address = f"https://discord.com/channels/{community}/{channel}"
    return f"{address}/{post}" if post is not None else address


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What to call and where to find what a digest knows by number."""

    community: str = ""
    place: Callable[[PlaceId], str] = lambda _place: _("a thread")
    member: Callable[[MemberId], str] = lambda _member: ""
    """Empty leaves a member out."""
    address: Callable[[CommunityId, PlaceId, PostId | None], str] = discord_address
    """Empty links to nothing."""
    quotes: Mapping[PostId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section."""

    text: str
    url: str = ""
    detail: str = ""
    quote: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A digest as it is read, in no particular format."""

    title: str
    key: str
    end: datetime
    zone: str
    figures: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]


def tell(digest: Digest, names: Names) -> Story:
    """Put a digest into words."""
    sections = (
        Section(
            _("Most liked"), tuple(_top_post(digest, each, names) for each in digest.top_posts)
        ),
        Section(
            _("Busiest threads"),
            tuple(
                Item(
                    names.place(each.channel),
                    names.address(digest.community, each.channel, None),
                    _busy(each),
                )
                for each in digest.threads
            ),
        ),
        Section(_("Claims that came up"), tuple(_claim(each, names) for each in digest.claims)),
        Section(
            _("Corrections"),
            tuple(
                Item(
                    quoted(each.claim),
                    detail=f"{_(CHANGES.get(each.change, each.change))}, {_notes(each.notes)}",
                )
                for each in digest.corrections
            ),
        ),
        Section(_("Worth talking about"), tuple(Item(each.text) for each in digest.questions)),
        Section(_("Thank you"), tuple(_thanks(digest, names))),
    )
    return Story(
        title=f"{_(CADENCE_TITLES[digest.cadence])} · {_span(digest)}",
        key=digest.key,
        end=digest.end,
        zone=digest.zone,
        figures=tuple(_figure(each) for each in digest.figures),
        sections=tuple(section for section in sections if section.items),
    )


def markdown(story: Story, picture: tuple[str, str] | None = None) -> str:
    """Return a digest as Markdown; `picture` is a file's name with its description."""
    figures = " · ".join(
        f"{_md(name)} **{now}**{_in(change)}" for name, now, change in story.figures
    )
    lines = [f"# {_md(story.title)}", "", figures, ""]
    if picture is not None:
        lines += [f"![{_md(picture[1])}]({picture[0]})", ""]
    for section in story.sections:
        lines += [f"## {_md(section.heading)}", ""]
        for item in section.items:
            lines += _item_lines(item)
        lines.append("")
    lines += [f"*{_md(story.key)} · {_md(story.zone)} · {_md(_('counted by Footnote'))}*", ""]
    return "\n".join(lines)


def page(story: Story, picture: tuple[str, str] | None = None, *, home: str = "") -> str:
    """Return a digest as a page; `home` is the address of the index, where there is one."""
    template = _environment().get_template("digest.html.j2")
    return template.render(story=story, picture=picture, home=home)


def index(name: str, stories: Sequence[tuple[str, Story]], *, feed: str) -> str:
    """Return the list of a community's digests, with their addresses."""
    template = _environment().get_template("digests.html.j2")
    return template.render(name=name, stories=stories, feed=feed)


def atom(name: str, home: str, stories: Sequence[tuple[str, Story]]) -> str:
    """Return a community's digests as an Atom feed (RFC 4287); addresses are absolute."""
    updated = max(
        (story.end for _url, story in stories), default=datetime.fromtimestamp(0, ZoneInfo("UTC"))
    )
    entries = [(url, story, page(story)) for url, story in stories]
    template = _environment().get_template("digests.atom.j2")
    return template.render(name=name, home=home, entries=entries, updated=updated)


@cache
def _environment() -> Environment:
    return environment({"moment": lambda at: at.isoformat().replace("+00:00", "Z")})


def _top_post(digest: Digest, top: TopPost, names: Names) -> Item:
    return Item(
        shown(top.likes),
        names.address(digest.community, top.channel, top.post),
        _("in {places}").format(places=names.place(top.channel)),
        names.quotes.get(top.post, ""),
    )


def _claim(claim: ClaimReport, names: Names) -> Item:
    raised = ngettext("raised {count} time", "raised {count} times", claim.raised)
    facts = [raised.format(count=say_number(claim.raised))]
    if claim.places:
        places = ", ".join(dict.fromkeys(map(names.place, claim.places)))
        facts[0] += _(" in {places}").format(places=places)
    if len(claim.trend) > 1:
        trend = ", ".join(map(str, claim.trend))
        facts.append(_("by period {counts}").format(counts=trend))
    shown_notes = ngettext("{count} note shown", "{count} notes shown", claim.notes)
    facts.append(shown_notes.format(count=say_number(claim.notes)))
    if claim.withheld:
        withheld = ngettext(", {count} withheld", ", {count} withheld", claim.withheld)
        facts[-1] += withheld.format(count=claim.withheld)
    if claim.rated:
        rated = ngettext(
            "{share} of {count} rating helpful", "{share} of {count} ratings helpful", claim.rated
        )
        facts.append(rated.format(share=claim.helpful, count=say_number(claim.rated)))
    verdict = f" — {_(claim.verdict)}" if claim.verdict else ""
    links = tuple((s.label, s.url) for s in claim.sources if s.url.startswith("https://"))
    text = f"{quoted(claim.claim.rstrip('.'))}{verdict}"
    return Item(text, detail=" · ".join(facts), links=links)


def _thanks(digest: Digest, names: Names) -> Sequence[Item]:
    found = []
    for members, what in (
        (digest.liked_members, _("{members} for what others liked")),
        (digest.rating_members, _("{members} for rating notes")),
    ):
        named = [name for name in map(names.member, members) if name]
        if named:
            found.append(Item(what.format(members=", ".join(named))))
    return found


def _figure(figure: Figure) -> tuple[str, str, str]:
    return _(FIGURE_NAMES[figure.measure]), say_number(figure.now), figure.change


def _span(digest: Digest) -> str:
    zone = ZoneInfo(digest.zone)
    first, last = digest.start.astimezone(zone), digest.end.astimezone(zone)
    return f"{say_day_and_month(first.date())} – {say_day(last.date())}"


def _item_lines(item: Item) -> list[str]:
    text = f"[{_md(item.text)}]({item.url})" if item.url else _md(item.text)
    lines = [f"- {text} · {_md(item.detail)}" if item.detail else f"- {text}"]
    if item.quote:
        lines.append(f"  > {_md(item.quote)}")
    if item.links:
        linked = " · ".join(f"[{_md(label)}]({_safe(url)})" for label, url in item.links)
        lines.append(f"  {_('Sources: {shown}').format(shown=linked)}")
    return lines


def _md(text: str) -> str:
    """Escape what Markdown would read as markup."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", one_line)


def _safe(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _in(change: str) -> str:
    return f" ({_md(change)})" if change else ""


def _busy(thread: BusyThread) -> str:
    posts = ngettext("{count} post", "{count} posts", thread.posts)
    members = ngettext("{count} member", "{count} members", thread.members)
    return _("{posts} by {members}").format(
        posts=posts.format(count=say_number(thread.posts)),
        members=members.format(count=say_number(thread.members)),
    )


def _notes(notes: int) -> str:
    return ngettext("{count} note", "{count} notes", notes).format(count=say_number(notes))
